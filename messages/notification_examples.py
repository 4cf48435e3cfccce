"""Examples of webhooks and mails."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel

from messages import mails, webhooks

_BEGAN: Final = datetime(2026, 11, 22, 10, 0, 0, 1_000, UTC)
_AT: Final = datetime(2026, 11, 22, 10, 0, 0, 300_000, UTC)
_ENDPOINT, _DELIVERY, _EVENT = "we_01ja", "del_01ja", "evt_01ja"

ENDPOINT: Final = webhooks.WebhookEndpoint(
    id=_ENDPOINT,
    url="https://example.com/hook",
    types=["payment.*", "invoice.paid"],
    last_sequence=418,
    delivered_through=418,
    created_at=_BEGAN,
    updated_at=_BEGAN,
)

DELIVERY: Final = webhooks.WebhookDelivery(
    id=_DELIVERY,
    status="succeeded",
    endpoint=_ENDPOINT,
    event=_EVENT,
    type="payment.succeeded",
    sequence=418,
    attempts=[webhooks.Attempt(at=_AT, response_status=200, duration_ms=41, response_body="ok")],
    finished_at=_AT,
    created_at=_BEGAN,
    updated_at=_AT,
)

MAIL: Final = mails.Mail(
    id="mail_01ja",
    version=2,
    status="sent",
    template="invoice",
    customer_id="abc123",
    event=_EVENT,
    event_type="invoice.finalized",
    resource="inv_01ja",
    to="ada@example.com",
    subject="Invoice INV-2026-000001",
    sent_at=_AT,
    created_at=_BEGAN,
    updated_at=_AT,
)

SUPPRESSION: Final = mails.Suppression(
    id="sup_01ja",
    reason="bounced",
    address_hash=mails.address_hash("ada@example.com"),
    created_at=_BEGAN,
    updated_at=_BEGAN,
)

NOTIFICATION_EXAMPLES: Final[tuple[BaseModel, ...]] = (
    ENDPOINT,
    DELIVERY,
    MAIL,
    SUPPRESSION,
    webhooks.Ping(id="ping_01ja", endpoint=_ENDPOINT),
    webhooks.CreateEndpoint(url="https://example.com/hook", types=["payment.*", "invoice.paid"]),
    webhooks.EndpointChanges(types=["*"], rate_limit=100),
    webhooks.UpdateEndpoint(changes={"types": ["*"]}, if_match=3),
    webhooks.DeleteEndpoint(),
    webhooks.DeletedEndpoint(id=_ENDPOINT),
    webhooks.RotateSecret(overlap_seconds=3_600),
    webhooks.TestEndpoint(),
    webhooks.EnableEndpoint(),
    webhooks.DisableEndpoint(),
    webhooks.ReplayRange.model_validate({"from": _BEGAN - timedelta(days=1), "to": _BEGAN, "only": "failed"}),
    webhooks.ReplayDelivery(),
    webhooks.Replay.model_validate(
        {
            "id": "rpl_01ja",
            "endpoint": _ENDPOINT,
            "from": _BEGAN - timedelta(days=1),
            "to": _BEGAN,
            "only": "failed",
            "created_at": _AT,
        }
    ),
    webhooks.EndpointListing(status=["enabled"]),
    webhooks.DeliveryListing(endpoint=_ENDPOINT, status=["failed"]),
    mails.SuppressMails(address_hash=mails.address_hash("ada@example.com"), reason="complained"),
    mails.SuppressionWish(email="ada@example.com", templates=["receipt"]),
    mails.LiftSuppression(),
    mails.DeletedSuppression(id="sup_01ja"),
    mails.MaySend(address_hash=mails.address_hash("ada@example.com"), customer_id="abc123", template="receipt"),
    mails.Suppressed(reason="bounced"),
    mails.MailListing(customer_id="abc123"),
    mails.SuppressionListing(customer_id="abc123"),
)
