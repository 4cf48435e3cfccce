"""Saved payment methods in memory: who may pay with which, whatever comes first."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors.payments.attaching import METHODS_MAX, end_of
from actors.payments.keys import method_key, payer_key
from actors.payments.provider import Away, Declined
from actors.payments.provider_methods import MethodStanding
from actors.payments.states import MethodState
from actors.payments.terms import Terms
from actors.runtime.decision import Done, Refused
from messages.ids import derived_id
from messages.payment_methods import Card, Payer, PaymentMethod, is_ours
from tests.payments.desk import DECLINED, PAY, START, TAKEN, TENANT, Desk

FIRST, SECOND = (derived_id("pm", START, name) for name in ("first", "second"))
CARD = Card(brand="visa", last4="4242", exp_month=12, exp_year=2027)


def attach(desk: Desk, method: str = FIRST, **data: Any) -> str:
    wish = {"customer_id": "abc123", "payment_method": "pm_1Qx", **data}
    return desk.ask("payment_method.attach", method, **wish)


def saved(reference: str = "pm_1Qx", **changes: Any) -> MethodStanding:
    return MethodStanding(reference=reference, customer="cus_1", card=CARD).model_copy(update=changes)


def with_methods(*methods: str) -> Desk:
    desk = Desk()
    for number, method in enumerate(methods):
        attach(desk, method)
        desk.answer(desk.calls.pop(), saved(f"pm_{number}"))
    return desk


def state(desk: Desk, method: str = FIRST) -> MethodState:
    return desk.view[method_key(TENANT, method)]


def method(desk: Desk, method: str = FIRST) -> PaymentMethod:
    return state(desk, method).payment_method


def payer(desk: Desk) -> Payer:
    return desk.view[payer_key(TENANT, "abc123")].payer


def kept(desk: Desk) -> Mapping[Any, Any]:
    return dict(desk.view)


def test_only_what_was_saved_here_is_taken_for_ours() -> None:
    assert is_ours(FIRST)
    for name in (
        "pm_card_visa",
        "pm_sim_timeoutAfterCharge",
        "pm_1QxYz7LkdIwHu7ixABCDEFGH",
        "wallet",
        f"{FIRST}x",
        None,
    ):
        assert not is_ours(name)


def test_the_first_method_is_the_default_and_is_told_once_it_is_saved() -> None:
    # Given
    desk = Desk()
    asked = attach(desk, metadata={"flat": "4"})
    assert desk.shown[asked] is None
    assert (method(desk).version, desk.types()) == (0, [])
    request = desk.calls[0].request
    assert (request["payment_method"], request["customer_id"], request["customer"]) == ("pm_1Qx", "abc123", None)
    # When
    desk.answer(desk.calls.pop(), saved())
    # Then
    assert desk.outcome(asked) == Done(201, method(desk))
    told = method(desk)
    assert (told.version, told.default, told.status, told.card) == (1, True, "active", CARD)
    assert (told.provider, told.provider_reference, told.metadata) == ("simulated", "pm_1Qx", {"flat": "4"})
    assert desk.types() == ["payment_method.attached"]
    assert desk.due == {FIRST: datetime(2028, 1, 1, tzinfo=UTC)}


def test_another_is_made_the_default_only_when_told_and_takes_it_from_the_former() -> None:
    desk = with_methods(FIRST, SECOND)
    assert (method(desk, FIRST).default, method(desk, SECOND).default) == (True, False)
    third = derived_id("pm", START, "third")
    attach(desk, third, default=True)
    desk.answer(desk.calls.pop(), saved("pm_2"))
    assert [method(desk, each).default for each in (FIRST, SECOND, third)] == [False, False, True]
    assert [method(desk, each).version for each in (FIRST, SECOND, third)] == [2, 1, 1]
    assert desk.types()[-2:] == ["payment_method.attached", "payment_method.updated"]
    assert payer(desk).default_method == third


def test_a_customer_is_made_known_once_with_one_key_however_many_methods_are_saved_at_once() -> None:
    # Given two methods that are saved at the same time
    desk = Desk()
    attach(desk, FIRST)
    attach(desk, SECOND)
    keys = {call.request["customer_key"] for call in desk.calls}
    assert len(keys) == 1
    # When they are, a third need not make anybody known
    for number, call in enumerate(desk.calls):
        desk.answer(call, saved(f"pm_{number}"))
    desk.calls.clear()
    attach(desk, derived_id("pm", START, "third"))
    assert desk.calls[0].request["customer"] == "cus_1"


def test_a_customer_whom_a_declined_method_made_known_is_remembered() -> None:
    desk = Desk()
    no = attach(desk)
    refusal = Declined(reference="cus_9", code="card_declined", decline_code="lost_card", detail="Lost.")
    desk.answer(desk.calls.pop(), refusal)
    assert desk.refusal(no) == Refused("card_declined", "Lost.", {"decline_code": "lost_card"})
    assert (desk.types(), method(desk).version) == ([], 0)
    attach(desk, SECOND)
    assert desk.calls[0].request["customer"] == "cus_9"


def test_a_key_that_the_provider_may_have_forgotten_is_not_used_again() -> None:
    desk = Desk()
    attach(desk)
    old = desk.calls[0].request["customer_key"]
    desk.answer(desk.calls.pop(), Away(detail="A day later there is no trace of it."))
    attach(desk, SECOND)
    assert desk.calls.pop().request["customer_key"] == old
    desk.now += timedelta(hours=24)
    attach(desk, derived_id("pm", START, "third"))
    assert desk.calls[0].request["customer_key"] != old


def test_an_outage_leaves_the_way_free_for_the_same_wish() -> None:
    desk = Desk()
    first = attach(desk)
    desk.answer(desk.calls.pop(), Away(detail="Away."))
    assert desk.refusal(first).code == "provider_unavailable"
    again = attach(desk)
    desk.answer(desk.calls.pop(), saved())
    assert desk.outcome(again) == Done(201, method(desk))
    assert desk.refusal(attach(desk)).code == "already_exists"


def test_a_method_that_is_attached_twice_is_saved_once() -> None:
    # Given two attaches of the same method at the same time
    desk = Desk()
    won, lost = attach(desk, FIRST), attach(desk, SECOND)
    # When the provider says yes to both, for it is the same to it
    for call in desk.calls:
        desk.answer(call, saved())
    # Then the second is told that there is one
    assert isinstance(desk.outcome(won), Done)
    assert desk.refusal(lost).code == "already_exists"
    assert FIRST in desk.refusal(lost).detail
    assert (method(desk, SECOND).version, desk.types()) == (0, ["payment_method.attached"])


def test_an_answer_that_comes_twice_or_for_nobody_changes_nothing() -> None:
    desk = Desk()
    attach(desk)
    call = desk.calls.pop()
    desk.answer(call, None)
    assert state(desk).step is not None
    desk.answer(call, saved())
    before = kept(desk)
    desk.answer(call, saved("pm_other"))
    assert desk.view == before


def test_a_customer_has_only_so_many() -> None:
    desk = with_methods(*(derived_id("pm", START, str(number)) for number in range(METHODS_MAX)))
    assert desk.refusal(attach(desk)).code == "payment_method_unusable"


@pytest.mark.parametrize("off_session", [True, False])
def test_a_saved_method_is_charged_by_its_providers_name_with_its_customer(off_session: bool) -> None:
    desk = with_methods(FIRST)
    paid = desk.create(payment_method=FIRST, off_session=off_session)
    asked = desk.calls[0].request
    assert (asked["payment_method"], asked["customer"], asked["off_session"]) == ("pm_0", "cus_1", off_session)
    desk.returns(TAKEN)
    assert isinstance(desk.outcome(paid), Done)
    assert (desk.payment().payment_method, desk.payment().status) == (FIRST, "succeeded")


def test_a_declined_payment_is_confirmed_with_a_saved_method_or_again_with_its_own() -> None:
    desk = with_methods(FIRST)
    desk.create()
    desk.returns(DECLINED)
    for data in ({"payment_method": FIRST}, {}):
        desk.ask("payment.confirm", **data)
        asked = desk.calls[0].request
        assert (asked["payment_method"], asked["customer"]) == ("pm_0", "cus_1")
        desk.returns(DECLINED)


def test_a_payment_that_names_no_saved_method_is_charged_as_before() -> None:
    desk = with_methods(FIRST)
    desk.create()
    assert (desk.calls[0].request["payment_method"], desk.calls[0].request["customer"]) == ("pm_card_visa", None)


def another_customers(desk: Desk) -> dict[str, str]:
    return {"customer_id": "bob", "payment_method": FIRST}


def one_that_never_was(desk: Desk) -> dict[str, str]:
    return {"payment_method": SECOND}


def one_that_is_being_saved(desk: Desk) -> dict[str, str]:
    attach(desk, SECOND)
    desk.calls.clear()
    return {"payment_method": SECOND}


def one_that_is_being_detached(desk: Desk) -> dict[str, str]:
    desk.ask("payment_method.detach", FIRST)
    desk.calls.clear()
    return {"payment_method": FIRST}


def one_that_is_detached(desk: Desk) -> dict[str, str]:
    desk.ask("payment_method.detach", FIRST)
    desk.answer(desk.calls.pop(), MethodStanding(reference="pm_0"))
    return {"payment_method": FIRST}


def one_of_another_provider(desk: Desk) -> dict[str, str]:
    desk.terms = Terms(provider="stripe")
    return {"payment_method": FIRST}


UNUSABLE = (
    another_customers,
    one_that_never_was,
    one_that_is_being_saved,
    one_that_is_being_detached,
    one_that_is_detached,
    one_of_another_provider,
)


@pytest.mark.parametrize("case", UNUSABLE)
@pytest.mark.parametrize("confirm", [True, False])
def test_what_cannot_be_paid_with_is_refused_and_nothing_changes(case: Any, confirm: bool) -> None:
    desk = with_methods(FIRST)
    wish = case(desk)
    before, said = kept(desk), desk.types()
    refusal = desk.refusal(desk.create(**wish, confirm=confirm))
    assert refusal.code == "payment_method_unusable"
    assert (desk.view, desk.types(), desk.calls) == (before, said, [])


def test_a_method_that_was_detached_in_between_confirms_nothing() -> None:
    desk = with_methods(FIRST)
    desk.create(payment_method=FIRST, confirm=False)
    one_that_is_detached(desk)
    before = kept(desk)
    assert desk.refusal(desk.ask("payment.confirm")).code == "payment_method_unusable"
    assert desk.view == before


def test_a_payment_after_an_outage_is_not_made_with_what_was_detached_since() -> None:
    desk = with_methods(FIRST)
    desk.create(payment_method=FIRST)
    desk.returns(Away(detail="Away."))
    one_that_is_detached(desk)
    assert desk.refusal(desk.create(payment_method=FIRST)).code == "payment_method_unusable"


def test_a_detached_method_is_gone_and_so_is_the_default() -> None:
    # Given
    desk = with_methods(FIRST, SECOND)
    gone = desk.ask("payment_method.detach", FIRST)
    assert desk.calls[0].request == {"reference": "pm_0"}
    # When
    desk.answer(desk.calls.pop(), MethodStanding(reference="pm_0"))
    # Then
    assert desk.outcome(gone) == Done(200, method(desk))
    assert (method(desk).status, method(desk).default, method(desk).version) == ("detached", False, 2)
    assert desk.types()[-1] == "payment_method.detached"
    assert (payer(desk).default_method, FIRST in desk.due) == (None, False)
    assert list(payer(desk).accounts["simulated"].methods.values()) == [SECOND]
    # And a second time is one too many
    again = desk.refusal(desk.ask("payment_method.detach", FIRST))
    assert (again.code, again.extra["status_now"]) == ("wrong_state", "detached")
    assert again.extra["allowed_from"] == ["active", "expired"]
    # And who comes next is the default
    third = derived_id("pm", START, "third")
    attach(desk, third)
    desk.answer(desk.calls.pop(), saved("pm_2"))
    assert method(desk, third).default


def test_a_detach_waits_for_its_answer_and_a_no_leaves_all_as_it_was() -> None:
    desk = with_methods(FIRST)
    first = desk.ask("payment_method.detach", FIRST)
    assert desk.refusal(desk.ask("payment_method.detach", FIRST)).code == "outcome_pending"
    desk.answer(desk.calls.pop(), Away(detail="Away."))
    assert desk.refusal(first).code == "provider_unavailable"
    assert (state(desk).step, method(desk).status, method(desk).default) == (None, "active", True)


def test_what_was_never_saved_cannot_be_detached() -> None:
    desk = Desk()
    assert desk.refusal(desk.ask("payment_method.detach", FIRST)).code == "not_found"
    attach(desk)
    assert desk.refusal(desk.ask("payment_method.detach", FIRST)).code == "not_found"


def test_a_card_expires_with_its_last_month_and_is_tried_all_the_same() -> None:
    desk = with_methods(FIRST)
    desk.wait(FIRST)
    assert (method(desk).status, method(desk).default, desk.types()[-1]) == ("expired", True, "payment_method.expired")
    desk.create(payment_method=FIRST)
    assert desk.calls[0].request["payment_method"] == "pm_0"
    desk.returns(TAKEN)
    desk.ask("payment_method.detach", FIRST)
    desk.answer(desk.calls.pop(), MethodStanding(reference="pm_0"))
    assert method(desk).status == "detached"


def test_a_card_that_has_ended_is_expired_from_the_beginning() -> None:
    desk = Desk()
    attach(desk)
    desk.answer(desk.calls.pop(), saved(card=CARD.model_copy(update={"exp_year": 2026, "exp_month": 10})))
    assert (method(desk).status, desk.due) == ("expired", {})


@pytest.mark.parametrize(("month", "ends"), [(1, (2027, 2)), (11, (2027, 12)), (12, (2028, 1))])
def test_a_card_is_good_until_its_month_is_over(month: int, ends: tuple[int, int]) -> None:
    assert end_of(CARD.model_copy(update={"exp_month": month})) == datetime(*ends, 1, tzinfo=UTC)


def test_the_payment_keeps_what_it_was_paid_with_after_the_method_is_gone() -> None:
    # Given a charge on its way when its method is detached
    desk = with_methods(FIRST)
    paid = desk.create(payment_method=FIRST)
    charge = desk.calls.pop()
    desk.ask("payment_method.detach", FIRST)
    desk.answer(desk.calls.pop(), MethodStanding(reference="pm_0"))
    # When it comes back, it counts
    desk.answer(charge, TAKEN)
    assert isinstance(desk.outcome(paid), Done)
    assert desk.payment(PAY).payment_method == FIRST
