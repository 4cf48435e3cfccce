"""What Stripe booked on our account with it: its balance transactions, in our words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from structlog.stdlib import get_logger

from actors.payments import stripe_requests as requests
from actors.payments.provider import BookingPage, ListBookings
from actors.payments.stripe_amounts import from_stripe
from actors.payments.stripe_calls import Calls
from actors.payments.stripe_client import Answered
from actors.payments.stripe_lists import LOOKS_BACK, Listing, Page, page_after, readable
from messages.balance import Booking, Category
from messages.wire import Json

CATEGORIES: Mapping[str, Category] = {
    **{category: category for category in get_args(Category)},
    "payout_reversal": "payout_failure",
    "partial_capture_reversal": "charge",
}
"""By `reporting_category`; what is none of these is `other`. All that was authorised is booked first, and what a
partial capture left of it below nothing.
"""

EVER = datetime(2011, 1, 1, tzinfo=UTC)
"""Before Stripe was."""

_log = get_logger()


async def list_bookings(calls: Calls, _: str, request: Json) -> BookingPage:
    """A page of them. What cannot be read is logged and left out, and our books then differ by it.

    Of a payout that Stripe did not make by itself, it does not know what was paid out with it: nothing is listed.
    """
    asked = ListBookings.model_validate(request)
    filters: Json = {"expand": ["data.source"]} | ({"payout": asked.payout} if asked.payout else {})
    since = EVER if asked.payout else asked.created_before - LOOKS_BACK
    listing = Listing(requests.BALANCE_TRANSACTIONS, since, asked.created_before, filters)
    try:
        page = await page_after(calls, listing, asked.after)
    except Answered as answer:
        if asked.payout is None:
            raise
        _log.warning("stripe.payout_not_listed", payout=asked.payout, answer=str(answer))
        page = Page([], asked.after, has_more=False)
    bookings = [
        each for each in readable(page.items, booking_of) if asked.payout is None or each.source != asked.payout
    ]
    return BookingPage(bookings=bookings, after=page.after, has_more=page.has_more)


def booking_of(told: Json) -> Booking:
    """A balance transaction whose `source` is expanded. Raises ValueError, KeyError or TypeError for another shape.

    AmountUnread, which is a ValueError, when it has a fraction of what our currency divides into.
    """
    currency, source = str(told["currency"]).upper(), told.get("source")
    moved: Json = source if isinstance(source, dict) else {"id": source}
    return Booking(
        id=told["id"],
        category=CATEGORIES.get(told["reporting_category"], "other"),
        amount=from_stripe(told["amount"], currency),
        fee=from_stripe(told["fee"], currency),
        net=from_stripe(told["net"], currency),
        currency=currency,
        created=told["created"],
        available_on=told["available_on"],
        source=moved["id"],
        charges=_charges(moved),
        ours=_ours(moved),
    )


def _charges(moved: Json) -> list[str]:
    """All names of the charge behind it: payments are known by that of their intent, disputes often by the other."""
    charge = moved["id"] if moved.get("object") == "charge" else moved.get("charge")
    return [each for each in (moved.get("payment_intent"), charge) if isinstance(each, str)]


def _ours(moved: Json) -> str | None:
    metadata = moved.get("metadata") or {}
    named = (metadata.get(name) for name in (requests.PAYMENT, requests.REFUND, requests.PAYOUT))
    return next((each for each in named if isinstance(each, str)), None)
