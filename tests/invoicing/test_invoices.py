"""Manual invoices from draft to paid."""

from messages.wire import json_of
from tests.invoicing.till import drafted, invoice, shop_with


def test_a_draft_is_finalised_numbered_and_collected_from_the_card() -> None:
    # Given a draft that is charged by itself
    shop = shop_with(default_payment_method="pm_card_visa")
    draft = drafted(shop, 5000, auto_advance=True)
    assert (draft.status, draft.number, draft.total, draft.amount_due) == ("draft", None, 5000, 5000)

    # When it is finalised
    open_invoice = shop.done("invoice.finalize", "inv_1")

    # Then it has its number at once, and is paid by one payment of the customer's method
    assert (open_invoice.status, open_invoice.number, open_invoice.series) == ("open", "INV-2026-000001", "INV-2026")
    paid = invoice(shop)
    assert (paid.status, paid.amount_paid, paid.amount_remaining, paid.paid_at) == ("paid", 5000, 0, shop.now)
    assert [(wish.type, json_of(wish.data)["payment_method"]) for wish in shop.asked] == [
        ("payment.create", "pm_card_visa")
    ]
    assert shop.types == ["invoice.created", "invoice.finalized", "invoice.paid"]
    assert [said.version for said in shop.told("invoice.created", "invoice.finalized", "invoice.paid")] == [1, 2, 3]
