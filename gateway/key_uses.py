"""When and from where keys were last used, told to the access actor once a minute: nobody waits for it."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from nats.errors import Error as NatsError

from gateway.bus import COMMAND_LIFE, Bus
from messages.access import ACTOR
from messages.api_keys import KEYS_MAX, KeyUse, UseKeys
from messages.envelope import GATEWAY, Command
from messages.ids import new_id
from messages.subjects import COMMANDS, command_subject
from messages.wire import json_of

TELL_SECONDS: Final = 60.0


class KeyUses:
    """The latest use of each key since it was last told, by tenant."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, tuple[datetime, str | None]]] = {}

    def note(self, tenant: str, principal: str, address: str | None) -> None:
        """A key was used just now; sessions are not counted."""
        kind, _, key = principal.partition(":")
        if kind == "key":
            self._of.setdefault(tenant, {})[key] = (datetime.now(UTC), address)

    def taken(self) -> Mapping[str, list[KeyUse]]:
        """All there is, which is then forgotten."""
        uses, self._of = self._of, {}
        return {
            tenant: [KeyUse(key=key, at=at, address=address) for key, (at, address) in used.items()][:KEYS_MAX]
            for tenant, used in uses.items()
        }


async def keep_telling(uses: KeyUses, bus: Bus) -> None:
    """Until cancelled. What cannot be sent is told by the key's next use."""
    while True:
        await asyncio.sleep(TELL_SECONDS)
        if not bus.connected:
            continue
        with contextlib.suppress(NatsError, OSError):
            for tenant, used in uses.taken().items():
                await _tell(bus, tenant, used)


async def _tell(bus: Bus, tenant: str, used: list[KeyUse]) -> None:
    now, id_ = datetime.now(UTC), new_id("cmd")
    command = Command(
        id=id_,
        type="api_key.used",
        actor=ACTOR,
        tenant=tenant,
        subject=tenant,
        source=GATEWAY,
        correlation_id=id_,
        time=now,
        expires_at=now + COMMAND_LIFE,
        data=json_of(UseKeys(used=used)),
    )
    headers = {"Nats-Msg-Id": id_, "Nats-Expected-Stream": COMMANDS}
    subject = command_subject(tenant, command.type, command.actor, command.subject)
    await bus.client.publish(subject, command.model_dump_json().encode(), headers=headers)
