"""A transaction that waits becomes part of the books, or never will."""

from datetime import datetime
from typing import Literal

from actors.ledger.keys import journal_key, pending_key, posted_key
from actors.ledger.manual import source_of
from actors.ledger.postings import Draft, lines_of
from actors.ledger.record import origin_of, record, record_keys
from actors.ledger.refusals import not_found, wrong_state
from actors.ledger.states import JournalState, PendingState
from actors.runtime.decision import Asked, Decision, Done, FellDue, Key, Refused, Said, View
from messages.envelope import About
from messages.ledger import Transaction
from messages.ledger_commands import PostTransaction

OBJECT = "ledger_transaction"


def post_needs(asked: Asked, view: View) -> set[Key]:
    """The transaction, and once it is known its accounts."""
    keys = _keys(asked.tenant, asked.command.subject)
    known: PendingState | None = view.get(pending_key(asked.tenant, asked.command.subject))
    if known is None:
        return keys
    wish: PostTransaction = asked.data
    effective_at = wish.effective_at or known.transaction.effective_at
    return keys | record_keys(asked.tenant, lines_of(known.transaction), effective_at, view)


def post(asked: Asked, view: View, now: datetime) -> Decision:
    """`transaction.post`: 200 with the posted transaction. Raises CannotPost."""
    wish: PostTransaction = asked.data
    before = _waiting(asked, view)
    if isinstance(before, Refused):
        return Decision(outcome=before)
    if before.expires_at is not None and before.expires_at <= now:
        return Decision(outcome=wrong_state(OBJECT, before.id, "expired", "pending"))
    draft = Draft(
        before.source,
        wish.effective_at or before.effective_at,
        tuple(lines_of(before)),
        id=before.id,
        description=before.description,
        metadata=before.metadata,
        since=before.created_at,
        version=before.version + 1,
    )
    recorded = record(draft, view, origin_of(asked, now, About()), before)
    posted = recorded.transaction
    return Decision(
        states=(PendingState(asked.tenant, posted), JournalState(asked.tenant, posted), *recorded.states),
        events=recorded.events,
        outcome=Done(200, posted),
        due={before.id: None, **recorded.due} if before.expires_at else recorded.due,
    )


def void_needs(asked: Asked, _: View) -> set[Key]:
    """The transaction."""
    return _keys(asked.tenant, asked.command.subject)


def void(asked: Asked, view: View, now: datetime) -> Decision:
    """`transaction.void`: 200 with the transaction."""
    before = _waiting(asked, view)
    if isinstance(before, Refused):
        return Decision(outcome=before)
    return _end(asked.tenant, before, "voided", now, answered=True)


def expire(due: FellDue, view: View, now: datetime) -> Decision:
    """Its time is over. An alarm that no longer fits changes nothing; one that rings too early is set again."""
    known: PendingState | None = view[pending_key(due.tenant, due.entity)]
    waiting = known.transaction if known else None
    if waiting is None or waiting.status != "pending" or waiting.expires_at is None:
        return Decision()
    if waiting.expires_at > now:
        return Decision(due={waiting.id: waiting.expires_at})
    return _end(due.tenant, waiting, "expired", now, answered=False)


def _end(
    tenant: str, before: Transaction, ending: Literal["voided", "expired"], now: datetime, *, answered: bool
) -> Decision:
    after = before.model_copy(update={"status": ending, "updated_at": now, "version": before.version + 1})
    return Decision(
        states=(PendingState(tenant, after),),
        events=(Said(f"ledger.transaction.{ending}", after, before),),
        outcome=Done(200, after) if answered else None,
        due={before.id: None} if before.expires_at else {},
    )


def _keys(tenant: str, transaction: str) -> set[Key]:
    return {
        pending_key(tenant, transaction),
        journal_key(tenant, transaction),
        posted_key(tenant, source_of(transaction)),
    }


def _waiting(asked: Asked, view: View) -> Transaction | Refused:
    id_ = asked.command.subject
    known: PendingState | None = view[pending_key(asked.tenant, id_)]
    posted: JournalState | None = view[journal_key(asked.tenant, id_)]
    if known is None and posted is None:
        return not_found("transaction", id_)
    if known is None or known.transaction.status != "pending":
        return wrong_state(OBJECT, id_, known.transaction.status if known else "posted", "pending")
    return known.transaction
