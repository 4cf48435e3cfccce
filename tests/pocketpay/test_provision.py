"""The streams on a real server."""

from collections.abc import Callable

import nats
import pytest
from nats.js.errors import ServerError

from messages.subjects import COMMANDS, EVENTS, command_subject, event_subject, partition_of
from pocketpay.embedded.nats_users import inbox
from pocketpay.provision import EPOCH, provision


async def test_a_second_run_changes_nothing(nats_server: str) -> None:
    assert await provision(nats_server) == []


async def test_the_server_computes_the_same_partition_as_we_do(nats_server: str) -> None:
    tenants = ["demo", "a", "tenant-2", "Z_9", *(f"t{number}" for number in range(60)), "x" * 64]
    connection = await nats.connect(nats_server)
    jetstream = connection.jetstream()
    try:
        for tenant in tenants:
            event = await jetstream.publish(event_subject(tenant, "payment.succeeded", "pay_1"), b"")
            stored = await jetstream.get_msg(EVENTS, event.seq)
            assert stored.subject == f"pocketpay.event.{tenant}.payment.succeeded.{partition_of(tenant)}"
            command = await jetstream.publish(command_subject(tenant, "payment.create", "payments", "pay_1"), b"")
            stored = await jetstream.get_msg(COMMANDS, command.seq)
            assert stored.subject == f"pocketpay.command.{tenant}.payments.payment-create.{partition_of(tenant)}"
    finally:
        await connection.close()
    assert {partition_of(tenant) for tenant in tenants} == set(range(8))


async def test_an_epoch_that_moved_on_is_kept(nats_server: str) -> None:
    # Given a stream in its second epoch, with a setting that is not ours
    connection = await nats.connect(nats_server)
    jetstream = connection.jetstream()
    try:
        config = (await jetstream.stream_info(EVENTS)).config
        await jetstream.update_stream(config.evolve(metadata={EPOCH: "2"}, max_age=3600.0))
        # When it is provisioned again
        assert await provision(nats_server) == [EVENTS]
        # Then the setting is ours and the epoch still its own
        config = (await jetstream.stream_info(EVENTS)).config
        assert (config.max_age, (config.metadata or {})[EPOCH]) == (30 * 24 * 3600, "2")
    finally:
        await connection.close()


async def test_no_message_of_a_stream_can_be_deleted(nats_server: str) -> None:
    connection = await nats.connect(nats_server)
    jetstream = connection.jetstream()
    try:
        ack = await jetstream.publish(event_subject("demo", "payment.created", "pay_1"), b"")
        with pytest.raises(ServerError, match="message delete not permitted"):
            await jetstream.delete_msg(EVENTS, ack.seq)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("user", "event_type", "allowed"),
    [
        ("payments", "payment.succeeded", True),
        ("payments", "refund.created", True),
        ("payments", "ledger.transaction.posted", False),
        ("ledger", "ledger.transaction.posted", True),
        ("ledger", "payment.succeeded", False),
        ("gateway", "payment.succeeded", False),
        ("viewer", "payment.succeeded", False),
    ],
)
async def test_an_event_is_said_only_by_its_owner(
    user: str, event_type: str, allowed: bool, nats_as: Callable[[str], str]
) -> None:
    # Given somebody who hears every event, and a last word that comes after all that was said before
    subject = event_subject("demo", event_type, "x_1")
    listener = await nats.connect(nats_as("provisioner"))
    speaker = await nats.connect(nats_as(user), inbox_prefix=inbox(user), error_cb=_ignore)
    try:
        heard = await listener.subscribe("pocketpay.event.>")
        await listener.flush(5)
        # When the user says the event
        await speaker.publish(subject, b"said")
        await speaker.flush(5)  # its PING overtakes what is still buffered, that of the second flush comes after
        await speaker.flush(5)
        await listener.publish(subject, b"last")
        # Then it is heard only if the user may say it
        assert (await heard.next_msg(5)).data == (b"said" if allowed else b"last")
    finally:
        await speaker.close()
        await listener.close()


async def _ignore(_: Exception) -> None:
    """Refusals come here; the test looks at what they prevent."""
