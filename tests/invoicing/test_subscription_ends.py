"""How a subscription is paused and goes on, how it ends, and what its payments do to it."""

from datetime import timedelta
from typing import Any

import pytest

from actors.invoicing import subscription_payments
from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key
from actors.invoicing.needs import around
from actors.invoicing.subscription_moves import MOVES
from actors.invoicing.terms import Terms
from messages.invoices import Invoice
from messages.subscriptions import SubscriptionStatus as Status
from tests.invoicing.selling import SUB, amounts, invoices, price, stocked, subscribed, subscription
from tests.invoicing.shop import START, TENANT, Answer, Shop, days, pays

FEBRUARY = START + days(28)


def tell(shop: Shop, what: str, invoice: Invoice) -> None:
    """What the invoice's own rules tell its subscription, kept as the tables would."""
    desk = Desk(TENANT, shop.terms, shop.view, shop.now)
    getattr(subscription_payments, what)(desk, invoice)
    for state in desk.states.values():
        shop.view[state.key] = state
    shop.said += desk.events
    shop.due |= {entity: at for entity, at in desk.due.items() if at is not None}
    shop.settle()


def failing(**terms: Any) -> Shop:
    """The second month's payment was declined."""
    shop = stocked(terms=Terms(**terms))
    subscribed(shop)
    shop.done("subscription.change", SUB, default_payment_method="pm_card_chargeDeclined")
    shop.until(FEBRUARY)
    return shop


def test_a_cancel_now_ends_it_and_bills_what_was_used() -> None:
    shop = stocked()
    subscribed(shop, "price_10", "price_use")
    shop.until(START + days(10))
    after = shop.done("subscription.cancel", SUB)
    assert (after.status, after.ended_at, after.canceled_at) == (Status.CANCELED, shop.now, shop.now)
    [_, last] = invoices(shop)
    assert [(line.type, line.period.start, line.period.end) for line in last.lines] == [("usage", START, shop.now)]
    shop.until(START + days(400))
    assert len(invoices(shop)) == 2


def test_a_cancel_with_credit_gives_back_the_unused_rest() -> None:
    # Given 14 of 28 days used
    shop = stocked()
    subscribed(shop)
    shop.until(START + days(14))
    shop.done("subscription.cancel", SUB, credit=True)
    # Then half of the month is a credit, which waits
    assert amounts(shop) == [[1000], [-500, 500]]
    assert [draft.line.amount for draft in shop.state(SUB).work.pending] == [-500]


def test_a_cancel_at_an_instant_happens_then_and_can_be_taken_back() -> None:
    shop = stocked()
    subscribed(shop)
    after = shop.done("subscription.cancel", SUB, at=START + days(40))
    assert (after.status, after.cancel_at) == (Status.ACTIVE, START + days(40))
    assert shop.done("subscription.uncancel", SUB).cancel_at is None
    assert shop.refused("subscription.uncancel", SUB) == "wrong_state"
    shop.done("subscription.cancel", SUB, at=START + days(40))
    shop.until(START + days(60))
    assert (subscription(shop).status, len(invoices(shop))) == (Status.CANCELED, 2)


@pytest.mark.parametrize("command", ["change", "pause", "resume", "cancel", "uncancel"])
def test_nothing_can_be_asked_of_one_that_is_canceled(command: str) -> None:
    shop = stocked()
    subscribed(shop)
    shop.done("subscription.cancel", SUB)
    assert shop.refused(f"subscription.{command}", SUB) == "wrong_state"
    assert shop.refused(f"subscription.{command}", "sub_none") == "not_found"


def test_a_pause_invoices_nothing_and_goes_on_in_the_old_rhythm() -> None:
    # Given a pause of 40 days that begins in the first month
    shop = stocked()
    subscribed(shop)
    shop.until(START + days(10))
    after = shop.done("subscription.pause", SUB, resumes_at=START + days(50))
    assert (after.status, after.pause.resumes_at) == (Status.PAUSED, START + days(50))
    # Then nothing is billed until it ends, and then 9 of the 31 days up to the old boundary
    shop.until(START + days(49))
    assert amounts(shop) == [[1000]]
    shop.until(START + days(50))
    after = subscription(shop)
    assert (after.status, after.pause, after.current_period.end) == (Status.ACTIVE, None, START + days(59))
    assert amounts(shop) == [[1000], [290]]


def test_a_pause_within_a_period_bills_nothing_again() -> None:
    shop = stocked()
    subscribed(shop)
    shop.done("subscription.pause", SUB)
    shop.until(START + days(10))
    shop.done("subscription.resume", SUB)
    assert amounts(shop) == [[1000]]
    shop.until(FEBRUARY)
    assert amounts(shop) == [[1000], [1000]]


def test_resumed_with_a_new_anchor_the_unused_rest_is_credited() -> None:
    shop = stocked()
    subscribed(shop)
    shop.done("subscription.pause", SUB)
    shop.until(START + days(14))
    after = shop.done("subscription.resume", SUB, keep_anchor=False)
    assert after.billing_cycle_anchor == after.current_period.start == START + days(14)
    assert amounts(shop) == [[1000], [-500, 1000]]


def test_a_pause_may_keep_drafts() -> None:
    shop = stocked()
    subscribed(shop)
    shop.done("subscription.pause", SUB, behavior="keep_as_draft")
    shop.until(START + days(60))
    assert [each.status for each in invoices(shop)] == ["paid", "draft", "draft"]
    shop.done("subscription.resume", SUB)
    shop.until(START + days(95))
    assert [each.status for each in invoices(shop)] == ["paid", "draft", "draft", "paid"]


def test_what_a_step_looks_at_does_not_grow_with_the_drafts_of_a_pause() -> None:
    # Given a pause that lasted for a hundred days, each of which has a draft
    shop = stocked()
    price(shop, "price_day", 100, interval="day")
    subscribed(shop, "price_day")
    shop.done("subscription.pause", SUB, behavior="keep_as_draft")
    shop.until(START + days(100))
    assert len(invoices(shop)) == 101
    # Then a step needs the first invoice and the latest
    looked_at = around(subscription_key(TENANT, SUB), shop.view)
    assert len([key for key in looked_at if key.kind == "invoice"]) == 2


def test_a_pause_may_void_what_falls_due() -> None:
    shop = stocked()
    subscribed(shop)
    shop.done("subscription.pause", SUB, behavior="void")
    shop.until(START + days(40))
    assert [each.status for each in invoices(shop)] == ["paid", "void"]
    # And what was given away is not credited when it ends
    shop.done("subscription.cancel", SUB, credit=True)
    assert shop.state(SUB).work.pending == ()


def test_what_was_pending_is_not_voided_with_a_pause() -> None:
    shop = stocked()
    made = subscribed(shop)
    shop.until(START + days(14))
    shop.done("subscription.change", SUB, items=[{"id": made.items[0].id, "price": "price_15"}])
    shop.done("subscription.pause", SUB, behavior="void")
    shop.until(START + days(40))
    shop.done("subscription.resume", SUB)
    shop.until(START + days(60))
    assert amounts(shop) == [[1000], [1500], [-500, 750, 1500]]


def test_a_trial_goes_on_after_a_pause_and_does_not_end_in_it() -> None:
    shop = stocked()
    subscribed(shop, trial_days=30)
    shop.done("subscription.pause", SUB)
    shop.until(START + days(20))
    assert shop.done("subscription.resume", SUB).status == Status.TRIALING
    shop.done("subscription.pause", SUB)
    shop.until(START + days(40))
    after = shop.done("subscription.resume", SUB)
    assert (after.status, len(invoices(shop))) == (Status.ACTIVE, 1)


def test_after_the_dunning_it_is_unpaid_drafts_pile_up_and_the_old_invoice_wakes_it() -> None:
    # Given one that is past due, whose dunning ends
    shop = failing()
    failed = invoices(shop)[1]
    assert subscription(shop).status == Status.PAST_DUE
    tell(shop, "dunning_ended", failed)
    assert subscription(shop).status == Status.UNPAID
    # When further months go by, their invoices stay drafts
    shop.until(FEBRUARY + days(40))
    assert [each.status for each in invoices(shop)][2:] == ["draft"]
    # And when the old one is paid, it is active again
    tell(shop, "invoice_paid", failed)
    assert (subscription(shop).status, shop.types[-1]) == (Status.ACTIVE, "subscription.activated")


def test_it_is_past_due_until_every_invoice_that_failed_is_paid() -> None:
    # Given two months that could not be collected
    shop = failing(dunning_days=(50,))
    shop.until(FEBRUARY + days(32))
    [_, first, second] = invoices(shop)
    assert shop.state(SUB).work.failed == (first.id, second.id)
    # When one of them is paid, the other still counts
    tell(shop, "invoice_paid", first)
    assert subscription(shop).status != Status.ACTIVE
    tell(shop, "invoice_paid", second)
    assert subscription(shop).status == Status.ACTIVE


def test_after_the_dunning_it_is_canceled_where_the_terms_say_so() -> None:
    shop = failing()
    shop.terms = Terms(dunning_end="cancel")
    tell(shop, "dunning_ended", invoices(shop)[1])
    assert subscription(shop).status == Status.CANCELED


def test_an_invoice_that_is_given_up_is_waited_for_no_longer() -> None:
    shop = failing()
    tell(shop, "invoice_closed", invoices(shop)[1])
    assert subscription(shop).status == Status.ACTIVE


def test_who_creates_one_waits_for_the_first_payment_and_no_longer() -> None:
    # Given payments that do not answer yet
    answers: list[Answer | None] = [None]
    shop = stocked(till=lambda wish: answers[0])
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    assert (shop.outcomes, subscription(shop).status) == ({}, Status.INCOMPLETE)
    # When it is declined, the answer is the incomplete subscription
    answers[0] = (402, {"code": "card_declined", "detail": "No."})
    shop.settle()
    assert shop.outcomes["cmd_1"].body.status == Status.INCOMPLETE  # pyright: ignore[reportAttributeAccessIssue] - Done
    # And canceled, its invoice is void
    shop.till = pays
    shop.done("subscription.cancel", SUB)
    assert [each.status for each in invoices(shop)] == ["void"]


def test_who_waits_for_a_payment_that_never_began_is_told_so_at_once() -> None:
    # Given payments that are away: later tries may be somebody else's who waits
    shop = stocked(till=lambda wish: (503, {"code": "unavailable", "detail": "Away."}))
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    assert shop.outcomes["cmd_1"].body.status == Status.INCOMPLETE  # pyright: ignore[reportAttributeAccessIssue] - Done
    # And it expires like any other
    shop.until(START + days(2))
    assert subscription(shop).status == Status.INCOMPLETE_EXPIRED


@pytest.mark.parametrize(
    ("command", "wish"),
    [
        ("invoice.pay", {}),
        ("invoice.pay", {"out_of_band": True}),
        ("invoice.void", {}),
        ("invoice.mark_uncollectible", {}),
    ],
)
def test_who_creates_one_is_answered_whatever_becomes_of_its_invoice_by_hand(command: str, wish: Any) -> None:
    # Given a first payment that never began
    shop = stocked(till=lambda wish: (503, {"code": "unavailable", "detail": "Away."}))
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    # When somebody else settles the invoice, both are answered
    shop.till = pays
    shop.done(command, invoices(shop)[0].id, **wish)
    assert sorted(shop.outcomes) == ["cmd_1", "cmd_2"]


@pytest.mark.parametrize("answer", [(402, {"code": "card_declined", "detail": "No."}), "paid"])
def test_who_creates_one_is_answered_though_it_is_canceled_while_its_payment_runs(answer: Any) -> None:
    # Given a payment that is on its way
    shop = stocked(till=lambda wish: None)
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    # When the subscription is canceled meanwhile
    shop.done("subscription.cancel", SUB)
    assert sorted(shop.outcomes) == ["cmd_2"]
    # Then who made it is told of that as soon as the payment has an outcome
    shop.till = pays if answer == "paid" else lambda wish: answer
    shop.settle()
    assert shop.outcomes["cmd_1"].body.status == Status.CANCELED  # pyright: ignore[reportAttributeAccessIssue] - Done
    assert ("refund.create" in [wish.type for wish in shop.asked]) == (answer == "paid")


def test_what_was_used_of_an_item_that_goes_under_a_pause_is_billed() -> None:
    shop = stocked()
    made = subscribed(shop, "price_10", "price_use")
    shop.done("subscription.pause", SUB)
    shop.done("subscription.change", SUB, items=[{"id": made.items[1].id, "deleted": True}])
    shop.done("subscription.resume", SUB)
    shop.until(FEBRUARY)
    assert [line.type for line in invoices(shop)[1].lines] == ["usage", "subscription"]


def test_one_is_not_given_up_while_its_payment_is_on_its_way() -> None:
    shop = stocked(till=lambda wish: None)
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    shop.until(START + days(2))
    assert subscription(shop).status == Status.INCOMPLETE
    shop.till = pays
    shop.settle()
    shop.until(shop.now + timedelta(hours=2))
    assert subscription(shop).status == Status.ACTIVE


def test_the_moves_are_those_of_the_contract() -> None:
    table = {status.value: sorted(after.value for after in MOVES[status]) for status in Status}
    assert table == {
        "incomplete": ["active", "canceled", "incomplete_expired", "trialing"],
        "trialing": ["active", "canceled", "past_due", "paused"],
        "active": ["canceled", "past_due", "paused"],
        "past_due": ["active", "canceled", "paused", "unpaid"],
        "unpaid": ["active", "canceled"],
        "paused": ["active", "canceled", "past_due", "trialing"],
        "canceled": [],
        "incomplete_expired": [],
    }


@pytest.mark.parametrize("behavior", ["none", "keep_as_draft", "void"])
def test_another_interval_that_was_scheduled_comes_when_the_pause_ends(behavior: str) -> None:
    # Given a change to another interval whose time comes under a pause
    shop = stocked()
    first = subscribed(shop).items[0].id
    to_a_year = [{"id": first, "price": "price_year"}]
    shop.done("subscription.change", SUB, items=to_a_year, at=START + days(7))
    shop.done("subscription.pause", SUB, behavior=behavior)
    shop.until(START + days(10))
    assert subscription(shop).items[0].price == "price_10"

    # When the pause ends
    shop.until(START + days(14))
    shop.done("subscription.resume", SUB)

    # Then the change comes, from then on
    assert (subscription(shop).items[0].price, subscription(shop).scheduled_change) == ("price_year", None)
    assert amounts(shop) == [[1000], [-500, 10000]]


def test_another_interval_that_waits_for_the_end_of_a_pause_can_be_taken_back() -> None:
    shop = stocked()
    first = subscribed(shop).items[0].id
    shop.done("subscription.change", SUB, items=[{"id": first, "price": "price_year"}], at=START + days(7))
    shop.done("subscription.pause", SUB, behavior="none")
    shop.until(START + days(10))
    shop.done("subscription.change", SUB, clear_scheduled=True)
    shop.done("subscription.resume", SUB)
    assert (subscription(shop).items[0].price, amounts(shop)) == ("price_10", [[1000]])


def test_the_end_under_a_pause_that_voids_still_asks_for_what_was_pending_before() -> None:
    # Given a dearer price that is not billed yet, and usage that is given away
    shop = stocked()
    first = subscribed(shop, "price_10", "price_use").items[0].id
    shop.until(START + days(14))
    shop.done("subscription.change", SUB, items=[{"id": first, "price": "price_15"}])
    shop.done("subscription.pause", SUB, behavior="void")

    # When it ends
    shop.done("subscription.cancel", SUB, at="now")

    # Then the rest of the dearer price is asked for, and nothing else
    assert amounts(shop) == [[1000], [-500, 750]]
    assert invoices(shop)[1].status == "paid"
