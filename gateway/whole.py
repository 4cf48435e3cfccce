"""What is personal is in no outcome: who asks is shown the resource as it is now."""

from dataclasses import replace

from aiohttp import web

from gateway.door import REQUEST_ID, caller_of, door_of
from gateway.outcomes import Answer, refusal
from gateway.problems import Problem
from gateway.questions import resource_of
from messages.envelope import Query


async def read_again(request: web.Request, answer: Answer, actor: str, name: str) -> Answer:
    """Outcomes are told after their commit, so this read sees what was written."""
    if answer.status not in (200, 201):
        return answer
    query = Query(tenant=caller_of(request).tenant, params={"id": answer.body["id"]})
    try:
        body = await resource_of(door_of(request).bus, actor, name, query)
    except Problem as problem:
        detail = f"It is done, but the {name} cannot be read just now: {problem.detail}"
        return refusal(Problem("outcome_unknown", detail), request[REQUEST_ID])
    return replace(answer, body=body, headers={**answer.headers, "ETag": f'"{body["version"]}"'})
