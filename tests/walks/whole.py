"""What must hold after everything: each key one payment, each payment once in the books and once at the provider."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from asyncpg import Connection

from actors.payments.simulated_journal import journal
from messages.wire import Json
from pocketpay.running import database_url
from pocketpay.settings import Settings, simulated_file
from pocketpay.status.asking import ask_all
from storage import verify
from storage.migrate import VERIFIER
from tests.walks.load import Load
from tests.walks.system import System, rows

HEALED_SECONDS = 30
ASKED_AGAIN = 20

_PAYMENTS = """
select i.idempotency_key as key, count(distinct i.id) as commands, count(p.id) as payments, min(p.id) as payment
from payments.inbox i left join payments.payment p on p.tenant = i.tenant and p.id = i.subject
where i.idempotency_key = any($1) group by i.idempotency_key"""

_POSTED = """
select t.source_id as payment, count(distinct t.id) as transactions,
    sum(e.amount) filter (where e.side = 'debit') as sum
from ledger.transaction t join ledger.entry e on e.transaction = t.id
where t.source_type = 'payment' and t.source_id = any($1) group by t.source_id"""


async def must_be_whole(system: System, load: Load) -> None:
    """Waits for what is still on its way, at most half a minute, and then everything must fit."""
    await until_all_ready(system)
    succeeded = {key: body for key, (status, body) in load.told.items() if status == 201}
    declined = {key: body for key, (status, body) in load.told.items() if status == 402}
    assert len(load.told) == len(succeeded) + len(declined) == load.count
    paid = {str(body["id"]): int(body["amount"]) for body in succeeded.values()}
    unpaid = {str(body["payment"]["id"]) for body in declined.values()}
    assert len(paid) == len(succeeded)
    async with system.books() as books:
        await becomes(lambda: _unsettled(books), 0)
        await becomes(lambda: _posted(books, [*paid, *unpaid]), paid)
        payments = {row["key"]: (row["commands"], row["payments"], row["payment"]) for row in await _made(books, load)}
        made = await books.fetchval("select count(*) from payments.payment where customer_id = $1", load.customer_id)
    told = {key: (1, 1, body["id"]) for key, body in succeeded.items()}
    told |= {key: (1, 1, body["payment"]["id"]) for key, body in declined.items()}
    assert payments == told
    assert made == load.count
    captured = Counter(
        line["payment"]
        for line in journal(simulated_file(Settings(data_dir=system.data_dir)))
        if line["kind"] == "captured"
    )
    assert {payment: captured[payment] for payment in paid} == dict.fromkeys(paid, 1)
    assert unpaid.isdisjoint(captured)
    await _must_answer_the_same(system, load)
    await must_verify(system)


async def must_verify(system: System) -> None:
    """All invariants, waiting for nothing to be on its way any more; then as an operator asks for them."""
    await becomes(lambda: _breaches(system), [])
    assert (await system.command("verify"))[0] == 0


async def until_all_ready(system: System) -> None:
    """All processes answer that they are ready, by themselves."""

    async def unready() -> list[str]:
        return [each.name for each in await ask_all(system.data_dir, system.running) if each.state != "ready"]

    await becomes(unready, [])


async def becomes(found: Callable[[], Awaitable[object]], expected: object) -> None:
    """Asks again and again until it is so; past the deadline it fails with what it is instead."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HEALED_SECONDS
    while (now := await found()) != expected:
        if loop.time() > deadline:
            assert now == expected, now
        await asyncio.sleep(0.2)


async def _unsettled(books: Connection) -> int:
    return await rows(books, "payments.payment where status = 'processing'")


async def _posted(books: Connection, payments: list[str]) -> dict[str, int]:
    rows = await books.fetch(_POSTED, payments)
    return {row["payment"]: int(row["sum"]) if row["transactions"] == 1 else -1 for row in rows}


async def _made(books: Connection, load: Load) -> list[Json]:
    return [dict(row) for row in await books.fetch(_PAYMENTS, list(load.told))]


async def _must_answer_the_same(system: System, load: Load) -> None:
    """Whoever asks again with an old key hears the old answer, whatever has been killed since."""
    unnamed = {"request_id": None}
    for number in range(0, load.count, max(1, load.count // ASKED_AGAIN)):
        key = f"{load.name}-{number}"
        again = await system.post("/api/v1/payments", load.order(number), Idempotency_Key=key)
        status, body = load.told[key]
        assert again.headers.get("Idempotent-Replayed") == "true"
        assert (again.status, again.body | unnamed) == (status, body | unnamed)


async def _breaches(system: System) -> list[str]:
    findings = await verify.run(database_url(system.data_dir, system.running, VERIFIER), stale_seconds=0)
    return [f"{each.id} {each.title}: {each.detail}" for each in findings if each.figure]
