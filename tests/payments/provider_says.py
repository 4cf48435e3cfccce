"""A provider that tells a desk of what happened, as a webhook would."""

from datetime import timedelta
from typing import Any

from actors.payments.keys import provider_event_key
from messages.provider_events import KeptEvent, kept_id
from messages.wire import Json
from tests.payments.desk import TENANT, Desk

DAY = timedelta(days=1)


def event(desk: Desk, type_: str, told: Json, id_: str = "evt_1", created: int = 1_764_000_000, **fields: Any) -> str:
    """The command's id."""
    data = {"provider": "simulated", "account": TENANT, "id": id_, "type": type_, "created": created, "object": told}
    return desk.ask("provider_event.record", kept_id("simulated", TENANT, id_), **{**data, **fields})


def kept(desk: Desk, id_: str = "evt_1") -> KeptEvent:
    """How the event is kept."""
    return desk.view[provider_event_key(TENANT, kept_id("simulated", TENANT, id_))].provider_event
