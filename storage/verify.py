"""Does the money add up? Read-only checks over all schemas; every figure must be zero."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from asyncpg import Connection

from messages.ledger import POSTED_EVENTS

STATEMENT_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `figure` counts the breaches; `detail` names the first few, else is empty."""

    id: str
    title: str
    figure: int
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """`breaches` is a query of one text column, one row each; $1 is the age in seconds that is too old."""

    id: str
    title: str
    breaches: str


CHECKS: Final = (
    Check(
        "I1",
        "every transaction balances per currency and has at least two entries",
        """
        select format('%s: %s', t.id, coalesce(s.wrong, 'fewer than two entries'))
        from ledger.transaction t left join lateral (
            select sum(lines) as lines, string_agg(format('%s off by %s', currency, off), ', ')
                filter (where off <> 0) as wrong
            from (select e.currency, count(*) as lines,
                         sum(case e.side when 'debit' then e.amount else -e.amount end) as off
                  from ledger.entry e where e.transaction = t.id group by e.currency) c) s on true
        where coalesce(s.lines, 0) < 2 or s.wrong is not null""",
    ),
    Check(
        "I1",
        "debits equal credits per tenant and currency",
        """
        select format('%s %s off by %s', tenant, currency, sum(debit))
        from (select a.tenant, a.currency,
                     case a.normal_side when 'debit' then a.balance else -a.balance end as debit
              from ledger.account a) balances
        group by tenant, currency having sum(debit) <> 0""",
    ),
    Check(
        "I2",
        "stored balances and versions are those of the entries",
        """
        select format('%s %s %s', a.tenant, a.path, a.currency)
        from ledger.account a left join (
            select e.tenant, e.path, e.currency, count(*) as lines,
                   sum(case e.side when 'debit' then e.amount else -e.amount end) as debit
            from ledger.entry e group by e.tenant, e.path, e.currency) s using (tenant, path, currency)
        where a.version is distinct from s.lines
           or a.balance is distinct from case a.normal_side when 'debit' then s.debit else -s.debit end""",
    ),
    Check(
        "I2",
        "the running balances of the entries chain",
        """
        select format('%s: %s %s %s', id, path, currency, account_version)
        from (select e.*, case e.side when a.normal_side then e.amount else -e.amount end as signed,
                     coalesce(lag(e.balance_after) over w, 0) as before,
                     row_number() over w as expected_version
              from ledger.entry e left join ledger.account a using (tenant, path, currency)
              window w as (partition by e.tenant, e.path, e.currency order by e.account_version)) chained
        where before + signed <> balance_after or account_version <> expected_version""",
    ),
    Check(
        "I2",
        "open holds add up to what the wallets hold",
        """
        select format('%s %s %s', tenant, customer_id, currency)
        from (select h.tenant, h.customer_id, h.currency, sum(h.amount) as promised
              from ledger.hold h where h.status = 'open' group by h.tenant, h.customer_id, h.currency) h
        full join (select a.tenant, split_part(a.path, ':', 3) as customer_id, a.currency, a.balance
                   from ledger.account a where a.path like 'liabilities:wallet\\_holds:%') a
            using (tenant, customer_id, currency)
        where coalesce(h.promised, 0) <> coalesce(a.balance, 0)""",
    ),
    Check(
        "I3",
        "no account was ever below its floor",
        """
        select format('%s: %s %s at %s', e.id, e.path, e.currency, e.balance_after)
        from ledger.entry e join ledger.account a using (tenant, path, currency)
        where e.balance_after < a.floor""",
    ),
    *(
        Check(
            "I4",
            f"every command that {schema} accepted came to its end",
            f"""
            select format('%s %s of %s', i.type, i.id, i.received_at)
            from {schema}.inbox i
            where i.status = 'running'
              and not exists (select from {schema}.call c where c.command_id = i.id and c.closed_at is null)
              and clock_timestamp() - make_interval(secs => $1) > greatest(i.received_at,
                  (select max(c.closed_at) from {schema}.call c where c.command_id = i.id),
                  (select max(j.recorded_at) from {schema}.journal j where j.causation_id = i.id))""",
        )
        for schema in ("payments", "ledger")
    ),
    Check(
        "I6",
        "no payment succeeded twice",
        """
        select format('%s: %s times', entity, count(*))
        from payments.journal where type = 'payment.succeeded' group by tenant, entity having count(*) > 1""",
    ),
    Check(
        "I6",
        "no command made two payments",
        """
        select format('%s: %s payments', causation_id, count(distinct entity))
        from payments.journal where type = 'payment.created' and causation_id is not null
        group by tenant, causation_id having count(distinct entity) > 1""",
    ),
    Check(
        "I6",
        "nobody was told that a payment could not be made although it took money",
        """
        select format('%s was answered 409, %s took %s', i.id, p.id, p.amount_captured)
        from payments.inbox i join payments.payment p on p.tenant = i.tenant and p.id = i.subject
        where i.type = 'payment.create' and i.outcome_status = 409 and p.amount_captured > 0""",
    ),
    Check(
        "I6",
        "no charge of a provider belongs to two payments",
        """
        select format('%s %s: %s payments', provider, provider_reference, count(*))
        from payments.payment where provider_reference is not null
        group by provider, provider_reference having count(*) > 1""",
    ),
    Check(
        "I6",
        "refunds <= captured <= authorised, and the refunded sum is that of the refunds",
        """
        select format('%s: %s of %s captured, %s refunded, refunds of %s', p.id, p.amount_captured, p.amount,
                      p.amount_refunded, coalesce(r.given_back, 0))
        from payments.payment p left join (
            select r.tenant, r.payment, sum(r.amount) as given_back from payments.refund r
            where r.status not in ('failed', 'canceled') group by r.tenant, r.payment) r
          on r.tenant = p.tenant and r.payment = p.id
        where p.amount_captured > p.amount or p.amount_refunded > p.amount_captured
           or coalesce(r.given_back, 0) <> p.amount_refunded""",
    ),
    Check(
        "I7",
        "every event that moves money is posted once",
        f"""
        select format('%s %s: %s transactions', j.type, j.id, t.posted)
        from payments.journal j cross join lateral (
            select count(*) as posted from ledger.transaction t
            where t.tenant = j.tenant and t.event = j.id) t
        where j.type in ({", ".join(f"'{name}'" for name in sorted(POSTED_EVENTS))})
          and (t.posted > 1
               or t.posted = 0 and j.recorded_at < clock_timestamp() - make_interval(secs => $1))""",
    ),
    Check(
        "I7",
        "nothing is posted for an event that nobody said",
        """
        select format('%s for %s', t.id, t.event) from ledger.transaction t
        where t.event is not null
          and not exists (select from payments.journal j where j.id = t.event and j.tenant = t.tenant)""",
    ),
    *(
        Check(
            "I7",
            f"all that {schema} says is on the stream",
            f"""
            select format('%s %s of %s', j.type, j.id, j.recorded_at) from {schema}.journal j
            where j.recorded_at < clock_timestamp() - make_interval(secs => $1)
              and not exists (select from {schema}.published p
                              where p.partition = j.partition and p.journal_seq = j.seq)""",
        )
        for schema in ("payments", "ledger")
    ),
)


async def run(dsn: str, stale_seconds: int = 30) -> list[Finding]:
    """All checks on one snapshot of the database. The role `pocketpay_verifier` may do this."""
    async with snapshot(dsn) as connection:
        return await findings(connection, CHECKS, stale_seconds)


@contextlib.asynccontextmanager
async def snapshot(dsn: str) -> AsyncIterator[Connection]:
    """A connection of its own that sees one moment of all schemas, and may change nothing."""
    connection: Connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close(timeout=10)


async def findings(connection: Connection, checks: Sequence[Check], stale_seconds: int) -> list[Finding]:
    """Each check in turn, with a deadline each."""
    return [await _find(connection, check, stale_seconds) for check in checks]


async def _find(connection: Connection, check: Check, stale_seconds: int) -> Finding:
    sql = f"""
        with stale as (select $1::double precision as seconds), breach(detail) as ({check.breaches})
        select (select count(*) from breach),
               coalesce((select string_agg(detail, '; ') from (select detail from breach limit 3) few), '')
        from stale"""
    [(figure, detail)] = await connection.fetch(sql, float(stale_seconds), timeout=STATEMENT_SECONDS)
    return Finding(check.id, check.title, figure, detail)
