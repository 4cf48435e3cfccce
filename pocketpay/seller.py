"""Who asks to be paid: `POCKETPAY_SELLER`, as invoices and mails name them."""

import json

from pydantic import ValidationError

from messages.documents import Seller


def read_seller(text: str | None) -> Seller:
    """What is wrong with it should not wait for the first PDF to be seen. Raises SystemExit with a sentence."""
    value = _object(text)
    if unknown := sorted(set(value) - set(Seller.model_fields)):
        raise SystemExit(f"POCKETPAY_SELLER has no {unknown[0]}; it has {', '.join(Seller.model_fields)}")
    try:
        return Seller.model_validate(value)
    except ValidationError as why:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in why.errors())
        raise SystemExit(f"POCKETPAY_SELLER is not as it should be: {wrong}") from why


def _object(text: str | None) -> dict[str, object]:
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise SystemExit("POCKETPAY_SELLER must be a JSON object")
    return value
