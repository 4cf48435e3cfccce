"""While dunning is off no card is tried by itself and no try is counted; while payments are off, neither."""

from datetime import timedelta

from actors.runtime.decision import Wish
from tests.invoicing.shop import START, Answer, Shop, days, pays
from tests.invoicing.test_dunning import tried_on
from tests.invoicing.till import CUSTOMER, declines, invoice, opened, shop_with
from tests.runtime.turning import turn


def _declined() -> Shop:
    """An invoice that is tried again tomorrow."""
    shop = shop_with()
    shop.till = declines
    opened(shop, auto_advance=True)
    return shop


def test_tries_wait_while_dunning_is_off_one_by_hand_goes_on_and_the_plan_goes_on_where_it_was() -> None:
    # Given an invoice that was declined once, and dunning off
    shop = _declined()
    turn(shop.view, "dunning", shop.now, on=False)
    # When days go by
    shop.until(START + days(4))
    assert tried_on(shop) == [0]
    assert shop.state("inv_1").work.dunning == 1
    # And somebody tries by hand
    shop.ask("invoice.pay", "inv_1")
    assert tried_on(shop) == [0, 4]
    # Then once it is on again, the plan goes on within the hour
    turn(shop.view, "dunning", shop.now, on=True)
    shop.till = pays
    shop.until(START + days(4) + timedelta(hours=1))
    assert len(tried_on(shop)) == 3
    assert (invoice(shop).status, shop.state(CUSTOMER).customer.delinquent) == ("paid", False)


def test_the_first_payment_of_an_invoice_is_no_dunning() -> None:
    shop = shop_with()
    turn(shop.view, "dunning", shop.now, on=False)
    opened(shop, auto_advance=True)
    assert invoice(shop).status == "paid"


def test_an_invoice_waits_for_payments_that_are_off_and_that_is_no_failed_try() -> None:
    # Given payments that refuse all for an hour
    shop = shop_with()

    def switched_off(wish: Wish) -> Answer | None:
        if shop.now < START + timedelta(hours=1):
            return 503, {"code": "switched_off", "detail": "An operator has switched off payments: x"}
        return pays(wish)

    shop.till = switched_off
    opened(shop, auto_advance=True)
    # When they are on again
    shop.until(START + days(1))
    # Then it is paid, and nobody was told of a failure
    assert (invoice(shop).status, shop.state("inv_1").work.dunning) == ("paid", 0)
    assert "invoice.payment_failed" not in shop.types
