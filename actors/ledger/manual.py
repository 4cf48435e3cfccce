"""Transactions by hand: posted at once, one or many, or written down to be posted later."""

from collections import ChainMap
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from actors.ledger import chart
from actors.ledger.balances import CannotPost, check_shape
from actors.ledger.keys import pending_key, posted_key
from actors.ledger.postings import Draft, Posting
from actors.ledger.record import Origin, origin_of, record, record_keys
from actors.ledger.refusals import refusal_of
from actors.ledger.states import PendingState
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, State, View
from messages.bulk import BulkItem, BulkResult
from messages.envelope import About
from messages.ids import derived_id
from messages.ledger import EntryLine, Source, Transaction
from messages.ledger_commands import CreateTransaction, CreateTransactions
from messages.problems import PROBLEMS

MANUAL = "manual"


def create_needs(asked: Asked, view: View) -> set[Key]:
    """Its accounts, whatever they are, and whether it is there already."""
    return _needs(asked.tenant, asked.command.subject, asked.data, view)


def create(asked: Asked, view: View, now: datetime) -> Decision:
    """`transaction.create`: 201 with the transaction. Raises CannotPost."""
    return _create(asked.command.subject, asked.data, view, origin_of(asked, now, about_of(asked.data)))


def bulk_needs(asked: Asked, view: View) -> set[Key]:
    """Of all of them."""
    wish: CreateTransactions = asked.data
    ids = _ids(asked, len(wish.transactions))
    needs = (_needs(asked.tenant, id_, one, view) for id_, one in zip(ids, wish.transactions, strict=True))
    return set[Key]().union(*needs)


def bulk(asked: Asked, view: View, now: datetime) -> Decision:
    """`transaction.bulk`: 200 with a result per item; each sees what those before it have done."""
    wish: CreateTransactions = asked.data
    done: dict[Key, State] = {}
    seen = ChainMap[Key, Any](done, dict(view))
    items: list[BulkItem] = []
    events: list[Said] = []
    due: dict[str, datetime | None] = {}
    for id_, one in zip(_ids(asked, len(wish.transactions)), wish.transactions, strict=True):
        decision = _tried(id_, one, seen, origin_of(asked, now, about_of(one)))
        done.update({state.key: state for state in decision.states})
        events += decision.events
        due.update(decision.due)
        items.append(_item(decision.outcome))
    result = BulkResult(data=items)
    return Decision(states=tuple(done.values()), events=events, outcome=Done(200, result), due=due)


def reserved(postings: Iterable[Posting]) -> str | None:
    """The first account on which one posts by hand only with a reason, and the right to adjust."""
    rows = ((posting.account, chart.class_of(posting.account)) for posting in postings)
    return next((path for path, row in rows if row is not None and row.reserved), None)


def must_be_allowed(postings: Iterable[Posting], reason: str | None) -> None:
    """Raises CannotPost for a reserved account without a reason, and for held money, which is that of open holds."""
    postings = tuple(postings)
    held = next((one.account for one in postings if chart.is_held(one.account)), None)
    if held is not None:
        raise CannotPost("account_not_allowed", f"{held} is the sum of open holds: confirm or void the hold instead.")
    path = reserved(postings)
    if path is not None and reason is None:
        detail = f"{path} is reserved: posting on it by hand needs the header PocketPay-Reason."
        raise CannotPost("account_not_allowed", detail)


def about_of(wish: CreateTransaction) -> About:
    """The first wallet's owner, if there is one among the accounts."""
    owners = (chart.wallet_owner(posting.account) for posting in wish.postings)
    return About(customer_id=next((owner for owner in owners if owner is not None), None))


def postings_of(wish: CreateTransaction) -> tuple[Posting, ...]:
    """As they were asked for."""
    return tuple(Posting(one.account, one.side, one.amount, one.currency) for one in wish.postings)


def source_of(transaction: str) -> Source:
    """What a transaction by hand is posted for: itself."""
    return Source(type=MANUAL, id=transaction, kind="posted")


def _needs(tenant: str, id_: str, wish: CreateTransaction, view: View) -> set[Key]:
    keys = {posted_key(tenant, source_of(id_)), pending_key(tenant, id_)}
    return keys | record_keys(tenant, postings_of(wish), wish.effective_at, view)


def _ids(asked: Asked, count: int) -> list[str]:
    """They follow from the command, so that a retry names the same."""
    when = asked.command.time
    return [derived_id("txn", when, asked.tenant, asked.command.id, str(number)) for number in range(count)]


def _tried(id_: str, wish: CreateTransaction, view: View, origin: Origin) -> Decision:
    try:
        return _create(id_, wish, view, origin)
    except CannotPost as no:
        return Decision(outcome=refusal_of(no, origin.tenant, view))


def _create(id_: str, wish: CreateTransaction, view: View, origin: Origin) -> Decision:
    postings = postings_of(wish)
    if view[posted_key(origin.tenant, source_of(id_))] or view[pending_key(origin.tenant, id_)]:
        return Decision(outcome=Refused("already_exists", f"There is a transaction {id_} already."))
    check_shape(postings)
    must_be_allowed(postings, wish.reason)
    if wish.pending:
        return _write_down(id_, wish, postings, origin)
    if wish.expires_at is not None:
        raise CannotPost("date_out_of_range", "Only a pending transaction expires: leave expires_at out.")
    draft = Draft(
        source_of(id_),
        wish.effective_at or origin.now,
        postings,
        id=id_,
        description=wish.description,
        metadata=wish.metadata,
    )
    recorded = record(draft, view, origin)
    outcome = Done(201, recorded.transaction)
    return Decision(states=recorded.states, events=recorded.events, outcome=outcome, due=recorded.due)


def _write_down(id_: str, wish: CreateTransaction, postings: tuple[Posting, ...], origin: Origin) -> Decision:
    """It changes no balance yet; where floors must hold, a hold is what sets money aside."""
    for posting in postings:
        row = chart.class_of(posting.account)
        if row is None:
            raise CannotPost("account_not_allowed", f"The chart has no account {posting.account}.")
        if row.floor is not None:
            detail = f"Nothing can be pending on {posting.account}: hold the wallet's money instead."
            raise CannotPost("account_not_allowed", detail)
    if wish.expires_at is not None and wish.expires_at <= origin.now:
        raise CannotPost("date_out_of_range", "The transaction would have expired before it began.")
    waiting = _waiting(id_, wish, postings, origin)
    return Decision(
        states=(PendingState(origin.tenant, waiting),),
        events=(Said("ledger.transaction.created", waiting, about=origin.about),),
        outcome=Done(201, waiting),
        due={id_: wish.expires_at} if wish.expires_at else {},
    )


def _waiting(id_: str, wish: CreateTransaction, postings: tuple[Posting, ...], origin: Origin) -> Transaction:
    now = origin.now
    lines = [
        EntryLine(
            id=derived_id("ent", now, origin.cause, id_, str(number)),
            account=posting.account,
            side=posting.side,
            amount=posting.amount,
            currency=posting.currency,
        )
        for number, posting in enumerate(postings)
    ]
    return Transaction(
        id=id_,
        status="pending",
        source=source_of(id_),
        effective_at=wish.effective_at or now,
        expires_at=wish.expires_at,
        entries=lines,
        description=wish.description,
        metadata=wish.metadata,
        command=origin.command,
        created_at=now,
        recorded_at=now,
        updated_at=now,
        livemode=origin.livemode,
    )


def _item(outcome: object) -> BulkItem:
    match outcome:
        case Done(status=status, body=Transaction() as body):
            return BulkItem(status=status, transaction=body)
        case Refused(code=code, detail=detail):
            return BulkItem(status=PROBLEMS[code].status, code=code, detail=detail)
        case _:
            raise ValueError("an item has no outcome")
