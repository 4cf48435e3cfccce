"""Prices, lines, coupons, rates and spans as a test wants them; what it does not say is plain."""

from datetime import UTC, datetime, timedelta

from messages.invoices import InvoiceLine
from messages.products import AppliesTo, Coupon, Price, TaxRate
from messages.spans import Span

START = datetime(2026, 11, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    """`2026-03-29 01:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(seconds: int, start: datetime = START) -> Span:
    return Span(start=start, end=start + timedelta(seconds=seconds))


def price(**fields: object) -> Price:
    plain = {"id": "price_1", "product": "prod_1", "type": "recurring", "currency": "USD"}
    return Price.model_validate({**plain, "created_at": START, "updated_at": START, **fields})


def line(amount: int, number: int = 1, *, product: str | None = "prod_1", currency: str = "USD") -> InvoiceLine:
    return InvoiceLine(
        id=f"il_{number}",
        invoice="inv_1",
        type="subscription",
        description="Pro",
        product=product,
        amount=amount,
        currency=currency,
    )


def coupon(
    percent_off: str | None = None,
    amount_off: int | None = None,
    *products: str,
    number: int = 1,
    currency: str = "USD",
) -> Coupon:
    return Coupon(
        id=f"cpn_{number}",
        percent_off=percent_off,
        amount_off=amount_off,
        currency=currency if amount_off else None,
        duration="once",
        applies_to=AppliesTo(products=list(products)),
        created_at=START,
        updated_at=START,
    )


def rate(percentage: str, *, inclusive: bool = False, reverse_charge: bool = False, number: int = 1) -> TaxRate:
    return TaxRate(
        id=f"txr_{number}",
        display_name="VAT",
        percentage=percentage,
        inclusive=inclusive,
        jurisdiction=f"J{number}",
        reverse_charge=reverse_charge,
        created_at=START,
        updated_at=START,
    )
