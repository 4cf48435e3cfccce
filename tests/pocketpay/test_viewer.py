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


async def test_the_last_message_of_a_subject_is_got_directly(viewer, event):
    """`nats stream get EVENTS --last-for '…'`."""
    question = json.dumps({"last_by_subj": STORED}).encode()
    answer = await viewer.request("$JS.API.DIRECT.GET.EVENTS", question, timeout=5)
    assert (answer.data, answer.headers["Nats-Sequence"]) == (b'{"id":"evt_1"}', str(event))


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


@pytest.mark.parametrize("verb", ["DELETE.EVENTS", "PURGE.EVENTS", "UPDATE.EVENTS", "MSG.DELETE.EVENTS", "CREATE.NEW"])
async def test_streams_may_not_be_changed(viewer, event, nats_as, verb):
    with pytest.raises((asyncio.TimeoutError, NatsError)):
        await viewer.request(f"$JS.API.STREAM.{verb}", b'{"seq":1,"name":"NEW"}', timeout=0.5)
    assert (await viewer.jetstream().stream_info("EVENTS")).state.messages == 1
    assert await provision(nats_as(PROVISIONER)) == []
