"""What the settings say of billing, as terms for the rules."""

from actors.invoicing.terms import Terms
from pocketpay.seller import read_seller
from pocketpay.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """Raises SystemExit for days that are no rising numbers, and for a seller that is not as it should be."""
    return Terms(
        invoice_series=settings.invoice_series,
        credit_note_series=settings.credit_note_series,
        dunning_days=_days(settings.dunning_days),
        dunning_end=settings.dunning_end,
        time_zone=settings.billing_time_zone,
        seller=read_seller(settings.seller).model_dump(exclude_unset=True),
    )


def _days(texts: tuple[str, ...]) -> tuple[int, ...]:
    days = tuple(int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0 for text in texts)
    if not all(earlier < later for earlier, later in zip((0, *days), days, strict=False)):
        raise SystemExit("POCKETPAY_DUNNING_DAYS must be rising numbers of days, such as 1,3,5,7")
    return days
