"""Finding what somebody has in hand, each way of looking by an index of its own and ended after a page.

Ids begin alike only with those of their kind and time, so a beginning is a range of the primary key. That holds for
databases that sort by code points, as `initdb --locale=C` makes them; elsewhere less may be found, never more.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import asyncpg

SEARCH_SECONDS: Final = 3


class Row(NamedTuple):
    """A hit as its table has it: `name` if it has one, else its money, and then `status` and `customer_id`."""

    object: str
    id: str
    name: str | None
    amount: int | None
    currency: str | None
    status: str | None
    customer_id: str | None


_BEGINS: Final = "tenant = $1 and id >= $2 and id < $2 || U&'\\+10FFFF' and starts_with(id, $2)"
# `|| ''`: else the planner may read all of a tenant by the primary key while a table is small, and go on so.
_REFERENCE: Final = "tenant || '' = $1 and provider = any($4::text[]) and provider_reference = $2"
_CUSTOMER: Final = "tenant || '/' || customer_id = $1 || '/' || $2"
_EMAIL: Final = "tenant || '/' || lower(body ->> 'email') = $1 || '/' || lower($2) and body ->> 'email' is not null"
_NUMBER: Final = "tenant || '/' || number = $1 || '/' || $2 and number is not null"

_THERE: Final = "coalesce(work ->> 'deleted', 'false') = 'false'"
_LATEST: Final = "created_at desc, id desc"


class Kind(NamedTuple):
    """A table, and where it has what is shown of its rows; `told` are those that anybody may know of."""

    table: str
    name: str = "null"
    amount: str = "null"
    status: str = "null"
    customer: str = "null"
    told: str = "true"


def _way(kind: Kind, where: str, order: str = "id") -> str:
    currency = "null" if kind.amount == "null" else "currency"
    shown = f"({kind.name})::text, ({kind.amount})::bigint, {currency}::text, ({kind.status})::text"
    return (
        f"(select '{kind.table}', id, {shown}, ({kind.customer})::text from {kind.table} "
        f"where {where} and {kind.told} order by {order} limit $3)"
    )


_PAYMENT, _REFUND, _DISPUTE = (
    Kind(table, amount="amount", status="status", customer="customer_id") for table in ("payment", "refund", "dispute")
)
_PAYOUT: Final = _PAYMENT._replace(table="payout", told="version > 0")
_CUSTOMERS: Final = Kind("customer", name="body ->> 'name'", status="body ->> 'email'")
_INVOICE: Final = Kind("invoice", "number", "total", "status", "customer_id", _THERE)
_CREDIT_NOTE: Final = _INVOICE._replace(table="credit_note", told="true")
_SUBSCRIPTION: Final = Kind("subscription", status="status", customer="customer_id")

WAYS: Final[Mapping[str, Sequence[str]]] = {
    "payments": (
        *(_way(kind, _BEGINS) for kind in (_PAYMENT, _REFUND, _PAYOUT, _DISPUTE)),
        *(
            _way(kind, f"{_REFERENCE} and provider_reference is not null")
            for kind in (_PAYMENT, _REFUND, _PAYOUT, _DISPUTE)
        ),
        _way(_PAYMENT, _CUSTOMER, _LATEST),
        _way(Kind("difference", "class", "amount", "status"), _BEGINS),
    ),
    "ledger": (
        # The primary key of transactions has no tenant: a beginning of theirs would lead through everybody's.
        _way(Kind("transaction", "description", status="source_kind"), "id = $2 and tenant || '' = $1"),
        _way(Kind("hold", amount="amount", status="status", customer="customer_id"), _BEGINS),
        _way(Kind("transfer", amount="amount", status="status", customer="from_customer"), _BEGINS),
    ),
    "invoicing": (
        *(_way(_CUSTOMERS, where) for where in (_BEGINS, _EMAIL)),
        *(_way(_INVOICE, where) for where in (_BEGINS, _NUMBER)),
        _way(_INVOICE, _CUSTOMER, _LATEST),
        *(_way(_CREDIT_NOTE, where) for where in (_BEGINS, _NUMBER)),
        _way(_SUBSCRIPTION, _BEGINS),
        _way(_SUBSCRIPTION, _CUSTOMER, _LATEST),
        *(_way(Kind(table), _BEGINS) for table in ("price", "coupon", "tax_rate")),
        _way(Kind("product", "body ->> 'name'"), _BEGINS),
        _way(Kind("test_clock", "body ->> 'name'", told="not deleted"), _BEGINS),
    ),
    "notifications": (
        _way(Kind("webhook_endpoint", "body ->> 'url'", status="status", told="not deleted"), _BEGINS),
        _way(Kind("webhook_delivery", "body ->> 'type'", status="status"), _BEGINS),
        _way(Kind("mail", "body ->> 'template'", status="status", customer="customer_id"), _BEGINS),
    ),
}
"""By actor; `$2` is what is looked for, `$3` how many of each way, `$4` the accounts with providers."""

_COMMANDS: Final = """(select 'command', id, idempotency_key, null::bigint, null::text, type, null::text
from inbox where id = any(array[$2, $5]) and tenant || '' = $1 limit $3)"""

_PARAMETERS: Final = "(select null, null, null, null::bigint, null, null, null where $4::text[] is null and false)"


def search_sql(actor: str) -> str:
    """All ways of an actor, in one statement."""
    return "\nunion all ".join([_PARAMETERS, _COMMANDS, *WAYS.get(actor, ())])


async def search(
    connection: asyncpg.Connection, actor: str, tenant: str, wanted: str, command: str, limit: int
) -> list[Row]:
    """Hits of every way, perhaps twice; `command` is the id that `wanted` would have as an idempotency key."""
    accounts = [row[0] for row in await connection.fetch(_ACCOUNTS)] if actor == "payments" else []
    args = (tenant, wanted, limit, accounts, command)
    return [Row(*row) for row in await connection.fetch(search_sql(actor), *args, timeout=SEARCH_SECONDS)]


_ACCOUNTS: Final = """
with recursive each as (
    (select provider from payment where provider_reference is not null order by provider limit 1)
    union all
    select (select p.provider from payment p where p.provider_reference is not null and p.provider > each.provider
            order by p.provider limit 1)
    from each where each.provider is not null)
select provider from each where provider is not null"""
"""One probe of the index by reference for each account that ever made a charge known."""
