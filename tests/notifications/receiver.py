"""Somebody else's server, written from the Standard Webhooks specification alone (with its reference library)."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from messages.wire import Json


@dataclass
class Receiver:
    """`secrets` are those that its owner knows; whatever verifies by none of them is refused with 401.

    `answers` says the status for an event; by default it takes all. What it took stands in `bodies`, repeats too.
    """

    url: str = ""
    secrets: list[str] = field(default_factory=list)
    answers: Callable[[Json], int] = field(default=lambda _: 204)
    seen: list[tuple[str, Json]] = field(default_factory=list)
    bodies: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    unverified: int = 0

    @property
    def once(self) -> list[Json]:
        """Each event once, as it came first: `webhook-id` tells repeats."""
        firsts: dict[str, Json] = {}
        for id_, body in self.seen:
            firsts.setdefault(f"{id_}/{body['delivery']['replay']}", body)
        return list(firsts.values())

    def numbers(self) -> list[int]:
        """Of the endpoint's own sequence, sorted, each once."""
        return sorted({body["delivery"]["sequence"] for body in self.once if not body["delivery"]["replay"]})

    def sequences(self) -> dict[str, list[int]]:
        """Of each resource, in the order in which they came."""
        found: dict[str, list[int]] = defaultdict(list)
        for body in self.once:
            if not body["delivery"]["replay"]:
                found[f"{body['data'].get('object')}/{body['subject']}"].append(body["sequence"])
        return found

    async def until(self, count: int, timeout_seconds: float = 30) -> None:
        """So many events have come, each counted once."""
        async with asyncio.timeout(timeout_seconds):
            while len(self.once) < count:
                await asyncio.sleep(0.02)

    async def take(self, request: web.Request) -> web.Response:
        """Verifies, then keeps."""
        raw = await request.read()
        body = self._verified(raw, request.headers)
        if body is None:
            self.unverified += 1
            return web.Response(status=401)
        status = self.answers(body)
        if status < 300:
            self.seen.append((request.headers["webhook-id"], body))
        self.bodies[f"{body['id']}/{body['delivery']['replay']}"].add(raw)
        return web.Response(status=status, text="thank you")

    def _verified(self, raw: bytes, headers: Mapping[str, str]) -> Any:
        for secret in self.secrets:
            with contextlib.suppress(WebhookVerificationError, ValueError):
                return Webhook(secret).verify(raw, dict(headers))
        return None


@contextlib.asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver on a port of loopback."""
    receiver = Receiver()
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
