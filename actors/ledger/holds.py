"""Wallet money set aside: by request, only if it is there. How it is closed is in `closing.py`."""

from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from actors.ledger import chart
from actors.ledger.keys import hold_key, posted_key
from actors.ledger.postings import Draft, Posting, credit, debit, sale
from actors.ledger.record import origin_of, record, record_keys
from actors.ledger.states import HoldState
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, View
from messages.destinations import Destination, Sale, ToWallet, tax_inside
from messages.envelope import About
from messages.ledger import Source
from messages.ledger_commands import CreateHold
from messages.wallets import Hold
from messages.wire import Json

CLOSED_BY_THEIR_OWN: Final = ("refund", "withdrawal")
"""Destinations of holds that only the refund or payout behind them closes, or `hold.void`."""

_DESTINATION: TypeAdapter[Sale | ToWallet] = TypeAdapter(Destination)


def create_needs(asked: Asked, view: View) -> set[Key]:
    """Also where the money may go later: the hold may be confirmed in the same batch."""
    wish: CreateHold = asked.data
    lines = [*set_aside(wish.customer_id, wish.amount, wish.currency), *(_destination_lines(wish) or ())]
    keys = {
        hold_key(asked.tenant, asked.command.subject),
        posted_key(asked.tenant, source(asked.command.subject, "created")),
    }
    return keys | record_keys(asked.tenant, lines, None, view)


def create(asked: Asked, view: View, now: datetime) -> Decision:
    """`hold.create`: 201 with the hold; 402 `insufficient_funds` with the wallet's `balance`."""
    wish: CreateHold = asked.data
    refused = _refusal(asked, wish, view, now)
    if refused is not None:
        return Decision(outcome=refused)
    hold_id = asked.command.subject
    lines = tuple(set_aside(wish.customer_id, wish.amount, wish.currency))
    origin = origin_of(asked, now, about_of(wish))
    recorded = record(Draft(source(hold_id, "created"), now, lines), view, origin)
    hold = Hold(
        id=hold_id,
        **wish.model_dump(),
        transaction=recorded.transaction.id,
        created_at=now,
        updated_at=now,
        livemode=asked.command.livemode,
    )
    return Decision(
        states=(HoldState(asked.tenant, hold), *recorded.states),
        events=(Said("hold.created", hold, about=origin.about), *recorded.events),
        outcome=Done(201, hold),
        due={hold_id: hold.expires_at, **recorded.due} if hold.expires_at else recorded.due,
    )


def about_of(hold: CreateHold | Hold) -> About:
    """The wallet's owner, and the payment if the hold is for giving it back."""
    payment = hold.destination.get("payment")
    return About(customer_id=hold.customer_id, payment=payment if isinstance(payment, str) else None)


def source(hold_id: str, kind: str) -> Source:
    """What a hold's transactions are posted for."""
    return Source(type="hold", id=hold_id, kind=kind)


def payout_lines(destination: Json, part: int, whole: int, currency: str) -> list[Posting] | None:
    """Where the confirmed part goes; None if it can only be closed by whoever made the hold."""
    to = _read(destination)
    if to is None:
        return None
    if isinstance(to, Sale):
        return sale(to, part, whole, currency)
    return [credit(chart.wallet(to.customer_id), part, currency)]


def _destination_lines(wish: CreateHold) -> list[Posting] | None:
    return payout_lines(wish.destination, wish.amount, wish.amount, wish.currency)


def _read(destination: Json) -> Sale | ToWallet | None:
    try:
        return _DESTINATION.validate_python(destination)
    except ValidationError:
        return None


def set_aside(customer_id: str, amount: int, currency: str) -> list[Posting]:
    """Of the customer still, and not to be spent."""
    return [
        debit(chart.wallet(customer_id), amount, currency),
        credit(chart.wallet_holds(customer_id), amount, currency),
    ]


def _refusal(asked: Asked, wish: CreateHold, view: View, now: datetime) -> Refused | None:
    if view[hold_key(asked.tenant, asked.command.subject)] is not None:
        return Refused("already_exists", f"There is a hold {asked.command.subject} already.")
    if wish.destination.get("type") not in CLOSED_BY_THEIR_OWN and _destination_lines(wish) is None:
        return Refused("account_not_allowed", "The destination is neither a sale nor a wallet.")
    if (tax := tax_inside(_read(wish.destination))) > wish.amount:
        return Refused("amount_too_small", f"The tax inside ({tax}) is more than the amount ({wish.amount}).")
    if wish.expires_at is not None and wish.expires_at <= now:
        return Refused("date_out_of_range", "The hold would have expired before it began.")
    return None
