"""Money that comes late, twice, from the wallet, or during a dispute: it counts once, and what is beyond goes back."""

from datetime import timedelta
from typing import Any

import pytest

from actors.runtime.decision import Wish
from messages.disputes import Dispute
from messages.wire import json_of
from tests.invoicing.shop import START, Answer, Shop, days, pays
from tests.invoicing.till import CUSTOMER, declines, drafted, invoice, needs_action, opened, payment, shop_with, silent


def refunds(shop: Shop) -> list[tuple[str, int]]:
    """Of which payment, how much."""
    return [(wish.subject, json_of(wish.data)["amount"]) for wish in shop.asked if wish.type == "refund.create"]


def failed_once(shop: Shop) -> str:
    """An open invoice whose first try was declined; that payment."""
    shop.till = declines
    opened(shop, auto_advance=True)
    shop.till = pays
    [first] = invoice(shop).payments
    return first


def test_a_late_success_pays_and_nothing_is_tried_again() -> None:
    # Given a first try that was declined
    shop = shop_with()
    first = failed_once(shop)

    # When its customer gives that payment another card, and the event comes twice
    for _ in range(2):
        shop.hear("payment.succeeded", payment(shop, first, "succeeded"))

    # Then it is paid by that one, once
    shop.until(START + days(30))
    assert (invoice(shop).status, invoice(shop).amount_paid, invoice(shop).payments) == ("paid", 5000, [first])
    assert shop.types.count("invoice.paid") == 1
    assert refunds(shop) == []


def test_a_late_success_beside_a_running_retry_keeps_the_first_and_gives_the_other_back() -> None:
    # Given a retry without an outcome
    shop = shop_with()
    first = failed_once(shop)
    shop.till = silent
    shop.until(START + days(1))
    retry = invoice(shop).payments[-1]

    # When the first payment succeeds after all, and then the retry too
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))
    assert (invoice(shop).status, shop.state("inv_1").step.payment) == ("paid", retry)
    shop.till = pays
    shop.settle()

    # Then one stays and the other goes back, and both its answer and its event say so once
    shop.hear("payment.succeeded", payment(shop, retry, "succeeded"))
    assert refunds(shop) == [(retry, 5000)]
    [told] = shop.told("invoice.overpayment_returned")
    assert (told.amount_paid, told.amount_remaining, told.payments) == (5000, 0, [first, retry])
    assert shop.state("inv_1").work.given_back == ()


def test_a_retry_that_needs_the_customer_after_the_invoice_was_paid_asks_them_for_nothing() -> None:
    # Given a retry without an outcome, and a first payment that succeeds after all
    shop = shop_with()
    first = failed_once(shop)
    shop.till = silent
    shop.until(START + days(1))
    retry = invoice(shop).payments[-1]
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))

    # When the retry waits for its customer
    shop.till = needs_action
    shop.settle()

    # Then they are not asked to pay again, and it is canceled
    assert "invoice.payment_action_required" not in shop.types
    assert [wish.subject for wish in shop.asked if wish.type == "payment.cancel"][-1] == retry


def test_what_is_void_takes_no_money() -> None:
    shop = shop_with()
    first = failed_once(shop)
    shop.done("invoice.void", "inv_1")
    assert [wish.type for wish in shop.asked][-1] == "payment.cancel"
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))
    assert (invoice(shop).status, invoice(shop).amount_paid, refunds(shop)) == ("void", 0, [(first, 5000)])


def test_what_is_beyond_the_rest_goes_back_in_part() -> None:
    # Given a whole payment that failed, and 30.00 that came by bank
    shop = shop_with()
    first = failed_once(shop)
    shop.done("invoice.pay", "inv_1", out_of_band=True, amount=3000)

    # When the whole payment succeeds after all
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))

    # Then what was left of it counts
    assert (invoice(shop).status, invoice(shop).amount_paid, refunds(shop)) == ("paid", 5000, [(first, 3000)])


def test_a_refund_that_is_refused_is_asked_for_again_until_it_is_done() -> None:
    # Given payments that refuse refunds just now, and two to be made
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)
    shop.until(START + days(1))
    first, second = invoice(shop).payments
    shop.done("invoice.void", "inv_1")

    def refuses(wish: Wish) -> Answer | None:
        return (503, {"code": "unavailable", "detail": "No."}) if wish.type == "refund.create" else pays(wish)

    shop.till = refuses
    for each in (first, second):
        shop.hear("payment.succeeded", payment(shop, each, "succeeded"))
    assert [subject for subject, _ in refunds(shop)] == [first, first]

    # When they take them again
    shop.till = pays
    shop.until(shop.now + timedelta(hours=2))

    # Then each is given back, one after the other, by ids that are all different
    assert [subject for subject, _ in refunds(shop)] == [first, first, first, second]
    ids = [json_of(wish.data)["refund"] for wish in shop.asked if wish.type == "refund.create"]
    assert len(set(ids)) == 4
    assert shop.state("inv_1").work.given_back == ()


def of_wallet(holds: int) -> Any:
    """A till whose wallets hold so much."""

    def answer(wish: Wish) -> Answer | None:
        data = json_of(wish.data)
        if wish.type != "payment.create" or data["payment_method"] != "wallet":
            return pays(wish)
        if data["amount"] > holds:
            balance = {"currency": "USD", "available": holds}
            return 402, {
                "code": "insufficient_funds",
                "detail": "No.",
                "balance": balance,
                "payment": {"id": wish.subject},
            }
        return 201, {"id": wish.subject, "object": "payment", "status": "succeeded", "amount_captured": data["amount"]}

    return answer


@pytest.mark.parametrize(
    ("holds", "asked", "used"),
    [
        (9000, ["wallet 5000"], 5000),
        (2000, ["wallet 5000", "wallet 2000", "card 3000"], 2000),
        (0, ["wallet 5000", "card 5000"], 0),
    ],
)
def test_the_wallet_pays_what_it_holds_and_the_card_the_rest(holds: int, asked: list[str], used: int) -> None:
    # Given a wallet
    shop = shop_with(default_payment_method="card")
    shop.till = of_wallet(holds)
    drafted(shop, from_wallet=True, auto_advance=True)

    # When the invoice is finalised
    opened_one = shop.done("invoice.finalize", "inv_1")

    # Then the wallet was asked first, and what it paid is fixed with the number
    data = [json_of(wish.data) for wish in shop.asked if wish.type == "payment.create"]
    assert [f"{each['payment_method']} {each['amount']}" for each in data] == asked
    assert (opened_one.amount_from_wallet, opened_one.amount_due) == (used, 5000 - used)
    assert opened_one.number == "INV-2026-000001"
    paid = invoice(shop)
    assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 5000 - used, 0)
    assert shop.types.count("invoice.finalized") == 1


def test_while_the_wallet_is_asked_the_draft_waits_and_takes_no_number() -> None:
    # Given a wallet that has not answered
    shop = shop_with()
    shop.till = silent
    drafted(shop, from_wallet=True)
    shop.ask("invoice.finalize", "inv_1")
    assert (invoice(shop).status, invoice(shop).number) == ("draft", None)
    for command in ("finalize", "update", "delete"):
        assert shop.refused(f"invoice.{command}", "inv_1") == "outcome_pending"

    # When the event of its payment comes before the answer
    [wish] = shop.asked
    shop.hear("payment.succeeded", payment(shop, wish.subject, "succeeded", provider="wallet"))
    assert (invoice(shop).status, invoice(shop).amount_from_wallet) == ("paid", 5000)

    # Then the answer changes nothing, and who finalised it is told once
    shop.till = pays
    shop.settle()
    assert shop.types.count("invoice.paid") == 1
    assert [outcome.status for outcome in shop.outcomes.values() if hasattr(outcome, "status")] == [201, 200]  # pyright: ignore[reportAttributeAccessIssue] - Done
    assert refunds(shop) == []


def disputed(shop: Shop, of: str, status: str) -> Dispute:
    destination = json_of(payment(shop, of, "succeeded"))["destination"]
    return Dispute.model_validate(
        {
            "id": "dsp_1",
            "status": status,
            "amount": 5000,
            "currency": "USD",
            "payment": of,
            "customer_id": CUSTOMER,
            "reason": "fraudulent",
            "provider": "simulated",
            "destination": destination,
            "created_at": shop.now,
            "updated_at": shop.now,
        }
    )


def test_while_a_dispute_is_open_nothing_is_collected() -> None:
    # Given an invoice of which a part is paid, the rest declined and tried again tomorrow
    shop = shop_with()
    failed_once(shop)
    shop.done("invoice.pay", "inv_1", amount=1000)
    part = invoice(shop).payments[-1]

    # When that part is disputed
    shop.hear("dispute.created", disputed(shop, part, "needs_response"))
    assert (invoice(shop).collection_paused, invoice(shop).next_payment_attempt) == (True, None)
    shop.until(START + days(10))
    assert invoice(shop).attempt_count == 2

    # Then it goes on when that is over
    shop.hear("dispute.won", disputed(shop, part, "won"))
    assert (invoice(shop).status, invoice(shop).collection_paused, invoice(shop).attempt_count) == ("paid", False, 3)


def test_while_a_try_by_hand_runs_the_plan_waits() -> None:
    # Given an invoice to be tried again tomorrow, and its customer trying at that very time
    shop = shop_with()
    failed_once(shop)
    shop.till = silent
    shop.until(START + days(0.9))
    shop.ask("invoice.pay", "inv_1")

    # When the plan's day comes, no second payment is asked for until the first has an outcome
    shop.until(START + days(3))
    assert invoice(shop).attempt_count == 2
    shop.till = declines
    shop.settle()
    shop.until(START + days(3.1))
    assert invoice(shop).attempt_count == 3


def test_refunds_are_asked_for_one_at_a_time() -> None:
    # Given two payments to give back, and no answer
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)
    shop.until(START + days(1))
    shop.done("invoice.void", "inv_1")
    shop.till = lambda wish: None if wish.type == "refund.create" else pays(wish)
    first, second = invoice(shop).payments
    for each in (first, second):
        shop.hear("payment.succeeded", payment(shop, each, "succeeded"))
    assert refunds(shop) == [(first, 5000)]

    # Then the second follows the first
    shop.till = pays
    shop.settle()
    assert refunds(shop) == [(first, 5000), (second, 5000)]


def test_a_failure_told_before_the_answer_is_counted_by_the_answer_alone() -> None:
    shop = shop_with()
    shop.till = silent
    opened(shop, auto_advance=True)
    [running] = invoice(shop).payments
    shop.hear("payment.failed", payment(shop, running, "requires_payment_method"))
    assert "invoice.payment_failed" not in shop.types
    shop.till = declines
    shop.settle()
    assert shop.types.count("invoice.payment_failed") == 1


def test_a_cancel_that_came_to_nothing_is_asked_for_again() -> None:
    shop = shop_with()
    shop.till = needs_action
    opened(shop, auto_advance=True)
    shop.until(START + days(3))
    assert [wish.type for wish in shop.asked] == ["payment.create", *["payment.cancel"] * 3]


def test_what_is_heard_of_an_invoice_under_a_clock_happens_at_its_time() -> None:
    # Given a customer by whose clock it is May
    shop, may = Shop(), START + days(100)
    shop.done("test_clock.create", "clock_1", now=may)
    shop.done("customer.put", CUSTOMER, name="Ada", test_clock="clock_1")
    first = failed_once(shop)

    # When their payment succeeds after all
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))

    # Then it was paid in May
    assert (invoice(shop).status, invoice(shop).paid_at) == ("paid", may)


def test_what_the_wallet_gave_beyond_the_total_goes_back() -> None:
    # Given a wallet that has paid all, tax and all, of a draft
    shop = shop_with()
    shop.done("tax_rate.create", "txr_1", display_name="VAT", percentage="20")
    drafted(shop, from_wallet=True, default_tax_rates=["txr_1"])
    shop.till = silent
    shop.ask("invoice.finalize", "inv_1")

    # When its customer turns out to be exempt before it is opened
    shop.done("customer.update", CUSTOMER, changes={"tax_exempt": "exempt"})
    shop.till = pays_from_wallet
    shop.settle()

    # Then it asks for less, and the rest of the wallet's money is given back
    [asked] = [wish.subject for wish in shop.asked if wish.type == "payment.create"]
    assert (invoice(shop).status, invoice(shop).total, invoice(shop).amount_from_wallet) == ("paid", 5000, 5000)
    assert refunds(shop) == [(asked, 1000)]
    assert [attempt.amount for attempt in shop.state("inv_1").work.attempts] == [5000]


pays_from_wallet = of_wallet(9000)
