"""Stripe as a payment provider."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import final

from actors.payments.provider import Away, Declined
from actors.payments.stripe_amounts import AmountUnfit
from actors.payments.stripe_bucket import Bucket
from actors.payments.stripe_calls import Calls
from actors.payments.stripe_client import Account, Answered, Client, Unreached
from actors.payments.stripe_errors import verdict
from actors.payments.stripe_operations import OPERATIONS, Answer
from actors.payments.stripe_requests import BALANCE
from actors.runtime.calls import NEVER_TRIED
from messages.payments import STRIPE
from messages.wire import Json, json_of

REQUESTS_PER_SECOND = 20
PING_LASTS_SECONDS = 15.0


def _now() -> datetime:
    return datetime.now(UTC)


@final
class Stripe:
    """`actors.payments.provider.Provider` over the `tenant`'s Stripe account. `per_second` is for each endpoint."""

    name: str = STRIPE
    default_method: str | None = None
    keeps_open: bool = True

    def __init__(
        self,
        account: Account,
        per_second: int = REQUESTS_PER_SECOND,
        now: Callable[[], datetime] = _now,
        tenant: str = "demo",
    ) -> None:
        self.livemode: bool = account.livemode
        self._client = Client(account)
        self._calls = Calls(self._client, Bucket(per_second), now, tenant)
        self._pinged_at = -PING_LASTS_SECONDS

    async def perform(self, operation: str, key: str, request: Json) -> Json:
        """Does it, once per key. Raises KeyError for what only the simulated provider does.

        Raises what the client and the bucket raise when the outcome is unknown, or nothing could be begun.
        """
        return json_of(await self._outcome(operation, key, request))

    async def ping(self) -> None:
        """Raises when Stripe cannot be reached, or not with our key."""
        if monotonic() - self._pinged_at > PING_LASTS_SECONDS:
            await self._calls.get(BALANCE)
            self._pinged_at = monotonic()

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.close()

    async def _outcome(self, operation: str, key: str, request: Json) -> Answer:
        try:
            return await OPERATIONS[operation](self._calls, key, request)
        except AmountUnfit as unfit:
            return Declined(code="currency_not_supported", detail=str(unfit))
        except Unreached as error:
            if not NEVER_TRIED.get():
                raise
            return Away(detail=f"{error}. Nothing was charged.")
        except Answered as answer:
            if verdict(answer.status, answer.error) != "away" or not NEVER_TRIED.get():
                raise
            return Away(detail=f"Stripe does not let us in ({answer}): see POCKETPAY_STRIPE_KEY. Nothing was charged.")
