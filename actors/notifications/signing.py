"""The headers of a webhook, as https://www.standardwebhooks.com has them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Final

from standardwebhooks import Webhook

USER_AGENT: Final = f"PocketPay/{metadata.version('pocketpay')}"


def signed_headers(webhook_id: str, at: datetime, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """Of one attempt, made at `at`; while a secret is replaced both sign. The body is to be sent as UTF-8."""
    moment = at.astimezone(UTC)  # the library takes any zone for UTC
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, moment, body) for secret in secrets),
    }
