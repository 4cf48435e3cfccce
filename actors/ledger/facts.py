"""Payments and refunds, posted. A fact is never refused: it happened. One that cannot be posted raises."""

from datetime import datetime

from actors.ledger import postings
from actors.ledger.balances import account_keys
from actors.ledger.closing import closed_by_refund
from actors.ledger.postings import Draft, Posting, source_of
from actors.ledger.record import origin_of, record
from actors.ledger.states import PostedState, hold_key, posted_key
from actors.ledger.wallets import wallet_keys
from actors.runtime.decision import Decision, Heard, Key, View
from messages.payments import Payment, Refund, ToWallet

_BEFORE_FAILURE = ("refund.created", "refund.succeeded")


def fact_needs(heard: Heard) -> set[Key]:
    """From the event alone: what an earlier message of the same batch posts is not in the tables yet."""
    tenant, resource = heard.tenant, heard.data
    lines = _all_lines(resource)
    keys = account_keys(tenant, lines) | wallet_keys(tenant, lines)
    keys.add(posted_key(tenant, source_of(resource, heard.event.type)))
    if isinstance(resource, Refund):
        keys |= {posted_key(tenant, source_of(resource, earlier)) for earlier in _BEFORE_FAILURE}
        keys |= {hold_key(tenant, resource.hold)} if resource.hold else set()
    return keys


def decide_fact(heard: Heard, view: View, now: datetime) -> Decision:
    """Exactly one transaction for the event."""
    event, resource = heard.event, heard.data
    source = source_of(resource, event.type)
    if _is_posted_for(view[posted_key(heard.tenant, source)], event.id):
        return Decision()
    draft = Draft(source, event.time, tuple(_postings(heard, view)), event.id)
    origin = origin_of(heard, now, event.about)
    recorded = record(draft, view, origin)
    if event.type == "refund.created" and isinstance(resource.destination, ToWallet):
        return closed_by_refund(resource, recorded, view, origin)
    return Decision(states=recorded.states, events=recorded.events)


def _is_posted_for(posted: PostedState | None, event_id: str) -> bool:
    """Said once more, the same event changes nothing; another one for the same cause is not let through."""
    return posted is not None and posted.transaction.event == event_id


def _postings(heard: Heard, view: View) -> list[Posting]:
    match heard.event.type:
        case "payment.succeeded":
            return postings.captured(heard.data)
        case "refund.created":
            return postings.accepted(heard.data)
        case "refund.succeeded":
            return postings.booked(heard.data)
        case "refund.failed":
            return postings.failed(posted.transaction for posted in _posted_before(heard, view))
        case other:
            raise ValueError(f"no posting is known for {other}")


def _posted_before(heard: Heard, view: View) -> list[PostedState]:
    sources = (source_of(heard.data, earlier) for earlier in _BEFORE_FAILURE)
    found = [view[posted_key(heard.tenant, source)] for source in sources]
    return [posted for posted in found if posted is not None]


def _all_lines(resource: Payment | Refund) -> list[Posting]:
    """Every account that any event of this resource may touch."""
    if isinstance(resource, Payment):
        return postings.captured(resource)
    return [*postings.accepted(resource), *postings.booked(resource)]
