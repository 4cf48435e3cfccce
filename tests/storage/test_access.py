"""The tables of access, on a real PostgreSQL and as the actor's own role."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from actors.access.io import QUERIES, load, save
from actors.runtime.decision import State
from messages.envelope import Query, Reply
from messages.key_secrets import hash_of
from messages.wire import Json
from storage.access import login_of
from tests.access.hall import PASSWORD_HASH, TENANT, Hall, hall, of_rotation


@pytest.fixture
async def tables(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the access actor's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_access"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def kept(tables: asyncpg.Connection, states: Iterable[State]) -> None:
    """Saved as a batch saves them."""
    for statement in save(list(states)):
        await tables.execute(statement.sql, *statement.args)


async def asked(tables: asyncpg.Connection, name: str, tenant: str = TENANT, **params: Any) -> Reply:
    return await QUERIES[name](tables, Query(tenant=tenant, params=params))


async def listed(tables: asyncpg.Connection, name: str, tenant: str = TENANT, **params: Any) -> list[str]:
    return [each["id"] for each in (await asked(tables, name, tenant, **params)).body["data"]]


def busy_hall() -> Hall:
    """Keys in every state, users of two roles, sessions that last and one that ended; and another tenant's."""
    here = hall()
    here.now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    old = here.make_key("old", metadata={"team": "shop"})
    here.done("api_key.rotate", old, **of_rotation("new"))
    here.done("api_key.revoke", here.make_key("lost"))
    here.make_key("short", expires_at=here.now + timedelta(hours=1))
    here.make_key("seen", type="publishable", scopes=[], prefix="ppk_test_pub_AbCd")
    here.session("usr_ada", "ended", hours=1)
    here.wait(hours=2)
    here.session("usr_ada", "lasts", days=30)
    here.session(here.user("bob", "viewer"), "left", days=30)
    here.done("session.end", next(iter(here.user_of("usr_bob").sessions)))
    here.tenant("other")
    here.make_key("theirs", "admin", tenant="other")
    return here


async def test_all_of_it_comes_back_as_it_was_saved(tables: asyncpg.Connection) -> None:
    here = busy_hall()
    await kept(tables, here.states.values())
    assert await load(tables, list(here.states)) == here.states


async def test_two_tenants_never_see_what_is_the_others(tables: asyncpg.Connection) -> None:
    here = busy_hall()
    await kept(tables, here.states.values())
    [theirs] = await listed(tables, "api_keys", "other")
    assert theirs not in await listed(tables, "api_keys")
    assert (await asked(tables, "api_key", id=theirs)).status == 404
    assert (await asked(tables, "last_word", noun="api_key", id=theirs)).status == 404
    assert (await asked(tables, "user", "other", id="usr_ada")).status == 404
    assert await listed(tables, "users", "other") == []
    assert (await asked(tables, "tenant", id="other")).status == 404
    assert await login_of(tables, "other", here.user_of("usr_ada").address_hash) is None


async def test_lists_are_narrowed(tables: asyncpg.Connection) -> None:
    here = busy_hall()
    await kept(tables, here.states.values())
    assert len(await listed(tables, "api_keys")) == 5
    assert len(await listed(tables, "api_keys", status=["active", "rotating"])) == 3
    assert len(await listed(tables, "api_keys", type="publishable")) == 1
    assert len(await listed(tables, "api_keys", metadata={"team": "shop"})) == 2
    assert await listed(tables, "users", role="viewer") == ["usr_bob"]
    assert await listed(tables, "tenants") == ["other", TENANT]
    assert await listed(tables, "tenants", limit=1) == ["other"]


async def test_no_answer_has_a_hash_but_what_latest_is_to_hold(tables: asyncpg.Connection) -> None:
    here = busy_hall()
    await kept(tables, here.states.values())
    names = ("tenants", "api_keys", "users")
    shown = str([(await asked(tables, name)).body for name in names])
    assert hash_of("seen") not in shown
    assert "argon2" not in shown
    assert "ada@example.com" in shown
    words = (await asked(tables, "last_words", noun="api_key")).body["data"]
    assert {word["told"]["hash"] for word in words} >= {hash_of("seen"), hash_of("theirs")}


async def test_what_latest_is_to_hold_comes_in_pages_without_what_is_over(tables: asyncpg.Connection) -> None:
    here = busy_hall()
    await kept(tables, here.states.values())
    found: list[Json] = []
    after = ("", "")
    while page := (await asked(tables, "last_words", noun="api_key", after=after, limit=2)).body["data"]:
        found += page
        after = (page[-1]["tenant"], page[-1]["id"])
    assert len({word["id"] for word in found}) == len(found) == 6
    sessions = (await asked(tables, "last_words", noun="session")).body["data"]
    assert sorted(word["told"]["hash"] for word in sessions) == sorted(map(hash_of, ("lasts", "left")))
    assert len((await asked(tables, "last_words", noun="tenant")).body["data"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"hash": "the secret itself"},
        {"hash": hash_of("seen")},
    ],
    ids=["no hash", "another's hash"],
)
async def test_the_table_itself_refuses_a_secret(tables: asyncpg.Connection, change: dict[str, Any]) -> None:
    here = hall()
    seen, other = here.make_key("seen"), here.make_key("other")
    await kept(tables, [here.key_of(seen)])
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await kept(tables, [here.key_of(other).model_copy(update=change)])


async def test_the_table_itself_refuses_a_password_and_a_second_user_of_an_address(tables: asyncpg.Connection) -> None:
    here = hall()
    ada = here.user_of("usr_ada")
    with pytest.raises(asyncpg.CheckViolationError):
        await kept(tables, [ada.model_copy(update={"password_hash": "correct horse battery"})])
    await kept(tables, [ada])
    bob = here.user_of(here.user("bob"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await kept(tables, [bob.model_copy(update={"address_hash": ada.address_hash})])
    assert await login_of(tables, TENANT, ada.address_hash) is not None
    assert (await login_of(tables, TENANT, ada.address_hash) or ("", ""))[1] == PASSWORD_HASH
