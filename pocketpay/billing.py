"""What the settings say of billing, as terms for the rules."""

import json

from pydantic import ValidationError

from actors.invoicing.terms import Terms
from messages.documents import Seller
from pocketpay.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """Raises SystemExit for days that are no rising numbers, and for a seller that is no JSON object."""
    return Terms(
        invoice_series=settings.invoice_series,
        credit_note_series=settings.credit_note_series,
        dunning_days=_days(settings.dunning_days),
        dunning_end=settings.dunning_end,
        time_zone=settings.billing_time_zone,
        seller=_seller(settings.seller),
    )


def _days(texts: tuple[str, ...]) -> tuple[int, ...]:
    days = tuple(int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0 for text in texts)
    if not all(earlier < later for earlier, later in zip((0, *days), days, strict=False)):
        raise SystemExit("POCKETPAY_DUNNING_DAYS must be rising numbers of days, such as 1,3,5,7")
    return days


def _seller(text: str | None) -> dict[str, object]:
    """Checked here: what is wrong with it should not wait for the first PDF to be seen."""
    value = _object("POCKETPAY_SELLER", text)
    try:
        Seller.model_validate(value)
    except ValidationError as why:
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in why.errors())
        raise SystemExit(f"POCKETPAY_SELLER: {wrong} is not as it should be") from why
    return value


def _object(name: str, text: str | None) -> dict[str, object]:
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise SystemExit(f"{name} must be a JSON object")
    return value
