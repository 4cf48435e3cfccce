"""Access over real servers, with the actor's own role and user: what gateways are told, and what nobody is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from argon2 import PasswordHasher
from pydantic_core import to_json

from actors.access.logging_in import Doorkeeper
from actors.access.tries import Tries
from messages.envelope import Query, Reply
from messages.ids import new_id
from messages.key_secrets import hash_of, prefix_of, secret_of, session_id
from messages.subjects import COMMANDS, EVENTS, LATEST, PARKED
from tests.access.hall import of_key, of_rotation
from tests.access.live import TENANT, Live, alive

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def live(database: str, database_as: Callable[[str], str], nats_as: Callable[[str], str]) -> AsyncIterator[Live]:
    """The actor, as its own role and user."""
    async with alive(database, database_as, nats_as) as live:
        yield live


async def user(live: Live, role: str = "admin", password: str = PASSWORD) -> str:
    hashed = await asyncio.to_thread(PasswordHasher().hash, password)
    fields = {"email": "ada@example.com", "name": "Ada", "role": role, "password_hash": hashed}
    made = await live.ask("user.create", new_id("usr"), **fields)
    assert made["status"] == 201, made
    return made["body"]["id"]


async def test_a_revoked_key_is_told_within_a_second(live: Live) -> None:
    key = await live.key("s", "payments:write")
    known = await live.until("api_key", key, status="active")
    assert (known["hash"], known["scopes"], known["tenant"]) == (hash_of("s"), ["payments:write"], TENANT)
    began = perf_counter()
    assert (await live.ask("api_key.revoke", key))["status"] == 200
    await live.until("api_key", key, seconds=1, revoked=True, status="revoked")
    assert perf_counter() - began < 1


async def test_an_overlap_ends_by_itself_and_is_told(live: Live) -> None:
    old = await live.key("old")
    new = (await live.ask("api_key.rotate", old, **of_rotation("new", overlap_seconds=1)))["body"]["id"]
    await live.until("api_key", old, status="rotating")
    await live.until("api_key", old, status="expired")
    await live.until("api_key", new, status="active")


async def test_neither_a_secret_nor_a_password_is_anywhere(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    # Given a key, a user who logged in, and a try with another password
    secret = secret_of(b"c" * 32, livemode=False)
    await live.key(secret, prefix=prefix_of(secret))
    ada = await user(live)
    for password in (PASSWORD, "another password"):
        await live.query("log_in", email="ada@example.com", password=password)
    browser = secret_of(b"b" * 32, livemode=False)
    wish = {"user": ada, "hash": hash_of(browser), "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    assert (await live.ask("session.create", session_id(hash_of(browser)), **wish))["status"] == 201
    await live.until("session", session_id(hash_of(browser)), ended=False)
    # When all that was kept or said is searched
    found = await everything(live) + capsys.readouterr().out
    # Then the hash is there, so the search can find something, and none of the secrets is
    assert hash_of(secret) in found
    for canary in (secret, browser, PASSWORD, "another password"):
        assert canary not in found, canary
    # And what is personal is in no journal and no inbox
    kept = "select message || coalesce(outcome_body, '') from access.inbox union all select message from access.journal"
    records = str([row[0] for row in await live.owner.fetch(kept)])
    assert "user.create" in records
    assert "ada@example.com" not in records
    assert "argon2" not in records


async def everything(live: Live) -> str:
    """Every message of every stream, and every row of every table."""
    stream, texts = live.client.jetstream(timeout=5), list[str]()
    for name in (COMMANDS, EVENTS, LATEST, PARKED):
        state = (await stream.stream_info(name)).state
        for seq in range(max(1, state.first_seq), state.last_seq + 1):
            texts.append(((await stream.get_msg(name, seq)).data or b"").decode())
    ours = "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname !~ '^(pg_|information_)'"
    for (table,) in await live.owner.fetch(ours):
        rows = await live.owner.fetch(f"select row_to_json(t)::text from {table} t")
        texts += [row[0] for row in rows]
    return "\n".join(texts)


async def test_a_user_logs_in_with_their_password_alone(live: Live) -> None:
    ada = await user(live)
    right = await live.query("log_in", email="Ada@Example.com", password=PASSWORD)
    assert (right.status, right.body["id"], right.body["email"]) == (200, ada, "ada@example.com")
    for email, password, tenant in (
        ("ada@example.com", "wrong horse", TENANT),
        ("bob@example.com", PASSWORD, TENANT),
        ("ada@example.com", PASSWORD, "other"),
    ):
        wrong = await live.query("log_in", tenant=tenant, email=email, password=password)
        assert (wrong.status, wrong.body["code"]) == (401, "login_failed")


async def test_who_is_disabled_cannot_log_in(live: Live) -> None:
    ada = await user(live, "viewer")
    await live.ask("user.update", ada, changes={"disabled": True})
    assert (await live.query("log_in", email="ada@example.com", password=PASSWORD)).status == 401


async def test_who_is_disabled_while_logging_in_has_no_session_afterwards(live: Live) -> None:
    ada = await user(live, "viewer")
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    hashes = [hash_of(str(number)) for number in range(10)]
    # When both come at once, in one batch or in several
    logging_in = [live.ask("session.create", session_id(each), user=ada, hash=each, expires_at=ends) for each in hashes]
    await asyncio.gather(*logging_in[:5], live.ask("user.update", ada, changes={"disabled": True}), *logging_in[5:])
    # Then whoever was let in is out again, and gateways know it
    rows = await live.owner.fetch("select id, status from access.session")
    assert {row["status"] for row in rows} <= {"ended"}
    for row in rows:
        await live.until("session", row["id"], ended=True)


async def test_an_unknown_address_takes_as_long_as_a_known_one(live: Live) -> None:
    await user(live)

    async def fastest(email: str) -> float:
        seconds: list[float] = []
        for each in range(4):
            began = perf_counter()
            await live.query("log_in", email=email, password="wrong horse", address=f"{email}{each}")
            seconds.append(perf_counter() - began)
        return min(seconds)

    known, unknown = await fastest("ada@example.com"), await fastest("bob@example.com")
    assert 0.5 < known / unknown < 2, (known, unknown)


async def test_one_address_has_so_many_tries_a_minute(live: Live) -> None:
    tries = [
        live.query("log_in", email=f"{each}@example.com", password="wrong horse", address="203.0.113.9")
        for each in range(12)
    ]
    statuses = [reply.status for reply in await asyncio.gather(*tries)]
    assert sorted(statuses) == [401] * 10 + [429] * 2
    elsewhere = await live.query("log_in", email="x@example.com", password="wrong horse", address="203.0.113.1")
    assert elsewhere.status == 401


async def test_nobody_is_locked_out_of_where_they_have_logged_in_before(live: Live) -> None:
    # Given somebody who may be tried three times a minute, and has logged in at home
    await user(live)
    await live.owner.execute("set search_path to access")
    door, home, away = Doorkeeper(of_user=Tries(3)), "203.0.113.50", "203.0.113.51"

    async def tried(password: str, address: str) -> int:
        wish = {"email": "ada@example.com", "password": password, "address": address}
        told = await door.log_in(live.owner, Query(tenant=TENANT, params=wish))
        return (told if isinstance(told, Reply) else await told()).status

    assert await tried(PASSWORD, home) == 200
    # When others try to be them until they are no longer heard
    assert [await tried("wrong horse", f"198.51.100.{each}") for each in range(4)] == [401, 401, 429, 429]
    # Then they are let in at home and nowhere else, and at home too has no more tries than any address
    assert await tried(PASSWORD, away) == 429
    assert await tried(PASSWORD, home) == 200
    assert [await tried("wrong horse", home) for _ in range(10)] == [401] * 8 + [429] * 2


async def test_what_latest_lost_or_has_from_before_is_told_again_at_the_next_start(live: Live) -> None:
    # Given a revoked key, and one that LATEST loses
    revoked, lost = await live.key("revoked"), await live.key("lost")
    earlier = await live.until("api_key", revoked, status="active")
    await live.ask("api_key.revoke", revoked)
    await live.until("api_key", revoked, status="revoked")
    await live.stop()
    stream = live.client.jetstream(timeout=5)
    await stream.purge_stream(LATEST)
    # When LATEST is put back to what it was before
    await stream.publish(f"pocketpay.latest.{TENANT}.api_key.{revoked}", to_json(earlier))
    live.start()
    # Then the next start puts it right
    await live.until("api_key", revoked, status="revoked")
    await live.until("api_key", lost, status="active")


async def test_a_stream_that_has_lost_every_word_is_told_them_again_within_seconds(live: Live) -> None:
    key = await live.key("kept")
    await live.until("api_key", key, status="active")
    await live.client.jetstream(timeout=5).purge_stream(LATEST)
    await live.until("api_key", key, status="active")


async def test_two_tenants_never_see_each_others(live: Live) -> None:
    await live.ask("tenant.create", "other", tenant="other", name="Other", mode="test")
    theirs = await live.key("theirs", tenant="other")
    ours = await live.key("ours")
    assert (await live.query("api_key", id=theirs)).status == 404
    assert [each["id"] for each in (await live.query("api_keys")).body["data"]] == [ours]
    assert (await live.ask("api_key.revoke", theirs))["status"] == 404
    assert await live.latest("api_key", theirs) is None
    audited = (await live.query("audit")).body["data"]
    assert {each["subject"] for each in audited} == {ours, theirs}
    assert [each["outcome_code"] for each in audited if each["subject"] == theirs] == ["not_found"]


async def test_the_audit_log_says_who_did_what_from_where_and_what_became_of_it(live: Live) -> None:
    # Given a command that was done, one that was refused, and the note of a gateway
    key = await live.key("s")
    await live.ask("api_key.create", key, **of_key("s", metadata={"address": "198.51.100.1", "nul": "\0"}))
    await live.ask("api_key.used", TENANT, used=[{"key": key, "at": datetime.now(UTC).isoformat()}])
    await user(live)
    # Then all but the note is there, newest first
    entries = (await live.query("audit")).body["data"]
    assert [(each["type"], each["status"], each["outcome_status"], each["outcome_code"]) for each in entries] == [
        ("user.create", "done", 201, None),
        ("api_key.create", "refused", 409, "already_exists"),
        ("api_key.create", "done", 201, None),
    ]
    assert {(each["principal"], each["address"], each["actor"]) for each in entries} == {
        ("user:usr_ada", "203.0.113.7", "access")
    }
    # And an address that only the data has is nobody's
    live.address = None
    other = await live.key("other", metadata={"address": "198.51.100.1"})
    [unknown] = (await live.query("audit", subject=other)).body["data"]
    assert unknown["address"] is None
    entries = [unknown, *entries]
    # And it can be narrowed
    assert len((await live.query("audit", type="api_key.*")).body["data"]) == 3
    assert len((await live.query("audit", status=["refused"], subject=key)).body["data"]) == 1
    assert (await live.query("audit", principal="key:other")).body["data"] == []


async def test_pages_of_the_audit_log_miss_nothing_of_what_came_in_one_batch(live: Live) -> None:
    made = await asyncio.gather(*(live.key(str(number)) for number in range(20)))
    whole = (await live.query("audit", limit=100)).body["data"]
    assert {each["subject"] for each in whole} == set(made)
    assert len({each["created_at"] for each in whole}) < len(whole)
    seen, after = [], None
    while True:
        page = (await live.query("audit", limit=1, after=after)).body
        seen += page["data"]
        if not page["has_more"]:
            break
        after = (page["data"][-1]["created_at"], page["data"][-1]["id"])
    assert seen == whole
