"""Which rule a message is for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from actors.ledger import (
    closing,
    conversions,
    freezing,
    guard,
    holds,
    limits,
    manual,
    paying,
    pending,
    periods,
    reposting,
    reversing,
    transfers,
)
from actors.ledger.balances import CannotPost
from actors.ledger.facts import decide_fact, fact_needs
from actors.ledger.keys import pending_key, tree_key
from actors.ledger.log import HEAD_ENTITY, Signer, sign_head
from actors.ledger.refusals import refusal_of
from actors.runtime.decision import Asked, Decision, FellDue, Heard, Key, Message, View
from messages.wire import in_utc_milliseconds


class Rule(NamedTuple):
    """What a command is decided by, and how. The second raises CannotPost when the books say no."""

    needs: Callable[[Asked, View], set[Key]]
    decide: Callable[[Asked, View, datetime], Decision]


RULES: Final[Mapping[str, Rule]] = {
    "hold.create": Rule(holds.create_needs, holds.create),
    "hold.confirm": Rule(closing.confirm_needs, closing.confirm),
    "hold.void": Rule(closing.void_needs, closing.void),
    "wallet.pay": Rule(paying.pay_needs, paying.pay),
    "wallet.limit": Rule(limits.limit_needs, limits.limit),
    "transfer.create": Rule(transfers.create_needs, transfers.create),
    "transfer.reverse": Rule(transfers.reverse_needs, transfers.reverse),
    "transaction.create": Rule(manual.create_needs, manual.create),
    "transaction.bulk": Rule(manual.bulk_needs, manual.bulk),
    "transaction.post": Rule(pending.post_needs, pending.post),
    "transaction.void": Rule(pending.void_needs, pending.void),
    "transaction.reverse": Rule(reversing.reverse_needs, reversing.reverse),
    "conversion.create": Rule(conversions.convert_needs, conversions.convert),
    "period.close": Rule(periods.period_needs, periods.close),
    "period.reopen": Rule(periods.period_needs, periods.reopen),
    "account.freeze": Rule(freezing.freeze_needs, freezing.freeze),
    "account.unfreeze": Rule(freezing.freeze_needs, freezing.unfreeze),
    "revenue.recognize": Rule(paying.recognize_needs, paying.recognize),
    "fact.post": Rule(reposting.repost_needs, reposting.repost),
    "invariant.report": Rule(guard.report_needs, guard.report),
}
"""By the command's type."""


def needs(message: Message, view: View) -> set[Key]:
    """The states that the message is decided by."""
    match message:
        case Heard():
            return fact_needs(message, view)
        case Asked(command=command):
            return RULES[command.type].needs(message, view)
        case FellDue(tenant=tenant, entity=entity):
            if entity == HEAD_ENTITY:
                return {tree_key(tenant)}
            if entity.startswith("txn_"):
                return {pending_key(tenant, entity)}
            return closing.closing_needs(tenant, entity, "expired", view)
        case _:
            return set()


def decide(signer: Signer, message: Message, view: View, now: datetime) -> Decision:
    """All effects of one message. Raises CannotPost for a fact that the books cannot take."""
    now = in_utc_milliseconds(now)
    match message:
        case Heard():
            return decide_fact(message, view, now)
        case Asked():
            return _answer(message, view, now)
        case FellDue(entity=entity):
            if entity == HEAD_ENTITY:
                return sign_head(signer, message, view, now)
            return (
                pending.expire(message, view, now) if entity.startswith("txn_") else closing.expire(message, view, now)
            )
        case _:
            return Decision()


def _answer(asked: Asked, view: View, now: datetime) -> Decision:
    try:
        return RULES[asked.command.type].decide(asked, view, now)
    except CannotPost as no:
        return Decision(outcome=refusal_of(no, asked.tenant, view))
