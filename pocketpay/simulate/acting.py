"""Asks for what the plan says, each request with its own key and repeated until it is answered."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from messages.wire import Json
from pocketpay.demo.steps import Step, Track, resolved
from pocketpay.importing.calling import Answer, Gateway
from pocketpay.importing.together import each_of
from pocketpay.program import StartFailed
from pocketpay.simulate.plan import Plan, key_of
from pocketpay.simulate.wallets import OWNERS
from storage.progress import Progress

API: Final = "/api/v1"
PAUSES_SECONDS: Final = (0.2, 0.2, 0.5, *(1.0,) * 180)
FILLED_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Told:
    """What the client was told about a step. `path` and `body` are as they were sent."""

    step: Step
    path: str
    body: Json
    status: int
    answer: Json


@dataclass(slots=True)
class Record:
    """All that was answered, in order. `failed` says what was not answered as planned, and ended its track."""

    told: dict[str, Told] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    ended: bool = False


async def act(gateway: Gateway, plan: Plan, record: Record, progress: Progress) -> None:
    """The record grows meanwhile. Raises StartFailed when nothing can be asked at all."""
    count = sum(1 for _ in plan.steps)

    async def one(track: Track) -> None:
        for step in track:
            if not await _do(gateway, plan.seed, step, record):
                return
            progress(len(record.told), count)

    try:
        await each_of(plan.before, one)
        await _until_filled(gateway)
        await each_of(plan.at_once, one)
    finally:
        record.ended = True


async def ask(gateway: Gateway, seed: int, told: Told) -> Answer:
    """The same once more, with the same key."""
    return await gateway.write(told.step.method, told.path, told.body, key_of(seed, told.step))


async def _do(gateway: Gateway, seed: int, step: Step, record: Record) -> bool:
    path, body = resolved(step, {name: told.answer for name, told in record.told.items()})
    answer = await gateway.write(step.method, f"{API}{path}", body or {}, key_of(seed, step))
    if answer.unsettled:
        record.failed.append(f"{step.name} was never answered: {answer.status} {answer.body.get('detail', '')}")
        return False
    record.told[step.name] = Told(step, f"{API}{path}", body or {}, answer.status, answer.body)
    if answer.status in ((402,) if step.declined else (200, 201)):
        return True
    told = f"{answer.status} {answer.code} {answer.body.get('detail', '')}"
    record.failed.append(f"{step.name} should have been {'refused' if step.declined else 'done'}: {told}")
    return False


async def _until_filled(gateway: Gateway) -> None:
    """The ledger hears of what the cards brought a moment after the client."""
    try:
        async with asyncio.timeout(FILLED_SECONDS):
            for owner in OWNERS:
                await _until_it_holds_money(gateway, owner)
    except TimeoutError:
        raise StartFailed(f"the wallets were not filled within {FILLED_SECONDS} s") from None


async def _until_it_holds_money(gateway: Gateway, owner: str) -> None:
    while True:
        wallet = await gateway.get(f"{API}/wallets/{owner}") or {}
        if wallet.get("balances"):
            return
        await asyncio.sleep(0.1)


def counted(record: Record) -> Counter[str]:
    """How many of what were acknowledged, in the words of the API."""
    counts = Counter(str(told.answer["object"]) for told in record.told.values() if "object" in told.answer)
    counts["declined"] = sum(told.status == 402 for told in record.told.values())
    return counts
