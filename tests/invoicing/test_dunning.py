"""When a declined invoice is tried again, and what ends it."""

from datetime import timedelta
from typing import cast

import pytest

from actors.invoicing.dunning import after_outage, next_try
from actors.invoicing.terms import Terms
from actors.runtime.decision import Wish
from messages.invoices import Invoice
from tests.invoicing.shop import START, Answer, Shop, days, pays
from tests.invoicing.till import CUSTOMER, declines, invoice, needs_action, opened, payment, shop_with

PLAN = (1, 3, 5, 7)


@pytest.mark.parametrize(
    ("failures", "now", "wanted"),
    [
        (1, 0, 1),
        (2, 1, 3),
        (3, 3, 5),
        (4, 5, 7),
        (5, 7, None),
        (1, 20, 21),
        (2, 20, 22),
        (4, 20, 22),
        (5, 20, None),
    ],
)
def test_the_plan_counts_from_the_first_failure_and_never_hurries(failures: int, now: int, wanted: int | None) -> None:
    at = next_try(START, failures, PLAN, START + days(now))
    assert at == (None if wanted is None else START + days(wanted))


def test_an_outage_is_looked_at_after_a_minute_then_less_often_but_every_hour() -> None:
    waits = [after_outage(START, count) - START for count in (1, 2, 3, 6, 7, 2_000)]
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes == [1, 2, 4, 32, 60, 60]


def tried_on(shop: Shop) -> list[float]:
    """Days after the start on which payments were asked for."""
    return [(attempt.at - START) / days(1) for attempt in shop.state("inv_1").work.attempts]


def test_a_declined_invoice_is_tried_on_the_days_of_the_plan_each_time_with_an_id_of_its_own() -> None:
    # Given a card that is declined
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)
    assert (invoice(shop).next_payment_attempt, shop.state(CUSTOMER).customer.delinquent) == (START + days(1), True)

    # When a month goes by
    shop.until(START + days(30))

    # Then it was tried five times, and is open still
    assert tried_on(shop) == [0, 1, 3, 5, 7]
    assert len({wish.subject for wish in shop.asked}) == 5
    left = invoice(shop)
    assert (left.status, left.attempt_count, left.next_payment_attempt) == ("open", 5, None)
    assert shop.types.count("invoice.payment_failed") == 5

    # And a card that works pays it, nobody can pay the failed ones any more, and the customer owes nothing
    shop.till = pays
    assert shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa").status == "paid"
    assert [wish.type for wish in shop.asked].count("payment.cancel") == 5
    assert not shop.state(CUSTOMER).customer.delinquent


def test_a_try_by_hand_leaves_the_plan_as_it_was() -> None:
    # Given an invoice that is tried again tomorrow
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)

    # When its customer tries in vain in between
    shop.until(START + days(0.5))
    shop.ask("invoice.pay", "inv_1")
    assert invoice(shop).next_payment_attempt == START + days(1)

    # Then the plan goes on
    shop.until(START + days(30))
    assert tried_on(shop) == [0, 0.5, 1, 3, 5, 7]


@pytest.mark.parametrize("live", [False, True])
def test_what_is_tried_again_asks_for_real_money_if_the_invoice_is_real(live: bool) -> None:
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)
    state = shop.state("inv_1")
    shop.view[state.key] = state.model_copy(update={"invoice": state.invoice.model_copy(update={"livemode": live})})
    shop.until(START + days(1))
    assert [wish.livemode for wish in shop.asked if wish.type == "payment.create"] == [False, live]


@pytest.mark.parametrize(
    ("status", "code"), [(503, "provider_unavailable"), (403, "test_mode_only"), (403, "mode_mismatch")]
)
def test_an_outage_is_no_step_of_the_dunning_nor_is_a_tenant_without_an_account_of_its_mode(
    status: int, code: str
) -> None:
    # Given a provider that is away for ten minutes
    shop = shop_with()

    def away(wish: Wish) -> Answer | None:
        if shop.now < START + timedelta(minutes=10):
            return status, {"code": code, "detail": "Away.", "payment": {"id": wish.subject}}
        return pays(wish)

    shop.till = away
    opened(shop, auto_advance=True)
    assert invoice(shop).next_payment_attempt == START + timedelta(minutes=1)

    # Then it is paid soon after, without a failure, and nobody was delinquent
    shop.until(START + days(1))
    assert (invoice(shop).status, invoice(shop).paid_at) == ("paid", START + timedelta(minutes=15))
    assert "invoice.payment_failed" not in shop.types
    assert not shop.told("customer.updated")


def test_who_does_not_authenticate_is_a_step_of_the_dunning_and_never_charged_twice_meanwhile() -> None:
    # Given a payment that its customer must confirm
    shop = shop_with()
    shop.till = needs_action
    opened(shop, auto_advance=True)
    [first] = invoice(shop).payments
    assert shop.types[-1] == "invoice.payment_action_required"
    assert shop.refused("invoice.pay", "inv_1") == "outcome_pending"

    # When they do not for a day
    shop.until(START + days(1))
    assert [wish.type for wish in shop.asked] == ["payment.create", "payment.cancel"]

    # Then it is canceled, heard of, and tried again on the plan's first day from there
    shop.till = pays
    shop.hear("payment.canceled", payment(shop, first, "canceled"))
    assert (shop.types[-2], invoice(shop).next_payment_attempt) == ("invoice.payment_failed", START + days(2))
    shop.until(START + days(2))
    assert invoice(shop).status == "paid"


def test_what_they_confirm_in_time_counts() -> None:
    shop = shop_with()
    shop.till = needs_action
    opened(shop, auto_advance=True)
    [first] = invoice(shop).payments
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))
    assert (invoice(shop).status, invoice(shop).amount_paid) == ("paid", 5000)
    shop.until(START + days(9))
    assert [wish.type for wish in shop.asked] == ["payment.create"]


def partly_collected(shop: Shop) -> None:
    """Declined over 50.00; 20.00 are credited, and a retry over the rest waits for its customer until they are not."""
    shop.till = declines
    opened(shop, auto_advance=True)
    line = {"invoice_line": invoice(shop).lines[0].id, "amount": 2000}
    shop.done("credit_note.create", "cn_1", invoice="inv_1", lines=[line])
    shop.till = needs_action
    shop.until(START + days(1))
    shop.done("credit_note.void", "cn_1")


def test_what_a_retry_leaves_because_a_credit_note_is_void_is_collected_at_once() -> None:
    # Given a retry over 30.00, while 50.00 are asked for again
    shop = shop_with()
    partly_collected(shop)
    retry = invoice(shop).payments[-1]

    # When it succeeds
    shop.till = pays
    shop.hear("payment.succeeded", payment(shop, retry, "succeeded"))

    # Then the rest is collected by a further one
    [told] = [said for said in shop.said if said.type == "invoice.partially_paid"]
    told_before, after = cast("Invoice", told.before), cast("Invoice", told.resource)
    assert (told_before.next_payment_attempt, after.next_payment_attempt) == (None, shop.now)
    assert (invoice(shop).status, invoice(shop).amount_paid, invoice(shop).attempt_count) == ("paid", 5000, 3)
    assert [attempt.amount for attempt in shop.state("inv_1").work.attempts] == [5000, 3000, 2000]


def test_a_rest_that_is_declined_goes_on_in_the_plan() -> None:
    shop = shop_with()
    partly_collected(shop)
    retry = invoice(shop).payments[-1]
    shop.till = declines
    shop.hear("payment.succeeded", payment(shop, retry, "succeeded"))
    assert invoice(shop).next_payment_attempt == START + days(3)
    shop.until(START + days(30))
    assert (invoice(shop).status, invoice(shop).amount_remaining) == ("open", 2000)


def test_a_part_by_hand_brings_no_try_by_itself() -> None:
    # Given an invoice whose plan is over
    shop = shop_with()
    shop.terms = Terms(dunning_days=())
    shop.till = declines
    opened(shop, auto_advance=True)

    # When a part is paid by hand
    shop.till = pays
    shop.ask("invoice.pay", "inv_1", amount=3000, payment_method="pm_card_visa")

    # Then the rest waits for somebody
    shop.until(START + days(30))
    assert (invoice(shop).amount_remaining, invoice(shop).next_payment_attempt) == (2000, None)


def test_a_company_without_a_plan_tries_once() -> None:
    shop = shop_with()
    shop.terms = Terms(dunning_days=())
    shop.till = declines
    opened(shop, auto_advance=True)
    shop.until(START + days(30))
    assert tried_on(shop) == [0]
