"""A mailbox by itself, on a real stream."""

import asyncio
from typing import Any

import pytest

from actors.runtime.mailbox import Mailbox
from actors.runtime.reading import Letter
from messages.subjects import COMMANDS, command_subject, commands_of
from tests.runtime.stage import Stage


async def test_what_is_taken_while_a_mailbox_begins_does_not_make_it_deaf(
    play: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a mailbox of which something is taken just before its consumer is there
    letters: asyncio.Queue[Letter] = asyncio.Queue()
    mailbox = Mailbox(
        play.client, "alone", COMMANDS, [commands_of("alone", 0).removesuffix("0") + "*"], 0, letters.put_nowait
    )
    jetstream = play.client.jetstream

    def in_between(**options: Any) -> Any:
        context = jetstream(**options)
        add_consumer = context.add_consumer

        async def late(*arguments: Any) -> Any:
            mailbox.taken(0)
            await asyncio.sleep(0.1)
            return await add_consumer(*arguments)

        monkeypatch.setattr(context, "add_consumer", late)
        return context

    monkeypatch.setattr(play.client, "jetstream", in_between)
    running = asyncio.create_task(mailbox.run())
    try:
        # When something is sent
        await jetstream(timeout=5).publish(command_subject("demo", "alone.do", "alone", "it"), b"{}")
        # Then it comes at once, not only after the silence was noticed
        async with asyncio.timeout(3):
            assert (await letters.get()).body == b"{}"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
