"""What the simulated provider tells by itself: events as Stripe shapes them, written down with what they speak of."""

import json
from datetime import UTC, datetime
from itertools import takewhile
from sqlite3 import Connection
from typing import Any, Final

from actors.payments.provider import EventPage, ListEvents
from messages.payments import SIMULATED
from messages.provider_events import ProviderEvent
from messages.wire import Json, rfc3339

PAGE_MAX: Final = 100

_CHARGES: Final[dict[str, tuple[str, Json]]] = {
    "captured": ("charge.succeeded", {"status": "succeeded", "captured": True}),
    "authorized": ("charge.succeeded", {"status": "succeeded", "captured": False}),
    "declined": ("charge.failed", {"status": "failed", "captured": False}),
    "released": ("charge.expired", {"status": "succeeded", "captured": False}),
    "canceled": ("charge.expired", {"status": "pending", "captured": False}),
}
_REFUNDS: Final[dict[str, tuple[str, Json]]] = {
    "refund_pending": ("refund.created", {"status": "pending"}),
    "refunded": ("refund.updated", {"status": "succeeded"}),
    "refund_failed": ("refund.failed", {"status": "failed", "failure_reason": "expired_or_canceled_card"}),
}
_PAYOUTS: Final[dict[str, tuple[str, Json]]] = {
    "payout_sent": ("payout.created", {"status": "in_transit"}),
    "payout_paid": ("payout.paid", {"status": "paid"}),
    "payout_failed": ("payout.failed", {"status": "failed", "failure_code": "account_closed"}),
}


def tell_of(books: Connection, line: Json, of: str, *, whole: bool) -> None:
    """The event behind a line of the journal, if there is one; `of` is its charge or payout.

    What a partial capture left over is let go without a word: then it is not the `whole`.
    """
    kind, amount = line["kind"], line["amount"]
    ours, shared = line["payment"], {"amount": amount, "currency": line["currency"].lower()}
    if kind in _CHARGES and (whole or kind == "captured"):
        event, told = _CHARGES[kind]
        taken = amount if told["captured"] else 0
        about = {"object": "charge", "amount_captured": taken, "metadata": {"pocketpay_payment_id": ours}}
        tell(books, event, {"id": of, **about, **shared, **told})
    elif kind in _REFUNDS:
        event, told = _REFUNDS[kind]
        tell(books, event, {"id": line["reference"], "object": "refund", "charge": of, **shared, **told})
    elif kind in _PAYOUTS:
        event, told = _PAYOUTS[kind]
        metadata = {"pocketpay_payout_id": ours} if ours else {}
        about = {"object": "payout", "automatic": not ours, "arrival_date": None, "metadata": metadata}
        tell(books, event, {"id": of, **about, **shared, **told})


def tell(books: Connection, event: str, told: Json) -> None:
    """Writes an event down, in the open transaction of what it speaks of."""
    books.execute(
        "insert into events (type, at, object) values (?, ?, ?)", (event, rfc3339(datetime.now(UTC)), json.dumps(told))
    )


def list_events(books: Connection, account: str, request: Json) -> EventPage:
    """A page after the cursor, which is a sequence, up to the first that is too young."""
    asked = ListEvents.model_validate(request)
    before = rfc3339(asked.created_before)
    found = books.execute(
        "select seq, type, at, object from events where seq > ? order by seq limit ?",
        (int(asked.after or 0), PAGE_MAX + 1),
    )
    rows = list(takewhile(lambda row: row[2] <= before, found))
    page = rows[:PAGE_MAX]
    events = [ProviderEvent.model_validate({**_event(*row), "provider": SIMULATED, "account": account}) for row in page]
    after = str(page[-1][0]) if page else asked.after
    return EventPage(events=events, after=after, has_more=len(rows) > PAGE_MAX)


def payload(seq: int, event: str, at: str, told: str) -> bytes:
    """The event as a webhook's body."""
    made = _event(seq, event, at, told)
    body = {**made, "object": "event", "api_version": "2026-10-28.endive", "data": {"object": made["object"]}}
    return json.dumps(body, separators=(",", ":")).encode()


def _event(seq: int, event: str, at: str, told: str) -> dict[str, Any]:
    created = int(datetime.fromisoformat(at).timestamp())
    made = {"id": f"sim_evt_{seq:09}", "type": event, "created": created, "livemode": False}
    return {**made, "object": json.loads(told)}
