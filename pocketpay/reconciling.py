"""Differences as the gateway tells them, and in a line each."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from messages.ids import new_id
from messages.money import in_major_units
from messages.wire import Json
from pocketpay.gateway_answers import answered
from pocketpay.program import StartFailed
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


def in_lines(told: Json) -> list[str]:
    """`diff_… open lost_webhook simulated 10.00 USD pay_… provider 10.00, payments 0.00, ledger -`, and what
    `apply` does below it, a line per posting.
    """
    currency = told["currency"]
    sides = ", ".join(f"{name} {_amount(amount, currency)}" for name, amount in told["sides"].items())
    amount, age = f"{_amount(told['amount'], currency)} {currency}", f"{told['age_seconds']} s old"
    words = f"{told['id']}  {told['status']:<9}  {told['class']:<15}  {told['provider']:<12}  {amount:>16}"
    return [f"{words}  {told['unit']}  {sides}, {age}", *(f"    {each}" for each in _proposed(told))]


def _amount(amount_minor: int | None, currency: str) -> str:
    return "-" if amount_minor is None else in_major_units(amount_minor, currency)


def _proposed(told: Json) -> list[str]:
    """Only of what is open: nothing more is done about the others."""
    proposed = told["proposed"] or {}
    if told["status"] != "open":
        return []
    if proposed.get("action") == "look_up":
        return ["apply: asks the provider again"]
    width = max((len(each["account"]) for each in proposed.get("postings", ())), default=0)
    return [
        f"apply: {each['side']:<6}  {each['account']:<{width}}  "
        f"{_amount(each['amount'], each['currency']):>14} {each['currency']}"
        for each in proposed.get("postings", ())
    ]


async def _asked(method: str, door: Door, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Json:
    url, headers = f"{door.url}/api/v1{path}", door.headers | dict(headers or {})
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        status, body = await answered(door.url, http.request(method, url, headers=headers, **more))
    if status == 202:
        raise StartFailed("it is still under way; look again in a moment")
    if status >= 300:
        raise StartFailed(f"{body.get('title')}: {body.get('detail')}")
    return body
