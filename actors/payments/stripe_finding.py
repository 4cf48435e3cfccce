"""Finding at Stripe what we made: by its reference, or by the metadata that all we make carries."""

from datetime import datetime, timedelta
from typing import Any

from actors.payments import stripe_requests as requests
from actors.payments.stripe_calls import Calls
from actors.payments.stripe_client import Unknown
from messages.wire import Json

PAGE = 100
PAGES_MAX = 50
CLOCKS_DIFFER = timedelta(minutes=10)


async def intent(calls: Calls, reference: str) -> Json:
    """The payment intent as it stands."""
    return await calls.get(f"{requests.INTENTS}/{reference}", endpoint=requests.INTENTS)


async def intent_made_by(calls: Calls, key: str) -> Json | None:
    """The one that this call made. The search is some minutes behind: nothing found proves nothing just then."""
    found = (await calls.get(requests.SEARCH, **requests.search(key)))["data"]
    return found[0] if found else None


async def refund(calls: Calls, charge: str, refund: str) -> Json | None:
    """The one that we made for this refund of ours, among those of the charge."""
    return await _listed(calls, requests.REFUNDS, requests.REFUND, refund, payment_intent=charge)


async def payout(calls: Calls, payout: str, since: datetime) -> Json | None:
    """The one that we made for this payout of ours, then or later."""
    created = {"gte": int((since - CLOCKS_DIFFER).timestamp())}
    return await _listed(calls, requests.PAYOUTS, requests.PAYOUT, payout, created=created)


async def _listed(calls: Calls, path: str, member: str, value: str, **filters: Any) -> Json | None:
    """Raises Unknown when there is more than we can look through."""
    for _ in range(PAGES_MAX):
        page = await calls.get(path, limit=PAGE, **filters)
        for each in page["data"]:
            if (each.get("metadata") or {}).get(member) == value:
                return each
        if not page["has_more"]:
            return None
        filters["starting_after"] = page["data"][-1]["id"]
    raise Unknown(f"{value} is not among the last {PAGE * PAGES_MAX} at {path}")
