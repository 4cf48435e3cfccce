"""One transaction with all that follows from it: balances, wallets, and what is said of them."""

from dataclasses import dataclass
from datetime import datetime

from actors.ledger.balances import post
from actors.ledger.postings import Draft
from actors.ledger.states import PostedState, posted_key
from actors.ledger.wallets import moved_wallets
from actors.runtime.decision import Asked, FellDue, Heard, Said, State, View
from messages.envelope import About
from messages.ledger import Transaction


@dataclass(frozen=True, slots=True)
class Origin:
    """Why something is posted: of whom, following from what, and when."""

    tenant: str
    cause: str
    now: datetime
    livemode: bool
    about: About


@dataclass(frozen=True, slots=True)
class Recorded:
    """A posted transaction and its effects."""

    transaction: Transaction
    states: tuple[State, ...]
    events: tuple[Said, ...]


def origin_of(message: Asked | Heard | FellDue, now: datetime, about: About, livemode: bool = False) -> Origin:
    """The same message always gives the same cause, and so the same ids."""
    match message:
        case Asked(command=command):
            return Origin(command.tenant, command.id, now, command.livemode, about)
        case Heard(event=event):
            return Origin(event.tenant, event.id, now, event.livemode, about)
        case FellDue(tenant=tenant, entity=entity, at=at):
            return Origin(tenant, f"{entity} {at.isoformat()}", now, livemode, about)


def record(draft: Draft, view: View, origin: Origin) -> Recorded:
    """Posts the draft. Raises CannotPost, also for what was posted already."""
    tenant, now, livemode = origin.tenant, origin.now, origin.livemode
    if view[posted_key(tenant, draft.source)] is not None:
        raise ValueError(f"{draft.source.type} {draft.source.id} was posted as {draft.source.kind} before")
    transaction, accounts = post(draft, tenant, view, now, origin.cause, livemode)
    wallets = moved_wallets(accounts, view, now, livemode)
    return Recorded(
        transaction,
        (PostedState(tenant, transaction), *accounts.values(), *(after for _, after in wallets)),
        (
            Said("ledger.transaction.posted", transaction, about=origin.about),
            *(Said("wallet.updated", after.wallet, before, origin.about) for before, after in wallets),
        ),
    )
