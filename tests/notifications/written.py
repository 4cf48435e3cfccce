"""Mails with everything in them, to be changed by tests."""

from datetime import UTC, datetime
from typing import Any

from actors.notifications.mails import MailContent, MailSeller

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SELLER = MailSeller(name="Blue Shop", email="hi@shop.example", logo_url="https://shop.example/logo.png")
LINK = "https://pay.example.com/i/abc123"

_FULL: dict[str, Any] = {
    "seller": SELLER,
    "customer_name": "Ada Lovelace",
    "amount_minor": 123456,
    "total_minor": 123456,
    "currency": "EUR",
    "number": "INV-2026-000001",
    "description": "Pro plan",
    "payment_method": "Visa •••• 4242",
    "link": LINK,
    "reason": "insufficient_funds",
    "endpoint_url": "https://shop.example/hooks?a=1&b=2",
    **dict.fromkeys(("at", "due_at", "next_attempt_at", "trial_end_at", "respond_by"), AT),
}


def mail(template: str = "receipt", **changed: Any) -> MailContent:
    """A field of None is not there."""
    return MailContent.model_validate({**_FULL, "template": template, **changed})
