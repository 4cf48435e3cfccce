"""One transaction with all that follows from it: balances, wallets, the log, and what is said of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from actors.ledger.balances import account_keys, move
from actors.ledger.dating import first_open, must_be_open, period_keys
from actors.ledger.gates import frozen_path, gate_keys, must_pass
from actors.ledger.keys import posted_key, tree_key
from actors.ledger.log import logged, next_leaf
from actors.ledger.postings import Draft, Posting
from actors.ledger.states import AccountState, FloorState, PostedState
from actors.ledger.wallets import moved_wallets, wallet_keys
from actors.runtime.decision import Asked, FellDue, Heard, Key, Said, State, View
from messages.envelope import About
from messages.ids import derived_id
from messages.ledger import EntryLine, Flag, Source, Transaction


@dataclass(frozen=True, slots=True)
class Origin:
    """Why something is posted: of whom, following from what, and when. `command` is the one behind it, if known."""

    tenant: str
    cause: str
    now: datetime
    livemode: bool
    about: About
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A posted transaction and its effects."""

    transaction: Transaction
    states: tuple[State, ...]
    events: tuple[Said, ...]
    due: Mapping[str, datetime | None]


def record_keys(tenant: str, postings: Iterable[Posting], effective_at: datetime | None, view: View) -> set[Key]:
    """What must be known to post these, whatever they are posted for; `effective_at` None is now."""
    behind = (_keys_behind(tenant, posting.account, posting.currency) for posting in postings)
    return {tree_key(tenant)}.union(period_keys(tenant, effective_at, view), *behind)


@lru_cache(maxsize=65_536)
def _keys_behind(tenant: str, path: str, currency: str) -> frozenset[Key]:
    """The account, what may stop it, and the wallet whose balance it is part of."""
    one = [Posting(path, "debit", 1, currency)]
    return frozenset(account_keys(tenant, one) | wallet_keys(tenant, one) | gate_keys(tenant, one))


def origin_of(message: Asked | Heard | FellDue, now: datetime, about: About, livemode: bool = False) -> Origin:
    """The same message always gives the same cause, and so the same ids."""
    match message:
        case Asked(command=command):
            return Origin(command.tenant, command.id, now, command.livemode, about, command.id)
        case Heard(event=event):
            return Origin(event.tenant, event.id, now, event.livemode, about, event.causation_id)
        case FellDue(tenant=tenant, entity=entity, at=at):
            return Origin(tenant, f"{entity} {at.isoformat()}", now, livemode, about)


def record(draft: Draft, view: View, origin: Origin, before: Transaction | None = None) -> Recorded:
    """Posts the draft; `before` is the transaction while it was pending.

    Raises CannotPost; ValueError for what was posted already.
    """
    tenant, now = origin.tenant, origin.now
    if view[posted_key(tenant, draft.source)] is not None:
        raise ValueError(f"{draft.source.type} {draft.source.id} was posted as {draft.source.kind} before")
    effective_at, flags = _admitted(draft, view, origin)
    moved = move(draft, tenant, view, now, origin.cause)
    transaction = _transaction(draft, origin, effective_at, flags, moved.lines, next_leaf(tenant, view))
    log = logged(tenant, transaction, view, now)
    wallets = moved_wallets(moved.accounts, view, now, origin.livemode)
    return Recorded(
        transaction,
        (
            PostedState(tenant, transaction, log.leaf_hash),
            *moved.accounts.values(),
            *_first_floors(moved.accounts.values(), view),
            *log.states,
            *(after for _, after in wallets),
        ),
        (
            Said("ledger.transaction.posted", transaction, before, origin.about),
            *(Said("wallet.updated", after.wallet, before, origin.about) for before, after in wallets),
        ),
        log.due,
    )


def _first_floors(accounts: Iterable[AccountState], view: View) -> list[FloorState]:
    """An overdraft limit that was there before the account was: later ones must not change what held then."""
    begun = (account for account in accounts if account.floor and view[account.key] is None)
    return [FloorState(replace(account, version=0)) for account in begun]


def _admitted(draft: Draft, view: View, origin: Origin) -> tuple[datetime, list[Flag]]:
    """A request may be refused for its date or a frozen account; a fact is dated to when it may be, and flagged."""
    tenant, now = origin.tenant, origin.now
    if draft.event is None and not draft.unstoppable:
        must_pass(tenant, draft.postings, view)
        must_be_open(tenant, draft.effective_at, now, view)
        return draft.effective_at, []
    flags: list[Flag] = []
    effective_at = first_open(tenant, draft.effective_at, now, view)
    if effective_at > draft.effective_at:
        flags.append("late")
    if frozen_path(tenant, draft.postings, view) is not None:
        flags.append("frozen")
    return effective_at, flags


def _payment_held_for(source: Source, origin: Origin) -> str | None:
    """The books stand there for a provider: by the payment's name one finds what was posted in the hold's."""
    return origin.about.payment if source.type == "hold" else None


def _transaction(
    draft: Draft, origin: Origin, effective_at: datetime, flags: list[Flag], lines: list[EntryLine], leaf_index: int
) -> Transaction:
    source, now = draft.source, origin.now
    return Transaction(
        id=draft.id or derived_id("txn", now, origin.cause, source.type, source.id, source.kind),
        source=source,
        event=draft.event,
        effective_at=effective_at,
        entries=lines,
        reverses=draft.reverses,
        description=draft.description,
        metadata=dict(draft.metadata),
        command=origin.command,
        provider_reference=draft.provider_reference or _payment_held_for(source, origin),
        conversion=draft.conversion,
        flags=flags,
        leaf_index=leaf_index,
        created_at=draft.since or now,
        recorded_at=now,
        updated_at=now,
        livemode=origin.livemode,
        version=draft.version,
    )
