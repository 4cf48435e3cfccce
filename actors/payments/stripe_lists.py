"""Stripe's lists, which begin with the newest: read from the oldest on, page by page behind a cursor.

https://docs.stripe.com/api/pagination: `ending_before` gives the page next to the cursor, the newer ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from structlog.stdlib import get_logger

from actors.payments.stripe_calls import Calls
from actors.payments.stripe_client import Answered, Unknown, Unreached
from actors.payments.stripe_errors import verdict
from messages.wire import Json

Read = TypeVar("Read")

PAGE = 100
PAGES_OF_ONE_SECOND_MAX = 10
LOOKS_BACK = timedelta(days=30)
"""Where we begin without a cursor: Stripe keeps its events no longer."""

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Listing:
    """What of which list: created from `since` to `until`, with Stripe's own `filters`."""

    path: str
    since: datetime
    until: datetime
    filters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The oldest first. `after` is the cursor behind the last of them."""

    items: list[Json]
    after: str | None
    has_more: bool


async def page_after(calls: Calls, listing: Listing, after: str | None) -> Page:
    """What came next behind the cursor; one that Stripe no longer knows is as none.

    Raises Answered when Stripe refuses to list that, else Unknown: then the same may be asked for again.
    """
    if after is not None:
        try:
            return _page(await _ask(calls, listing, ending_before=after), after)
        except Answered as answer:
            if answer.error.get("code") != "resource_missing":
                raise
            _log.warning("stripe.cursor_forgotten", path=listing.path, cursor=after)
    return await _oldest(calls, listing)


def readable(items: list[Json], read: Callable[[Json], Read]) -> list[Read]:
    """All that can be read. The rest is logged and left out: else nothing behind it would ever be seen."""
    found = list[Read]()
    for each in items:
        try:
            found.append(read(each))
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
            # Not the error's text, which may quote what is personal; the id finds the object at Stripe.
            _log.error("stripe.unread", object=each.get("object"), id=each.get("id"), why=type(error).__name__)
    return found


async def _oldest(calls: Calls, listing: Listing) -> Page:
    """The first page of all, found by halving the time: some twenty requests, however much there is.

    Of a second that has more than we look through, the oldest are left out.
    """
    low, high = int(listing.since.timestamp()), int(listing.until.timestamp())
    newest = oldest = await _ask(calls, listing, low, high)
    while oldest["has_more"] and low < high:
        middle = (low + high) // 2
        earlier = await _ask(calls, listing, low, middle)
        if earlier["data"]:
            oldest, high = earlier, middle
        else:
            low = middle + 1
    for _ in range(PAGES_OF_ONE_SECOND_MAX):
        if not oldest["has_more"]:
            break
        oldest = await _ask(calls, listing, low, high, starting_after=oldest["data"][-1]["id"])
    return _page({**oldest, "has_more": newest["has_more"]}, None)


def _page(told: Json, after: str | None) -> Page:
    items = list[Json](reversed(told["data"]))
    last = next((each["id"] for each in reversed(items) if isinstance(each.get("id"), str)), after)
    return Page(items, last, has_more=bool(told["has_more"]) and last != after)


async def _ask(calls: Calls, listing: Listing, low: int | None = None, high: int | None = None, **cursor: str) -> Json:
    created = {"lte": int(listing.until.timestamp()) if high is None else high}
    created |= {} if low is None else {"gte": low}
    try:
        return await calls.get(listing.path, limit=PAGE, created=created, **listing.filters, **cursor)
    except Unreached as error:
        raise Unknown(str(error)) from error
    except Answered as answer:
        match verdict(answer.status, answer.error):
            case "refuse":
                raise
            case "away":
                why = f"Stripe does not let us list {listing.path} ({answer}): see POCKETPAY_STRIPE_KEY"
                raise Unknown(why) from answer
            case _:
                raise Unknown(f"Stripe does not list {listing.path} just now: {answer}") from answer
