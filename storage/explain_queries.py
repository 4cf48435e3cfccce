"""What moved an account, gathered by what it was posted for."""

from typing import Final

from asyncpg import Connection

from messages.ledger import Side
from messages.wire import Instant, Json
from storage.entry_search import last_version
from storage.json_rows import many, one

SHOWN_MAX: Final = 20

_BEFORE: Final = "case when {time}::timestamptz is null then {otherwise} else {search} end"
_LOW: Final = _BEFORE.format(time="$4", otherwise="0", search=last_version("m.recorded_at < $4"))
_HIGH: Final = _BEFORE.format(time="$5", otherwise="a.version", search=last_version("m.recorded_at < $5"))

_ENDS: Final = f"""
select json_build_object('low', ends.low, 'high', ends.high,
    'opening', (select e.balance_after from entry e where e.tenant = $1 and e.path = $2 and e.currency = $3
                and e.account_version = ends.low),
    'closing', (select e.balance_after from entry e where e.tenant = $1 and e.path = $2 and e.currency = $3
                and e.account_version = ends.high))::text
from (select {_LOW} as low, {_HIGH} as high from account a
      where a.tenant = $1 and a.path = $2 and a.currency = $3 offset 0) ends"""

# A card's money that went into a wallet is told from a sale by its second line; what a wallet paid has no event.
_GROUPS: Final = f"""
with moved as (
    select e.transaction, max(e.account_version) as version,
        sum(case e.side when $4 then e.amount else -e.amount end) as amount
    from entry e where e.tenant = $1 and e.path = $2 and e.currency = $3
        and e.account_version > $5 and e.account_version <= $6
    group by e.transaction),
numbered as (
    select g.*, row_number() over (partition by g.type, g.kind, g.to_wallet order by g.version desc) as place
    from (select t.source_type as type, split_part(t.source_kind, ':', 1) as kind,
              t.source_type = 'payment' and t.event is not null and coalesce((
                  select o.path like 'liabilities:wallets:%' from entry o
                  where o.transaction = t.id and o.line = 1), false) as to_wallet,
              m.amount, m.version, t.id, t.event, t.command, t.provider_reference
          from moved m join transaction t on t.id = m.transaction) g)
select json_build_object('type', n.type, 'kind', n.kind, 'to_wallet', n.to_wallet, 'count', count(*),
    'amount', sum(n.amount), 'newest', json_agg(json_build_object('version', n.version, 'transaction', n.id,
        'event', n.event, 'command', n.command, 'provider_reference', n.provider_reference)
        order by n.version desc) filter (where n.place <= {SHOWN_MAX}))::text
from numbered n group by n.type, n.kind, n.to_wallet"""


async def find_ends(
    connection: Connection, tenant: str, path: str, currency: str, span: tuple[Instant | None, Instant | None]
) -> Json:
    """`low` and `high`: the versions after which the span begins and with which it ends; `opening`, `closing`."""
    found = await one(connection, _ENDS, tenant, path, currency, *span)
    nothing: Json = {"low": 0, "high": 0}
    return found or nothing


async def find_groups(
    connection: Connection, tenant: str, path: str, currency: str, side: Side, versions: tuple[int, int]
) -> list[Json]:
    """What was posted between two versions, by type and kind of its source; amounts positive on the side."""
    return await many(connection, _GROUPS, tenant, path, currency, side, *versions)
