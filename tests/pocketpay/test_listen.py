"""`pocketpay listen`: what it reads of a stream, where it takes it up again, and what it makes of an event."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable

import pytest
from standardwebhooks import Webhook
from typer.testing import CliRunner

from actors.notifications.delivering import Sender
from pocketpay.listen import hearing
from pocketpay.listen.forwarding import EVERYWHERE, Forward, is_secret, new_secret, takes, webhook_body
from pocketpay.listen.frames import Frame, frames
from pocketpay.listen.hearing import events
from pocketpay.main import app
from pocketpay.program import StartFailed
from pocketpay.targets import Door
from tests.notifications.receivers import answers, receiver, says

EVENT = '{"id":"evt_1","object":"event","type":"payment.succeeded","data":{"id":"pay_1","amount":1000}}'
OPENING = b"retry: 1000\n: position 1-7, filter none\n\n"


async def lines(text: bytes) -> AsyncIterator[bytes]:
    for line in text.splitlines(keepends=True):
        yield line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OPENING, [Frame("1-7", None, None)]),
        (b'id: 1-8\nevent: payment.created\ndata: {"a":1}\n\n', [Frame("1-8", "payment.created", '{"a":1}')]),
        (b"id: 1-8\r\ndata: {\r\ndata: }\r\n\r\n", [Frame("1-8", None, "{\n}")]),
        (b"id: 1-9\n\n", [Frame("1-9", None, None)]),
        (b'event: reset\ndata: {"code":"cursor_expired"}\n\n', [Frame(None, "reset", '{"code":"cursor_expired"}')]),
        (b": alive\n\nretry: 3000\n\n", []),
        (b"id: 1-8\ndata: {}\n", []),
    ],
)
async def test_frames_are_read_as_the_gateway_writes_them(text, told):
    assert [frame async for frame in frames(lines(text))] == told


def test_a_webhook_is_the_event_with_a_delivery():
    body = json.loads(webhook_body(EVENT, 3))
    assert body.pop("delivery") == {"endpoint": "listen", "sequence": 3, "replay": False}
    assert body == json.loads(EVENT)
    assert webhook_body(EVENT, 3).startswith(EVENT[:-1])


@pytest.mark.parametrize(
    ("types", "kind", "taken"),
    [
        (["*"], "payment.succeeded", True),
        (["invoice.paid", "payment.*"], "payment.succeeded", True),
        (["invoice.paid"], "payment.succeeded", False),
        (["*"], "webhook.delivery.failed", False),
        (["*", "mail.*"], "mail.sent", False),
    ],
)
def test_types_are_chosen_as_for_endpoints(types, kind, taken):
    assert takes(json.dumps({"type": kind}), types) is taken


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_AAAA", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0", "whsec_é", "whsec_" + "A" * 96]
)
def test_what_is_no_secret(text):
    assert not is_secret(text)


def test_a_secret_is_new_in_every_run():
    assert is_secret(new_secret())
    assert new_secret() != new_secret()


async def test_a_receiver_verifies_what_is_forwarded():
    secret = new_secret()
    async with receiver(answers("200 OK")) as at:
        done = await Forward(at.url, secret, Sender(EVERYWHERE)).deliver(EVENT, 1)
    ((_, headers, body),) = at.heard
    assert Webhook(secret).verify(body, headers)["delivery"]["sequence"] == 1
    assert (done.result, done.attempts, done.response_status) == ("succeeded", 1, 200)
    assert " ".join(done.in_line().split()[1:4]) == "payment.succeeded evt_1 200"


async def test_what_fails_is_repeated_with_the_same_body_and_then_told():
    async with receiver(answers("500 No")) as at:
        done = await Forward(at.url, new_secret(), Sender(EVERYWHERE), (0.01, 0.01)).deliver(EVENT, 1)
    assert len({body for _, _, body in at.heard}) == 1
    assert (done.result, done.attempts, done.error, len(at.heard)) == ("failed", 3, "status", 3)
    assert "500" in done.in_line()
    assert "3 attempts  GIVEN UP" in done.in_line()
    assert json.loads(done.as_json())["event"] == "evt_1"


def stream(*bodies: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    return head + b"".join(bodies)


def frame(number: int) -> bytes:
    return b'id: 1-%d\nevent: a.b\ndata: {"n":%d}\n\n' % (number, number)


async def heard(gateway: str, count: int, warned: list[str]) -> list[int]:
    found = list[int]()
    async for text in events(Door(gateway), "a.*", warned.append):
        found.append(json.loads(text)["n"])
        if len(found) == count:
            return found
    raise AssertionError


def one_after_the_other(answers: Iterable[bytes]):
    waiting = list(answers)

    async def manner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(waiting.pop(0))(reader, writer)

    return manner


async def test_a_stream_that_breaks_off_is_taken_up_where_it_was_left(monkeypatch):
    monkeypatch.setattr(hearing, "PAUSES_SECONDS", (0.01,))
    warned = list[str]()
    # Given a gateway that is cut before the first event and in the middle of one, that is full, and that restarts
    told = (
        stream(OPENING),
        stream(OPENING, frame(8), frame(9)[:20]),
        b"HTTP/1.1 503 Away\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 429 Full\r\nContent-Length: 2\r\n\r\n{}",
        stream(frame(9), b"id: 1-12\n\n", b"event: closed\ndata: {}\n\n"),
        stream(b'event: reset\ndata: {"code":"cursor_expired"}\n\n', frame(20)),
    )
    async with receiver(one_after_the_other(told)) as at:
        # Then each event is heard once
        assert await heard(f"http://127.0.0.1:{at.port}", 3, warned) == [8, 9, 20]
    # And each connection began behind what was heard
    assert [headers.get("last-event-id") for _, headers, _ in at.heard] == [None, "1-7", "1-8", "1-8", "1-8", "1-12"]
    assert all(line.split()[1] == "/api/v1/events/stream?type=a.*" for line, _, _ in at.heard)
    assert any("broke off" in text for text in warned)
    assert any("missing" in text for text in warned)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}", b"SSH-2.0\r\n"])
async def test_a_gateway_that_refuses_or_is_none_is_told_at_once(answer):
    async with receiver(says(answer)) as at:
        with pytest.raises(StartFailed, match=r"gateway"):
            await heard(f"http://127.0.0.1:{at.port}", 1, [])


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--forward-to", "ftp://localhost/"),
        ("--forward-to", "localhost:3000", "--types", "payment.*,Bad Type"),
        ("--forward-to", "localhost:3000", "--types", ","),
        ("--forward-to", "localhost:3000", "--secret", "whsec_short"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_heard(arguments):
    assert CliRunner().invoke(app, ["listen", *arguments]).exit_code == 2
