"""What an event's transaction is posted for: at most one per resource and kind."""

from actors.runtime.decision import Heard
from messages.ledger import Source

KINDS = {
    "payment.succeeded": "captured",
    "refund.created": "accepted",
    "refund.succeeded": "booked",
    "refund.failed": "failed",
    "dispute.funds_withdrawn": "withdrawn",
    "dispute.funds_reinstated": "reinstated",
    "dispute.lost": "lost",
    "payout.created": "created",
    "payout.sent": "sent",
    "payout.paid": "paid",
    "payout.failed": "failed",
    "invoice.finalized": "finalized",
    "invoice.voided": "voided",
    "invoice.marked_uncollectible": "uncollectible",
    "invoice.recovered": "recovered",
    "credit_note.issued": "issued",
    "credit_note.voided": "voided",
}

_UNDONE = {
    "refund.failed": ("accepted", "booked"),
    "invoice.voided": ("uncollectible",),
    "invoice.recovered": ("uncollectible",),
    "dispute.funds_reinstated": ("lost",),
    "dispute.lost": ("reinstated",),
}
"""Events that undo what was posted under these kinds, or post nothing after it."""


def kind_of(heard: Heard) -> str:
    """With its ordinal where one resource may be posted more than once for the same reason."""
    kind = KINDS.get(heard.event.type)
    if kind is not None:
        return kind
    if heard.event.type == "credit_note.settled":
        return f"settled:{heard.event.sequence}"
    if heard.event.type == "invoice.paid_outside":
        return f"outside:{heard.event.sequence}"
    reference = heard.data.balance_transaction
    if "fee" in heard.event.changes:
        first = heard.event.changes["fee"] is None
        return f"fee:{reference or heard.event.sequence}{'' if first else f':{heard.event.sequence}'}"
    return f"available:{heard.event.sequence}"


def source_of(heard: Heard) -> Source:
    """The three that exist at most once."""
    return Source(type=heard.data.object, id=heard.data.id, kind=kind_of(heard))


def sources_before(heard: Heard) -> list[Source]:
    """On what it depends how this event is posted, as far as it was posted."""
    kinds = _UNDONE.get(heard.event.type, ())
    return [Source(type=heard.data.object, id=heard.data.id, kind=kind) for kind in kinds]
