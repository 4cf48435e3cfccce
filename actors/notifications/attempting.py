"""An attempt at a delivery: what was queued is signed anew and posted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from messages.webhook_secrets import secret_of
from messages.wire import Json

TextOf = Callable[[str, str], Awaitable[str]]
"""The body of a tenant's delivery."""

Post = Callable[[str, str, Mapping[str, str]], Awaitable[Json]]
"""URL, body and headers; what became of it is always definite."""

Sign = Callable[[str, datetime, str, Sequence[str]], Mapping[str, str]]
"""The headers of an attempt: the event's id, the time of the attempt, the body, the secrets that are valid."""


async def deliver(text_of: TextOf, post: Post, sign: Sign, key: str, call_id: str, request: Json) -> Json:
    """Raises when the text cannot be had: then nothing was sent, and the call is made again."""
    _ = call_id
    tenant, endpoint = request["tenant"], request["endpoint"]
    text = await text_of(tenant, request["delivery"])
    secrets = [secret_of(key, tenant, endpoint, version) for version in request["secret_versions"]]
    now = datetime.now(UTC)
    return await post(request["url"], text, sign(request["event"], now, text, secrets))
