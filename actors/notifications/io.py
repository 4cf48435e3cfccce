"""Between the notifications actor's states and its tables, its queries and the world outside."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from asyncpg import Connection

from actors.notifications.keys import LOOK
from actors.notifications.mail_queries import mail, mails, suppression
from actors.notifications.states import (
    BodyState,
    DeliveryState,
    DirectoryState,
    EndpointState,
    Found,
    LaneState,
    MailState,
    ReaderState,
    SuppressionState,
)
from actors.notifications.webhook_queries import endpoint, endpoints
from actors.runtime import resources
from actors.runtime.actor import Answer
from actors.runtime.decision import Key, State
from actors.runtime.resources import Kept
from messages.mails import Suppression, SuppressionListing
from messages.webhooks import DeliveryListing, WebhookDelivery
from storage.notifications import (
    BODIES,
    DELIVERIES,
    DIRECTORIES,
    ENDPOINTS,
    LANES,
    LOOKS,
    MAILS,
    READERS,
    SUPPRESSIONS,
    look_up,
)
from storage.statement import Statement

KEPT: Final = (
    Kept(ENDPOINTS, EndpointState),
    Kept(DIRECTORIES, DirectoryState),
    Kept(LANES, LaneState),
    Kept(DELIVERIES, DeliveryState),
    Kept(BODIES, BodyState),
    Kept(MAILS, MailState),
    Kept(READERS, ReaderState),
    Kept(SUPPRESSIONS, SuppressionState),
)

QUERIES: Final[Mapping[str, Answer]] = {
    "webhook_endpoint": endpoint,
    "webhook_endpoints": endpoints,
    "webhook_delivery": resources.one(DELIVERIES, WebhookDelivery),
    "webhook_deliveries": resources.many(DELIVERIES, WebhookDelivery, DeliveryListing),
    "mail": mail,
    "mails": mails,
    "mail_suppressions": resources.many(SUPPRESSIONS, Suppression, SuppressionListing),
    "suppressed": suppression,
}


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are, and what is looked up."""
    found: dict[Key, State] = dict(await resources.load(connection, KEPT, keys))
    for kind in LOOKS:
        wanted = {(key.tenant, *_parts(key)): key for key in keys if key.kind == kind}
        if wanted:
            rows = await look_up(connection, kind, wanted)
            found |= {wanted[look]: Found(wanted[look], ids) for look, ids in rows.items()}
    return found


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    return resources.save(KEPT, states)


def _parts(key: Key) -> tuple[str, str]:
    what, _, why = key.id.partition(LOOK)
    return what, why
