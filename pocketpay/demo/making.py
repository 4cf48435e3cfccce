"""Asks for what the plan says, over HTTP alone, each step with a key by which it is done once."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from messages.wire import Json
from pocketpay.demo.catalogue import FIRST
from pocketpay.demo.plan import company, key_of, steps_of
from pocketpay.demo.steps import DAYS, Step, Track, resolved
from pocketpay.importing.calling import Answer, Gateway
from pocketpay.importing.together import each_of
from pocketpay.program import StartFailed
from storage.progress import Progress

API: Final = "/api/v1"
OUTSIDE: Final = "/simulated/"
"""What stands beside the API."""


@dataclass(slots=True)
class Made:
    """What was answered, by step. Of `steps` that change something, `new` are those that were not there before."""

    begins: date
    steps: int = 0
    answers: dict[str, Json] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)


async def make(gateway: Gateway, progress: Progress) -> Made:
    """Raises StartFailed at the first step that is not answered as planned; another run goes on from there."""
    made = Made(await _begins(gateway))
    waves = company(made.begins)
    count = sum(1 for _ in steps_of(waves))

    async def one(track: Track) -> None:
        for step in track:
            await _do(gateway, step, made)
            progress(len(made.answers), count)

    for wave in waves:
        await each_of(wave, one)
    return made


async def _begins(gateway: Gateway) -> date:
    """Of the company that is there, else half a year before today."""
    page = await gateway.get(f"{API}/prices", lookup_key=FIRST, limit="1")
    if page and page["data"]:
        return date.fromisoformat(page["data"][0]["metadata"]["begins"])
    return datetime.now(UTC).date() - timedelta(days=DAYS)


async def _do(gateway: Gateway, step: Step, made: Made) -> None:
    path, body = resolved(step, made.answers)
    where = path if path.startswith(OUTSIDE) else f"{API}{path}"
    if step.method == "GET":
        made.answers[step.name] = await gateway.get(where) or {}
        return
    answer = await gateway.write(step.method, where, body or {}, key_of(step))
    if answer.status not in ((402,) if step.declined else (200, 201)):
        raise StartFailed(_stopped(step, answer))
    made.answers[step.name] = answer.body
    made.steps += 1
    if not answer.replayed:
        made.new.add(step.name)


def _stopped(step: Step, answer: Answer) -> str:
    said = f"the demo stopped at {step.name}: {answer.status} {answer.code}, {answer.body.get('detail', '')}"
    if answer.code == "idempotency_mismatch":
        return f"{said}\nAnother version of the demo was here: it needs a place of its own, another --data-dir."
    return f"{said}\nWhat was made stays; `pocketpay demo` again goes on from there."
