"""Carries a plan out: customers, products, prices, subscriptions, each with a key by which it is made once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from messages.wire import Json
from pocketpay.importing.calling import Answer, Gateway
from pocketpay.importing.looking import marked
from pocketpay.importing.planning import PATHS, Ids, Plan, Step, Thing, resolved
from pocketpay.importing.together import each_of
from pocketpay.program import StartFailed
from storage.progress import Progress, unseen

Result = Literal["made", "filled_in", "there", "refused", "unknown"]
ATTEMPTS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step; `code` and `detail` are the problem's where it was refused, or its outcome is unknown."""

    step: Step
    result: Result
    id: str | None = None
    code: str | None = None
    detail: str | None = None


async def carry_out(gateway: Gateway, plan: Plan, progress: Progress = unseen) -> list[Outcome]:
    """In the order of the plan. What needs something that was refused is not sent."""
    ids, outcomes, away = dict(plan.ids), dict[int, Outcome](), False
    whole = sum(map(len, plan.waves))

    async def one(numbered: tuple[int, Step]) -> None:
        nonlocal away
        number, step = numbered
        outcomes[number] = outcome = _not_sent(step) if away else await _made(gateway, step, ids)
        away = away or outcome.result == "unknown"
        if outcome.id is not None:
            ids[step.thing, step.name] = outcome.id
        progress(len(outcomes), whole)

    first = 0
    for wave in plan.waves:
        await each_of(enumerate(wave, first), one)
        first += len(wave)
    return [outcomes[number] for number in sorted(outcomes)]


def _not_sent(step: Step) -> Outcome:
    """Each row by itself would wait as long for a gateway that is gone."""
    return Outcome(step, "refused", code="unavailable", detail="Not sent: an earlier row's outcome is unknown.")


async def _made(gateway: Gateway, step: Step, ids: Ids) -> Outcome:
    if step.there is not None:
        return Outcome(step, "there", step.there)
    if (missing := _missing(step, ids)) is not None:
        return Outcome(step, "refused", code="reference_not_found", detail=f"Not sent: {missing} is not in.")
    body = resolved(step, ids)
    answer = await gateway.post(PATHS[step.thing], body, step.key())
    for attempt in range(2, ATTEMPTS_MAX):
        if not _was_refused_before(answer):
            break
        try:
            found = None if step.thing == "customer" else await marked(gateway, step.thing, step.name)
        except StartFailed as error:
            return Outcome(step, "unknown", code="unavailable", detail=str(error))
        if found is not None:
            return Outcome(step, "there", found["id"])
        answer = await gateway.post(PATHS[step.thing], body, step.key(attempt))
    return _outcome(step, answer)


def _was_refused_before(answer: Answer) -> bool:
    """By an earlier run, as the row was then or for what was missing then: its key is used up, and made nothing."""
    mismatch = answer.code == "idempotency_mismatch"
    return answer.status >= 400 and not answer.unsettled and (answer.replayed or mismatch)


def _outcome(step: Step, answer: Answer) -> Outcome:
    body: Json = answer.body
    if answer.status in (200, 201):
        return Outcome(step, "filled_in" if step.fills_in else "made", body["id"])
    result: Result = "unknown" if answer.unsettled else "refused"
    return Outcome(step, result, code=answer.code, detail=str(body.get("detail", "")))


def _missing(step: Step, ids: Ids) -> str | None:
    """What the step needs and was not made."""
    return next((f"the {thing} {name}" for thing, name in _needed(step) if (thing, name) not in ids), None)


def _needed(step: Step) -> Iterator[tuple[Thing, str]]:
    match step.thing:
        case "price":
            yield "product", step.body["product"]
        case "subscription":
            yield "customer", step.body["customer_id"]
            for item in step.body["items"]:
                yield "price", item["price"]
        case _:
            pass
