"""What is delivered to webhook endpoints: its routes."""

from typing import Final

from gateway.parameters import DeliveryList, Read
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route
from gateway.shapes import ListOf
from gateway.writes import of_one, write
from messages.notifications import ACTOR
from messages.webhooks import ReplayDelivery, WebhookDelivery

_DELIVERY: Final = f"{V1}/webhook-deliveries/{{id}}"

WEBHOOK_DELIVERIES = [
    Route(
        *("GET", f"{V1}/webhook-deliveries", page(ACTOR, "webhook_deliveries", nothing, after_created)),
        *("webhooks:read", "listWebhookDeliveries", "List deliveries with their latest attempts, the newest first"),
        *(ListOf[WebhookDelivery], DeliveryList),
    ),
    Route(
        *("GET", _DELIVERY, one(ACTOR, "webhook_delivery", by_id), "webhooks:read"),
        *("getWebhookDelivery", "Read a delivery and its latest attempts", WebhookDelivery, Read),
    ),
    Route(
        *("POST", f"{_DELIVERY}/replay", write(of_one(ACTOR, "webhook_delivery.replay")), "webhooks:write"),
        *("replayWebhookDelivery", "Send the same event once more, marked as a replay", WebhookDelivery),
        body=ReplayDelivery,
        status=201,
        codes=("wrong_state",),
    ),
]
