"""How all is where no launcher runs: as a gateway, which asks the monitor, tells it over HTTP."""

from typing import Final

import aiohttp
from pydantic import ValidationError

from messages.scopes import ADMIN
from messages.switches import Switch
from messages.wire import Json
from pocketpay.gateway_answers import answered
from pocketpay.program import StartFailed
from pocketpay.refusals import STRANGER, away
from pocketpay.status.asking import Condition
from pocketpay.status.money import Money, Off
from pocketpay.targets import Door
from storage.stuck import Standstill

ANSWER_SECONDS: Final = 5
UNASKED: Final[Json] = {"data": []}
"""Only who may turn a switch is told of it."""


async def ask_elsewhere(door: Door) -> tuple[list[Condition], Money]:
    """Every process that is watched there, and the money. Raises StartFailed when it cannot be asked."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers=door.headers) as http:

        async def told(path: str) -> Json:
            """Also of 503: it says what is down."""
            return (await answered(door.url, http.get(door.url + path)))[1]

        processes, money, mine = await told("/status"), await told("/health/money"), await told("/api/v1/me")
        switches = await told("/api/v1/switches") if ADMIN in mine.get("scopes", ()) else UNASKED
    try:
        return conditions_in(processes), money_in(money, mine, switches)
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
