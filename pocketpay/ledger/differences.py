"""What of a transaction's rows is not as it was said when it was posted, in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from asyncpg import Record
from pydantic import BaseModel

from actors.ledger.leaves import leaf_bytes
from actors.ledger.merkle import leaf_hash
from messages.ledger import EntryLine, Source, Transaction
from messages.wire import Json, in_utc_milliseconds, rfc3339

Model = TypeVar("Model", bound=BaseModel)

_OF_ENTRY = ("account", "side", "amount", "currency", "balance_after", "account_version")
_OF_TRANSACTION = ("source", "event", "reverses", "effective_at", "recorded_at", "leaf_index")


class Difference(NamedTuple):
    """What was changed, in words, and the accounts it concerns."""

    words: str
    accounts: tuple[str, ...]


def transaction_of(row: Record, lines: Sequence[Record]) -> Transaction:
    """All of the rows that a leaf is made of, as it is and without a check: a changed row may hold anything."""
    source = _made(Source, type=row["source_type"], id=row["source_id"], kind=row["source_kind"])
    return _made(
        Transaction,
        id=row["id"],
        source=source,
        event=row["event"],
        reverses=row["reverses"],
        effective_at=row["effective_at"],
        recorded_at=row["recorded_at"],
        leaf_index=row["leaf_index"],
        entries_has_more=False,
        entries=[
            _made(
                EntryLine,
                id=line["id"],
                account=line["path"],
                side=line["side"],
                amount=line["amount"],
                currency=line["currency"],
                balance_after=line["balance_after"],
                account_version=line["account_version"],
            )
            for line in lines
        ],
    )


def _made(model: type[Model], **values: object) -> Model:
    """As `model_construct`, which takes five times as long because it looks for defaults: this is for every row."""
    made = model.__new__(model)
    object.__setattr__(made, "__dict__", values)
    return made


def hash_of(tenant: str, transaction: Transaction) -> bytes:
    """The leaf's hash; empty for rows of which none can be made."""
    try:
        return leaf_hash(leaf_bytes(tenant, transaction))
    except (ValueError, OverflowError):
        return b""


def difference(transaction: Transaction, said: Json | None) -> Difference:
    """The first one. `said` is the data of `ledger.transaction.posted`, None if that was never said."""
    accounts = tuple(dict.fromkeys(line.account for line in transaction.entries))
    if said is None:
        return Difference("it was never said that it was posted", accounts)
    found = next(_of_entries(transaction, said["entries"]), None)
    if found is not None:
        return found
    as_said, now = _of_said(said), _fields(transaction)
    for name in _OF_TRANSACTION:
        if name in as_said and now[name] != as_said[name]:
            return Difference(_changed(name, now[name], as_said[name]), accounts)
    return Difference("its rows are as they were said, its leaf_hash is not theirs", accounts)


def is_as_said(transaction: Transaction, said: Json | None) -> bool:
    """Whether nothing that a leaf holds differs."""
    return said is not None and difference(transaction, said).words.startswith("its rows are")


def _of_entries(transaction: Transaction, said: Sequence[Json]) -> Iterator[Difference]:
    there = {line.id: line for line in transaction.entries}
    for before in said:
        line, path = there.pop(before["id"], None), before["account"]
        if line is None:
            yield Difference(f"entry {before['id']} ({path}) of {before['amount']} is gone", (path,))
            continue
        for name in _OF_ENTRY:
            now = getattr(line, name)
            if now != before[name]:
                words = f"entry {line.id} ({path}): {_changed(name, now, before[name])}"
                yield Difference(words, tuple(dict.fromkeys((path, line.account))))
    for line in there.values():
        yield Difference(f"entry {line.id} ({line.account}) was not there when it was said", (line.account,))
    if [line.id for line in transaction.entries] != [before["id"] for before in said]:
        yield Difference("its entries are in another order than they were said", ())


def _of_said(said: Json) -> Json:
    """What was posted before there was a log has no leaf in its event, and a time that was not yet cut to ours."""
    source, recorded_at = said["source"], _moment(said["recorded_at"])
    fields: Json = {
        "source": f"{source['type']} {source['id']} {source['kind']}",
        "event": said.get("event"),
        "reverses": said.get("reverses"),
        "recorded_at": rfc3339(recorded_at),
        "effective_at": rfc3339(min(_moment(said["effective_at"]), recorded_at)),
    }
    return fields if said.get("leaf_index") is None else {**fields, "leaf_index": said["leaf_index"]}


def _fields(transaction: Transaction) -> Json:
    source = transaction.source
    return {
        "source": f"{source.type} {source.id} {source.kind}",
        "event": transaction.event,
        "reverses": transaction.reverses,
        "recorded_at": _shown(transaction.recorded_at),
        "effective_at": _shown(transaction.effective_at),
        "leaf_index": transaction.leaf_index,
    }


def _shown(moment: datetime) -> str:
    try:
        return rfc3339(moment)
    except (ValueError, OverflowError):
        return "no time of ours"


def _moment(text: str) -> datetime:
    return in_utc_milliseconds(datetime.fromisoformat(text))


def _changed(name: str, now: object, before: object) -> str:
    return f"{name} is {now}, was {before} when it was said"
