"""Stripe's own client, held so that it does what we rely on. The only file that imports `stripe`."""

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, NoReturn, cast

import aiohttp
import stripe
from pydantic import SecretStr
from typing_extensions import override

from actors.payments.stripe_keys import mode_of
from health.unreached import why
from messages.wire import Json

VERSION: Final = "2026-10-28.endive"
"""Of Stripe's API: what we read is read as this version has it, whatever the account's own is."""

RETRIES: Final = 2
CONNECTIONS_MAX: Final = 100
CONNECT_SECONDS: Final = 3

stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.WARNING)  # at debug it writes out what is sent


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom we call. The whole of one call lasts three timeouts and two pauses at most."""

    key: SecretStr
    address: str = "https://api.stripe.com"
    timeout_seconds: float = 8.0

    @property
    def livemode(self) -> bool:
        """Whether its money is real: the key alone says so."""
        return mode_of(self.key.get_secret_value()) == "live"


class Unknown(ConnectionError):
    """No answer, or none that says what happened: it may have been done."""


class Unreached(ConnectionError):
    """No connection came about in any attempt: nothing was sent."""


class Answered(Exception):
    """Stripe answered, and not with success. `error` is what its body says, empty when it is not JSON."""

    def __init__(self, status: int, error: Json) -> None:
        super().__init__(f"{status} {error.get('type', '')} {error.get('code', '')}".strip())
        self.status, self.error = status, error


class Client:
    """Opened at its first request, in the loop that then runs."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._session: aiohttp.ClientSession | None = None
        self._stripe: stripe.StripeClient | None = None

    async def get(self, path: str, **parameters: Any) -> Json:
        """What is there. Raises Unknown, Unreached or Answered, as `post` does."""
        return await self._ask("get", path, parameters, {})

    async def post(self, path: str, key: str, parameters: Mapping[str, Any]) -> Json:
        """The object that was made or changed; every attempt carries the same idempotency key."""
        return await self._ask("post", path, parameters, {"idempotency_key": key})

    async def close(self) -> None:
        """Ends the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = self._stripe = None

    async def _ask(self, method: str, path: str, parameters: Mapping[str, Any], options: Mapping[str, str]) -> Json:
        attempts = _attempts.set(_Attempts())
        try:
            answer = await self._opened().raw_request_async(method, path, **parameters, **options)
        except stripe.APIConnectionError as error:
            _no_answer(error)
        except stripe.StripeError as error:
            raise Answered(error.http_status or 0, _told(error)) from None
        finally:
            _attempts.reset(attempts)
        return dict(cast("Json", answer.data))

    def _opened(self) -> stripe.StripeClient:
        if self._stripe is None:
            timeout = aiohttp.ClientTimeout(total=self._account.timeout_seconds, sock_connect=CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX), timeout=timeout
            )
            self._stripe = stripe.StripeClient(
                self._account.key.get_secret_value(),
                stripe_version=VERSION,
                base_addresses={"api": self._account.address.rstrip("/")},
                max_network_retries=RETRIES,
                http_client=_Http(timeout=timeout, session=self._session),
            )
        return self._stripe


class _Attempts:
    """Of one call: whether any of them may have got through."""

    reached = False


_attempts: ContextVar[_Attempts] = ContextVar("stripe_attempts")


class _Http(stripe.AIOHTTPClient):
    """Theirs reads the body outside of its `try`, so what is cut off there would not be asked for again."""

    @override
    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        attempts = _attempts.get()
        try:
            answer = await super().request_async(method, url, headers, post_data)
        except stripe.APIConnectionError as error:
            attempts.reached |= not isinstance(error.__cause__, _UNSENT)
            raise
        except (aiohttp.ClientError, TimeoutError) as error:
            attempts.reached = True
            raise stripe.APIConnectionError(f"the answer broke off: {error!r}", should_retry=True) from error
        attempts.reached = True
        return answer


_UNSENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def _no_answer(error: stripe.APIConnectionError) -> NoReturn:
    told = why(error.__cause__) if error.__cause__ else "no connection"
    if _attempts.get().reached:
        raise Unknown(f"Stripe did not answer: {told}") from error
    raise Unreached(f"Stripe cannot be reached: {told}") from error


def _told(error: stripe.StripeError) -> Json:
    body = error.json_body
    told = body.get("error") if isinstance(body, dict) else None
    return dict(told) if isinstance(told, dict) else {}
