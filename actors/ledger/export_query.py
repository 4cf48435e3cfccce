"""`export`: the journal, page by page. Every page follows from its place alone, so anyone may ask for the next."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from asyncpg import Connection

from actors.ledger.dating import EPOCH
from actors.ledger.export_beancount import BEANCOUNT
from actors.ledger.export_csv import CSV
from actors.ledger.export_hledger import HLEDGER
from actors.ledger.export_rows import Exported, Format, Line, Standing
from messages.envelope import Query, Reply
from messages.ledger_commands import POSTINGS_MAX
from messages.ledger_queries import At, ExportedText, ExportFormat, ExportPage, ExportPlace
from messages.wire import json_of
from storage import ledger_export, trial_balance

FORMATS: Final[Mapping[ExportFormat, Format]] = {"hledger": HLEDGER, "beancount": BEANCOUNT, "csv": CSV}

ACCOUNTS_PER_PAGE: Final = 500
"""A path has an account per currency, and there are fewer currencies than this."""
LINES_PER_PAGE: Final = POSTINGS_MAX + 500
BYTES_PER_PAGE: Final = 350_000
"""A reply is JSON, in which text may grow, and stays below 900 kB; a transaction of 1,000 entries has one alone."""


class _Asked(NamedTuple):
    """A page of an export, its log size known."""

    connection: Connection
    tenant: str
    page: ExportPage
    as_of: int
    format: Format


async def export(connection: Connection, query: Query) -> Reply:
    """A page as text, and the place of the next."""
    page = ExportPage.model_validate(query.params)
    return Reply(body=json_of(await exported(connection, query.tenant, page)))


async def exported(connection: Connection, tenant: str, page: ExportPage) -> ExportedText:
    """The same for whoever has a connection."""
    as_of = await ledger_export.log_size(connection, tenant) if page.as_of is None else page.as_of
    text, place = await _PARTS[page.place.part](_Asked(connection, tenant, page, as_of, FORMATS[page.format]))
    return ExportedText(as_of=as_of, text=text, next=place)


async def _accounts(asked: _Asked) -> tuple[str, ExportPlace | None]:
    text = ""
    if asked.page.place == ExportPlace():
        text = asked.format.begin(await ledger_export.currencies(asked.connection, asked.tenant))
    standings, place = await _standings(asked, None)
    since = asked.page.since
    text += asked.format.accounts(standings)
    if place:
        return text, place
    if since is None:
        return text, ExportPlace(part="journal")
    return text + asked.format.begin_opening(_day(since)), ExportPlace(part="opening")


async def _opening(asked: _Asked) -> tuple[str, ExportPlace | None]:
    since = asked.page.since or EPOCH
    standings, place = await _standings(asked, since)
    leaf = await ledger_export.leaf_before(asked.connection, asked.tenant, since)
    text = asked.format.opening(_day(since), standings)
    return text, place or ExportPlace(part="journal", leaf=leaf)


async def _journal(asked: _Asked) -> tuple[str, ExportPlace | None]:
    """Whole transactions, and not more of them than a reply may hold."""
    found, more = await _transactions(asked)
    texts: list[str] = []
    size, last = 0, asked.page.place.leaf
    for transaction, lines in found:
        text = asked.format.transaction(transaction, lines)
        size += len(text.encode())
        if texts and size > BYTES_PER_PAGE:
            return "".join(texts), ExportPlace(part="journal", leaf=last)
        texts.append(text)
        last = transaction.leaf_index
    if more:
        return "".join(texts), ExportPlace(part="journal", leaf=last)
    return "".join(texts) + asked.format.begin_closing(await _last_day(asked)), ExportPlace(part="closing")


async def _closing(asked: _Asked) -> tuple[str, ExportPlace | None]:
    standings, place = await _standings(asked, asked.page.until)
    text = asked.format.closing(await _last_day(asked), standings)
    return (text, place) if place else (text + asked.format.end(asked.as_of), None)


_PARTS: Final = {"accounts": _accounts, "opening": _opening, "journal": _journal, "closing": _closing}


async def _standings(asked: _Asked, before: datetime | None) -> tuple[list[Standing], ExportPlace | None]:
    """A page of them, and the place of the next in the same part. All currencies of a path are on one page."""
    end = await trial_balance.end_of_log(asked.connection, asked.tenant, asked.as_of)
    at = before - timedelta(milliseconds=1) if before else None
    balances = At(at=at, by="effective", after=asked.page.place.account)
    rows = await trial_balance.find_trial_balance(asked.connection, asked.tenant, balances, end, ACCOUNTS_PER_PAGE)
    place = None
    if len(rows) == ACCOUNTS_PER_PAGE:
        rows = [row for row in rows if row["path"] != rows[-1]["path"]]
        place = ExportPlace(part=asked.page.place.part, account=(rows[-1]["path"], rows[-1]["currency"]))
    return [Standing(*row) for row in rows if row["debit"] is not None], place


async def _transactions(asked: _Asked) -> tuple[list[tuple[Exported, list[Line]]], bool]:
    """With their lines, and whether there are more. Of the last leaf, lines may be missing: it comes again."""
    page, first = asked.page, asked.page.place.leaf
    span = (page.since, page.until)
    rows = await ledger_export.lines(asked.connection, asked.tenant, (first, asked.as_of), span, LINES_PER_PAGE)
    grouped = {leaf: [Line(*row[1:]) for row in group] for leaf, group in groupby(rows, itemgetter(0))}
    more = len(rows) == LINES_PER_PAGE
    if more:
        grouped.popitem()
    last = max(grouped, default=first)
    found = await ledger_export.transactions(asked.connection, asked.tenant, (first, last), asked.as_of, span)
    return [(Exported(*row), grouped[row[0]]) for row in found], more


async def _last_day(asked: _Asked) -> str:
    """Nothing in the export is dated later."""
    since, until = asked.page.since, asked.page.until
    newest = await ledger_export.last_moment(asked.connection, asked.tenant) or EPOCH
    last = min(newest, until - timedelta(milliseconds=1)) if until else newest
    return _day(max(last, since or EPOCH))


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
