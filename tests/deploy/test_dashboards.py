"""Dashboards show figures that exist, with labels that these figures have, and are what the code says."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser as promql
import pytest

from health.metrics import REGISTRY
from scripts.dashboards import FOLDER, files
from scripts.panels import DASHBOARDS, Panel

NOTHING = frozenset[str]()
SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_created", "_info")
OF_PROMETHEUS = {"job", "instance"}
SHOWN_AT_RUN_TIME = {"pocketpay_build_info": {"process", "version"}}

PANELS = [(dashboard.uid, panel) for dashboard in DASHBOARDS for panel in dashboard.panels]
QUERIES = [(legend, query) for _, panel in PANELS for legend, query in panel.queries.items()]


def labels_of() -> dict[str, set[str]]:
    """Of every series that our processes show, by name."""
    found = dict(SHOWN_AT_RUN_TIME)
    for collector, names in REGISTRY._collector_to_names.items():
        kind = getattr(collector, "_type", "gauge")
        for name in (name for name in names if kind == "gauge" or name.endswith(SUFFIXES)):
            bucket = {"le"} if name.endswith("_bucket") else set[str]()
            found.setdefault(name, {*getattr(collector, "_labelnames", ()), *bucket})
    for family in REGISTRY.collect():
        for sample in family.samples:  # of the process itself, which declares nothing
            found.setdefault(sample.name, set(sample.labels))
    return found


def breaches(legend: str, query: str) -> list[str]:
    """What a query asks for that is not there."""
    known, found = labels_of(), list[str]()
    asked = list(selectors(parsed(query)))
    for selector, kept in asked:
        matched = {matcher.name for matcher in selector.matchers.matchers}
        labels = matched | kept | set(re.findall(r"{{(\w+)}}", legend))
        if selector.name not in known:
            found.append(f"{selector.name} is no figure of ours")
        elif unknown := labels - known[selector.name] - OF_PROMETHEUS:
            found.append(f"{selector.name} has no {unknown}")
    return found if asked else ["asks for nothing"]


def parsed(query: str) -> Any:
    return promql.parse(query.replace("$__rate_interval", "1m"))


def selectors(expression: Any, kept: frozenset[str] = NOTHING) -> Iterator[tuple[Any, frozenset[str]]]:
    """Each series that is asked for, and the labels by which it is summed up around it."""
    match expression:
        case promql.VectorSelector():
            yield expression, kept
        case promql.MatrixSelector():
            yield from selectors(expression.vector_selector, kept)
        case promql.AggregateExpr():
            inner = kept | set(expression.modifier.labels) if expression.modifier else kept
            yield from selectors(expression.expr, frozenset(inner))
        case promql.Call():
            for argument in expression.args:
                yield from selectors(argument, kept)
        case promql.BinaryExpr():
            yield from selectors(expression.lhs, kept)
            yield from selectors(expression.rhs, kept)
        case promql.NumberLiteral():
            return
        case _:
            pytest.fail(f"the test does not know {type(expression).__name__}")


@pytest.mark.parametrize(("legend", "query"), QUERIES)
def test_every_query_asks_for_figures_and_labels_that_exist(legend: str, query: str) -> None:
    assert breaches(legend, query) == []


@pytest.mark.parametrize(
    ("legend", "query"),
    [
        ("", "1"),
        ("", "pocketpay_said"),
        ("", "rate(pocketpay_said_sum[1m])"),
        ("", 'pocketpay_said_total{kind="x"}'),
        ("", "sum by (le) (rate(pocketpay_said_total[1m]))"),
        ("{{kind}}", "pocketpay_said_total"),
        ("", "pocketpay_said_total / pocketpay_unsaid_total"),
    ],
)
def test_a_query_for_what_is_not_there_is_found(legend: str, query: str) -> None:
    assert breaches(legend, query)


@pytest.mark.parametrize("name", [name for name in labels_of() if name.startswith("pocketpay_")])
def test_every_figure_is_on_a_dashboard(name: str) -> None:
    asked = {selector.name for _, query in QUERIES for selector, _ in selectors(parsed(query))}
    families = {re.sub(f"({'|'.join(SUFFIXES)})$", "", each) for each in asked}
    assert re.sub(f"({'|'.join(SUFFIXES)})$", "", name) in families


def test_dashboards_and_panels_can_be_told_apart() -> None:
    documents = [json.loads(text) for text in files().values()]
    assert len({document["uid"] for document in documents}) == len(documents)
    for document in documents:
        assert len({panel["id"] for panel in document["panels"]}) == len(document["panels"])
        assert len({panel["title"] for panel in document["panels"]}) == len(document["panels"])
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in document["panels"]]
        assert len(set(places)) == len(places)


@pytest.mark.parametrize(("uid", "panel"), PANELS)
def test_a_panel_says_what_it_shows(uid: str, panel: Panel) -> None:
    assert panel.title
    assert panel.says.endswith(".")
    assert panel.queries


def test_the_files_are_those_that_the_code_writes() -> None:
    found = {file.name: file.read_text() for file in FOLDER.glob("*.json")}
    assert found == files(), "run `python -m scripts.dashboards`"
