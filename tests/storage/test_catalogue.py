"""The tables of the catalogue and of customers, on a real PostgreSQL and as the actor's own role."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from actors.invoicing.io import QUERIES, load, save
from actors.invoicing.keys import coupon_key, price_key
from actors.runtime.decision import State
from messages.billing_examples import INVOICE
from messages.envelope import Query, Reply
from tests.invoicing.shop import TENANT, Shop

MONTHLY: dict[str, Any] = {
    "product": "prod_1",
    "currency": "USD",
    "unit_amount": 1200,
    "recurring": {"interval": "month"},
}


@pytest.fixture
async def tables(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the invoicing actor's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_invoicing"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def kept(tables: asyncpg.Connection, states: Iterable[State]) -> None:
    """Saved as a batch saves them."""
    for statement in save(list(states)):
        await tables.execute(statement.sql, *statement.args)


async def asked(tables: asyncpg.Connection, name: str, **params: Any) -> Reply:
    return await QUERIES[name](tables, Query(tenant=TENANT, params=params))


async def ids(tables: asyncpg.Connection, name: str, **params: Any) -> set[str]:
    return {resource["id"] for resource in (await asked(tables, name, **params)).body["data"]}


@pytest.fixture
def shop() -> Shop:
    """With a catalogue, and a customer who lives by a clock."""
    shop = Shop()
    for product in ("prod_1", "prod_2"):
        shop.done("product.create", product, name="Pro")
    shop.done("price.create", "price_1", **MONTHLY, lookup_key="pro")
    shop.done("price.create", "price_2", **{**MONTHLY, "product": "prod_2"})
    shop.done("product.update", "prod_2", changes={"active": False})
    shop.done("coupon.create", "cpn_1", percent_off="25")
    shop.done("coupon.update", "cpn_1", changes={"valid": False})
    shop.done("tax_rate.create", "txr_1", display_name="VAT", percentage="20")
    shop.done("test_clock.create", "clock_1", now=shop.now)
    shop.done("customer.put", "abc123", name="Ada", test_clock="clock_1", address={"country": "GB"})
    return shop


async def test_all_of_it_comes_back_as_it_was_saved_and_is_found(tables: asyncpg.Connection, shop: Shop) -> None:
    await kept(tables, shop.view.values())
    assert await load(tables, list(shop.view)) == shop.view
    assert await ids(tables, "prices", product="prod_2") == {"price_2"}
    assert await ids(tables, "prices", lookup_key="pro", active=True) == {"price_1"}
    assert await ids(tables, "products", active=True) == {"prod_1"}
    assert await ids(tables, "products", active=False) == {"prod_2"}
    assert await ids(tables, "products") == {"prod_1", "prod_2"}
    assert await ids(tables, "customers", test_clock="clock_1") == {"abc123"}
    assert (await asked(tables, "customer", id="abc123")).body["name"] == "Ada"
    assert (await asked(tables, "coupon", id="cpn_1")).body["valid"] is False
    assert (await asked(tables, "coupon", id="cpn_9")).status == 404


async def test_two_active_prices_with_one_lookup_key_are_refused_by_the_table_itself(
    tables: asyncpg.Connection, shop: Shop
) -> None:
    # Given a price with a lookup key, saved
    await kept(tables, shop.view.values())
    # When another gets the same one past the rules
    state = shop.view[price_key(TENANT, "price_2")]
    twin = state.model_copy(update={"price": state.price.model_copy(update={"lookup_key": "pro"})})
    # Then it is refused, unless it is archived, or another tenant's
    with pytest.raises(asyncpg.UniqueViolationError, match="price_by_lookup_key"):
        await kept(tables, [twin])
    await kept(tables, [twin.model_copy(update={"price": twin.price.model_copy(update={"active": False})})])
    assert await ids(tables, "prices", lookup_key="pro") == {"price_1", "price_2"}


async def test_time_alone_ends_a_coupon_for_whoever_reads_it(tables: asyncpg.Connection, shop: Shop) -> None:
    # Given a coupon that is valid as it was saved, and over by now
    shop.done("coupon.create", "cpn_2", percent_off="5", redeem_by=shop.now + timedelta(days=1))
    state = shop.view[coupon_key(TENANT, "cpn_2")]
    for coupon, until in (("cpn_2", datetime(2026, 2, 1, tzinfo=UTC)), ("cpn_3", datetime(2999, 1, 1, tzinfo=UTC))):
        after = state.coupon.model_copy(update={"id": coupon, "redeem_by": until})
        await kept(tables, [state.model_copy(update={"coupon": after})])
    await tables.execute(
        "update coupon set body = jsonb_set(body, '{redeem_by}', '\"2020-01-01T00:00:00.000Z\"') where id = 'cpn_2'"
    )
    # Then it is told as it is now, alone and in lists
    told = {each["id"]: each["valid"] for each in (await asked(tables, "coupons")).body["data"]}
    assert told == {"cpn_2": False, "cpn_3": True}
    assert (await asked(tables, "coupon", id="cpn_2")).body["valid"] is False


async def test_a_statement_has_what_was_issued_and_owes_what_is_open(tables: asyncpg.Connection, shop: Shop) -> None:
    # Given invoices in every status, of two currencies, one of them another customer's
    await kept(tables, shop.view.values())
    rows = [
        *(("inv_1", "draft", "USD", 100, "abc123"), ("inv_2", "open", "USD", 200, "abc123")),
        *(("inv_3", "open", "USD", 300, "abc123"), ("inv_4", "open", "EUR", 50, "abc123")),
        *(("inv_5", "paid", "USD", 0, "abc123"), ("inv_6", "uncollectible", "USD", 9, "abc123")),
        ("inv_7", "open", "USD", 1000, "def456"),
    ]
    await _issued(tables, rows)
    # When the statement is read, two at a time
    first = (await asked(tables, "statement", id="abc123", limit=2)).body
    last = first["data"][-1]
    second = (await asked(tables, "statement", id="abc123", limit=20, after=[last["created_at"], last["id"]])).body
    # Then the newest come first, no draft is there, and the sum is of all open ones
    assert [line["id"] for line in first["data"] + second["data"]] == ["inv_6", "inv_5", "inv_4", "inv_3", "inv_2"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    owed = [{"currency": "EUR", "amount": 50}, {"currency": "USD", "amount": 500}]
    assert (first["owed"], second["owed"]) == (owed, owed)


async def _issued(tables: asyncpg.Connection, rows: list[tuple[str, str, str, int, str]]) -> None:
    for number, (id_, status, currency, remaining, customer_id) in enumerate(rows):
        moved = {
            "id": id_,
            "status": status,
            "currency": currency,
            "customer_id": customer_id,
            "subscription": None,
            "amount_remaining": remaining,
            "amount_due": remaining,
            "number": None if status == "draft" else id_,
            "created_at": INVOICE.created_at + timedelta(seconds=number),
        }
        body = INVOICE.model_copy(update=moved).model_dump_json()
        await tables.execute(
            """insert into invoice (tenant, lines, work, body, id, number, series, status, customer_id, currency, total,
            amount_due, amount_paid, amount_credited, amount_remaining, created_at, updated_at, version)
            select 'demo', '[]', '{}', $1::text::jsonb, r.* from jsonb_to_record($1::text::jsonb) as r(id text,
            number text, series text, status text, customer_id text, currency text, total bigint, amount_due bigint,
            amount_paid bigint, amount_credited bigint, amount_remaining bigint, created_at timestamptz,
            updated_at timestamptz, version bigint)""",
            body,
        )
