"""A million events and their meter: the line that an invoice gets, and the same added up from the events."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import typer

from actors.invoicing.desk import Desk
from actors.invoicing.io import load, save
from actors.invoicing.keys import price_key, product_key
from actors.invoicing.metering import Meter
from actors.invoicing.states import PriceState, ProductState
from actors.invoicing.terms import Terms
from actors.invoicing.usage_lines import measured, usage_keys
from actors.invoicing.usage_states import MeterState, UsageMeter, meter_id
from bench.line import Bar, Line, never
from bench.servers import Servers, verifier_url
from messages.invoices import InvoiceLine
from messages.products import Price, Product, Recurring
from messages.spans import MaybeSpan
from storage.usage_checks import METERED
from storage.verify import findings, snapshot

PART: Final = "usage"
TENANT: Final = "demo"
EVENTS: Final = 1_000_000
TOTAL: Final = "124875000"
MEASURE_SECONDS: Final = 2.0
FILL_SECONDS: Final = 300.0
FILL: Final = Path(__file__).with_name("events.sql")
_START, _END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
_TIMES: Final[dict[str, Any]] = {"created_at": _START, "updated_at": _START}
_LINE: Final = InvoiceLine(
    id="il_1",
    invoice="inv_1",
    type="usage",
    description="Calls",
    price="price_1",
    subscription="sub_1",
    subscription_item="si_1",
    amount=0,
    currency="USD",
    period=MaybeSpan(start=_START, end=_END),
)


async def measure(here: Servers, rounds: int) -> list[Line]:
    """Seconds of each, and how many meters were not what their events add up to."""
    database = await asyncpg.connect(here.owner_url, timeout=10)
    await database.execute("set search_path = invoicing")
    try:
        await _fill(database)
        lines = [await _seconds_of_a_line(database) for _ in range(rounds)]
        checked = [await _seconds_of_the_check(here) for _ in range(rounds)]
    finally:
        await database.close(timeout=10)
    typer.echo(f"usage: a line in {lines[-1] * 1000:.1f} ms, all events added up in {checked[-1][0]:.2f} s")
    bar = Bar(of="median", must_be="≤", value=MEASURE_SECONDS)
    return [
        Line(part=PART, figure=f"{EVENTS:,} events to the line of an invoice, s", ours=lines, bar=bar),
        Line(part=PART, figure="the same added up from the events (U1), s", ours=[each[0] for each in checked]),
        Line(part=PART, figure="meters that are not their events", ours=[each[1] for each in checked], bar=never()),
    ]


async def _fill(database: asyncpg.Connection) -> None:
    recurring = Recurring(interval="month", usage_type="metered", aggregate_usage="sum")
    plain: dict[str, Any] = {"product": "prod_1", "type": "recurring", "currency": "USD", **_TIMES}
    price = Price(id="price_1", unit_amount=2, recurring=recurring, **plain)
    meter = UsageMeter(
        id=meter_id("si_1", _START),
        subscription="sub_1",
        subscription_item="si_1",
        price=price.id,
        currency="USD",
        aggregation="sum",
        period_start=_START,
        period_end=_END,
        figures=Meter(events=EVENTS, total=TOTAL),
        created_at=_START,
    )
    states = [
        ProductState(tenant=TENANT, product=Product(id="prod_1", name="Calls", **_TIMES)),
        PriceState(tenant=TENANT, price=price),
        MeterState(tenant=TENANT, usage_meter=meter),
    ]
    for statement in save(states):
        await database.execute(statement.sql, *statement.args, timeout=FILL_SECONDS)
    await database.execute(FILL.read_text(), meter.id, EVENTS, timeout=FILL_SECONDS)
    await database.execute("vacuum analyze", timeout=FILL_SECONDS)


async def _seconds_of_a_line(database: asyncpg.Connection) -> float:
    """What finalising does for it: reads what it is measured by, and measures."""
    keys = {price_key(TENANT, "price_1"), product_key(TENANT, "prod_1"), *usage_keys(TENANT, [_LINE], {})}
    began = time.perf_counter()
    line = measured(Desk(TENANT, Terms(), await load(database, keys), _START), _LINE)
    seconds = time.perf_counter() - began
    assert (line.quantity, line.amount) == (TOTAL, 2 * int(TOTAL)), line
    return seconds


async def _seconds_of_the_check(here: Servers) -> tuple[float, float]:
    async with snapshot(verifier_url(here)) as connection:
        began = time.perf_counter()
        (found,) = await findings(connection, METERED, 30)
        return time.perf_counter() - began, float(found.figure)
