"""What opens a balance: one line per cause, which together make the difference of two balances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from messages.ledger_queries import ExplainedLine
from messages.wire import Json

SHOWN_MAX: Final = 20

CAUSES: Final[Mapping[str, str]] = {
    "payment": "payment",
    "refund": "refund",
    "hold": "hold",
    "transfer": "transfer",
    "payout": "payout",
    "dispute": "dispute",
    "invoice": "invoice",
    "credit_note": "invoice",
    "conversion": "conversion",
    "manual": "adjustment",
    "ledger_transaction": "adjustment",
    "revenue": "revenue",
}
"""By the type of a source. A fee, what has become available and a top-up are told apart by the kind."""

_KINDS: Final[Mapping[tuple[str, str], str]] = {("payment", "fee"): "fee", ("payment", "available"): "availability"}


def cause_of(type_: str, kind: str, *, to_wallet: bool) -> str:
    """`kind` without its ordinal. A source of a type that is not known yet is a cause of its own."""
    if to_wallet and kind == "captured":
        return "top_up"
    return _KINDS.get((type_, kind)) or CAUSES.get(type_, type_)


def lines_of(groups: Iterable[Json]) -> list[ExplainedLine]:
    """A line per cause, in order of their names. Each group has `type`, `kind`, `to_wallet`, `count`, `amount`, and
    of its `newest` transactions: `version` of the account, `transaction`, `event`, `command`, `provider_reference`.
    """
    by_cause: defaultdict[str, list[Json]] = defaultdict(list)
    for group in groups:
        by_cause[cause_of(group["type"], group["kind"], to_wallet=group["to_wallet"])].append(group)
    return [_line(cause, by_cause[cause]) for cause in sorted(by_cause)]


def _line(cause: str, groups: Sequence[Json]) -> ExplainedLine:
    count = sum(group["count"] for group in groups)
    newest = sorted((row for group in groups for row in group["newest"]), key=_version, reverse=True)[:SHOWN_MAX]
    return ExplainedLine(
        cause=cause,
        count=count,
        amount=sum(group["amount"] for group in groups),
        transactions=_named("transaction", newest),
        events=_named("event", newest),
        commands=_named("command", newest),
        provider_references=_named("provider_reference", newest),
        has_more=count > SHOWN_MAX,
    )


def _version(row: Json) -> Any:
    return row["version"]


def _named(name: str, newest: Iterable[Json]) -> list[str]:
    return list(dict.fromkeys(row[name] for row in newest if row[name] is not None))
