"""The way of turns to the database, which a story may close, break, or watch."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from actors.runtime import committing
from actors.runtime.actor import Actor
from actors.runtime.decision import Asked, Decision, Message, View
from tests.runtime.stage import Stage
from tests.runtime.tally import Outside, decide, tally_actor


@dataclass
class Road:
    """To the database. While it is closed no turn arrives; `errors` meet one turn each, before it or behind it."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    decided: list[str] = field(default_factory=list)
    sent: int = 0
    errors_before: list[Exception] = field(default_factory=list)
    errors_behind: list[Exception] = field(default_factory=list)

    async def commit(self, *arguments: Any) -> None:
        await self.opened.wait()
        self.sent += 1
        if self.errors_before:
            raise self.errors_before.pop(0)
        await committing.commit(*arguments)
        if self.errors_behind:
            raise self.errors_behind.pop(0)

    def actor(self, outside: Outside) -> Actor:
        """The tally actor; what it decides is written down."""

        def decided(message: Message, view: View, now: datetime) -> Decision:
            if isinstance(message, Asked):
                self.decided.append(message.command.id)
            return decide(message, view, now)

        return replace(tally_actor(outside), decide=decided, remembers=frozenset({"tally"}))


async def until_decided(road: Road, *command_ids: str) -> None:
    """These were the last to be decided."""
    async with asyncio.timeout(10):
        while road.decided[-len(command_ids) :] != list(command_ids):
            await asyncio.sleep(0.01)


async def send(play: Stage, *wishes: tuple[str, str, int], **fields: Any) -> list[str]:
    """Each is (command id, tally, amount)."""
    return [await play.send("tally.add", name, {"amount": amount, **fields}, id=id_) for id_, name, amount in wishes]
