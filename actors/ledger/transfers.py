"""Money from wallet to wallet, and back."""

from datetime import datetime

from actors.ledger import chart
from actors.ledger.keys import posted_key, transfer_key
from actors.ledger.postings import Draft, Posting, credit, debit, some
from actors.ledger.record import origin_of, record, record_keys
from actors.ledger.states import TransferState
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, View
from messages.envelope import About
from messages.ledger import Source
from messages.ledger_commands import CreateTransfer
from messages.wallets import Transfer


def create_needs(asked: Asked, view: View) -> set[Key]:
    """Both wallets."""
    keys = {transfer_key(asked.tenant, asked.command.subject), posted_key(asked.tenant, _source(asked, "succeeded"))}
    return keys | record_keys(asked.tenant, sent(asked.data), None, view)


def create(asked: Asked, view: View, now: datetime) -> Decision:
    """`transfer.create`: 201 with the transfer. Raises CannotPost."""
    wish: CreateTransfer = asked.data
    if view[transfer_key(asked.tenant, asked.command.subject)] is not None:
        return Decision(outcome=Refused("already_exists", f"There is a transfer {asked.command.subject} already."))
    origin = origin_of(asked, now, About(customer_id=wish.from_customer))
    draft = Draft(_source(asked, "succeeded"), now, tuple(sent(wish)), metadata=wish.metadata)
    recorded = record(draft, view, origin)
    transfer = Transfer(
        id=asked.command.subject,
        **wish.model_dump(),
        transaction=recorded.transaction.id,
        created_at=now,
        updated_at=now,
        livemode=asked.command.livemode,
    )
    return Decision(
        states=(TransferState(asked.tenant, transfer), *recorded.states),
        events=(Said("transfer.succeeded", transfer, about=origin.about), *recorded.events),
        outcome=Done(201, transfer),
        due=recorded.due,
    )


def reverse_needs(asked: Asked, view: View) -> set[Key]:
    """The transfer, and once it is known both wallets."""
    key = transfer_key(asked.tenant, asked.command.subject)
    keys = {key, posted_key(asked.tenant, _source(asked, "reversed"))}
    known: TransferState | None = view.get(key)
    return keys | record_keys(asked.tenant, given_back(known.transfer), None, view) if known else keys


def reverse(asked: Asked, view: View, now: datetime) -> Decision:
    """`transfer.reverse`: 200 with the transfer. Raises CannotPost."""
    known: TransferState | None = view[transfer_key(asked.tenant, asked.command.subject)]
    if known is None:
        return Decision(outcome=Refused("not_found", f"There is no transfer {asked.command.subject}."))
    before = known.transfer
    if before.status == "reversed":
        detail = f"The transfer was reversed by {before.reversed_by} already."
        return Decision(outcome=Refused("already_reversed", detail))
    origin = origin_of(asked, now, About(customer_id=before.from_customer))
    recorded = record(Draft(_source(asked, "reversed"), now, tuple(given_back(before))), view, origin)
    changes = {"status": "reversed", "reversed_by": recorded.transaction.id, "updated_at": now}
    after = before.model_copy(update={**changes, "version": before.version + 1})
    return Decision(
        states=(TransferState(asked.tenant, after), *recorded.states),
        events=(Said("transfer.reversed", after, before, origin.about), *recorded.events),
        outcome=Done(200, after),
        due=recorded.due,
    )


def _source(asked: Asked, kind: str) -> Source:
    return Source(type="transfer", id=asked.command.subject, kind=kind)


def sent(transfer: CreateTransfer | Transfer) -> list[Posting]:
    """The sender pays the amount and the fee."""
    currency = transfer.currency
    return some(
        [
            debit(chart.wallet(transfer.from_customer), transfer.amount + transfer.fee, currency),
            credit(chart.wallet(transfer.to_customer), transfer.amount, currency),
            credit(chart.PLATFORM_FEES, transfer.fee, currency),
        ]
    )


def given_back(transfer: Transfer) -> list[Posting]:
    """All of it, the fee too."""
    currency = transfer.currency
    return some(
        [
            debit(chart.wallet(transfer.to_customer), transfer.amount, currency),
            debit(chart.PLATFORM_FEES, transfer.fee, currency),
            credit(chart.wallet(transfer.from_customer), transfer.amount + transfer.fee, currency),
        ]
    )
