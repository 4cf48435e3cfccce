"""One attempt to deliver, against receivers of every manner: it always ends, in something definite, and soon."""

import asyncio
import gzip
import resource
import ssl
import time
from datetime import UTC, datetime

import pytest
from pydantic_core import to_json
from standardwebhooks import Webhook

from actors.notifications.delivering import BODY_BYTES_MAX, Sender
from actors.notifications.signing import signed_headers
from messages.webhook_addresses import networks
from messages.webhook_secrets import secret_of
from messages.wire import Json
from tests.notifications.receivers import Manner, answers, certificate, pours, receiver, resets, says

HERE = networks(["127.0.0.0/8"])
SECRET = secret_of("a key of tests", "demo", "we_1", 1)
BODY = '{"id":"evt_1","type":"payment.succeeded","data":{"name":"Zoë"}}'


async def sent(url: str, deadline_seconds: float = 5, trust: ssl.SSLContext | None = None) -> Json:
    """What one signed attempt from this machine to itself came to."""
    headers = signed_headers("evt_1", datetime.now(UTC), BODY, [SECRET])
    sender = Sender(HERE, deadline_seconds=deadline_seconds, trust=trust or ssl.create_default_context())
    return await sender.post(url, BODY, headers)


async def met(manner: Manner, deadline_seconds: float = 5) -> Json:
    async with receiver(manner) as at:
        return await sent(at.url, deadline_seconds)


def said(outcome: Json) -> tuple[str, str | None, int | None]:
    return outcome["result"], outcome["error"], outcome["response_status"]


async def test_a_receiver_that_knows_the_standard_alone_verifies_what_came():
    async with receiver(answers("200 OK", body=b"thanks")) as at:
        outcome = await sent(at.url)
    ((line, headers, body),) = at.heard
    assert Webhook(SECRET).verify(body, headers)["data"] == {"name": "Zoë"}
    assert body.decode() == BODY
    assert line == "POST /hook HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("PocketPay/")
    assert headers["accept-encoding"] == "identity"
    assert said(outcome) == ("succeeded", None, 200)
    assert (outcome["response_body"], outcome["detail"], outcome["retry_after_seconds"]) == ("thanks", None, None)
    assert datetime.fromisoformat(outcome["at"]) <= datetime.now(UTC)
    assert 0 <= outcome["duration_ms"] < 5000


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "204 No Content", "299 Whatever"])
async def test_any_2xx_is_a_success(status):
    assert said(await met(answers(status))) == ("succeeded", None, int(status[:3]))


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        ("400 Bad Request", (), None),
        ("410 Gone", (), None),
        ("404 Not Found", ("Retry-After: 7",), 7),
        ("429 Too Many Requests", ("Retry-After: 120",), 120),
        ("429 Too Many Requests", ("Retry-After: 999999999",), 86_400),
        ("500 Internal Server Error", ("Retry-After: soon",), None),
        ("503 Service Unavailable", ("Retry-After: Fri, 31 Dec 2100 23:59:59 GMT",), 86_400),
        ("101 Switching Protocols", ("Upgrade: x", "Connection: upgrade"), None),
    ],
)
async def test_any_other_status_is_a_failure_that_may_say_when_to_come_again(status, headers, seconds):
    outcome = await met(answers(status, *headers, body=b"no"))
    assert said(outcome) == ("failed", "status", int(status[:3]))
    assert outcome["retry_after_seconds"] == seconds


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_redirects_are_not_followed(status):
    async with receiver(answers("200 OK")) as inner:
        for target in (inner.url, "http://169.254.169.254/latest/meta-data/"):
            outcome = await met(answers(f"{status} Elsewhere", f"Location: {target}"))
            assert said(outcome) == ("failed", "redirect_refused", status)
            assert target in outcome["detail"]
    assert inner.callers == 0


@pytest.mark.parametrize(
    "manner",
    [
        says(ends=False),
        says(b"HTTP/1.1 200 OK\r\n", ends=False),
        says(*[b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 90], pause_seconds=0.1),
        says(*[b"HTTP/1.1 102 Processing\r\n\r\n"] * 90, pause_seconds=0.1),
    ],
    ids=["hangs", "stops", "drips headers", "is forever processing"],
)
async def test_who_does_not_get_to_the_end_of_the_headers_is_given_up(manner):
    began = time.monotonic()
    outcome = await met(manner, deadline_seconds=0.5)
    assert said(outcome) == ("failed", "timeout", None)
    assert 400 < outcome["duration_ms"] < 1500
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("head", [b"200 OK", b"500 No"])
async def test_a_body_that_drips_is_read_for_two_seconds_and_its_status_counts(head):
    began = time.monotonic()
    outcome = await met(says(b"HTTP/1.1 " + head + b"\r\n\r\n", *[b"drip "] * 60, pause_seconds=0.1), 15)
    assert outcome["response_status"] == int(head[:3])
    assert outcome["response_body"].startswith("drip drip")
    assert 1.5 < time.monotonic() - began < 4


async def test_a_body_that_drips_beyond_the_deadline_takes_back_no_success():
    drips = says(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", *[b"drip "] * 60, pause_seconds=0.1)
    began = time.monotonic()
    assert said(await met(drips, deadline_seconds=0.5)) == ("succeeded", None, 200)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("length", [b"", b"Content-Length: 1073741824\r\n"])
async def test_of_a_gigabyte_only_the_beginning_is_taken(length):
    poured: list[int] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    manner = pours(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n", b"x" * 2**16, 2**14, poured)
    outcome = await met(manner)
    assert said(outcome) == ("succeeded", None, 200)
    assert outcome["response_body"] == "x" * BODY_BYTES_MAX
    assert outcome["duration_ms"] < 2000
    assert sum(poured) < 2**25  # what fits into the buffers of two sockets
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


async def test_a_body_that_is_cut_off_or_malformed_takes_back_no_success():
    for rest in (b"Content-Length: 900\r\n\r\nshort", b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"):
        outcome = await met(says(b"HTTP/1.1 200 OK\r\n" + rest, b"zzz\r\n", pause_seconds=0.1))
        assert (said(outcome), outcome["response_body"]) == (("succeeded", None, 200), outcome["response_body"])
        assert outcome["response_body"].startswith("short")


async def test_what_is_compressed_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 10**8)
    outcome = await met(answers("200 OK", "Content-Encoding: gzip", body=bomb))
    assert said(outcome) == ("succeeded", None, 200)
    assert outcome["response_body"].startswith("\N{REPLACEMENT CHARACTER}" * 2)  # as it came
    assert len(outcome["response_body"].encode()) <= BODY_BYTES_MAX


@pytest.mark.parametrize(
    "body",
    [
        b"\1" * 5000,
        b'"' * 5000,
        b"\x1b[31m" * 1000,
        b"\xff" * 5000,
        b"a" + "😀".encode() * 2000,
        b"\0" * 5000,
        b"\xed\xa0\x80",
    ],
)
async def test_any_bytes_become_a_text_that_a_table_takes(body):
    text = (await met(answers("500 No", body=body)))["response_body"]
    assert 0 < len(text.encode()) <= BODY_BYTES_MAX
    assert "\0" not in text
    assert len(to_json(text)) <= 2 * BODY_BYTES_MAX + 2, "twenty of them before and after must fit on the bus"


async def test_odd_bytes_in_a_location_become_such_a_text_too():
    outcome = await met(says(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://\xff\xfe\xc3\xbc/\r\n\r\n"))
    assert said(outcome) == ("failed", "redirect_refused", 302)
    outcome["detail"].encode()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"K" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 5_000 + b"\r\n",
    ],
    ids=["a long header", "a long status line", "many headers"],
)
async def test_headers_beyond_all_measure_are_not_read(head):
    assert said(await met(says(head))) == ("failed", "body_too_large", None)


async def test_headers_without_end_are_not_read():
    poured: list[int] = []
    outcome = await met(pours(b"HTTP/1.1 200 OK\r\n", b"X-Many: x\r\n" * 1000, 10**5, poured))
    assert said(outcome) == ("failed", "body_too_large", None)
    assert sum(poured) < 2**25


@pytest.mark.parametrize(
    "manner",
    [resets, says(), says(b"SSH-2.0-OpenSSH_9.2\r\n"), says(b"HTTP/1.1 abc\r\n\r\n"), says(b"\x16\x03\x01\0\0")],
    ids=["resets", "closes", "speaks SSH", "speaks nonsense", "speaks TLS"],
)
async def test_what_breaks_off_or_is_no_http_is_no_answer(manner):
    outcome = await met(manner)
    assert said(outcome) == ("failed", "connection_refused", None)
    assert outcome["detail"]


async def test_where_nobody_listens_the_connection_is_refused():
    async with receiver(resets) as at:
        pass
    await asyncio.sleep(0)
    assert said(await sent(at.url)) == ("failed", "connection_refused", None)


async def test_a_certificate_that_is_trusted_is_enough(tmp_path):
    server, trust = certificate(tmp_path, "127.0.0.1")
    async with receiver(answers("200 OK", body=b"safe"), tls=server) as at:
        outcome = await sent(at.url.replace("http", "https"), trust=trust)
    assert (said(outcome), outcome["response_body"]) == (("succeeded", None, 200), "safe")


@pytest.mark.parametrize(
    ("name", "days", "trusted"),
    [("127.0.0.1", 1, False), ("127.0.0.2", 1, True), ("127.0.0.1", -1, True)],
    ids=["self-signed", "of another host", "expired"],
)
async def test_any_other_certificate_is_not(tmp_path, name, days, trusted):
    server, trust = certificate(tmp_path, name, days)
    async with receiver(answers("200 OK"), tls=server) as at:
        outcome = await sent(at.url.replace("http", "https"), trust=trust if trusted else None)
    assert said(outcome) == ("failed", "tls_failed", None)
    assert "certificate" in outcome["detail"]
    assert at.heard == []


async def test_what_does_not_speak_tls_is_told_as_that():
    async with receiver(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), listens=False) as at:
        assert said(await sent(at.url.replace("http", "https"))) == ("failed", "tls_failed", None)


async def test_a_handshake_that_hangs_is_given_up():
    async with receiver(says(ends=False), listens=False) as at:
        assert said(await sent(at.url.replace("http", "https"), 0.5)) == ("failed", "timeout", None)


async def test_who_does_not_say_goodbye_over_tls_holds_nobody_up(tmp_path):
    server, trust = certificate(tmp_path, "127.0.0.1")
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    async with receiver(says(head, ends=False), tls=server) as at:
        outcome = await sent(at.url.replace("http", "https"), trust=trust)
    assert said(outcome) == ("succeeded", None, 200)
    assert outcome["duration_ms"] < 1000


async def test_each_attempt_has_a_connection_of_its_own_and_brings_no_cookies():
    async with receiver(answers("200 OK", "Set-Cookie: a=b; Path=/", "Connection: keep-alive")) as at:
        sender = Sender(HERE)
        for _ in range(3):
            assert said(await sender.post(at.url, BODY, {})) == ("succeeded", None, 200)
    assert at.callers == 3
    assert all(headers["connection"] == "close" for _, headers, _ in at.heard)
    assert all("cookie" not in headers for _, headers, _ in at.heard)


async def test_nothing_is_taken_from_the_environment(monkeypatch, tmp_path):
    async with receiver(answers("200 OK")) as proxy, receiver(answers("200 OK")) as at:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert said(await sent(at.url)) == ("succeeded", None, 200)
    assert (proxy.callers, at.callers) == (0, 1)
    assert "authorization" not in at.heard[0][1]


async def test_a_receiver_that_does_not_read_is_given_up():
    async with receiver(says(ends=False), listens=False) as at:
        outcome = await Sender(HERE, deadline_seconds=0.5).post(at.url, "x" * 10**8, {})
    assert said(outcome) == ("failed", "timeout", None)


async def test_whoever_cancels_is_heard():
    async with receiver(says(ends=False)) as at:
        attempt = asyncio.create_task(sent(at.url))
        await asyncio.sleep(0.1)
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt


async def test_a_bug_of_ours_is_an_outcome_too():
    outcome = await Sender(HERE).post("http://127.0.0.1:1/", BODY, {"Bad\r\nName": "x"})
    assert outcome["result"] == "failed"
