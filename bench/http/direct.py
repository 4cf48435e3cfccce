"""The direct way: one aiohttp process, a pool of connections, one commit per payment, no messages.

`python -m bench.http.direct PORT CONNECTIONS` with DIRECT_DATABASE_URL. It is written to be fast: three statements per
payment, and the two accounts that all payments share are locked last and always in the same order. The provider is
the same simulated one, asked before the transaction and noted nowhere; a process that dies between the two has
charged a card and knows nothing of it, so with a real one a second commit would be needed.
"""

import asyncio
import hashlib
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import uvloop
from aiohttp import web
from pydantic import ValidationError

from actors.payments.provider import Charge
from actors.payments.simulated import Simulated
from messages.ids import new_id
from messages.payments import CreatePayment, Payment, PaymentStatus
from messages.wire import json_of

TENANT = "demo"
DEADLINE_SECONDS = 10
DATABASE_URL = "DIRECT_DATABASE_URL"
PROVIDER_FILE = "DIRECT_PROVIDER_FILE"
TABLES = Path(__file__).with_name("direct.sql")

POOL = web.AppKey("pool", asyncpg.Pool)
PROVIDER = web.AppKey("provider", Simulated)

CLAIM = """
insert into idempotency (tenant, key, fingerprint, status, body, created_at) values ($1, $2, $3, 201, $4, $5)
on conflict do nothing returning true"""
STORED = "select fingerprint, status, body from idempotency where tenant = $1 and key = $2"
KEEP = """
insert into payment (tenant, id, customer_id, status, amount, amount_captured, currency, provider,
                     provider_reference, created_at, updated_at, version, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 1, $11)"""
POST = """
with debited as (
    update account set balance = balance + $4, version = version + 1
     where tenant = $1 and path = 'assets:psp:simulated:pending' and currency = $5
    returning path, version, balance),
credited as (
    update account a set balance = a.balance + $4, version = a.version + 1 from debited
     where a.tenant = $1 and a.path = 'income:sales' and a.currency = $5
    returning a.path, a.version, a.balance),
posted as (insert into transaction values ($2, $1, 'payment', $3, 'captured', $6))
insert into entry
select $1, path, $5, version, $2, 0, 'debit', $4, balance, $6 from debited
union all select $1, path, $5, version, $2, 1, 'credit', $4, balance, $6 from credited"""


async def create_payment(request: web.Request) -> web.Response:
    """`POST /api/v1/payments`: 201, the same for the same key; 422 for another request with that key."""
    raw = await request.read()
    try:
        wish = CreatePayment.model_validate_json(raw)
    except ValidationError as error:
        return web.json_response(text=error.json(), status=422)
    key, fingerprint = request.headers["Idempotency-Key"], hashlib.sha256(raw).hexdigest()
    payment = await _charged(request.app[PROVIDER], wish, key)
    body = payment.model_dump_json()
    async with request.app[POOL].acquire(timeout=DEADLINE_SECONDS) as connection:
        if not await _book(connection, key, fingerprint, payment, body):
            return await _again(connection, key, fingerprint)
    return web.json_response(text=body, status=201)


async def _charged(provider: Simulated, wish: CreatePayment, key: str) -> Payment:
    payment, method = new_id("pay"), wish.payment_method or "pm_card_visa"
    charge = Charge(
        payment=payment,
        amount=wish.amount,
        currency=wish.currency,
        customer_id=wish.customer_id,
        payment_method=method,
        capture=True,
    )
    taken = await provider.perform("charge", key, json_of(charge))
    now = datetime.now(UTC)
    return Payment(
        id=payment,
        metadata=wish.metadata,
        created_at=now,
        updated_at=now,
        status=PaymentStatus.SUCCEEDED,
        amount=wish.amount,
        amount_captured=wish.amount,
        currency=wish.currency,
        customer_id=wish.customer_id,
        payment_method=method,
        provider="simulated",
        provider_reference=taken["reference"],
        description=wish.description,
    )


async def _book(
    connection: asyncpg.pool.PoolConnectionProxy, key: str, fingerprint: str, payment: Payment, body: str
) -> bool:
    at = payment.created_at
    async with connection.transaction():
        if not await connection.fetchval(CLAIM, TENANT, key, fingerprint, body, at):
            return False
        amounts = payment.amount, payment.amount_captured, payment.currency
        origin = payment.provider, payment.provider_reference
        await connection.execute(
            KEEP, TENANT, payment.id, payment.customer_id, payment.status, *amounts, *origin, at, body
        )
        await connection.execute(POST, TENANT, new_id("txn"), payment.id, payment.amount, payment.currency, at)
    return True


async def _again(connection: asyncpg.pool.PoolConnectionProxy, key: str, fingerprint: str) -> web.Response:
    stored = await connection.fetchrow(STORED, TENANT, key)
    if stored is None or stored["fingerprint"] != fingerprint:
        return web.json_response({"code": "idempotency_mismatch"}, status=422)
    return web.json_response(text=stored["body"], status=stored["status"])


async def ready(_: web.Request) -> web.Response:
    """`GET /readyz`: 200 once it listens."""
    return web.Response()


async def serve(port: int, pool_size: int) -> None:
    """Until SIGTERM."""
    async with asyncpg.create_pool(
        os.environ[DATABASE_URL], min_size=pool_size, max_size=pool_size, command_timeout=DEADLINE_SECONDS
    ) as pool:
        app = web.Application()
        app[POOL], app[PROVIDER] = pool, Simulated(Path(os.environ[PROVIDER_FILE]))
        app.add_routes([web.post("/api/v1/payments", create_payment), web.get("/readyz", ready)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
