"""Balances: of an account now and then, of all below a path, and of the whole book."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from asyncpg import Connection, Record

from actors.ledger import chart
from actors.runtime.resources import first_of, not_found, refused, whole
from messages import ledger, ledger_queries
from messages.envelope import Query, Reply
from messages.ids import account_id
from messages.ledger import Account, Side, TrialBalanceLine
from messages.ledger_queries import ByPath, TrialBalancePage
from messages.money import AMOUNT_MAX
from messages.subjects import EVENTS, partition_of
from messages.wire import Instant, Json
from storage import account_queries as books
from storage import trial_balance as trial
from storage.account_queries import Scope
from storage.partition import cursor_of


async def account(connection: Connection, query: Query) -> Reply:
    """Of a path outside the chart, 404; of one without postings there is a balance only if a currency was asked for."""
    asked = ByPath.model_validate(query.params)
    row = chart.class_of(asked.path)
    side = row.normal_side if row else chart.side_below(asked.path) if asked.rollup else None
    if side is None:
        return not_found(f"The chart has no account {asked.path}.")
    owner = chart.spender(asked.path)
    found = await books.find_account(connection, query.tenant, asked.path, side, owner)
    if asked.rollup or past(asked.at):
        found["balances"] = await _balances(connection, query.tenant, asked, side)
    balances = _wanted(found["balances"], asked.currency)
    if _too_large(balances):
        return refused(422, "balance_overflow", f"Together {asked.path} and all below it are more than can be said.")
    limits = found.pop("overdraft_limits") or {}
    floor = row.floor if row and not asked.rollup else None
    if owner is not None and asked.currency and floor is not None:
        floor -= limits.get(asked.currency, 0)
    known = {
        "id": account_id(asked.path),
        "floor": floor,
        "at": asked.at,
        "position": await position(connection, query),
    }
    return whole(Account.model_validate({**found, "balances": balances, **known}))


async def accounts(connection: Connection, query: Query) -> Reply:
    """In order of their path. Is more pending on one of a page than can be said, it is named instead."""
    asked = ledger_queries.Accounts.model_validate(query.params)
    found = await books.find_accounts(connection, query.tenant, asked)
    beyond = next((each["path"] for each in found[: asked.limit] if _too_large(each["balances"])), None)
    if beyond is not None:
        return refused(422, "balance_overflow", f"More is pending on {beyond} than can be said: void some of it.")
    return first_of([{**each, **_by_chart(each["path"])} for each in found], asked.limit, Account)


async def trial_balance(connection: Connection, query: Query) -> Reply:
    """A page. `as_of` of the first one makes the others speak of the same moment."""
    asked = ledger_queries.At.model_validate(query.params)
    asked = asked.model_copy(update={"at": past(asked.at)})
    end = await trial.end_of_log(connection, query.tenant, asked.as_of)
    found = await trial.find_trial_balance(connection, query.tenant, asked, end, trial.LINES_MAX)
    last = found[-1] if len(found) == trial.LINES_MAX else None
    following = (last["path"], last["currency"]) if last else None
    lines = [_line(each) for each in found if each["debit"] is not None]
    return whole(TrialBalancePage(as_of=end.size, data=lines, next=following))


async def position(connection: Connection, query: Query) -> str:
    """How far this snapshot of the books has heard EVENTS; the gateway says of which numbering."""
    return str(await cursor_of(connection, partition_of(query.tenant), EVENTS))


def past(at: Instant | None) -> Instant | None:
    """A time that is yet to come is the same as now."""
    return at if at is not None and at < datetime.now(UTC) else None


async def _balances(connection: Connection, tenant: str, asked: ByPath, side: Side) -> list[Json]:
    """What waits to be posted is known of now alone."""
    scope, at = Scope(tenant, asked.path, asked.currency, asked.rollup), past(asked.at)
    if at is None:
        now = await books.balances_now(connection, scope)
        return _summed([*now, *await books.pending_below(connection, scope, side)])
    found = await books.balances_recorded(connection, scope, at)
    late = await books.recorded_late(connection, scope, at) if asked.by == "effective" else []
    return _summed([*found, *late])


def _too_large(balances: Iterable[Json]) -> bool:
    return any(abs(each[name]) > AMOUNT_MAX for each in balances for name in ("posted", "pending"))


def _summed(found: Iterable[Json]) -> list[Json]:
    """Per currency, in order."""
    sums: defaultdict[str, Json] = defaultdict(lambda: {"posted": 0, "pending": 0, "version": 0})
    for each in found:
        for name in ("posted", "pending", "version"):
            sums[each["currency"]][name] += each.get(name, 0)
    return [{"currency": currency, **sums[currency]} for currency in sorted(sums)]


def _wanted(balances: list[Json], currency: str | None) -> list[Json]:
    if currency is None:
        return balances
    nothing: Json = {"currency": currency, "posted": 0, "pending": 0, "version": 0}
    return [next((each for each in balances if each["currency"] == currency), nothing)]


def _by_chart(path: str) -> Json:
    row = chart.class_of(path)
    return {"id": account_id(path), "floor": row.floor if row else None}


def _line(found: Record) -> TrialBalanceLine:
    balance = found["debit"]
    return ledger.TrialBalanceLine.model_construct(
        account=found["path"], currency=found["currency"], debit=max(balance, 0), credit=max(-balance, 0)
    )
