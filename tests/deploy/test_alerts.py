"""The alert rules name figures that exist, and runbooks that are there."""

from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from health.metrics import REGISTRY

ROOT = Path(__file__).parents[2]
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())["groups"][0]["rules"]
FIGURES = {sample.name for family in REGISTRY.collect() for sample in family.samples} | {
    family.name for family in REGISTRY.collect()
}


def _figures(node: Any) -> set[str]:
    """Of a parsed expression, however deep."""
    found = {node.name} if isinstance(node, promql_parser.VectorSelector) and node.name else set[str]()
    children = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector")]
    children += list(getattr(node, "args", None) or [])
    return found.union(*(_figures(child) for child in children if child is not None))


def test_there_are_five():
    assert {rule["alert"] for rule in RULES} == {
        "InvariantBreached",
        "MoneyStuck",
        "ServiceUnready",
        "DiskNearlyFull",
        "ActorLags",
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_figures_that_exist_and_says_what_to_do(rule: dict[str, Any]):
    figures = _figures(promql_parser.parse(rule["expr"]))

    assert figures
    assert figures <= FIGURES
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    runbook = (ROOT / rule["annotations"]["runbook_url"]).read_text()
    assert all(part in runbook for part in ("**What it means.**", "**Look.**", "**Do.**", "**Over.**"))
