"""Why a payment of an invoice came to nothing is told with it; what the seller asked for wrongly is told to nobody."""

from actors.runtime.decision import Refused, Wish
from tests.invoicing.shop import Answer, days, pays
from tests.invoicing.till import declines, invoice, opened, shop_with


def unusable(wish: Wish) -> Answer | None:
    """There is no such payment method."""
    if wish.type == "payment.create":
        return 422, {"code": "payment_method_unusable", "detail": "There is no such payment method."}
    return pays(wish)


def test_a_failed_payment_says_why_until_the_next_one_begins() -> None:
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)
    [told] = shop.told("invoice.payment_failed")
    assert told.last_payment_error is not None
    assert (told.last_payment_error.code, told.last_payment_error.decline_code) == ("card_declined", "generic_decline")
    shop.till = pays
    shop.until(shop.now + days(2))
    assert (invoice(shop).status, invoice(shop).last_payment_error) == ("paid", None)


def test_a_method_that_there_is_not_is_the_sellers_mistake_and_told_to_them_alone() -> None:
    # Given an open invoice that nothing charges by itself
    shop = shop_with()
    opened(shop, auto_advance=False)
    # When the seller asks for it to be paid from a method that there is not
    shop.till = unusable
    outcome = shop.ask("invoice.pay", "inv_1", payment_method="pm_nope")
    # Then they are refused, and no event tells of it
    assert isinstance(outcome, Refused)
    assert "invoice.payment_failed" not in shop.types


def test_a_charge_that_was_made_by_itself_without_a_method_is_told() -> None:
    shop = shop_with()
    shop.till = unusable
    opened(shop, auto_advance=True)
    [told] = shop.told("invoice.payment_failed")
    assert told.last_payment_error is not None
    assert told.last_payment_error.code == "payment_method_unusable"
