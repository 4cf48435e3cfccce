"""Customers: there from the first use of their id, told of without their profile, and erased when all is over."""

from datetime import timedelta
from typing import Any

import pytest

from actors.invoicing.customers import began, customer_of, ended, owes
from actors.invoicing.desk import Desk
from actors.runtime.decision import Refused
from actors.runtime.refusals import Refusal
from messages.customers import PERSONAL
from messages.examples import EXAMPLES
from messages.payments import Payment
from messages.wire import json_of
from tests.invoicing.shop import START, TENANT, Shop, days, pays

ADA: dict[str, Any] = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+44 20 7946 0000",
    "address": {"line1": "1 Main St", "city": "London", "country": "GB"},
    "tax_ids": [{"type": "gb_vat", "value": "GB123456789"}],
    "time_zone": "Europe/London",
}
MONTH = {"interval": "month"}
EMPTY: dict[str, Any] = {"name": None, "email": None, "phone": None, "address": None, "tax_ids": []}


def at(shop: Shop, act: Any) -> Any:
    """What another rule does with a customer, kept."""
    desk = Desk(TENANT, shop.terms, shop.view, shop.now)
    result = act(desk)
    shop.view |= desk.states
    shop.said += desk.events
    return result


def profile(customer: Any) -> dict[str, Any]:
    return {name: json_of(customer)[name] for name in PERSONAL}


def payment(customer_id: str) -> Payment:
    return EXAMPLES[Payment].model_copy(update={"customer_id": customer_id})  # pyright: ignore[reportReturnType] - of the kind that was asked for


def test_what_is_personal_is_kept_and_in_no_event_and_no_outcome() -> None:
    # When a customer is put, changed and erased
    shop = Shop()
    outcomes = [shop.done("customer.put", "abc123", **ADA)]
    assert shop.state("abc123").customer.name == "Ada Lovelace"
    outcomes.append(shop.done("customer.update", "abc123", changes={"name": "Ada King", "address": None}))
    assert (shop.state("abc123").customer.name, shop.state("abc123").customer.address) == ("Ada King", None)
    outcomes.append(shop.done("customer.erase", "abc123", reason="She asked."))

    # Then all that was answered and said of them is without it, also what was there before
    assert shop.types == ["customer.created", "customer.updated", "customer.erased"]
    told = [*outcomes, *(said.resource for said in shop.said), *(said.before for said in shop.said if said.before)]
    assert [profile(each) for each in told] == [EMPTY] * len(told)
    assert outcomes[0].time_zone == "Europe/London"
    # And it is gone
    assert profile(shop.state("abc123").customer) == EMPTY
    assert "Ada" not in shop.state("abc123").model_dump_json()


def test_a_moved_profile_is_told_on_latest_and_nothing_else_is() -> None:
    shop = Shop()
    calls = []
    take = shop.take
    shop.take = lambda message: (decision := take(message), calls.extend(decision.calls))[0]
    shop.done("customer.put", "abc123", **ADA)
    shop.done("customer.update", "abc123", changes={"time_zone": "UTC"})
    shop.done("customer.update", "abc123", changes={"email": "ada@example.org"})
    shop.done("customer.erase", "abc123", reason="She asked.")
    shop.done("customer.put", "def456", description="nobody yet")
    assert [(call.operation, call.lane) for call in calls] == [("tell_profile", "abc123")] * 3
    assert len({call.id for call in calls}) == 3


def test_a_put_replaces_and_a_change_merges() -> None:
    shop = Shop()
    assert shop.ask("customer.put", "abc123", **ADA, metadata={"a": "1"}).status == 201  # pyright: ignore[reportAttributeAccessIssue] - of the kind that was asked for
    changes = {"preferred_locales": ["en-GB"], "tax_ids": None, "metadata": {"b": "2"}}
    after = shop.done("customer.update", "abc123", changes=changes, if_match=1)
    assert (after.preferred_locales, after.metadata, after.time_zone) == (
        ["en-GB"],
        {"a": "1", "b": "2"},
        ADA["time_zone"],
    )
    assert shop.refused("customer.put", "abc123", if_match=1) == "version_conflict"
    assert shop.refused("customer.put", "abc123", new=True) == "already_exists"
    outcome = shop.ask("customer.put", "abc123", name="Ada")
    assert (outcome.status, outcome.body.metadata, outcome.body.version) == (200, {}, 3)  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess] - of the kind that was asked for
    assert shop.refused("customer.update", "nobody", changes={"name": "x"}) == "not_found"
    assert shop.refused("customer.erase", "nobody", reason="x") == "not_found"
    assert shop.refused("customer.put", "nobody", if_match=1) == "version_conflict"


CHANGES = {
    "unknown zone": {"time_zone": "Europe/Atlantis"},
    "the machine's zone": {"time_zone": "localtime"},
    "no country": {"address": {"country": "UK"}},
    "no mail": {"email": "ada"},
    "no locale": {"preferred_locales": ["english!"]},
    "never null": {"tax_exempt": None},
    "not theirs to say": {"delinquent": True},
    "erased by hand": {"erased_at": None},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES.keys())
def test_what_a_customer_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    shop = Shop()
    shop.done("customer.put", "abc123", **ADA)
    assert shop.refused("customer.update", "abc123", changes=changes) == "validation_failed"


def test_whoever_pays_or_tries_to_is_a_customer_from_then_on_and_once() -> None:
    shop = Shop()
    shop.hear("payment.failed", payment("abc123"))
    shop.hear("payment.succeeded", payment("abc123"))
    assert [(each.id, each.implicit) for each in shop.told("customer.created")] == [("abc123", True)]
    # and filled in as if they were new
    outcome = shop.ask("customer.put", "abc123", **ADA, new=True)
    assert (outcome.status, outcome.body.implicit) == (200, False)  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess] - of the kind that was asked for
    decision = shop.hear("payment.succeeded", payment("abc123"))
    assert not decision.states
    assert not decision.events


def test_a_subscription_or_invoice_makes_the_customer_that_it_names() -> None:
    shop = Shop()
    shop.view.update({("customer", TENANT, "abc123"): None})  # pyright: ignore[reportCallIssue, reportArgumentType] - looked up, not there
    assert at(shop, lambda desk: customer_of(desk, "abc123")).customer.implicit is True
    assert at(shop, lambda desk: customer_of(desk, "abc123")).customer.version == 1
    assert shop.types == ["customer.created"]


def test_nobody_is_erased_while_something_goes_on_and_nobody_comes_back() -> None:
    # Given a customer with a subscription and an invoice
    shop = Shop()
    shop.done("customer.put", "abc123", **ADA)
    for what in ("sub_1", "inv_1", "inv_1"):
        at(shop, lambda desk, what=what: began(desk, "abc123", what))
    # Then they stay as long as one is not over
    assert shop.refused("customer.erase", "abc123", reason="x") == "in_use"
    at(shop, lambda desk: ended(desk, "abc123", "inv_1"))
    assert shop.refused("customer.erase", "abc123", reason="x") == "in_use"
    at(shop, lambda desk: ended(desk, "abc123", "sub_1"))
    at(shop, lambda desk: ended(desk, "abc123", "sub_1"))
    assert shop.done("customer.erase", "abc123", reason="x").erased_at == START
    # And once erased nothing is done with them any more
    for type_, data in {"put": ADA, "update": {"changes": {"name": "x"}}, "erase": {"reason": "x"}}.items():
        assert shop.refused(f"customer.{type_}", "abc123", **data) == "wrong_state"
    with pytest.raises(Refusal) as no:
        at(shop, lambda desk: customer_of(desk, "abc123"))
    assert no.value.code == "wrong_state"
    assert not shop.hear("payment.succeeded", payment("abc123")).events


def test_an_open_invoice_keeps_the_customer_whose_subscription_is_over() -> None:
    # Given a renewal whose payment nobody has heard of yet
    shop = Shop()
    shop.done("product.create", "prod_1", name="Pro")
    shop.done("price.create", "price_1", product="prod_1", currency="USD", unit_amount=1200, recurring=MONTH)
    shop.done("customer.put", "abc123", **ADA)
    shop.done("subscription.create", "sub_1", customer_id="abc123", items=[{"price": "price_1"}])
    shop.till = lambda _: None
    shop.until(START + days(40))
    # When the subscription is canceled
    shop.done("subscription.cancel", "sub_1")
    # Then the customer stays until that payment is known
    assert shop.refused("customer.erase", "abc123", reason="x") == "in_use"
    shop.till = pays
    shop.settle()
    assert shop.done("customer.erase", "abc123", reason="x").erased_at is not None


def test_a_customer_is_delinquent_while_an_invoice_is_overdue() -> None:
    shop = Shop()
    shop.done("customer.put", "abc123", **ADA)
    for invoice, overdue in (("inv_1", True), ("inv_2", True), ("inv_1", False), ("inv_1", False), ("inv_2", False)):
        at(shop, lambda desk, invoice=invoice, overdue=overdue: owes(desk, "abc123", invoice, overdue=overdue))
    told = shop.told("customer.updated")
    assert [each.delinquent for each in told] == [True, False]
    assert [profile(each) for each in told] == [EMPTY, EMPTY]
    assert shop.state("abc123").customer.name == "Ada Lovelace"


def test_a_customer_lives_by_a_clock_from_the_beginning_and_for_good() -> None:
    # Given two clocks
    shop = Shop(now=START + timedelta(days=400))
    for clock in ("clock_1", "clock_2"):
        shop.done("test_clock.create", clock, now=START)
    # When a customer is made under one
    made = shop.done("customer.put", "abc123", test_clock="clock_1")
    # Then they live at its time, and it knows them
    assert (made.created_at, made.test_clock) == (START, "clock_1")
    assert shop.state("clock_1").test_clock.customers == ["abc123"]
    shop.done("test_clock.advance", "clock_1", to=START + days(1))
    assert shop.done("customer.put", "abc123", name="Ada").updated_at == START + days(1)
    assert shop.state("abc123").customer.test_clock == "clock_1"
    # And never by another, nor by none
    assert shop.refused("customer.update", "abc123", changes={"test_clock": "clock_2"}) == "clock_not_attachable"
    assert shop.refused("customer.update", "abc123", changes={"test_clock": None}) == "validation_failed"
    assert shop.done("customer.update", "abc123", changes={"test_clock": "clock_1"}).version == 2


def test_a_clock_takes_nobody_who_was_billed_in_real_time_and_must_be_there() -> None:
    shop = Shop()
    shop.done("test_clock.create", "clock_1", now=START)
    assert shop.refused("customer.put", "abc123", test_clock="clock_9") == "clock_not_attachable"
    shop.done("customer.put", "abc123")
    shop.done("customer.put", "def456")
    at(shop, lambda desk: began(desk, "abc123", "inv_1"))
    at(shop, lambda desk: ended(desk, "abc123", "inv_1"))
    outcome = shop.ask("customer.update", "abc123", changes={"test_clock": "clock_1"})
    assert isinstance(outcome, Refused)
    assert outcome.code == "clock_not_attachable"
    assert shop.done("customer.update", "def456", changes={"test_clock": "clock_1"}).test_clock == "clock_1"
    assert shop.state("clock_1").test_clock.customers == ["def456"]
