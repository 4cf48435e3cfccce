"""Turning a switch: who did it, when and why is kept, and none is there that has no owner."""

from datetime import UTC, datetime

from actors.runtime.decision import Refused
from actors.runtime.switches import off, refusal_of, turned
from tests.runtime.turning import KNOWN, REASON, asked, turn

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_switch_that_is_off_says_who_when_and_why_and_holds_back_with_that_reason() -> None:
    view = {}
    turn(view, "payments", NOW, on=False)
    switch = off(view, "demo", "payments")
    assert switch is not None
    assert (switch.changed_by, switch.changed_at, switch.reason) == ("user:usr_1", NOW, REASON)
    assert refusal_of(switch) == Refused(
        "switched_off",
        "An operator has switched off payments: We look into it.",
        {"switch": "payments", "reason": REASON},
    )


def test_each_switch_is_one_thing_of_one_tenant_and_goes_on_again() -> None:
    view = {}
    turn(view, "payments", NOW, on=False)
    turn(view, "payouts", NOW, on=False)
    assert (off(view, "demo", "webhooks"), off(view, "other", "payments")) == (None, None)
    turn(view, "payments", NOW, on=True)
    assert off(view, "demo", "payments") is None
    assert off(view, "demo", "payouts") is not None


def test_what_is_no_switch_cannot_be_turned() -> None:
    command, wish = asked("provider:none", NOW, on=False)
    decision = turned(KNOWN, command, wish, {}, NOW)
    assert isinstance(decision.outcome, Refused)
    assert (decision.outcome.code, list(decision.states)) == ("not_found", [])
