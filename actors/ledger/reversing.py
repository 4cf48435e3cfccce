"""What was posted by hand is undone by another transaction, once."""

from datetime import datetime

from actors.ledger.keys import journal_key, pending_key, posted_key
from actors.ledger.postings import Draft, Posting, lines_of, opposite
from actors.ledger.record import origin_of, record, record_keys
from actors.ledger.refusals import not_found, wrong_state
from actors.ledger.states import JournalState, PendingState
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, View
from messages.envelope import About
from messages.ledger import Source, Transaction
from messages.ledger_commands import ReverseTransaction

BY_HAND = ("manual", "conversion")
"""Sources whose transactions a person may reverse. All else has its own way back, such as a refund."""


def reverse_needs(asked: Asked, view: View) -> set[Key]:
    """The transaction, and once it is known its accounts."""
    tenant, id_ = asked.tenant, asked.command.subject
    keys = {journal_key(tenant, id_), pending_key(tenant, id_), posted_key(tenant, _source(id_))}
    known: JournalState | None = view.get(journal_key(tenant, id_))
    if known is None:
        return keys
    wish: ReverseTransaction = asked.data
    return keys | record_keys(tenant, _undone(known.transaction), wish.effective_at, view)


def reverse(asked: Asked, view: View, now: datetime) -> Decision:
    """`transaction.reverse`: 201 with the transaction that undoes it. Raises CannotPost."""
    wish: ReverseTransaction = asked.data
    before = _reversible(asked, view)
    if isinstance(before, Refused):
        return Decision(outcome=before)
    draft = Draft(
        _source(before.id),
        wish.effective_at or now,
        tuple(_undone(before)),
        reverses=before.id,
        description=wish.reason,
    )
    recorded = record(draft, view, origin_of(asked, now, About()))
    undone = recorded.transaction
    after = before.model_copy(update={"reversed_by": undone.id, "updated_at": now, "version": before.version + 1})
    return Decision(
        states=(JournalState(asked.tenant, after), *recorded.states),
        events=(*recorded.events, Said("ledger.transaction.reversed", after, before)),
        outcome=Done(201, undone),
        due=recorded.due,
    )


def _reversible(asked: Asked, view: View) -> Transaction | Refused:
    id_ = asked.command.subject
    known: JournalState | None = view[journal_key(asked.tenant, id_)]
    waiting: PendingState | None = view[pending_key(asked.tenant, id_)]
    if known is None:
        if waiting is None:
            return not_found("transaction", id_)
        return wrong_state("ledger_transaction", id_, waiting.transaction.status, "posted")
    posted = known.transaction
    if posted.reverses is not None:
        return Refused("reversal_of_reversal", f"{id_} is itself the reversal of {posted.reverses}: post it anew.")
    if posted.reversed_by is not None:
        return Refused("already_reversed", f"{id_} was reversed by {posted.reversed_by} already.")
    if posted.source.type not in BY_HAND:
        detail = f"{id_} was posted for a {posted.source.type}: that has its own way back."
        return Refused("account_not_allowed", detail)
    return posted


def _source(transaction: str) -> Source:
    return Source(type="ledger_transaction", id=transaction, kind="reversed")


def _undone(transaction: Transaction) -> list[Posting]:
    return [opposite(line) for line in lines_of(transaction)]
