"""Many subscriptions in the tables as if they had run for a while; some of them fall due at a moment of ours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from actors.invoicing.calendar import boundary
from actors.invoicing.io import save
from actors.invoicing.states import CustomerState, PriceState, ProductState, SubscriptionState
from actors.runtime.decision import State
from messages.customers import Customer
from messages.products import Price, Product, Recurring
from messages.spans import Span
from messages.subjects import partition_of
from messages.subscriptions import Subscription, SubscriptionItem, SubscriptionStatus
from storage.work import Alarm, set_alarms

TENANT: Final = "demo"
AT_ONCE: Final = 2_000
FILL_SECONDS: Final = 60.0
_BEGAN: Final = datetime(2025, 1, 15, tzinfo=UTC)
_MONTHLY: Final = Recurring(interval="month")
_TIMES: Final[dict[str, Any]] = {"created_at": _BEGAN, "updated_at": _BEGAN}


async def fill(database: asyncpg.Connection, count: int, due: int, due_at: datetime, prefix: str = "b") -> None:
    """So many active subscriptions of a customer each, the first `due` of which are renewed at that moment."""
    await database.execute("set search_path = invoicing")
    await _write(database, list(_catalogue()))
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        ends = {number: due_at if number < due else due_at + timedelta(days=20) for number in numbers}
        made = [_subscribed(f"{prefix}{number:07}", ends[number]) for number in numbers]
        await _write(database, [state for states in made for state in states])
        alarms = [Alarm(TENANT, f"sub_{prefix}{number:07}", partition_of(TENANT), ends[number]) for number in numbers]
        statement = set_alarms(alarms)
        await database.execute(statement.sql, *statement.args, timeout=FILL_SECONDS)
    await database.execute("analyze", timeout=FILL_SECONDS)


async def _write(database: asyncpg.Connection, states: list[State]) -> None:
    for statement in save(states):
        await database.execute(statement.sql, *statement.args, timeout=FILL_SECONDS)


def _catalogue() -> Iterator[State]:
    product = Product(id="prod_bench", name="Pro", **_TIMES)
    price = Price(
        id="price_bench",
        product=product.id,
        type="recurring",
        currency="USD",
        unit_amount=1200,
        recurring=_MONTHLY,
        **_TIMES,
    )
    yield ProductState(tenant=TENANT, product=product)
    yield PriceState(tenant=TENANT, price=price)


def _subscribed(name: str, period_end: datetime) -> Iterator[State]:
    """A customer and their subscription, in the last period before `period_end`."""
    customer = Customer(id=f"c{name}", **_TIMES)
    start = boundary(period_end, _MONTHLY, None, -1)
    subscription = Subscription(
        id=f"sub_{name}",
        status=SubscriptionStatus.ACTIVE,
        customer_id=customer.id,
        currency="USD",
        collection_method="send_invoice",
        days_until_due=30,
        items=[SubscriptionItem(id=f"si_{name}", price="price_bench", quantity=3)],
        billing_cycle_anchor=period_end,
        start_date=start,
        current_period=Span(start=start, end=period_end),
        **_TIMES,
    )
    yield CustomerState(tenant=TENANT, customer=customer)
    yield SubscriptionState(tenant=TENANT, subscription=subscription)
