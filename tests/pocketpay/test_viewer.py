"""What docs/debugging.md says of the user `viewer`: every request behind a command of the NATS CLI, and no more."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from pocketpay.embedded.nats_users import PROVISIONER, VIEWER, inbox
from pocketpay.provision import provision

COMMAND = "pocketpay.command.demo.payments.payment-create.pay_1"
EVENT = "pocketpay.event.demo.payment.succeeded.pay_1"
WORD = "pocketpay.latest.demo.api_key.key_1"
STREAMS = ("COMMANDS", "EVENTS", "LATEST")
STORED_EVENT = "pocketpay.event.demo.payment.succeeded.6"
STORED = "pocketpay.event.demo.payment.succeeded.*"


@pytest.fixture
async def viewer(nats_as: Callable[[str], str]) -> AsyncIterator[Client]:
    """With the inboxes of the CLI, `_INBOX.>`, as the page tells people to connect."""
    client = await nats.connect(nats_as(VIEWER), error_cb=_ignored)
    yield client
    await client.close()


@pytest.fixture
async def event(nats_as: Callable[[str], str]) -> int:
    """The sequence of an event that was said."""
    client = await nats.connect(nats_as(PROVISIONER), inbox_prefix=inbox(PROVISIONER))
    try:
        return (await client.jetstream().publish(EVENT, b'{"id":"evt_1"}')).seq
    finally:
        await client.close()


async def _ignored(_: Exception) -> None:
    """The server's refusals are seen by what does not come."""


@pytest.mark.parametrize(
    ("command", "subject", "question", "member"),
    [
        ("nats account info", "$JS.API.INFO", {}, "storage"),
        ("nats account info", "$SYS.REQ.USER.INFO", {}, "data"),
        ("nats stream report", "$JS.API.STREAM.LIST", {}, "streams"),
        ("nats stream ls", "$JS.API.STREAM.NAMES", {}, "streams"),
        ("nats stream info EVENTS", "$JS.API.STREAM.INFO.EVENTS", {}, "state"),
        ("nats stream subjects EVENTS", "$JS.API.STREAM.INFO.EVENTS", {"subjects_filter": ">"}, "state"),
        ("nats stream get EVENTS 1", "$JS.API.STREAM.MSG.GET.EVENTS", {"seq": 1}, "message"),
        ("nats consumer ls EVENTS", "$JS.API.CONSUMER.NAMES.EVENTS", {}, "consumers"),
        ("nats consumer report EVENTS", "$JS.API.CONSUMER.LIST.EVENTS", {}, "consumers"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("nats ") else "",
)
async def test_what_the_page_shows_may_be_asked(viewer, event, command, subject, question, member):
    answer = json.loads((await viewer.request(subject, json.dumps(question).encode(), timeout=5)).data)
    assert member in answer, (command, answer)


async def test_a_stream_is_viewed_page_by_page(viewer, event):
    """`nats stream view EVENTS --subject '…'`."""
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, filter_subject=STORED)
    consumer = await viewer.jetstream().pull_subscribe("", stream="EVENTS", config=config)
    (message,) = await consumer.fetch(1, timeout=5)
    assert message.metadata.sequence.stream == event
    info = await consumer.consumer_info()  # `nats consumer info EVENTS …`
    assert info.num_pending == 0


@pytest.mark.parametrize("kind", ["command", "event", "latest", "parked", "reply"])
async def test_what_is_said_may_be_heard(viewer, nats_as, kind):
    """`nats sub 'pocketpay.….>'`."""
    subscription = await viewer.subscribe(f"pocketpay.{kind}.>")
    await viewer.flush()
    other = await nats.connect(nats_as(PROVISIONER))
    try:
        await other.publish(f"pocketpay.{kind}.demo.a.b.c", b"said")
        assert (await subscription.next_msg(timeout=5)).data == b"said"
    finally:
        await other.close()


@pytest.mark.parametrize(
    "subject", ["pocketpay.command.demo.payments.payment-create.pay_1", EVENT, "pocketpay.query.payments.payment"]
)
async def test_nothing_may_be_said_or_asked_of_an_actor(viewer, nats_as, subject):
    other = await nats.connect(nats_as(PROVISIONER))
    try:
        subscription = await other.subscribe(subject)
        await other.flush()
        await viewer.publish(subject, b"forged")
        await viewer.flush()
        await other.flush()
        assert subscription.pending_msgs == 0
    finally:
        await other.close()


async def test_questions_may_not_be_heard(viewer, nats_as):
    """Logins travel as questions."""
    subscription = await viewer.subscribe("pocketpay.query.>")
    await viewer.flush()
    other = await nats.connect(nats_as(PROVISIONER))
    try:
        await other.publish("pocketpay.query.access.login", b"password")
        await other.flush()
        await viewer.flush()
        assert subscription.pending_msgs == 0
    finally:
        await other.close()


@pytest.mark.parametrize("subject", [COMMAND, EVENT, WORD])
@pytest.mark.parametrize("more", ["", ".pocketpay.event.demo.payment.succeeded.6"])
async def test_nothing_that_is_stored_is_said_under_another_subject(viewer, event, nats_as, subject, more):
    """The server answers to whatever subject the question names, whether or not who asks may say anything there."""
    question = b"" if more else json.dumps({"seq": event}).encode()
    await viewer.publish(f"$JS.API.DIRECT.GET.EVENTS{more}", question, reply=subject)
    await viewer.flush()
    await asyncio.sleep(0.3)
    assert await stored(nats_as) == [STORED_EVENT]


@pytest.mark.parametrize("pushed", [True, False])
@pytest.mark.parametrize("subject", [COMMAND, WORD])
async def test_what_a_consumer_delivers_stays_under_its_own_subject(viewer, event, nats_as, subject, pushed):
    """And so is never heard as anything but what it was: who reads a stream names the subjects that it wants."""
    # Given somebody who hears that subject, without whom the server pushes nothing
    await viewer.subscribe(subject)
    # When a consumer delivers there what is stored elsewhere
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
    config.deliver_subject = subject if pushed else None
    name = (await viewer.jetstream().add_consumer("EVENTS", config)).name
    if not pushed:
        await viewer.publish(f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{name}", b'{"batch":1}', reply=subject)
    await viewer.flush()
    await asyncio.sleep(0.3)
    # Then the other stream has it as what it was
    assert await stored(nats_as) == [STORED_EVENT, STORED_EVENT]


async def test_a_last_word_is_taken_out_of_its_stream_by_nobody_who_may_only_look(viewer):
    """What is out may be put back in, after it was changed. It may be heard, and seen: `nats stream get LATEST 1`."""
    config = ConsumerConfig(ack_policy=AckPolicy.NONE)
    for name in (None, "mine"):
        with pytest.raises((asyncio.TimeoutError, NatsError)):
            await viewer.jetstream(timeout=0.5).add_consumer("LATEST", config, name=name)
    assert await viewer.jetstream().consumers_info("LATEST") == []


@pytest.mark.parametrize("verb", ["DELETE", "PAUSE", "UNPIN", "LEADER.STEPDOWN", "RESET"])
async def test_consumers_may_not_be_changed(viewer, nats_as, verb):
    """Of an actor, say."""
    other = await nats.connect(nats_as(PROVISIONER))
    try:
        await other.jetstream().add_consumer("COMMANDS", ConsumerConfig(name="payments-1", ack_policy=AckPolicy.NONE))
        with pytest.raises((asyncio.TimeoutError, NatsError)):
            await viewer.request(f"$JS.API.CONSUMER.{verb}.COMMANDS.payments-1", b"{}", timeout=0.5)
        assert [each.name for each in await other.jetstream().consumers_info("COMMANDS")] == ["payments-1"]
    finally:
        await other.close()


async def stored(nats_as: Callable[[str], str]) -> list[str]:
    """The subjects of all messages that the streams hold."""
    client = await nats.connect(nats_as(PROVISIONER))
    try:
        states = [(await client.jetstream().stream_info(name, subjects_filter=">")).state for name in STREAMS]
        return [subject for state in states for subject, count in (state.subjects or {}).items() for _ in range(count)]
    finally:
        await client.close()


@pytest.mark.parametrize("verb", ["DELETE.EVENTS", "PURGE.EVENTS", "UPDATE.EVENTS", "MSG.DELETE.EVENTS", "CREATE.NEW"])
async def test_streams_may_not_be_changed(viewer, event, nats_as, verb):
    with pytest.raises((asyncio.TimeoutError, NatsError)):
        await viewer.request(f"$JS.API.STREAM.{verb}", b'{"seq":1,"name":"NEW"}', timeout=0.5)
    assert (await viewer.jetstream().stream_info("EVENTS")).state.messages == 1
    assert await provision(nats_as(PROVISIONER)) == []
