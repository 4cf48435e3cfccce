"""The export at the door: page after page, whole or broken off, and no further than somebody reads."""

import asyncio
from collections.abc import Callable

import aiohttp
import pytest

from messages.envelope import Query, Reply
from messages.ledger_queries import ExportedText, ExportPage, ExportPlace
from messages.wire import json_of
from tests.gateway.conftest import Stage

EXPORT = "/api/v1/ledger/export"
KEY = "ledger.export"


def pages(*texts: str) -> Callable[[Query], Reply]:
    """An actor that has so many."""

    def answer(query: Query) -> Reply:
        number = ExportPage.model_validate(query.params).place.leaf + 1
        place = ExportPlace(part="journal", leaf=number) if number + 1 < len(texts) else None
        return Reply(body=json_of(ExportedText(as_of=7, text=texts[number], next=place)))

    return answer


@pytest.mark.parametrize(
    ("name", "media_type", "file"),
    [
        ("hledger", "text/plain", "ledger.journal"),
        ("beancount", "text/plain", "ledger.beancount"),
        ("csv", "text/csv", "ledger.csv"),
    ],
)
async def test_pages_come_one_after_the_other(
    http: aiohttp.ClientSession, stage: Stage, name: str, media_type: str, file: str
) -> None:
    # Given
    stage.answers[KEY] = pages("one\n", "twö\n", "three\n")
    # When
    span = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00+01:00"}
    async with http.get(EXPORT, params={"format": name, **span}) as answer:
        text = await answer.text()
    # Then
    assert (answer.status, text) == (200, "one\ntwö\nthree\n")
    assert (answer.content_type, answer.charset) == (media_type, "utf-8")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
    asked = [ExportPage.model_validate(query.params) for query in stage.queries]
    assert {(page.format, page.since and page.since.month, page.until and page.until.day) for page in asked} == {
        (name, 10, 31)
    }
    assert [(page.place.leaf, page.as_of) for page in asked] == [(-1, None), (0, 7), (1, 7)]


async def test_what_is_wrong_at_first_is_a_problem(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.answers[KEY] = lambda _: Reply(status=503, body={"code": "behind", "detail": "Not yet."})
    async with http.get(EXPORT, params={"format": "csv", "min_position": "0"}) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (503, "behind")


async def test_what_goes_wrong_later_breaks_the_connection(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given an actor that has a first page and then no more words
    first = pages("one\n", "two\n")
    stage.answers[KEY] = lambda query: first(query) if len(stage.queries) == 1 else Reply(status=500, body={})
    # Then nobody takes what has come for the whole
    async with http.get(EXPORT, params={"format": "hledger"}) as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.text()


async def test_who_has_left_is_not_read_for(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given an export without end
    stage.answers[KEY] = pages(*["x" * 100_000] * 10_000)
    # When somebody reads the beginning, and leaves
    async with http.get(EXPORT, params={"format": "hledger"}) as answer:
        assert await answer.content.readexactly(3) == b"xxx"
        await asyncio.sleep(0.5)
        read_ahead = len(stage.queries)
        answer.close()
    # Then no more was asked for than what the connection's buffers hold, and nothing after
    await asyncio.sleep(0.5)
    left = len(stage.queries)
    await asyncio.sleep(0.5)
    assert len(stage.queries) == left <= read_ahead + 2
    assert read_ahead < 300


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "format"),
        ("format=xls", "format"),
        ("format=csv&from=yesterday", "from"),
        ("format=csv&since=2026-10-01T00:00:00Z", "since"),
        ("format=csv&from=2026-10-02T00:00:00Z&to=2026-10-02T00:00:00Z", "to"),
    ],
)
async def test_a_wish_that_cannot_be_is_told_what_is_wrong(
    http: aiohttp.ClientSession, stage: Stage, query: str, parameter: str
) -> None:
    async with http.get(f"{EXPORT}?{query}") as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (400, "invalid_parameter")
    assert [error["parameter"] for error in problem["errors"]] == [parameter]
    assert stage.queries == []
