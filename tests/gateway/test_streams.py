"""Server-sent events and the pull log, over real HTTP and a real stream: no gap, no double, nobody else's."""

import asyncio
import json
from collections.abc import Callable

import aiohttp
import pytest

from gateway.payment_events import gone_on
from gateway.process import Gateway, start, stop
from gateway.ring import stored
from messages.envelope import Command, Query, Reply
from messages.wire import Json, json_of
from tests.gateway.conftest import Played, Stage, a_payment, an_event, done, read_frames

STREAM = "/api/v1/events/stream"
EVENTS = "/api/v1/events"
PAYMENTS = "/api/v1/payments"
GOOD: Json = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
SSE = {"Accept": "text/event-stream"}


async def caught_up(gateway: Gateway, seq: int) -> None:
    """Returns when the ring has got so far."""
    async with asyncio.timeout(5):
        while gateway.door.feed.ring.last < seq:
            await gateway.door.feed.ring.changed(0.1)


async def said(stage: Stage, gateway: Gateway, number: int, event_type: str = "payment.created") -> list[int]:
    """So many events, in the ring; their sequences."""
    seqs = [await stage.say(an_event(event_type, payment=f"pay_{n}")) for n in range(number)]
    await caught_up(gateway, seqs[-1])
    return seqs


async def test_a_stream_opens_at_once_and_tells_what_happens(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway
) -> None:
    await said(stage, gateway, 1)
    async with http.get(f"{STREAM}?type=payment.*") as answer:
        assert answer.content_type == "text/event-stream"
        assert await answer.content.readline() == b"retry: 1000\n"
        assert await answer.content.readline() == b": position 1-1, filter type=payment.*\n"
        event = an_event("payment.succeeded")
        await stage.say(an_event("refund.created"))
        await stage.say(an_event("payment.succeeded", tenant="other"))
        await stage.say(event)
        frames = await read_frames(answer, 1)
    assert frames == [{"id": "1-4", "event": "payment.succeeded", "data": event.model_dump_json()}]


@pytest.mark.parametrize("ring_size", [1, 7, 1_000])
async def test_from_any_id_exactly_what_was_missed_comes_again_and_then_what_is_new(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway, ring_size: int
) -> None:
    # Given more history than the ring, or a page, may hold
    gateway.door.feed.ring.events_max = ring_size
    seqs = await said(stage, gateway, 300)
    for seen in (0, 1, 43, 292, 299, 300):
        # When a reader comes back with the last id it saw, while more happens
        async with http.get(STREAM, headers={"Last-Event-ID": f"1-{seen}"}) as answer:
            seqs += [await stage.say(an_event("payment.updated")) for _ in range(3)]
            frames = await read_frames(answer, len(seqs) - seen)
        # Then it has everything after it, once and in order
        assert [frame["id"] for frame in frames] == [f"1-{seq}" for seq in seqs if seq > seen]


@pytest.mark.parametrize(
    ("last_event_id", "code"),
    [
        ("1-999", "cursor_ahead"),
        ("2-1", "cursor_ahead"),
        ("rubbish", "cursor_expired"),
        ("1-2", "cursor_expired"),
    ],
)
async def test_a_place_that_cannot_be_gone_on_from_is_a_reset_and_then_live(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway, last_event_id: str, code: str
) -> None:
    # Given a stream that has forgotten its first five events
    gateway.door.feed.ring.events_max = 1
    await said(stage, gateway, 8)
    await stage.client.jetstream().purge_stream("EVENTS", seq=6)
    # When a reader comes with such a place
    async with http.get(STREAM, headers={"Last-Event-ID": last_event_id}) as answer:
        reset = await read_frames(answer, 1)
        await stage.say(an_event("payment.succeeded"))
        live = await read_frames(answer, 1)
    # Then it is told, and gets what happens from now on
    assert reset == [{"event": "reset", "data": json.dumps({"code": code}, separators=(",", ":"))}]
    assert [frame["id"] for frame in live] == ["1-9"]


async def test_zero_is_the_oldest_that_is_kept(http: aiohttp.ClientSession, stage: Stage, gateway: Gateway) -> None:
    gateway.door.feed.ring.events_max = 1
    await said(stage, gateway, 8)
    await stage.client.jetstream().purge_stream("EVENTS", seq=6)
    async with http.get(f"{STREAM}?last_event_id=0&plain=true") as answer:
        frames = await read_frames(answer, 3)
    assert [frame["id"] for frame in frames] == ["1-6", "1-7", "1-8"]
    assert all("event" not in frame for frame in frames)


async def test_a_quiet_stream_keeps_its_place(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.reader.KEEP_ALIVE_SECONDS", 0.2)
    async with http.get(f"{STREAM}?type=refund.*") as answer:
        for _ in range(3):
            await answer.content.readline()
        await said(stage, gateway, 2)
        lines = [await answer.content.readline() for _ in range(2)]
    assert lines[1] == b"\n"
    assert lines[0] in (b"id: 1-0\n", b"id: 1-1\n", b"id: 1-2\n")


async def test_a_reader_that_leaves_gives_its_place_back(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway
) -> None:
    async with http.get(STREAM) as answer:
        await answer.content.readline()
        assert gateway.door.readers.count == 1
    async with asyncio.timeout(5):
        while gateway.door.readers.count:
            await asyncio.sleep(0.05)


async def test_a_reader_that_reads_nothing_is_cut_and_the_others_go_on(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a reader that stops reading
    monkeypatch.setattr("gateway.sse.WRITE_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, limit=1024)
    writer.write(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readline()
    # When far more is said than any buffer holds
    big = an_event("payment.updated", data={"id": "pay_1", "padding": "x" * 200_000})
    seqs = [await stage.say(big) for _ in range(100)]
    # Then it is cut, and what it left behind is bounded
    async with asyncio.timeout(10):
        while gateway.door.readers.count:
            await asyncio.sleep(0.05)
    writer.close()
    # And another reads everything
    async with http.get(STREAM, headers={"Last-Event-ID": "1-0"}, read_bufsize=2**20) as answer:
        frames = await read_frames(answer, 100)
    assert [frame["id"] for frame in frames] == [f"1-{seq}" for seq in seqs]


async def test_too_many_readers_are_sent_away(http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.sse.READERS_MAX", 0)
    async with http.get(STREAM) as answer:
        assert (answer.status, (await answer.json())["code"]) == (429, "too_many_streams")


async def test_a_gateway_that_stops_says_goodbye(
    http: aiohttp.ClientSession, gateway: Gateway, nats_as: Callable[[str], str]
) -> None:
    other = await start(gateway.door.settings, nats_url=nats_as("gateway"), host="127.0.0.1", port=0)
    while not other.door.feed.ring.ready:
        await other.door.feed.ring.changed(0.1)
    async with http.get(f"http://127.0.0.1:{other.port}{STREAM}") as answer:
        await answer.content.readline()
        stopping = asyncio.create_task(stop(other))
        frames = await read_frames(answer, 1)
        assert await answer.content.read() == b""
    await stopping
    assert frames == [{"event": "closed", "data": '{"code":"draining"}'}]


@pytest.mark.parametrize("path", [EVENTS, STREAM])
async def test_several_types_are_refused_with_what_to_do_instead(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path, params={"type": "payment.*,invoice.*"}) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (400, "invalid_parameter")
    [error] = problem["errors"]
    assert error["parameter"] == "type"
    assert error["detail"] == (
        "type: it is one event type, as invoice.paid, or one prefix, as payment.*: ask once for each, or for all."
    )


async def test_the_log_is_pulled_to_its_end(http: aiohttp.ClientSession, stage: Stage, gateway: Gateway) -> None:
    gateway.door.feed.ring.events_max = 3
    await said(stage, gateway, 20)
    await said(stage, gateway, 5, "refund.created")
    after, read = "0", list[str]()
    while True:
        async with http.get(EVENTS, params={"after": after, "limit": "4", "type": "payment.*"}) as answer:
            page = await answer.json()
        read += [event["subject"] for event in page["data"]]
        after = page["next_after"]
        if not page["has_more"]:
            break
    assert read == [f"pay_{n}" for n in range(20)]
    assert after == "1-25"


async def test_the_log_waits_for_the_next_event(http: aiohttp.ClientSession, stage: Stage, gateway: Gateway) -> None:
    asking = asyncio.create_task(http.get(f"{EVENTS}?after=1-0&wait=10&customer_id=abc123"))
    await asyncio.sleep(0.1)
    event = an_event("payment.created")
    await stage.say(event)
    async with await asking as answer:
        assert [found["id"] for found in (await answer.json())["data"]] == [event.id]


async def test_a_place_that_the_log_has_forgotten_is_gone(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway
) -> None:
    gateway.door.feed.ring.events_max = 1
    await said(stage, gateway, 8)
    await stage.client.jetstream().purge_stream("EVENTS", seq=6)
    async with http.get(f"{EVENTS}?after=1-2") as answer:
        assert (answer.status, (await answer.json())["code"]) == (410, "cursor_expired")


async def test_a_post_streams_its_own_events_and_the_ledgers_and_then_its_outcome(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given a payment that succeeds, and a ledger that posts it a moment after the outcome
    succeeded = an_event("payment.succeeded", cause="later")

    async def post() -> None:
        await asyncio.sleep(0.2)
        posting = an_event("ledger.transaction.posted", cause=succeeded.id, data={"event": succeeded.id})
        await stage.say(an_event("payment.created", cause="cmd_of_somebody_else"))
        await stage.say(posting)

    posting: list[asyncio.Task[None]] = []

    def play(command: Command) -> list[Played]:
        posting.append(asyncio.create_task(post()))
        own = succeeded.model_copy(update={"causation_id": command.id})
        created = an_event("payment.created", cause=command.id)
        return [created, own, done(command, position=2)]

    stage.script = play
    # When it is asked for with server-sent events
    async with http.post(PAYMENTS, json=GOOD, headers=SSE) as answer:
        assert answer.content_type == "text/event-stream"
        assert answer.headers["PocketPay-Command"] == stage.commands[0].id
        frames = await read_frames(answer, 4)
        assert await answer.content.read() == b""
    # Then the story is whole, and nothing of another is in it
    assert [frame["event"] for frame in frames] == [
        "payment.created",
        "payment.succeeded",
        "ledger.transaction.posted",
        "outcome",
    ]
    outcome = json.loads(frames[3]["data"])
    assert outcome == {"status": 201, "body": a_payment(stage.commands[0].subject)}
    await asyncio.gather(*posting)


async def test_a_replay_streams_just_the_outcome(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, replayed=True, position=9)]
    async with http.post(PAYMENTS, json=GOOD, headers=SSE) as answer:
        frames = await read_frames(answer, 1)
        assert await answer.content.read() == b""
    assert frames[0]["event"] == "outcome"


async def test_a_refusal_at_the_door_is_a_problem_even_when_events_were_asked_for(
    http: aiohttp.ClientSession,
) -> None:
    async with http.post(PAYMENTS, json={**GOOD, "amount": 0}, headers=SSE) as answer:
        assert (answer.status, answer.content_type) == (422, "application/problem+json")


async def test_a_payments_events_are_its_history_and_then_live(
    http: aiohttp.ClientSession, stage: Stage, gateway: Gateway
) -> None:
    # Given a history in two journals, of which one has something still to say
    created, succeeded = an_event("payment.created"), an_event("payment.succeeded")
    posted = an_event("ledger.transaction.posted")
    seqs = [await stage.say(event) for event in (created, an_event("payment.created", payment="pay_2"), succeeded)]
    await caught_up(gateway, seqs[-1])
    asked: list[Query] = []

    def of_ledger(query: Query) -> Reply:
        asked.append(query)
        unsaid = len(asked) == 1
        rows = [] if unsaid else [{"stream_seq": 4, "event": json_of(posted)}]
        return Reply(body={"data": rows, "unpublished": int(unsaid)})

    rows = [{"stream_seq": 1, "event": json_of(created)}, {"stream_seq": 3, "event": json_of(succeeded)}]
    stage.answers["payments.history"] = lambda _: Reply(body={"data": rows, "unpublished": 0})
    stage.answers["ledger.history"] = of_ledger
    # When a reader asks for them, and the ledger's event and another come live as well
    async with http.get(f"{PAYMENTS}/pay_1/events", headers=SSE) as answer:
        for event in (posted, an_event("payment.updated", payment="pay_2"), an_event("payment.updated")):
            await stage.say(event)
        frames = await read_frames(answer, 4)
    # Then it has each once, in order, and nothing of other payments
    assert [frame["id"] for frame in frames] == ["1-1", "1-3", "1-4", "1-6"]
    # And as JSON it is the history
    async with http.get(f"{PAYMENTS}/pay_1/events") as answer:
        page = await answer.json()
    assert [event["id"] for event in page["data"]] == [created.id, succeeded.id, posted.id]


@pytest.mark.parametrize(
    ("last", "start", "missed"),
    [
        (None, "2-9", [3, 5, 9]),
        ("2-5", "2-9", [9]),
        ("5", "2-9", [9]),
        ("0", "2-9", [3, 5, 9]),
        ("2-12", "2-12", []),
        ("1-5", "1-5", []),
        ("3-5", "3-5", []),
        ("rubbish", "rubbish", []),
    ],
)
def test_a_payments_stream_goes_on_where_its_reader_left_off(last: str | None, start: str, missed: list[int]) -> None:
    history = [stored(seq, an_event("payment.updated").model_dump_json().encode()) for seq in (3, 5, 9)]
    told = gone_on(last, 2, 9, [event for event in history if event])
    assert (told[0], [event.seq for event in told[1]]) == (start, missed)


async def test_a_payments_stream_that_cannot_go_on_is_a_reset_and_then_live(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given a payment with a history
    rows = [{"stream_seq": 1, "event": json_of(an_event("payment.created"))}]
    for actor in ("payments", "ledger"):
        stage.answers[f"{actor}.history"] = lambda _: Reply(body={"data": rows, "unpublished": 0})
    # When a reader comes with a place of another epoch
    async with http.get(f"{PAYMENTS}/pay_1/events", headers={**SSE, "Last-Event-ID": "7-1"}) as answer:
        reset = await read_frames(answer, 1)
        await stage.say(an_event("payment.succeeded"))
        live = await read_frames(answer, 1)
    # Then it is told, and gets what happens from now on
    assert reset == [{"event": "reset", "data": '{"code":"cursor_ahead"}'}]
    assert [frame["event"] for frame in live] == ["payment.succeeded"]


async def test_a_long_history_is_asked_for_page_by_page(http: aiohttp.ClientSession, stage: Stage) -> None:
    said = [an_event(f"payment.{kind}") for kind in ("created", "updated", "succeeded")]
    rows = [{"stream_seq": seq, "event": json_of(event)} for seq, event in enumerate(said, start=1)]
    pages = {0: (rows[:2], 7), 7: (rows[2:], None)}

    def of_payments(query: Query) -> Reply:
        data, following = pages[query.params["after"]]
        return Reply(body={"data": data, "unpublished": 0, "next": following})

    stage.answers["payments.history"] = of_payments
    stage.answers["ledger.history"] = lambda _: Reply(body={"data": [], "unpublished": 0})
    async with http.get(f"{PAYMENTS}/pay_1/events") as answer:
        page = await answer.json()
    assert [event["id"] for event in page["data"]] == [event.id for event in said]


async def test_a_history_that_cannot_be_had_just_now_tells_a_stream_to_come_again(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    away = Reply(status=503, body={"code": "unavailable", "detail": "the database cannot be reached"})
    for actor in ("payments", "ledger"):
        stage.answers[f"{actor}.history"] = lambda _: away
    async with http.get(f"{PAYMENTS}/pay_1/events", headers=SSE) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert await answer.text() == "retry: 3000\n\n"
    async with http.get(f"{PAYMENTS}/pay_1/events") as answer:
        assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")


async def test_the_events_of_no_payment_are_not_found(http: aiohttp.ClientSession, stage: Stage) -> None:
    for actor in ("payments", "ledger"):
        stage.answers[f"{actor}.history"] = lambda _: Reply(body={"data": [], "unpublished": 0})
    async with http.get(f"{PAYMENTS}/pay_1/events") as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/payments/pay_1/events", "/commands/cmd_1"])
async def test_a_head_never_streams(http: aiohttp.ClientSession, stage: Stage, gateway: Gateway, path: str) -> None:
    # Given a payment with a history
    rows = [{"stream_seq": 1, "event": json_of(an_event("payment.created"))}]
    for actor in ("payments", "ledger"):
        stage.answers[f"{actor}.history"] = lambda _: Reply(body={"data": rows, "unpublished": 0})
    # When its head is asked for as a stream, and something else after it
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    host = b" HTTP/1.1\r\nHost: localhost\r\n"
    writer.write(b"HEAD /api/v1" + path.encode() + host + b"Accept: text/event-stream\r\n\r\n")
    writer.write(b"GET /healthz" + host + b"Connection: close\r\n\r\n")
    async with asyncio.timeout(5):
        told = await reader.read()
    writer.close()
    # Then the head ends where its headers do, and the next is answered
    assert b"text/event-stream" not in told
    assert told.split(b"\r\n\r\n")[1].startswith(b"HTTP/1.1 200 OK\r\n")
