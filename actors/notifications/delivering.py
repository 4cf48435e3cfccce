"""One attempt to deliver a webhook. Nothing that a receiver does costs more than a deadline and a few kilobytes.

Its status counts as soon as its headers are there: what follows is read for two seconds and up to 4 kB, to be shown,
and whatever comes later or beyond changes nothing. Bodies are kept as they come, compressed ones too.
"""

import asyncio
import contextlib
import io
import re
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import aiohttp
import structlog

from actors.notifications.attempt_errors import DETAIL_CHARACTERS_MAX, error_and_detail
from actors.notifications.resolving import AddressRefused, Lookup, Lookups, Permitted
from actors.notifications.retry_after import retry_after_seconds
from messages.webhook_addresses import Network, needs_allowed, url_refusal
from messages.wire import Json, rfc3339

DEADLINE_SECONDS: Final = 15.0
BODY_SECONDS: Final = 2.0
CLOSING_SECONDS: Final = 1.0
BODY_BYTES_MAX: Final = 4096

_NO_TIMEOUT: Final = aiohttp.ClientTimeout(total=None)
"""The deadline around all of it holds."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_log = structlog.get_logger("notifications.delivering")


@dataclass(frozen=True, slots=True)
class Seen:
    """What an attempt came to; `error` is None for a success alone."""

    error: str | None
    detail: str | None = None
    response_status: int | None = None
    response_body: str = ""
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends to public addresses, and to the networks of `allow`. Each attempt has its own lookup and connection, and
    takes nothing from the environment: no proxy, no cookie, no password."""

    allow: Sequence[Network] = ()
    lookup: Lookup = field(default_factory=Lookups)
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    deadline_seconds: float = DEADLINE_SECONDS

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> Json:
        """The attempt as a delivery keeps it. Whatever happens is told, never raised."""
        at, began = datetime.now(UTC), time.monotonic()
        seen = await self._attempt(url, body, headers)
        return {
            "result": "succeeded" if seen.error is None else "failed",
            "response_status": seen.response_status,
            "error": seen.error,
            "detail": seen.detail and _kept(seen.detail.encode(errors="replace")),
            "duration_ms": int((time.monotonic() - began) * 1000),
            "response_body": seen.response_body,
            "retry_after_seconds": seen.retry_after_seconds,
            "at": rfc3339(at),
        }

    async def _attempt(self, url: str, body: str, headers: Mapping[str, str]) -> Seen:
        if refusal := url_refusal(url, self.allow):
            return Seen("address_refused", refusal)
        asked = {**headers, "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(self.deadline_seconds) as deadline,
                self._session(url) as http,
                http.post(url, data=io.BytesIO(body.encode()), headers=asked, allow_redirects=False) as response,
            ):
                ends = deadline.when() or 0.0
                deadline.reschedule(ends + CLOSING_SECONDS)  # the status is there: no later failure takes it back
                return _answered(response, await _beginning(response, ends))
        except Exception as error:  # noqa: BLE001 - a call that raises has an unknown outcome, and this one has none
            if not isinstance(error, aiohttp.ClientError | OSError | AddressRefused):
                _log.exception("webhook.attempt_broke")
            return Seen(*error_and_detail(error))

    def _session(self, url: str) -> aiohttp.ClientSession:
        resolver = Permitted(self.allow, needs_allowed(url), self.lookup)
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True, ssl=self.trust)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_NO_TIMEOUT,
            trust_env=False,
            auto_decompress=False,
        )


def _answered(response: aiohttp.ClientResponse, body: bytes) -> Seen:
    shown = _kept(body)
    if 200 <= response.status < 300:
        return Seen(None, response_status=response.status, response_body=shown)
    retry_after = retry_after_seconds(response.headers.get("Retry-After"), datetime.now(UTC))
    if 300 <= response.status < 400:
        detail = f"redirects are not followed: {response.headers.get('Location', '')[:DETAIL_CHARACTERS_MAX]}"
        return Seen("redirect_refused", detail, response.status, shown, retry_after)
    return Seen("status", None, response.status, shown, retry_after)


async def _beginning(response: aiohttp.ClientResponse, ends: float) -> bytes:
    read = bytearray()
    with contextlib.suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout_at(min(ends, asyncio.get_running_loop().time() + BODY_SECONDS)):
            while chunk := await response.content.read(BODY_BYTES_MAX - len(read)):
                read += chunk
    return bytes(read)


def _kept(text: bytes) -> str:
    """As text that any table, message and terminal takes: without control characters, of which each would be six
    bytes in JSON, no half of a character, and not longer than it was allowed to be."""
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:BODY_BYTES_MAX].decode(errors="replace"))
    return shown.encode()[:BODY_BYTES_MAX].decode(errors="ignore")
