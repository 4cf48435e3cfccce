"""Hearing on a real server: live, from a place in a stream on, and what is said when that cannot be."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import nats
import pytest
from nats.aio.client import Client

from pocketpay.embedded.nats import free_ports
from pocketpay.embedded.nats_users import PROVISIONER, VIEWER, inbox
from pocketpay.program import StartFailed
from pocketpay.tail import hearing
from pocketpay.tail.hearing import Start, follow
from pocketpay.tail.wanted import Wanted, wanted

EVERYTHING = wanted("pocketpay.event.>")


class Said:
    """What was shown so far."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.subjects: list[str] = []
        self._news = asyncio.Event()

    def show(self, subject: str, payload: bytes, at: datetime) -> None:
        assert at.tzinfo is not None
        self.subjects.append(subject)
        self.numbers.append(json.loads(payload)["number"])
        self._news.set()

    async def until(self, number: int) -> None:
        async with asyncio.timeout(20):
            while number not in self.numbers:
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def heard(url: str, wish: Wanted, start: Start) -> AsyncIterator[Said]:
    said = Said()
    following = asyncio.ensure_future(follow(url, wish, start, said.show))
    try:
        yield said
        assert not following.done(), following
    finally:
        following.cancel()
        await asyncio.wait({following})


@pytest.fixture
async def speaker(nats_as: Callable[[str], str]) -> AsyncIterator[Client]:
    client = await nats.connect(nats_as(PROVISIONER), inbox_prefix=inbox(PROVISIONER))
    yield client
    await client.close()


async def speak(speaker: Client, numbers: range, fact: str = "succeeded", tenant: str = "demo") -> None:
    for number in numbers:
        message = {"number": number, "type": f"payment.{fact}", "subject": f"pay_{number}"}
        subject = f"pocketpay.event.{tenant}.payment.{fact}.pay_{number}"
        await speaker.jetstream().publish(subject, json.dumps(message).encode())


async def until_listening(speaker: Client, said: Said, tenant: str = "demo") -> None:
    """Live subscriptions see nothing of before: calls until one call is heard."""
    async with asyncio.timeout(20):
        while not said.numbers:
            await speak(speaker, range(1), tenant=tenant)
            await asyncio.sleep(0.02)


async def test_live_messages_are_shown_with_their_entity(speaker, nats_as):
    async with heard(nats_as(VIEWER), wanted("pocketpay.event.*.payment.>", "demo"), Start()) as said:
        await until_listening(speaker, said)
        await speak(speaker, range(7, 8), tenant="acme")
        await speak(speaker, range(5, 6))
        await said.until(5)
    assert said.subjects[-1] == "pocketpay.event.demo.payment.succeeded.pay_5"
    assert 7 not in said.numbers


@pytest.mark.parametrize(
    ("start", "first"),
    [(Start(last=100), range(200, 400)), (Start(last=5000), range(1)), (Start(since=timedelta(hours=1)), range(1))],
)
async def test_reading_back_goes_live_without_a_gap_or_a_double(speaker, nats_as, start, first):
    await speak(speaker, range(300))
    async with heard(nats_as(VIEWER), EVERYTHING, start) as said:
        more = asyncio.ensure_future(speak(speaker, range(300, 500)))
        await said.until(499)
        await more
    assert said.numbers == list(range(said.numbers[0], 500))
    assert said.numbers[0] in first


async def test_the_last_that_fit_are_found_however_far_back(speaker, nats_as):
    await speak(speaker, range(3), "failed")
    await speak(speaker, range(3, 200))
    async with heard(
        nats_as(VIEWER), wanted("pocketpay.event.>", message_type="payment.failed"), Start(last=2)
    ) as said:
        await said.until(2)
        await speak(speaker, range(200, 201), "failed")
        await said.until(200)
    assert said.numbers == [1, 2, 200]


async def test_an_entity_is_found_in_the_stream(speaker, nats_as):
    await speak(speaker, range(20))
    async with heard(nats_as(VIEWER), wanted("pocketpay.event.*.*.*.pay_7"), Start(last=9)) as said:
        await said.until(7)
    assert said.numbers == [7]


async def test_whenever_it_begins_again_nothing_is_missed_or_shown_twice(speaker, nats_as, monkeypatch):
    monkeypatch.setattr(hearing, "SILENCE_SECONDS", 0.02)
    monkeypatch.setattr(hearing, "PAUSE_SECONDS", 0.01)
    async with heard(nats_as(VIEWER), EVERYTHING, Start(since=timedelta(hours=1))) as said:
        for number in range(15):
            await speak(speaker, range(number, number + 1))
            await asyncio.sleep(0.05)
        await said.until(14)
    assert said.numbers == list(range(15))


async def test_what_the_viewer_may_not_hear_is_said(nats_as):
    with pytest.raises(StartFailed, match=r"(?i)permissions violation.*pocketpay\.query"):
        await asyncio.wait_for(follow(nats_as(VIEWER), Wanted(("pocketpay.query.>",)), Start(), print), 10)


async def test_a_stream_that_is_not_there_is_said(speaker, nats_as):
    await speaker.jetstream().delete_stream("EVENTS")
    with pytest.raises(StartFailed, match="pocketpay provision"):
        await follow(nats_as(VIEWER), EVERYTHING, Start(last=1), print)


async def test_a_wrong_password_is_said_without_it(nats_as):
    url = nats_as(VIEWER).replace("viewer:", "viewer:wrong")
    with pytest.raises(StartFailed, match="does not let viewer in") as told:
        await follow(url, EVERYTHING, Start(), print)
    assert "wrong" not in str(told.value)


async def test_a_server_that_is_not_there_is_said_in_time():
    (port,) = free_ports(1)
    began = time.monotonic()
    with pytest.raises(StartFailed, match=f"127.0.0.1:{port} does not answer"):
        await follow(f"nats://viewer:secret@127.0.0.1:{port}", EVERYTHING, Start(), print)
    assert time.monotonic() - began < 10
