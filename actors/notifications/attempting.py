"""An attempt at a delivery: what was queued is signed anew and posted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from messages.envelope import Query, Reply
from messages.notifications import ACTOR
from messages.webhook_secrets import secret_of
from messages.webhooks import DeliveryText
from messages.wire import Json

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""A question to an actor."""

Post = Callable[[str, str, Mapping[str, str]], Awaitable[Json]]
"""URL, body and headers; what became of it is always definite."""

Sign = Callable[[str, datetime, str, Sequence[str]], Mapping[str, str]]
"""The headers of an attempt: the event's id, the time of the attempt, the body, the secrets that are valid."""

OK: Final = 200


async def deliver(ask: Ask, post: Post, sign: Sign, key: str, call_id: str, request: Json) -> Json:
    """Raises when the text cannot be had: then nothing was sent, and the call is made again."""
    _ = call_id
    tenant, endpoint = request["tenant"], request["endpoint"]
    text = await _text_of(ask, tenant, request["delivery"])
    secrets = [secret_of(key, tenant, endpoint, version) for version in request["secret_versions"]]
    now = datetime.now(UTC)
    return await post(request["url"], text, sign(request["event"], now, text, secrets))


async def _text_of(ask: Ask, tenant: str, delivery: str) -> str:
    reply = await ask(ACTOR, "delivery_text", Query(tenant=tenant, params={"id": delivery}))
    if reply.status != OK:
        raise LookupError(f"the text of {delivery}: {reply.status}")
    return DeliveryText.model_validate(reply.body).text
