"""A call of Stripe, from its key to its outcome: asked for again while that is safe, looked for when it isn't."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from actors.payments.provider import Away, Declined
from actors.payments.stripe_bucket import Bucket
from actors.payments.stripe_client import Answered, Client, Unknown
from actors.payments.stripe_errors import verdict
from messages.ids import made_at
from messages.wire import Json

Told = TypeVar("Told")

KEY_LASTS = timedelta(hours=23)
"""Stripe may forget a key after 24 hours, and would then do it anew. From here on nothing is sent, only looked for."""

SURELY_SENT = timedelta(hours=24)
"""Then the last attempt is an hour past, and what cannot be found was not done: searching lags by minutes at most."""


@dataclass(frozen=True, slots=True)
class Wanted(Generic[Told]):
    """A change at Stripe. `read` says what the changed object means, `refused` what a definite no does.

    `find` looks for what the key did: None when Stripe knows nothing of it.
    """

    path: str
    parameters: Mapping[str, Any]
    read: Callable[[Json], Told]
    find: Callable[[], Awaitable[Told | None]]
    refused: Callable[[Json], Declined]


class Calls:
    """Of one Stripe account, which is the `tenant`'s, all below its limits."""

    def __init__(self, client: Client, bucket: Bucket, now: Callable[[], datetime], tenant: str) -> None:
        self._client, self._bucket, self._now, self.tenant = client, bucket, now, tenant

    async def get(self, path: str, endpoint: str | None = None, **parameters: Any) -> Json:
        """An object or a list. Raises as `Client.get`."""
        await self._bucket.take(f"GET {endpoint or path}")
        return await self._client.get(path, **parameters)

    async def do(self, key: str, wanted: Wanted[Told]) -> Told | Declined | Away:
        """What became of it. Raises when nobody knows yet, or nothing was begun: the same call comes again."""
        age = self._now() - made_at(key)
        if age >= KEY_LASTS:
            return await self._look(wanted, age)
        await self._bucket.take(f"POST {'/'.join(wanted.path.split('/')[:3])}")
        try:
            return wanted.read(await self._client.post(wanted.path, key, wanted.parameters))
        except Answered as answer:
            match verdict(answer.status, answer.error):
                case "again" | "away":
                    raise
                case "decline" | "refuse":
                    return wanted.refused(answer.error)
                case "look":
                    return await self._look(wanted, age)

    async def _look(self, wanted: Wanted[Told], age: timedelta) -> Told | Away:
        found = await wanted.find()
        if found is not None:
            return found
        if age < SURELY_SENT:
            raise Unknown("Stripe does not show what this key did, and it may yet be under way")
        return Away(detail="A day later Stripe has no trace of it: it was not done.")
