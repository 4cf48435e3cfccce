"""The ring gives every reader exactly the stream's subsequence."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.bus import new_bus
from gateway.command_stream import Story
from gateway.follow import Feed
from gateway.read_on import read_on
from gateway.ring import Ring, Stored, Wanted, stored, type_fits
from gateway.sse import event_frame
from messages.envelope import Command
from tests.gateway.conftest import NOW, an_event

TENANTS = st.sampled_from(["demo", "other"])
TYPES = st.sampled_from(["payment.created", "payment.succeeded", "refund.created", "ledger.transaction.posted"])
CREATE = Command(
    id="cmd_1",
    type="payment.create",
    actor="payments",
    tenant="demo",
    subject="pay_1",
    source="gateway",
    correlation_id="req_1",
    time=NOW,
    data={},
)
STREAMS = st.lists(st.tuples(st.integers(1, 3), TENANTS, TYPES), max_size=40)


def a_stream(drawn: list[tuple[int, str, str]]) -> list[Stored]:
    """Sequences rise, with holes where messages were deleted."""
    seq, events = 0, []
    for step, tenant, kind in drawn:
        seq += step
        event = stored(seq, an_event(kind, tenant=tenant).model_dump_json().encode())
        assert event is not None
        events.append(event)
    return events


@given(
    STREAMS,
    st.integers(0, 130),
    st.integers(1, 50),
    st.sampled_from([None, "*", "payment.*", "refund.created"]),
)
async def test_replay_from_any_id_is_the_streams_subsequence(
    drawn: list[tuple[int, str, str]], cursor: int, size: int, pattern: str | None
) -> None:
    # Given a ring that has forgotten all but the last events
    events = a_stream(drawn)
    ring = Ring(events_max=size)
    ring.start(1, 0)
    for event in events:
        ring.append(event.seq, event.raw)
    if not ring.covers(cursor):
        assert cursor > ring.last or any(event.seq > cursor for event in events[:-size])
        return
    # When a reader reads on from its cursor, page by page
    feed, wanted = Feed(new_bus(), ring), Wanted("demo", type=pattern)
    place, read = cursor, list[int]()
    while (page := await read_on(feed, "demo", place)).cursor != place:
        read += [event.seq for event in page.events if wanted.takes(event)]
        place = page.cursor
    # Then it has all that came after it, of its tenant and type, once and in order
    after = [event for event in events if event.seq > cursor and event.tenant == "demo"]
    assert read == [event.seq for event in after if type_fits(pattern or "*", event.type)]
    assert place == ring.last


@given(STREAMS, st.integers(1, 2_000))
def test_the_ring_is_bounded_in_bytes(drawn: list[tuple[int, str, str]], bytes_max: int) -> None:
    ring = Ring(bytes_max=bytes_max)
    ring.start(1, 0)
    for event in a_stream(drawn):
        ring.append(event.seq, event.raw)
    assert sum(len(event.raw) for event in ring.after(0)) <= bytes_max


def test_a_message_that_comes_again_is_passed_over() -> None:
    ring = Ring()
    ring.start(1, 0)
    events = a_stream([(1, "demo", "payment.created"), (1, "demo", "payment.succeeded")])
    for event in [*events, *events]:
        ring.append(event.seq, event.raw)
    assert ring.after(0) == events


def test_what_is_no_event_is_none() -> None:
    for raw in (b"", b"{", b"[]", b"1", b"{}", b'{"tenant":"demo"}'):
        assert stored(1, raw) is None


def test_patterns_take_what_begins_so() -> None:
    assert type_fits("ledger.*", "ledger.transaction.posted")
    assert not type_fits("payment.*", "payment_method.attached")
    assert not type_fits("payment", "payment.created")


def test_a_line_break_in_a_body_cannot_begin_another_field() -> None:
    event = stored(7, an_event("payment.created").model_dump_json(indent=1).encode())
    assert event is not None
    lines = event_frame(1, event).decode().splitlines()
    assert lines[:2] == ["id: 1-7", "event: payment.created"]
    assert all(line.startswith("data: ") for line in lines[2:-1])
    assert lines[-1] == ""


def test_the_story_of_a_command_ends_when_the_ledger_has_posted() -> None:
    # Given a command whose payment succeeded
    story = Story(CREATE)
    succeeded = an_event("payment.succeeded", cause="cmd_1")
    posted = an_event("ledger.transaction.posted", cause=succeeded.id, data={"event": succeeded.id})
    others = [
        an_event("ledger.transaction.posted", cause="evt_other").model_copy(update={"correlation_id": "req_2"}),
        an_event("payment.created", cause="cmd_2"),
    ]
    # When the stream is read, then what is not its own is left out, and the posting is waited for
    taken = []
    for seq, event in enumerate([*others, succeeded, posted], 1):
        read = stored(seq, event.model_dump_json().encode())
        assert read is not None
        taken.append(story.takes(read))
        assert bool(story.unposted) == (event is succeeded)
    assert taken == [False, False, True, True]


def test_nothing_more_is_posted_for_what_a_wallet_paid() -> None:
    story = Story(CREATE)
    for provider, waits in (("wallet", False), ("simulated", True)):
        succeeded = an_event("payment.succeeded", cause="cmd_1", data={"id": "pay_1", "provider": provider})
        read = stored(1, succeeded.model_dump_json().encode())
        assert read is not None
        assert story.takes(read)
        assert bool(story.unposted) == waits


def test_numbers_that_are_nobodys_are_passed_over_and_hide_nothing() -> None:
    # Given more of them in a row than a page has places, and an event behind them
    ring = Ring()
    ring.start(1, 10)
    for seq in range(11, 900):
        ring.append(seq, b"")
    ring.append(900, b"{}")
    # Then the ring still covers the time before, and keeps nothing of them
    assert (ring.last, ring.floor, ring.covers(10), ring.covers(500)) == (900, 10, True, True)
    assert len(ring._events) == 1
