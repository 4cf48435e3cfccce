"""What Stripe would have told by webhook: its events, asked for."""

from functools import partial

from actors.payments import stripe_requests as requests
from actors.payments.provider import EventPage, ListEvents
from actors.payments.stripe_calls import Calls
from actors.payments.stripe_lists import LOOKS_BACK, Listing, page_after, readable
from messages.payments import STRIPE
from messages.provider_events import CHARGE_TYPES, TYPES, ProviderEvent
from messages.wire import Json

SWEPT = sorted(TYPES - {each for each in CHARGE_TYPES if each.startswith("charge.")})
"""Stripe filters by 20 types at most. All charges of ours are of payment intents, whose own events say the same."""


async def list_events(calls: Calls, _: str, request: Json) -> EventPage:
    """A page of them; what is no event is logged and left out."""
    asked = ListEvents.model_validate(request)
    since = asked.created_before - LOOKS_BACK
    listing = Listing(requests.EVENTS, since, asked.created_before, {"types": SWEPT})
    page = await page_after(calls, listing, asked.after)
    events = readable(page.items, partial(event_of, calls.tenant))
    return EventPage(events=events, after=page.after, has_more=page.has_more)


def event_of(tenant: str, told: Json) -> ProviderEvent:
    """As its webhook would have been read. Raises ValueError, KeyError or TypeError for another shape."""
    about = {"provider": STRIPE, "account": tenant, "object": told["data"]["object"]}
    return ProviderEvent.model_validate({**told, **about})
