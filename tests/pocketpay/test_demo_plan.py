"""The demo's plan as data: nothing in it is asked for before what it needs, and everything can be asked for."""

import json
import re
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.routes import ROUTES
from pocketpay.demo.catalogue import SOLD
from pocketpay.demo.people import BUYERS, SUBSCRIBERS
from pocketpay.demo.plan import company, key_of, steps_of
from pocketpay.demo.steps import DAYS, Step, midnight, references, resolved

BEGINS = date(2026, 5, 26)
PLAN = company(BEGINS)
STEPS = list(steps_of(PLAN))


def test_the_same_day_makes_the_same_plan() -> None:
    assert company(date(2026, 5, 26)) == PLAN
    assert company(date(2026, 5, 27)) != PLAN


def test_every_step_has_a_name_and_a_key_of_its_own() -> None:
    keys = [key for step in STEPS if (key := key_of(step)) is not None]
    assert len({step.name for step in STEPS}) == len(STEPS)
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[\x21-\x7e]{1,255}", key) for key in keys)


def test_a_step_names_only_what_was_asked_for_before_it() -> None:
    before: set[str] = set()
    for wave in PLAN:
        for track in wave:
            known = set(before)
            for step in track:
                assert set(references(step)) <= known, step
                known.add(step.name)
        before |= {step.name for track in wave for step in track}


@pytest.mark.parametrize("step", [step for step in STEPS if step.method != "GET"], ids=lambda step: step.name)
def test_a_step_is_one_that_the_gateway_can_read(step: Step) -> None:
    path = step.path if step.path.startswith("/simulated/") else f"/api/v1{step.path}"
    [body] = [route.body for route in ROUTES if route.method == step.method and _fits(route.path, path)]
    if body is not None:
        assert isinstance(body, type)
        assert issubclass(body, BaseModel)
        body.model_validate_json(_json(_named(step.body)))


def test_the_history_goes_forward_day_by_day_to_its_end() -> None:
    for track in PLAN[1]:
        times = [step.body["to"] for step in track if step.path.endswith("/advance") and step.body]
        assert times == sorted(set(times))
        assert not times or times[-1] == midnight(BEGINS, DAYS)


def test_a_company_has_something_of_everything() -> None:
    # Given what the plan is for
    asked = [(step.method, re.sub(r"@[a-z0-9:_#.-]+", "@", step.path)) for step in STEPS]
    counted = {verb: sum(path.endswith(verb) for _, path in asked) for verb in ("change", "pause", "cancel", "bulk")}

    # Then there is enough of each
    assert (len(SOLD), len(SUBSCRIBERS), len(BUYERS)) == (12, 25, 5)
    assert counted["change"] >= 5
    assert min(counted.values()) >= 2
    wanted = ("/credit-notes", "/coupons", "/tax-rates", "/transfers", "/holds", "/simulated/disputes")
    assert all(("POST", path) in asked for path in (*wanted, "/webhook-endpoints", "/payments/@/refunds"))
    assert {price["currency"] for price in _bodies("/prices")} == {"EUR", "USD"}
    assert sum(step.declined for step in STEPS) == 3


def test_customers_can_be_told_from_real_people() -> None:
    mails = [step.body["email"] for step in STEPS if step.name.startswith("customer:") and step.body]
    assert len(set(mails)) == 30
    assert all(mail.endswith("@customers.example") for mail in mails)


def test_a_reference_is_the_id_or_any_part_of_an_answer() -> None:
    # Given two answers
    answers = {"one": {"id": "a_1"}, "list": {"data": [{"id": "b_2"}, {"id": "b_1", "lines": [{"id": "l_1"}]}]}}

    # When a step names parts of them
    step = Step(
        "x", "/things/@one/do", {"last": "@list#data.-1.lines.0.id", "each": ["@one"], "mail": "ada@one.example"}
    )

    # Then they are in its place, and an address is none
    assert resolved(step, answers) == ("/things/a_1/do", {"last": "l_1", "each": ["a_1"], "mail": "ada@one.example"})
    with pytest.raises(KeyError):
        resolved(Step("y", "/things/@two"), answers)


def _bodies(path: str) -> list[Any]:
    return [step.body for step in STEPS if step.path == path]


def _fits(pattern: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(pattern)), path) is not None


def _named(value: Any) -> Any:
    """References as tokens, which is what they become."""
    if isinstance(value, dict):
        return {key: _named(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each) for each in value]
    return "id_1" if isinstance(value, str) and value.startswith("@") else value


def _json(value: Any) -> str:
    return json.dumps(value or {})
