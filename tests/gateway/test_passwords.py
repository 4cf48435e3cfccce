"""Passwords cost a core for a moment: who waits for one, how many may, and that nobody keeps others from theirs."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest

from gateway.passwords import OF_TENANT_MAX, Passwords
from gateway.problems import Problem
from gateway.process import Gateway
from messages.access_examples import USER
from messages.envelope import Reply
from messages.wire import json_of
from tests.gateway.conftest import Stage, done
from tests.gateway.holders import OTHER, SHOP, a_key, a_tenant, secret_named, tell, with_key
from tests.gateway.keyed import client_of, keyed_gateway

ADMIN, THEIRS = secret_named("admin"), secret_named("theirs")
PASSWORD = {"password": "correct horse battery"}


@dataclass
class Slow:
    """Hashes that end when they are let."""

    begun: list[str] = field(default_factory=list)
    may_end: threading.Event = field(default_factory=threading.Event)

    def hashed(self, password: str) -> str:
        self.begun.append(password)
        assert self.may_end.wait(10)
        return f"$argon2id$v=19${password.replace(' ', '')}"


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not seen():
            await asyncio.sleep(0.01)


async def test_a_tenant_has_one_password_hashed_at_a_time_and_a_short_line() -> None:
    # Given a tenant that asks for twenty at once
    slow = Slow()
    passwords = Passwords(slow.hashed)
    asked = [asyncio.create_task(passwords.hashed(SHOP, f"p{number}")) for number in range(20)]
    await until(lambda: bool(slow.begun))
    # Then one is hashed, some wait, and the rest hear at once that it is too much
    refused = [task for task in asked if task.done()]
    assert len(refused) == 20 - OF_TENANT_MAX
    assert {str(task.exception()) for task in refused if isinstance(task.exception(), Problem)}
    assert slow.begun == ["p0"]
    # And another tenant's is begun at once
    other = asyncio.create_task(passwords.hashed(OTHER, "theirs"))
    await until(lambda: "theirs" in slow.begun)
    # And all that were taken are hashed in the end, one after the other, and their places are free again
    slow.may_end.set()
    assert await other == "$argon2id$v=19$theirs"
    await asyncio.gather(*asked, return_exceptions=True)
    assert slow.begun == ["p0", "theirs", "p1", "p2", "p3"]
    assert await passwords.hashed(SHOP, "again")


async def test_all_tenants_together_have_a_line_that_ends() -> None:
    slow = Slow()
    passwords = Passwords(slow.hashed)
    asked = [asyncio.create_task(passwords.hashed(f"tenant_{number}", "p")) for number in range(40)]
    await until(lambda: len(slow.begun) == 2)
    refused = [task.exception() for task in asked if task.done()]
    assert [problem.code for problem in refused if isinstance(problem, Problem)] == ["overloaded"] * 8
    slow.may_end.set()
    await asyncio.gather(*asked, return_exceptions=True)


@pytest.fixture
async def gateway(nats_as: Callable[[str], str], stage: Stage) -> AsyncIterator[Gateway]:
    """Of two tenants, each with an admin, and of users that there are in the shop alone."""
    stage.answers["access.user"] = lambda query: (
        Reply(body=json_of(USER))
        if query.tenant == SHOP
        else Reply(status=404, body={"code": "not_found", "detail": "There is no such user."})
    )
    stage.script = lambda command: [done(command, 200, json_of(USER))]
    await tell(stage, a_tenant(), a_tenant(OTHER), a_key(ADMIN, "admin"), a_key(THEIRS, "admin", tenant=OTHER))
    async with keyed_gateway(nats_as("gateway")) as gateway:
        yield gateway


async def set_password(http: aiohttp.ClientSession, secret: str) -> tuple[int, str | None]:
    async with http.post("/api/v1/users/usr_1/password", json=PASSWORD, headers=with_key(secret)) as answer:
        return answer.status, (await answer.json()).get("code")


async def test_nothing_is_hashed_for_a_user_that_there_is_not(gateway: Gateway, stage: Stage) -> None:
    slow = Slow()
    gateway.door.passwords = Passwords(slow.hashed)
    async with client_of(gateway) as http:
        assert await set_password(http, THEIRS) == (404, "not_found")
    assert (slow.begun, stage.commands) == ([], [])


async def test_too_many_passwords_at_once_are_refused_and_those_of_others_are_set(gateway: Gateway) -> None:
    slow = Slow()
    gateway.door.passwords = Passwords(slow.hashed)
    async with client_of(gateway) as http:
        asked = [asyncio.create_task(set_password(http, ADMIN)) for _ in range(OF_TENANT_MAX + 3)]
        await until(lambda: sum(task.done() for task in asked) == 3)
        slow.may_end.set()
        told = await asyncio.gather(*asked)
    assert sorted(told, key=str) == [(200, None)] * OF_TENANT_MAX + [(503, "overloaded")] * 3
