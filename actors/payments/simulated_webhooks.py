"""The simulated provider's webhooks: signed and sent as Stripe does it, repeated until taken, and badly if told so.

What gets lost, doubled or late follows from the seed and the event alone, so that a run can be repeated.
"""

import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import final

import aiohttp
from structlog.stdlib import get_logger

from actors.payments.simulated_events import payload
from actors.payments.simulated_journal import connect
from actors.payments.simulated_settings import settings_of
from messages.provider_events import WebhookFaults

AT_ONCE = 4
BATCH_MAX = 200
PAUSE_SECONDS = 0.1
ANSWER_SECONDS = 15.0
REPEAT_SECONDS_MAX = 60.0
ATTEMPTS_MAX = 20
LATE_SECONDS_MAX = 2.0

_log = get_logger()

_WAITING = """
select seq, type, at, object, attempts from events
where state = 'waiting' and next_at <= ? order by seq limit ?"""

_MOVED = "update events set state = ?, attempts = ?, next_at = ? where seq = ?"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event that is to be sent. `attempts` were made, or put off, before."""

    seq: int
    type: str
    at: str
    told: str
    attempts: int


@final
class Webhooks:
    """Sends what waits in the books of the simulated provider to one address, as long as it runs."""

    def __init__(self, file: Path, url: str, secret: str) -> None:
        self._file, self._url, self._secret = file, url, secret.encode()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Until cancelled."""
        books = await asyncio.to_thread(connect, self._file)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http:
                while True:
                    if not await self._some(books, http):
                        await asyncio.sleep(PAUSE_SECONDS)
        finally:
            books.close()

    async def _some(self, books: Connection, http: aiohttp.ClientSession) -> bool:
        """Whether there was anything to send."""
        faults, waiting = await asyncio.to_thread(_waiting, books)
        if faults.shuffle:
            waiting.sort(key=lambda webhook: drawn(faults, "order", webhook.seq))
        moved = await asyncio.gather(*(self._send(webhook, faults, http) for webhook in waiting))
        if moved:
            await asyncio.to_thread(_move, books, moved)
        return bool(moved)

    async def _send(
        self, webhook: Webhook, faults: WebhookFaults, http: aiohttp.ClientSession
    ) -> tuple[str, int, float, int]:
        attempts = webhook.attempts + 1
        if webhook.attempts == 0 and drawn(faults, "lose", webhook.seq) < faults.lose:
            return "lost", attempts, 0.0, webhook.seq
        if webhook.attempts == 0 and faults.shuffle and drawn(faults, "late", webhook.seq) < 50:
            late = LATE_SECONDS_MAX * drawn(faults, "how late", webhook.seq) / 100
            return "waiting", attempts, time.time() + late, webhook.seq
        taken = await self._post(webhook, http)
        if taken and drawn(faults, "double", webhook.seq) < faults.double:
            await self._post(webhook, http)
        if taken or attempts >= ATTEMPTS_MAX:
            return "sent" if taken else "lost", attempts, 0.0, webhook.seq
        return "waiting", attempts, time.time() + min(2**attempts / 4, REPEAT_SECONDS_MAX), webhook.seq

    async def _post(self, webhook: Webhook, http: aiohttp.ClientSession) -> bool:
        body = payload(webhook.seq, webhook.type, webhook.at, webhook.told)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body, self._secret, time.time())}
        async with self._slots:
            try:
                async with http.post(self._url, data=body, headers=headers) as answer:
                    return 200 <= answer.status < 300
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                _log.debug("webhook.not_taken", error=repr(error))
                return False


def signature(body: bytes, secret: bytes, at_seconds: float) -> str:
    """Stripe's header over this body."""
    at = str(int(at_seconds))
    return f"t={at},v1={hmac.digest(secret, at.encode() + b'.' + body, 'sha256').hex()}"


def drawn(faults: WebhookFaults, what: str, seq: int) -> int:
    """From 0 to 99, by lot, and always the same lot."""
    digest = hashlib.sha256(f"{faults.seed}/{what}/{seq}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def _waiting(books: Connection) -> tuple[WebhookFaults, list[Webhook]]:
    rows = books.execute(_WAITING, (time.time(), BATCH_MAX)).fetchall()
    return settings_of(books).webhooks, [Webhook(*row) for row in rows]


def _move(books: Connection, moved: list[tuple[str, int, float, int]]) -> None:
    books.execute("begin immediate")
    books.executemany(_MOVED, moved)
    books.execute("commit")
