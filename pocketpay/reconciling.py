"""Differences as the gateway tells them, and in a line each."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from health.unreached import why
from messages.ids import new_id
from messages.money import in_major_units
from messages.wire import Json
from pocketpay.program import StartFailed
from pocketpay.refusals import STRANGER, away, refusal
from pocketpay.targets import Door

ANSWER_SECONDS: Final = 70
PAGE: Final = 100


async def differences(door: Door, status: str) -> list[Json]:
    """All of these statuses, the newest first. Raises StartFailed when the gateway refuses or is away."""
    found: list[Json] = []
    parameters = {"status": status, "limit": str(PAGE)}
    while True:
        page = await _asked("GET", door, "/reconciliation", params=parameters)
        found += page["data"]
        if not page["has_more"]:
            return found
        parameters["cursor"] = page["next_cursor"]


async def run_all(door: Door) -> list[Json]:
    """What a run of each account with a provider came to. Raises StartFailed."""
    accounts = (await _asked("GET", door, "/providers"))["data"]
    return [await post(door, "run", None, provider=each["name"]) for each in accounts]


async def post(door: Door, path: str, reason: str | None, **more: str) -> Json:
    """`run`, `<id>/apply` or `<id>/dismiss`; what it answers. Raises StartFailed."""
    headers = {"Idempotency-Key": new_id("key"), "Prefer": "wait=60"}
    body = {"reason": reason, **more} if reason else more
    return await _asked("POST", door, f"/reconciliation/{path}", json=body, headers=headers)


def in_line(told: Json) -> str:
    """`diff_… open lost_webhook 10.00 USD pay_… provider 1000, payments 0, ledger 0`."""
    sides = ", ".join(f"{name} {'-' if amount is None else amount}" for name, amount in told["sides"].items())
    amount = f"{in_major_units(told['amount'], told['currency'])} {told['currency']}"
    age = f"{told['age_seconds']} s old"
    return f"{told['id']}  {told['status']:9}  {told['class']:15}  {amount:>16}  {told['unit']}  {sides}, {age}"


async def _asked(method: str, door: Door, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Json:
    url, headers = f"{door.url}/api/v1{path}", door.headers | dict(headers or {})
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.request(method, url, headers=headers, **more) as answer,
        ):
            body: Json | None = await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StartFailed(away(door.url, why(error))) from error
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise StartFailed(away(door.url, STRANGER))
    if answer.status == 202:
        raise StartFailed("it is still under way; look again in a moment")
    if (words := refusal(answer.status, body)) is not None:
        raise StartFailed(words)
    if answer.status >= 300:
        raise StartFailed(f"{body.get('title')}: {body.get('detail')}")
    return body
