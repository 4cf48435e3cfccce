"""Names are looked up for every attempt, and what is connected to is what was permitted."""

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import pytest

from actors.notifications import resolving
from actors.notifications.delivering import Sender
from actors.notifications.resolving import Lookup, Lookups
from messages.webhook_addresses import Address, networks
from messages.wire import Json
from tests.notifications.receivers import answers, certificate, receiver

HERE = networks(["127.0.0.0/8"])
PUBLIC, METADATA, LOOPBACK = "93.184.215.14", "169.254.169.254", "127.0.0.1"


class Names:
    """A name server that gives these answers, one after the other and the last for ever."""

    def __init__(self, *given: Sequence[str]) -> None:
        self.given, self.asked = list(given), list[str]()

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        texts = self.given.pop(0) if len(self.given) > 1 else self.given[0]
        return [ip_address(text) for text in texts]


@pytest.fixture
async def connected(monkeypatch):
    """To where sockets were connected; outside of this machine nobody answers."""
    addresses = list[str]()
    really = asyncio.get_running_loop().sock_connect

    async def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        addresses.append(address[0])
        if not address[0].startswith("127."):
            raise ConnectionRefusedError(111, "nobody is there")
        await really(sock, address)

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", connect)
    return addresses


async def sent(url: str, lookup: Lookup, allow: Sequence[str] = ()) -> Json:
    return await Sender(networks(allow), lookup=lookup, deadline_seconds=2).post(url, "{}", {})


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused_then(connected):
    names = Names([PUBLIC], [METADATA])
    # When a name's first address is public, and its second is not
    first = await sent("https://example.com/", names)
    second = await sent("https://example.com/", names)
    # Then the first was called, and the second was not
    assert (first["error"], second["error"]) == ("connection_refused", "address_refused")
    assert METADATA in second["detail"]
    assert connected == [PUBLIC]
    # And each attempt asked once: what was checked is what is connected to
    assert names.asked == ["example.com", "example.com"]


@pytest.mark.parametrize(
    "inner", [METADATA, LOOPBACK, "10.0.0.1", "::1", "fd00:ec2::254", "::ffff:10.0.0.1", "fe80::1%lo"]
)
@pytest.mark.parametrize("at", [0, 1])
async def test_one_inner_address_is_enough_to_refuse_a_name(connected, inner, at):
    both = [PUBLIC]
    both.insert(at, inner)
    outcome = await sent("https://example.com/", Names(both))
    assert outcome["error"] == "address_refused"
    assert str(ip_address(inner)) in outcome["detail"]
    assert connected == []


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://127.1/"],
)
async def test_a_literal_address_is_checked_although_nobody_is_asked(connected, url):
    names = Names([PUBLIC])
    assert (await sent(url, names))["error"] == "address_refused"
    assert (connected, names.asked) == ([], [])


@pytest.mark.parametrize("url", ["http://example.com/", "https://example.com:9000/", "http://example.com:443/"])
async def test_plain_http_and_other_ports_stay_within_allowed_networks(connected, url):
    outcome = await sent(url, Names([PUBLIC]), allow=["127.0.0.0/8"])
    assert outcome["error"] == "address_refused"
    assert PUBLIC in outcome["detail"]
    assert connected == []


async def test_a_name_in_an_allowed_network_is_called_there(connected):
    async with receiver(answers("200 OK")) as at:
        outcome = await sent(f"http://receiver:{at.port}/", Names([LOOPBACK]), allow=["127.0.0.0/8"])
    assert outcome["response_status"] == 200
    assert at.heard[0][1]["host"] == f"receiver:{at.port}"
    assert connected == [LOOPBACK]


async def test_the_name_and_not_the_address_is_what_a_certificate_must_be_of(connected, tmp_path):
    server, trust = certificate(tmp_path, "receiver.example")
    async with receiver(answers("200 OK"), tls=server) as at:
        for name, error in (("receiver.example", None), ("another.example", "tls_failed")):
            sender = Sender(HERE, lookup=Names([LOOPBACK]), trust=trust)
            assert (await sender.post(f"https://{name}:{at.port}/", "{}", {}))["error"] == error


async def test_a_name_without_an_address_is_told_as_that():
    async def unknown(host: str, port: int) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    outcome = await sent("https://example.com/", unknown)
    assert (outcome["error"], outcome["detail"]) == ("dns_failed", "Name or service not known")
    assert (await sent("https://example.com/", Names([])))["error"] == "dns_failed"


@pytest.mark.parametrize(
    ("number", "error"), [(110, "timeout"), (111, "connection_refused"), (113, "connection_refused")]
)
async def test_who_cannot_be_reached_is_told_as_that(monkeypatch, number, error):
    async def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", connect)
    assert (await sent("https://example.com/", Names([PUBLIC])))["error"] == error


async def test_a_name_server_that_never_answers_is_given_up(monkeypatch):
    async def silent(host: str, port: int) -> Sequence[Address]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(resolving, "LOOKUP_SECONDS", 0.2)
    began = time.monotonic()
    outcome = await sent("https://example.com/", silent)
    assert (outcome["error"], "0.2 s" in outcome["detail"]) == ("dns_failed", True)
    assert time.monotonic() - began < 1


async def test_this_machine_knows_its_own_name_and_refuses_it():
    assert LOOPBACK in map(str, await Lookups()("localhost", 80))
    outcome = await Sender(networks(["10.0.0.0/8"])).post("https://localhost/", "{}", {})
    assert outcome["error"] == "address_refused"


async def test_lookups_that_hang_leave_threads_to_everybody_else(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
    hanging = [asyncio.create_task(Lookups()("example.com", 443)) for _ in range(16)]
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await asyncio.to_thread(lambda: None)
    assert time.monotonic() - began < 0.3
    await asyncio.gather(*hanging)


async def test_a_name_that_nobody_answers_for_takes_one_thread_however_often_it_is_asked_for(monkeypatch):
    # Given a name server that answers for one of two names, and no more threads than two
    asked, answered = list[str](), threading.Event()

    def resolved(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        if host == "silent.example":
            answered.wait(5)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(resolving, "_threads", ThreadPoolExecutor(2))
    lookups = Lookups()
    waiting = [asyncio.create_task(lookups("silent.example", 443)) for _ in range(8)]
    await asyncio.sleep(0.05)
    waiting[0].cancel()
    # When another name is looked up meanwhile
    async with asyncio.timeout(2):
        assert [str(each) for each in await lookups("example.com", 443)] == [PUBLIC]
    # Then it is answered, and all who wait for the first one hear the same
    answered.set()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in outcomes] == [asyncio.CancelledError, *[socket.gaierror] * 7]
    assert asked == ["silent.example", "example.com"]
    # And the next attempt asks anew
    with pytest.raises(socket.gaierror):
        await lookups("silent.example", 443)
    assert asked[2:] == ["silent.example"]
