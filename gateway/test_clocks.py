"""Test clocks: their wishes and routes."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.parameters import Listed, Read, several
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import of_one, write
from messages.ids import new_id
from messages.invoicing import ACTOR
from messages.test_clocks import (
    AdvanceTestClock,
    CreateTestClock,
    DeletedTestClock,
    DeleteTestClock,
    TestClock,
    TestClockStatus,
)


class TestClockList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[TestClockStatus], BeforeValidator(several)] = []


def create(_: web.Request, body: CreateTestClock) -> Wish:
    """A clock whose id is chosen here."""
    return Wish(ACTOR, "test_clock.create", new_id("clock"), body)


def delete(request: web.Request, _: None) -> Wish:
    """The clock, and the subscriptions of its customers."""
    return Wish(ACTOR, "test_clock.delete", id_of(request), DeleteTestClock())


_CLOCK = f"{V1}/test-clocks/{{id}}"

TEST_CLOCKS = [
    Route(
        *("POST", f"{V1}/test-clocks", write(create), "billing:write"),
        *("createTestClock", "Make a clock by which customers of a test live", TestClock),
        body=CreateTestClock,
        status=201,
        codes=("already_exists",),
    ),
    Route(
        *("GET", f"{V1}/test-clocks", page("invoicing", "test_clocks", nothing, after_created), "billing:read"),
        *("listTestClocks", "List test clocks, the newest first", ListOf[TestClock], TestClockList),
    ),
    Route(
        *("GET", _CLOCK, one("invoicing", "test_clock", by_id), "billing:read"),
        *("getTestClock", "Read a test clock", TestClock, Read),
    ),
    Route(
        *("POST", f"{_CLOCK}/advance", write(of_one(ACTOR, "test_clock.advance")), "billing:write"),
        *("advanceTestClock", "Let time go on; answered when all that falls due has settled", TestClock),
        body=AdvanceTestClock,
        codes=("clock_backwards", "wrong_state"),
    ),
    Route(
        *("DELETE", _CLOCK, write(delete), "billing:write"),
        *("deleteTestClock", "Delete a test clock; its customers' subscriptions are canceled", DeletedTestClock),
        codes=("wrong_state",),
    ),
]
