"""What every provider tells when it is asked: its events and what it booked, each once, the oldest first."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors.payments.provider import ACCOUNT_RESULT, BookingPage, EventPage, ListBookings, ListEvents, Taken
from messages.ids import new_id
from messages.wire import json_of
from tests.payments.contract.conftest import Shop
from tests.payments.contract.test_contract import charge, refund

Page = EventPage | BookingPage
Ask = Callable[[str | None, timedelta], Awaitable[Page]]
SOON = timedelta(seconds=2)
PAGE = 3


@pytest.fixture(params=["list_events", "list_bookings"])
def asked(request: pytest.FixtureRequest, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """A page behind the cursor of what was made until this much from now; three are a page."""
    if {"list_events": "events", "list_bookings": "bookings"}[request.param] not in shop.can:
        pytest.skip(f"{request.param} is not asked of this provider: a sandbox holds what others did")
    monkeypatch.setattr("actors.payments.stripe_lists.PAGE", PAGE)
    monkeypatch.setattr("actors.payments.simulated_events.PAGE_MAX", PAGE)
    monkeypatch.setattr("actors.payments.simulated_bookings.PAGE_MAX", PAGE)
    kind = ListEvents if request.param == "list_events" else ListBookings

    async def ask(after: str | None, until: timedelta) -> Page:
        wish = kind(after=after, created_before=datetime.now(UTC) + until)
        told = ACCOUNT_RESULT.validate_python(await shop.provider.perform(request.param, new_id("call"), json_of(wish)))
        assert isinstance(told, Page)
        return told

    return ask


async def walk(ask: Ask, after: str | None = None, until: timedelta = SOON) -> list[Page]:
    """All pages, until nothing more is said to be there."""
    pages = [await ask(after, until)]
    while pages[-1].has_more:
        pages.append(await ask(pages[-1].after, until))
    return pages


def about(pages: list[Page]) -> list[str]:
    """Our payments, in the order in which they are told."""
    items = [each for page in pages for each in (page.events if isinstance(page, EventPage) else page.bookings)]
    return [_ours(each) for each in items]


def _ours(item: Any) -> str:
    return item.object["metadata"]["pocketpay_payment_id"] if hasattr(item, "object") else item.ours


async def pay(shop: Shop, count: int) -> list[str]:
    payments = [new_id("pay") for _ in range(count)]
    for each in payments:
        assert isinstance(await charge(shop, payment=each), Taken)
    return payments


async def test_who_did_nothing_yet_has_nothing_to_tell(asked: Ask) -> None:
    page = await asked(None, SOON)
    assert (about([page]), page.after, page.has_more) == ([], None, False)


@pytest.mark.parametrize("count", [1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE + 1])
async def test_each_is_told_once_the_oldest_first_whatever_the_pages(shop: Shop, asked: Ask, count: int) -> None:
    payments = await pay(shop, count)
    pages = await walk(asked)
    assert about(pages) == payments
    assert max(len(about([page])) for page in pages) <= PAGE


async def test_behind_the_cursor_is_only_what_is_new(shop: Shop, asked: Ask) -> None:
    # Given all that there was has been told
    await pay(shop, PAGE)
    cursor = (await walk(asked))[-1].after
    # Then nothing follows, and the cursor stays
    nothing = await asked(cursor, SOON)
    assert (about([nothing]), nothing.after, nothing.has_more) == ([], cursor, False)
    # Until there is more
    newer = await pay(shop, PAGE + 1)
    assert about(await walk(asked, cursor)) == newer


async def test_what_is_too_young_is_not_told_yet(shop: Shop, asked: Ask) -> None:
    payments = await pay(shop, 2)
    early = await asked(None, timedelta(minutes=-1))
    assert (about([early]), early.has_more) == ([], False)
    assert about(await walk(asked, early.after)) == payments


async def test_the_same_page_is_told_the_same_way(shop: Shop, asked: Ask) -> None:
    await pay(shop, PAGE + 1)
    first = await asked(None, SOON)
    assert await asked(None, SOON) == first


async def test_what_is_booked_names_what_moved_and_the_charge_behind_it(shop: Shop) -> None:
    if "bookings" not in shop.can:
        pytest.skip("list_bookings is not asked of this provider")
    # Given a charge, and a part of it given back
    (payment,), name = [new_id("pay")], new_id("ref")
    taken = await charge(shop, payment=payment)
    back = await refund(shop, taken.reference, 300, name=name)
    assert isinstance(back, Taken)
    # When both are listed
    wish = ListBookings(created_before=datetime.now(UTC) + SOON)
    page = BookingPage.model_validate(await shop.provider.perform("list_bookings", new_id("call"), json_of(wish)))
    # Then each says of which charge it is, what it moved, and what we called it, if that is known there
    paid, returned = page.bookings
    assert (paid.category, paid.amount, paid.net, paid.currency) == ("charge", 1000, 1000 - paid.fee, "EUR")
    assert (returned.category, returned.amount, returned.source) == ("refund", -300, back.reference)
    assert (paid.ours, returned.ours in (name, None)) == (payment, True)
    assert taken.reference in paid.charges
    assert taken.reference in returned.charges
