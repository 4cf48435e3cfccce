"""How a hold ends: confirmed, wholly or in part, given back, expired, or used up by the refund behind it."""

from datetime import datetime
from typing import Literal

from actors.ledger import chart
from actors.ledger.holds import about_of, payout_lines, source
from actors.ledger.keys import hold_key, posted_key
from actors.ledger.postings import Draft, Posting, credit, debit
from actors.ledger.record import Origin, Recorded, origin_of, record, record_keys
from actors.ledger.states import HoldState
from actors.runtime.decision import Asked, Decision, Done, FellDue, Key, Refused, Said, View
from messages.destinations import ToWallet
from messages.envelope import GATEWAY
from messages.ledger_commands import ConfirmHold
from messages.payments import Refund
from messages.payouts import Payout
from messages.wallets import Hold

Ending = Literal["confirmed", "voided", "expired"]


def closing_needs(tenant: str, hold_id: str, ending: Ending, view: View) -> set[Key]:
    """The hold, and once it is known the accounts between which its money may move."""
    key = hold_key(tenant, hold_id)
    keys = {key, posted_key(tenant, source(hold_id, ending))}
    known: HoldState | None = view.get(key)
    if known is None:
        return keys
    hold = known.hold
    lines = closing_lines(hold, 0)
    lines += payout_lines(hold.destination, hold.amount, hold.amount, hold.currency) or []
    return keys | record_keys(tenant, lines, None, view)


def confirm_needs(asked: Asked, view: View) -> set[Key]:
    """The hold, and the accounts between which its money may move."""
    return closing_needs(asked.tenant, asked.command.subject, "confirmed", view)


def void_needs(asked: Asked, view: View) -> set[Key]:
    """The hold, and the accounts between which its money may move."""
    return closing_needs(asked.tenant, asked.command.subject, "voided", view)


def void(asked: Asked, view: View, now: datetime) -> Decision:
    """`hold.void`: 200 with the hold, its money back in the wallet."""
    found = _open_hold(asked, view)
    if isinstance(found, Refused):
        return Decision(outcome=found)
    origin = origin_of(asked, now, about_of(found))
    return _close(found, "voided", closing_lines(found, 0), 0, view, origin, answered=True)


def confirm(asked: Asked, view: View, now: datetime) -> Decision:
    """`hold.confirm`: 200 with the hold; what isn't confirmed goes back to the wallet."""
    found, wish = _open_hold(asked, view), asked.data
    assert isinstance(wish, ConfirmHold)
    if isinstance(found, Refused):
        return Decision(outcome=found)
    if found.expires_at is not None and found.expires_at <= now:
        return Decision(outcome=_not_open(found, "expired"))
    amount = found.amount if wish.amount is None else wish.amount
    if amount > found.amount:
        detail = f"{amount} {found.currency} are to be confirmed, {found.amount} are held."
        return Decision(outcome=Refused("hold_exceeded", detail))
    paid = payout_lines(found.destination, amount, found.amount, found.currency)
    if paid is None:
        detail = f"The hold is for a {found.destination.get('type')} and is closed by it."
        return Decision(outcome=Refused("account_not_allowed", detail))
    origin = origin_of(asked, now, about_of(found))
    lines = [*closing_lines(found, amount), *paid]
    return _close(found, "confirmed", lines, amount, view, origin, answered=True)


def expire(due: FellDue, view: View, now: datetime) -> Decision:
    """The hold's time is over. An alarm that no longer fits changes nothing; one that rings too early is set again."""
    known: HoldState | None = view[hold_key(due.tenant, due.entity)]
    hold = known.hold if known else None
    if hold is None or hold.status != "open" or hold.expires_at is None:
        return Decision()
    if hold.expires_at > now:
        return Decision(due={hold.id: hold.expires_at})
    origin = origin_of(due, now, about_of(hold), hold.livemode)
    return _close(hold, "expired", closing_lines(hold, 0), 0, view, origin, answered=False)


def closed_by_fact(resource: Refund | Payout, recorded: Recorded, view: View, origin: Origin) -> Decision:
    """The transaction of a refund or payout has taken the held money: the hold is confirmed by it."""
    known: HoldState | None = view[hold_key(origin.tenant, resource.hold)] if resource.hold else None
    if known is None or known.hold.status != "open":
        raise ValueError(f"there is no open hold behind {resource.id}")
    held = known.hold
    if (held.customer_id, held.amount, held.currency) != (_owner(resource), resource.amount, resource.currency):
        raise ValueError(f"the hold {held.id} is not of what {resource.id} takes out of the wallet")
    return _closed(held, "confirmed", held.amount, recorded, origin, answered=False)


def _owner(resource: Refund | Payout) -> str | None:
    """Whose wallet the money was held in: of a top-up for somebody else, that somebody's."""
    if isinstance(resource, Refund) and isinstance(resource.destination, ToWallet):
        return resource.destination.customer_id
    return resource.customer_id


def _close(
    hold: Hold,
    ending: Ending,
    lines: list[Posting],
    confirmed: int,
    view: View,
    origin: Origin,
    *,
    answered: bool,
) -> Decision:
    draft = Draft(source(hold.id, ending), origin.now, tuple(lines), unstoppable=ending != "confirmed")
    return _closed(hold, ending, confirmed, record(draft, view, origin), origin, answered=answered)


def _closed(
    hold: Hold, ending: Ending, confirmed: int, recorded: Recorded, origin: Origin, *, answered: bool
) -> Decision:
    now = origin.now
    changes = {"status": ending, "amount_confirmed": confirmed, "closed_at": now, "updated_at": now}
    after = hold.model_copy(update={**changes, "version": hold.version + 1})
    return Decision(
        states=(HoldState(origin.tenant, after), *recorded.states),
        events=(Said(f"hold.{ending}", after, hold, origin.about), *recorded.events),
        outcome=Done(200, after) if answered else None,
        due={hold.id: None, **recorded.due} if hold.expires_at else recorded.due,
    )


def _open_hold(asked: Asked, view: View) -> Hold | Refused:
    hold_id = asked.command.subject
    known: HoldState | None = view[hold_key(asked.tenant, hold_id)]
    if known is None:
        return Refused("not_found", f"There is no hold {hold_id}.")
    if asked.command.source == GATEWAY and (owner := _belongs_to(known.hold)) is not None:
        return Refused("in_use", f"The hold belongs to {owner}, which alone may close it.")
    return known.hold if known.hold.status == "open" else _not_open(known.hold, known.hold.status)


def _not_open(hold: Hold, status: str) -> Refused:
    where = {"resource": {"object": "hold", "id": hold.id}, "status_now": status}
    return Refused(
        "wrong_state", f"The hold is {status}; only an open one can be closed.", {**where, "allowed_from": ["open"]}
    )


def _belongs_to(hold: Hold) -> object | None:
    """The payment, refund or payout that made the hold, if it was not made by a request of its own."""
    named = (hold.destination.get(name) for name in ("refund", "payout", "payment"))
    return next((owner for owner in named if owner is not None), None)


def closing_lines(hold: Hold, confirmed: int) -> list[Posting]:
    """The held money leaves; what isn't confirmed is free again."""
    back = hold.amount - confirmed
    lines = [debit(chart.wallet_holds(hold.customer_id), hold.amount, hold.currency)]
    return [*lines, credit(chart.wallet(hold.customer_id), back, hold.currency)] if back else lines
