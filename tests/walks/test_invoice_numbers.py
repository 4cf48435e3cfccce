"""Many invoices opened at once, some of which cannot be: the numbers have no gap."""

import asyncio
from collections import Counter
from itertools import count

import pytest

from messages.wire import Json
from tests.walks.system import Answer, System

INVOICES = "/api/v1/invoices"
WORKERS, MANY = 32, 1_000
FAILING = 10
"""One in so many has no lines, and cannot be opened."""


async def _draft(system: System, number: int) -> str:
    lines = [] if number % FAILING == 0 else [{"amount": 1000, "description": "Work"}]
    wish = {"customer_id": "numbers", "currency": "USD", "collection_method": "send_invoice", "lines": lines}
    made = await system.post(INVOICES, wish)
    assert made.status == 201, made.body
    return made.body["id"]


async def _by_workers(system: System, verb: str, ids: list[str]) -> list[Answer]:
    numbers, answers = count(), list[Answer]()

    async def work() -> None:
        while (number := next(numbers)) < len(ids):
            answers.append(await system.post(f"{INVOICES}/{ids[number]}/{verb}"))

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    return answers


async def _audit(system: System, series: str) -> Json:
    return await system.get(f"/api/v1/invoice-series/{series}/audit")


@pytest.mark.timeout(150)
async def test_a_thousand_invoices_opened_at_once_have_numbers_without_a_gap(system: System) -> None:
    # Given a thousand drafts, of which every tenth cannot be opened
    numbers = iter(range(MANY))
    ids: list[str] = []

    async def draft() -> None:
        ids.extend([await _draft(system, number) for number in numbers])

    await asyncio.gather(*(draft() for _ in range(WORKERS)))

    # When 32 workers open them all
    answers = await _by_workers(system, "finalize", ids)

    # Then nine of ten have a number, each its own, and the rest took none
    assert Counter(answer.status for answer in answers) == {200: MANY - MANY // FAILING, 422: MANY // FAILING}
    assert {answer.body["code"] for answer in answers if answer.status == 422} == {"nothing_to_invoice"}
    given = {answer.body["number"] for answer in answers if answer.status == 200}
    assert len(given) == MANY - MANY // FAILING

    # And the audit proves that there is no gap, also once some are void
    [series] = {answer.body["series"] for answer in answers if answer.status == 200}
    voided = [answer.body["id"] for answer in answers if answer.status == 200][:20]
    assert {answer.status for answer in await _by_workers(system, "void", voided)} == {200}
    audit = await _audit(system, series)
    assert (audit["gapless"], audit["first"], audit["missing"], audit["doubled"]) == (True, 1, [], [])
    assert audit["count"] == audit["last"] >= len(given)
    assert audit["by_status"]["void"] >= 20


async def test_opened_paid_and_voided_at_once_it_ends_in_one_of_them(system: System) -> None:
    for _ in range(5):
        # Given an open invoice
        wish = {"customer_id": "race", "currency": "USD", "lines": [{"amount": 1000, "description": "Work"}]}
        made = await system.post(INVOICES, {**wish, "collection_method": "send_invoice"})
        path = f"{INVOICES}/{made.body['id']}"

        # When it is opened, paid and voided by many at once
        wishes = [(verb, {"out_of_band": True} if verb == "pay" else {}) for verb in ("finalize", "pay", "void")] * 5
        answers = await asyncio.gather(*(system.post(f"{path}/{verb}", body) for verb, body in wishes))

        # Then each verb succeeded at most once, and paying excludes voiding
        done = Counter(verb for (verb, _), answer in zip(wishes, answers, strict=True) if answer.status == 200)
        assert done["finalize"] == 1
        assert done["pay"] + done["void"] <= 1
        assert {answer.status for answer in answers} <= {200, 409}
