"""What a gateway answers to a person's command, or a sentence that says why it is no answer."""

import json
from contextlib import AbstractAsyncContextManager

import aiohttp

from health.unreached import why
from messages.wire import Json
from pocketpay.program import StartFailed
from pocketpay.refusals import STRANGER, away, refusal


async def answered(url: str, asked: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> tuple[int, Json]:
    """Status and body. Raises StartFailed when nobody answers at `url`, or a stranger, or the key will not do."""
    try:
        async with asked as answer:
            status, text = answer.status, await answer.read()
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StartFailed(away(url, why(error))) from error
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise StartFailed(away(url, STRANGER))
    if (words := refusal(status, body)) is not None:
        raise StartFailed(words)
    return status, body
