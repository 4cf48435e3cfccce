"""Races for one payment, through two gateways and before two payments processes: each has an exact count."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from messages.wire import Json
from tests.walks.processes import two_doors
from tests.walks.purse import at_once
from tests.walks.system import Answer, System
from tests.walks.whole import must_verify

SALE: Json = {"amount": 100, "currency": "SEK", "customer_id": "racer"}
ONE_EACH, MANY_EACH = 1, 16
TIMES = 20

PENDING = (409, "outcome_pending")
"""The winner's answer of the provider is awaited; who comes later is told how the payment stands."""


@pytest.fixture(scope="module")
async def doors(system: System) -> AsyncIterator[list[System]]:
    async with two_doors(system, "payments") as doors:
        yield doors


async def paid(system: System, **more: str) -> str:
    answer = await system.post("/api/v1/payments", {**SALE, **more})
    assert answer.status == 201, answer.body
    return str(answer.headers["Location"])


async def both(doors: list[System], one: str, other: str, each: int, body: Json | None = None) -> list[Answer]:
    """So many of the one at the first door, and of the other at the second, all at the same moment."""
    asks = [partial(door.post, path, body) for door, path in zip(doors, (one, other), strict=True)]
    return await at_once(asks * each)


def winner(answers: list[Answer], too_late: tuple[int, str]) -> Answer:
    """The only one; all others were told that they are not."""
    (won,) = (answer for answer in answers if answer.status < 300)
    refused = {(answer.status, answer.body["code"]) for answer in answers if answer is not won}
    assert refused <= {PENDING, too_late}
    return won


async def income(system: System, answer: Answer) -> int:
    return await system.balance("income:sales", answer.position, "SEK")


@pytest.mark.parametrize("each", [ONE_EACH, MANY_EACH])
async def test_of_refunds_over_what_was_captured_one_is_made(doors: list[System], each: int) -> None:
    # Given a payment of 100
    payment = await paid(doors[0])
    # When 60 and 60 are given back at once
    refunds = f"{payment}/refunds"
    answers = await both(doors, refunds, refunds, each, {"amount": 60})
    # Then one is made, the other is told why not, and the payment and the books know of one
    made = winner(answers, (422, "refund_exceeds_captured"))
    now = await doors[0].get(payment, min_position=made.position)
    assert now["amount_refunded"] == 60
    listed = await doors[0].get("/api/v1/refunds", payment=now["id"])
    assert [refund["id"] for refund in listed["data"]] == [made.body["id"]]
    await must_verify(doors[0])


@pytest.mark.parametrize("each", [ONE_EACH, MANY_EACH])
async def test_an_authorisation_is_captured_once(doors: list[System], each: int) -> None:
    payment = await paid(doors[0], capture_method="manual")
    answers = await both(doors, f"{payment}/capture", f"{payment}/capture", each, {"amount": 70})
    captured = winner(answers, (409, "wrong_state"))
    now = await doors[0].get(payment, min_position=captured.position)
    assert (now["status"], now["amount_captured"], now["amount_capturable"]) == ("succeeded", 70, 0)
    await must_verify(doors[0])


@pytest.mark.parametrize("each", [ONE_EACH, MANY_EACH])
async def test_an_authorisation_is_captured_or_canceled_never_both(doors: list[System], each: int) -> None:
    status = {"succeeded": 0, "canceled": 0}
    last = await doors[0].post("/api/v1/payments", SALE)
    before = await income(doors[0], last)
    for turn in range(TIMES):
        # Given an authorised payment
        payment = await paid(doors[0], capture_method="manual")
        # When it is captured and canceled at the same moment
        one, other = ("capture", "cancel") if turn % 2 else ("cancel", "capture")
        answers = await both(doors, f"{payment}/{one}", f"{payment}/{other}", each)
        # Then one of them happens, and that is how the payment stands
        last = winner(answers, (409, "wrong_state"))
        now = await doors[0].get(payment, min_position=last.position)
        assert now["status"] == last.body["status"]
        assert now["amount_captured"] == (100 if now["status"] == "succeeded" else 0)
        status[now["status"]] += 1
    # And what was captured is income, no more and no less
    assert sum(status.values()) == TIMES
    assert await income(doors[0], last) - before == 100 * status["succeeded"]
    await must_verify(doors[0])
