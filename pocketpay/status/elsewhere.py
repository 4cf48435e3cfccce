"""How all is where no launcher runs: as a gateway, which asks the monitor, tells it over HTTP."""

from typing import Final

import aiohttp
from pydantic import ValidationError

from health.unreached import why
from messages.switches import Switch
from messages.wire import Json
from pocketpay.program import StartFailed
from pocketpay.refusals import STRANGER, away, refusal
from pocketpay.status.asking import Condition
from pocketpay.status.money import Money, Off
from pocketpay.targets import Door
from storage.stuck import Standstill

ANSWER_SECONDS: Final = 5


async def ask_elsewhere(door: Door) -> tuple[list[Condition], Money]:
    """Every process that is watched there, and the money. Raises StartFailed when it cannot be asked."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers=door.headers) as http:
        processes = await _body(http, door.url, "/status")
        rest = [await _body(http, door.url, path) for path in ("/health/money", "/api/v1/me", "/api/v1/switches")]
    try:
        return conditions_in(processes), money_in(*rest)
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        raise StartFailed(away(door.url, STRANGER)) from error


def conditions_in(status: Json) -> list[Condition]:
    """What `/status` tells. Raises KeyError and the like for what is no such answer."""
    return [Condition(name, each["status"], each["checks"], None) for name, each in status["services"].items()]


def money_in(money: Json, mine: Json, switches: Json) -> Money:
    """What `/health/money`, `/me` and `/switches` tell, or why one of them does not."""
    for told in (money, mine, switches):
        if "code" in told:
            return Money(unasked=str(told.get("detail")))
    stuck = [
        Standstill(**{"amount_minor" if name == "amount" else name: value for name, value in each.items()})
        for each in money["stuck"]["items"]
    ]
    known = [Switch.model_validate(each) for each in switches["data"]]
    off = [Off(str(mine["tenant"]), each) for each in known if not each.on]
    return Money(tuple(each for each in money["invariants"] if each["figure"]), tuple(stuck), tuple(off))


async def _body(http: aiohttp.ClientSession, url: str, path: str) -> Json:
    """Also that of 503: it says what is down. Raises StartFailed for nobody, a stranger and a key that won't do."""
    try:
        async with http.get(url + path) as answer:
            body: Json | None = await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StartFailed(away(url, why(error))) from error
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise StartFailed(away(url, STRANGER))
    if (words := refusal(answer.status, body)) is not None:
        raise StartFailed(words)
    return body
