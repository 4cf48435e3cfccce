"""Carrying an import out, against a gateway that behaves badly."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from pocketpay.importing import report
from pocketpay.importing.calling import TOGETHER_MAX, Gateway, session
from pocketpay.importing.carrying import Outcome, carry_out
from pocketpay.importing.planning import planned
from pocketpay.importing.reading import Fault
from pocketpay.importing.rows import Kind
from pocketpay.importing.there import There
from pocketpay.targets import Door
from tests.pocketpay.test_import_plan import ADA, PRO, SUB, sheets

Sent = tuple[str, str, bytes]
Answers = Callable[[int, Sent], Awaitable[web.StreamResponse | None]]
"""None: the connection breaks."""

NOW = datetime(2027, 2, 10, tzinfo=UTC)
ROWS: list[tuple[Kind, Any]] = [("customers", ADA), ("prices", PRO), ("subscriptions", SUB)]


@contextlib.asynccontextmanager
async def gateway(answers: Answers, found: dict[str, Any] | None = None) -> AsyncIterator[tuple[Gateway, list[Sent]]]:
    """What it was sent, each as path, key and body; lists hold `found`, or nothing."""
    sent = list[Sent]()

    async def post(request: web.Request) -> web.StreamResponse:
        this = (request.path, request.headers["Idempotency-Key"], await request.read())
        sent.append(this)
        if (answer := await answers(len(sent), this)) is not None:
            return answer
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def listed(_: web.Request) -> web.StreamResponse:
        return web.json_response({"data": [found] if found else []})

    app = web.Application()
    app.router.add_post("/{path:.*}", post)
    app.router.add_get("/{path:.*}", listed)
    async with TestServer(app) as server, session(Door(str(server.make_url("")))) as http:
        yield Gateway(http, pauses_seconds=(0.01,) * 6), sent


def problem(status: int, code: str, **headers: str) -> web.StreamResponse:
    return web.json_response({"code": code, "detail": f"{code}."}, status=status, headers=headers)


async def made(number: int, sent: Sent) -> web.StreamResponse:
    return web.json_response({"id": f"{sent[0].rpartition('/')[2]}_{number}"}, status=201)


async def carried(to: Gateway, rows: list[tuple[Kind, Any]]) -> list[Outcome]:
    plan = planned(sheets(*rows), There(NOW))
    assert plan.faults == []
    return await carry_out(to, plan)


async def test_what_nobody_knows_is_asked_again_with_the_same_key():
    async def answers(number: int, sent: Sent) -> web.StreamResponse | None:
        match number:
            case 1:
                return problem(503, "starting")
            case 2:
                return problem(504, "outcome_unknown")
            case 3:
                return None
            case 4:
                return web.Response(status=502, text="<html>")
            case 5:
                return web.json_response({}, status=202)
            case 6:
                return web.json_response([])
            case _:
                return await made(number, sent)

    async with gateway(answers) as (to, sent):
        outcomes = await carried(to, ROWS)
    assert [each.result for each in outcomes] == ["made"] * 4
    assert len(set(sent[:7])) == 1, "an outcome that is unknown is asked for with the same key and body"
    assert [path for path, _, _ in sent[6:]] == [f"/api/v1/{each.step.thing}s" for each in outcomes]


async def test_what_needs_what_was_refused_is_not_sent():
    async def answers(number: int, sent: Sent) -> web.StreamResponse:
        return problem(422, "validation_failed") if sent[0].endswith("/products") else await made(number, sent)

    async with gateway(answers) as (to, sent):
        outcomes = await carried(to, ROWS)
    assert [each.code for each in outcomes] == [None, "validation_failed", *["reference_not_found"] * 2]
    assert [path.rpartition("/")[2] for path, _, _ in sent] == ["customers", "products"]
    answer, lines = report.of_outcomes(outcomes)
    assert (answer["complete"], answer["subscriptions"]) == (False, {"refused": 1})
    assert "subscriptions:3  s1  reference_not_found  Not sent: the price p1 is not in." in lines


async def test_once_the_gateway_is_gone_nothing_more_is_tried():
    async def answers(_: int, sent: Sent) -> web.StreamResponse:
        return problem(503, "unavailable")

    rows: list[tuple[Kind, Any]] = [("customers", ADA | {"id": f"c{n}"}) for n in range(200)]
    async with gateway(answers) as (to, sent):
        outcomes = await carried(to, rows)
    counts = Counter(each.result for each in outcomes)
    assert counts == {"unknown": TOGETHER_MAX, "refused": 200 - TOGETHER_MAX}
    assert len(sent) == 7 * TOGETHER_MAX
    assert [each.step.name for each in outcomes] == [f"c{n}" for n in range(200)]


async def test_eight_are_on_their_way_at_a_time():
    now = most = 0

    async def answers(number: int, sent: Sent) -> web.StreamResponse:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.005)
        now -= 1
        return await made(number, sent)

    async with gateway(answers) as (to, _):
        await carried(to, [("customers", ADA | {"id": f"c{n}"}) for n in range(50)])
    assert most == TOGETHER_MAX


@pytest.mark.parametrize("earlier", ["refused", "mismatch"])
async def test_a_key_that_was_refused_before_is_followed_by_the_next(earlier: str):
    async def answers(number: int, sent: Sent) -> web.StreamResponse:
        if number <= 2 and earlier == "refused":
            return problem(422, "reference_not_found", **{"Idempotent-Replayed": "true"})
        return problem(422, "idempotency_mismatch") if number <= 2 else await made(number, sent)

    async with gateway(answers) as (to, sent):
        outcomes = await carried(to, [("customers", ADA)])
    key = outcomes[0].step.key()
    assert [sent[1] for sent in sent] == [key, f"{key}-2", f"{key}-3"]
    assert outcomes[0].result == "made"


async def test_another_body_of_what_is_there_makes_nothing():
    async def answers(number: int, sent: Sent) -> web.StreamResponse:
        return problem(422, "idempotency_mismatch") if "/products" in sent[0] else await made(number, sent)

    async with gateway(answers, found={"id": "prod_there"}) as (to, _):
        outcomes = await carried(to, ROWS[1:2])
    assert (outcomes[0].result, outcomes[0].id) == ("there", "prod_there")


def test_a_terminal_is_told_nothing_that_it_obeys():
    _, lines = report.of_faults([Fault("a.csv", 1, "\x1b[2J", "unknown_field", "\x07.")])
    assert lines[0] == "a.csv:1 ?[2J  unknown_field  ?."
