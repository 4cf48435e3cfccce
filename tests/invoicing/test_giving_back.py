"""Money that has to go back although somebody refunds besides, a bank asks for it, or a refund fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from actors.runtime.decision import Wish
from messages.credit_notes import CreditNote
from messages.invoices import Invoice
from messages.payments import Refund
from messages.subscriptions import SubscriptionStatus
from messages.wire import json_of
from tests.invoicing.booked import books_of
from tests.invoicing.selling import SUB, invoices, stocked, subscription
from tests.invoicing.shop import START, Answer, Shop, days, pays
from tests.invoicing.till import CUSTOMER, declines, invoice, opened, payment, shop_with

PAID = 6_000


@dataclass
class Account:
    """Payments as they refund: what is left of each, and how much of what is not may come back from a dispute."""

    left: dict[str, int] = field(default_factory=dict)
    undecided: int = 0
    refunds: list[tuple[str, int]] = field(default_factory=list)

    def answers(self, wish: Wish) -> Answer | None:
        """As the payments actor would."""
        answer, data = pays(wish), json_of(wish.data)
        if wish.type == "payment.create":
            self.left[wish.subject] = data["amount"]
        if wish.type != "refund.create":
            return answer
        left = max(0, self.left[wish.subject] - data["leaving"])
        if data["amount"] > left:
            code = "refund_exceeds_captured" if left else "not_refundable"
            return 422, {"code": code, "detail": "No.", "left": left, "undecided": self.undecided}
        self.refund(wish.subject, data["amount"])
        return answer

    def refund(self, payment_id: str, amount: int) -> None:
        """So much goes back."""
        self.left[payment_id] -= amount
        self.refunds.append((payment_id, amount))


def paid_shop() -> tuple[Shop, Account, str]:
    """An invoice over 60.00 that a card paid."""
    shop, account = shop_with(), Account()
    shop.till = account.answers
    opened(shop, PAID, auto_advance=True)
    return shop, account, invoice(shop).payments[0]


def credited(shop: Shop) -> CreditNote:
    return shop.done("credit_note.create", "cn_1", invoice="inv_1")


def test_a_note_gives_back_what_a_refund_by_hand_has_left() -> None:
    # Given 10.00 of 60.00 refunded by hand
    shop, account, paid = paid_shop()
    account.refund(paid, 1_000)

    # When the whole invoice is credited
    credited(shop)

    # Then the rest goes back too, and not more
    assert account.refunds == [(paid, 1_000), (paid, 5_000)]
    settled = shop.told("credit_note.settled")[-1]
    assert (settled.refund_amount, settled.wallet_amount) == (PAID, 0)


def test_of_a_part_that_fails_only_that_is_in_the_wallet() -> None:
    shop, account, paid = paid_shop()
    account.refund(paid, 1_000)
    shop.till = lambda wish: _failing(account.answers(wish), wish)
    credited(shop)
    settled = shop.told("credit_note.settled")[-1]
    assert (settled.refund_amount, settled.wallet_amount) == (1_000, 5_000)


@pytest.mark.parametrize(("won", "refunded"), [(True, [PAID]), (False, [])])
def test_a_note_waits_for_a_dispute_that_may_be_won(won: bool, refunded: list[int]) -> None:
    # Given a payment that is disputed wholly
    shop, account, paid = paid_shop()
    account.left[paid], account.undecided = 0, PAID

    # When its invoice is credited meanwhile
    credited(shop)
    shop.until(shop.now + days(3))
    assert (account.refunds, shop.told("credit_note.settled")) == ([], [])

    # Then it goes back when the dispute is won, and has gone back when it is lost
    account.left[paid], account.undecided = PAID if won else 0, 0
    shop.until(shop.now + timedelta(hours=1))
    assert [amount for _, amount in account.refunds] == refunded
    assert shop.told("credit_note.settled")[-1].refund_amount == PAID


def overpaid() -> tuple[Shop, Account, str]:
    """30.00 of 50.00 came by bank, then a whole payment after all; refunds are out of order."""
    shop, account = shop_with(), Account()
    shop.till = declines
    opened(shop, auto_advance=True)
    [late] = invoice(shop).payments
    shop.done("invoice.pay", "inv_1", out_of_band=True, amount=3_000)
    account.left[late] = 5_000
    shop.till = lambda wish: (503, {"code": "unavailable", "detail": "No."}) if wish.type == "refund.create" else None
    shop.hear("payment.succeeded", payment(shop, late, "succeeded"))
    return shop, account, late


@pytest.mark.parametrize(("by_hand", "then"), [(0, [3_000]), (1_000, [2_000]), (3_000, []), (4_000, [])])
def test_what_came_beyond_goes_back_once_whoever_refunds_it(by_hand: int, then: list[int]) -> None:
    # Given 30.00 too much, of which some goes back by hand while refunds cannot be asked for
    shop, account, late = overpaid()
    if by_hand:
        account.refund(late, by_hand)

    # When they can be again
    shop.till = account.answers
    shop.until(shop.now + timedelta(hours=1))

    # Then no more goes back than came beyond, and what counts for the invoice stays
    assert [amount for _, amount in account.refunds[1 if by_hand else 0 :]] == then
    assert shop.state("inv_1").work.given_back == ()


def _failing(answer: Answer | None, wish: Wish) -> Answer | None:
    if wish.type == "refund.create" and answer is not None and answer[0] == 201:
        return 201, {**answer[1], "status": "failed"}
    return answer


def test_a_refund_that_comes_back_failed_is_asked_for_again_at_growing_distances() -> None:
    # Given refunds that are accepted and fail
    shop, _, late = overpaid()
    shop.till = lambda wish: _failing(pays(wish), wish)
    shop.until(shop.now + days(2))
    times = len([wish for wish in shop.asked if wish.type == "refund.create"])
    assert times == 6, "after 1, 3, 7, 15 and 31 hours, besides the first"

    # When one does not
    shop.till = pays
    shop.until(shop.now + days(1))

    # Then nothing is to go back any more
    assert shop.state("inv_1").work.given_back == ()
    assert [one.payment for one in shop.state("inv_1").work.returned] == [late]


def _refund(shop: Shop, status: str) -> Refund:
    wish = [wish for wish in shop.asked if wish.type == "refund.create"][-1]
    data = json_of(wish.data)
    fields: dict[str, Any] = {"id": data["refund"], "amount": data["amount"], "payment": wish.subject}
    fields |= {"currency": "USD", "customer_id": CUSTOMER, "destination": {"type": "invoice", "invoice": "inv_1"}}
    times = {"created_at": shop.now, "updated_at": shop.now, "version": 3}
    return Refund.model_validate({**fields, **times, "status": status, "provider": "simulated"})


def test_a_refund_that_fails_days_later_is_asked_for_again() -> None:
    # Given what came beyond, returned
    shop, account, _ = overpaid()
    shop.till = account.answers
    shop.until(shop.now + timedelta(hours=1))
    asked = len(account.refunds)

    # When it comes back after days, told twice
    shop.until(shop.now + days(5))
    failed = _refund(shop, "failed")
    account.left[failed.payment] += failed.amount
    for _ in range(2):
        shop.hear("refund.failed", failed)

    # Then it is asked for once more
    shop.until(shop.now + days(1))
    assert len(account.refunds) == asked + 1


def test_a_failure_that_is_heard_before_its_answer_counts_once() -> None:
    shop, _, _ = overpaid()
    shop.till = lambda wish: None
    shop.until(shop.now + timedelta(hours=1))
    shop.hear("refund.failed", _refund(shop, "failed"))
    shop.till = pays
    shop.settle()
    assert len(shop.state("inv_1").work.given_back) == 1, "its answer, which is older, does not end it"
    shop.until(shop.now + days(1))
    assert shop.state("inv_1").work.given_back == ()


def begun_in_part(settle: Callable[[Shop, Invoice], Any]) -> tuple[Shop, Account, Invoice]:
    """A first invoice over 10.00 that a card declined, then settled in part."""
    account = Account()
    shop = stocked(till=declines)
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    shop.till = account.answers
    first = invoices(shop)[0]
    settle(shop, first)
    return shop, account, first


def _by_card(shop: Shop, first: Invoice) -> None:
    shop.done("invoice.pay", first.id, amount=400)


def _outside(shop: Shop, first: Invoice) -> None:
    shop.done("invoice.pay", first.id, amount=400, out_of_band=True)


def _credited(shop: Shop, first: Invoice) -> None:
    line = {"invoice_line": first.lines[0].id, "amount": 400}
    shop.done("credit_note.create", "cn_1", invoice=first.id, lines=[line])


ENDS: dict[str, Callable[[Shop], Any]] = {
    "given up": lambda shop: shop.done("invoice.mark_uncollectible", invoices(shop)[0].id),
    "expired": lambda shop: shop.until(START + days(2)),
    "canceled": lambda shop: shop.done("subscription.cancel", SUB),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("settle", "ways"), [(_by_card, (400, 0, 600)), (_outside, (0, 400, 600)), (_credited, (0, 0, 600))]
)
def test_what_was_paid_of_one_that_never_began_goes_back(end: str, settle: Any, ways: Any) -> None:
    # Given a subscription whose first invoice is paid or credited in part
    shop, account, first = begun_in_part(settle)

    # When it expires, is canceled, or its invoice is given up
    ENDS[end](shop)

    # Then a credit note takes back the rest, and gives back what was paid
    expired, canceled = SubscriptionStatus.INCOMPLETE_EXPIRED, SubscriptionStatus.CANCELED
    assert subscription(shop).status == (canceled if end == "canceled" else expired)
    note = shop.told("credit_note.issued")[-1]
    assert (note.refund_amount, note.outside_amount, note.invoice_amount) == ways
    assert [amount for _, amount in account.refunds] == ([400] if settle is _by_card else [])
    assert (invoices(shop)[0].status, invoices(shop)[0].amount_remaining) == ("paid", 0)
    book = books_of(shop, declined=[first.payments[0]])
    paths = (f"assets:receivable:{CUSTOMER}", "income:subscriptions", "liabilities:deferred_revenue")
    assert [book.balance(path) for path in paths] == [0, 0, 0]


def test_the_first_invoice_of_one_that_never_began_cannot_be_paid_any_more() -> None:
    # Given a first invoice that is declined, and given up
    shop = stocked(till=declines)
    shop.ask("subscription.create", SUB, customer_id="abc123", items=[{"price": "price_10"}])
    [first] = invoices(shop)
    assert shop.done("invoice.mark_uncollectible", first.id).status == "void"

    # When somebody would pay it, it is refused; a payment on its way goes back
    shop.till = pays
    assert shop.refused("invoice.pay", first.id) == "wrong_state"
    shop.hear("payment.succeeded", payment(shop, first.payments[0], "succeeded"))
    assert [wish.subject for wish in shop.asked if wish.type == "refund.create"] == first.payments
    assert (subscription(shop).status, invoices(shop)[0].amount_paid) == (SubscriptionStatus.INCOMPLETE_EXPIRED, 0)
