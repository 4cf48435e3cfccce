"""A customer without a method, at a provider that takes none by itself: each try is a failure like any other."""

from actors.runtime.decision import Refused
from messages.subscriptions import SubscriptionStatus as Status
from tests.invoicing.selling import stocked, subscribed, subscription
from tests.invoicing.shop import START, Shop, days
from tests.invoicing.till import CUSTOMER, invoice, opened, payment, shop_with, unmethoded


def wished(shop: Shop, type_: str) -> list[str]:
    """The payments of which this was asked."""
    return [wish.subject for wish in shop.asked if wish.type == type_]


def test_an_invoice_that_no_method_pays_goes_through_the_dunning_and_leaves_no_payment_open() -> None:
    # Given a customer without a method
    shop = shop_with()
    shop.till = unmethoded
    opened(shop, auto_advance=True)

    # Then the first try has failed
    [told] = shop.told("invoice.payment_failed")
    assert told.last_payment_error is not None
    assert told.last_payment_error.code == "payment_method_unusable"
    assert (told.next_payment_attempt, shop.state(CUSTOMER).customer.delinquent) == (START + days(1), True)

    # When a month goes by
    shop.until(START + days(30))

    # Then it was tried by the plan, and each payment is canceled at once
    tries = shop.state("inv_1").work.attempts
    assert [(attempt.at - START) / days(1) for attempt in tries] == [0, 1, 3, 5, 7]
    assert shop.types.count("invoice.payment_failed") == 5
    assert wished(shop, "payment.cancel") == wished(shop, "payment.create") == invoice(shop).payments


def test_what_was_canceled_then_is_not_canceled_again_when_the_invoice_is_paid() -> None:
    # Given a try that failed for want of a method, and its cancel that is over
    shop = shop_with()
    shop.till = unmethoded
    opened(shop, auto_advance=True)
    [first] = invoice(shop).payments
    shop.hear("payment.canceled", payment(shop, first, "canceled"))
    assert shop.types.count("invoice.payment_failed") == 1

    # When the customer has a method by the time of the next try
    shop.done("customer.update", CUSTOMER, changes={"default_payment_method": "pm_card_visa"})
    shop.until(START + days(1))

    # Then that one pays
    assert (invoice(shop).status, invoice(shop).attempt_count) == ("paid", 2)
    assert wished(shop, "payment.cancel") == [first]
    assert not shop.state(CUSTOMER).customer.delinquent


def test_who_asks_by_hand_and_names_no_method_is_refused_and_nobody_falls_behind() -> None:
    # Given an open invoice that nothing charges by itself
    shop = shop_with()
    opened(shop, auto_advance=False)

    # When it is to be paid from no method
    shop.till = unmethoded
    outcome = shop.ask("invoice.pay", "inv_1")

    # Then that is refused with the payment, less its secret, which is canceled; no event tells of it
    assert isinstance(outcome, Refused)
    [made] = invoice(shop).payments
    told = outcome.extra["payment"]
    assert (outcome.code, told["id"], "client_secret" in told) == ("payment_method_unusable", made, False)
    assert wished(shop, "payment.cancel") == [made]
    assert "invoice.payment_failed" not in shop.types
    assert shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa").status == "paid"


def test_what_was_paid_before_the_answer_came_is_not_canceled() -> None:
    shop = shop_with()
    shop.till = lambda _: None
    opened(shop, auto_advance=True)
    [first] = invoice(shop).payments
    shop.hear("payment.succeeded", payment(shop, first, "succeeded"))
    shop.till = unmethoded
    shop.settle()
    assert (invoice(shop).status, wished(shop, "payment.cancel")) == ("paid", [])


def test_a_trial_without_a_method_falls_past_due_when_it_ends_and_is_unpaid_after_the_dunning() -> None:
    shop = stocked()
    shop.till = unmethoded
    subscribed(shop, trial_days=7)
    shop.until(START + days(8))
    assert subscription(shop).status == Status.PAST_DUE
    shop.until(START + days(20))
    assert subscription(shop).status == Status.UNPAID


def test_a_subscription_without_a_method_does_not_begin_and_is_tried_once() -> None:
    shop = stocked()
    shop.till = unmethoded
    subscribed(shop)
    assert subscription(shop).status == Status.INCOMPLETE
    shop.until(START + days(2))
    assert (subscription(shop).status, len(wished(shop, "payment.create"))) == (Status.INCOMPLETE_EXPIRED, 1)
