"""Test clocks: the time of a set of customers, moved on by command. Test tenants only."""

from typing import Literal

from pydantic import Field

from messages.customers import ShortText
from messages.queries import Listing
from messages.resource import Metadata, Resource
from messages.wire import Instant, Moment, Wire

TestClockStatus = Literal["ready", "advancing", "internal_failure"]


class Advance(Wire):
    """The last time that the clock was moved: how many instants mattered, and how many events were said."""

    from_: Instant = Field(alias="from")
    to: Instant
    instants: int = 0
    events: int = 0

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class TestClock(Resource):
    """`now` is the time of its customers."""

    __test__ = False  # pytest collects by name
    object: str = "test_clock"
    status: TestClockStatus = "ready"
    name: str | None = None
    now: Instant
    target: Instant | None = None
    forked_from: str | None = None
    forked_at_position: str | None = None
    customers: list[str] = []
    last_advance: Advance | None = None


class CreateTestClock(Wire):
    """`test_clock.create`."""

    now: Moment
    name: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)


class AdvanceTestClock(Wire):
    """`test_clock.advance`: answered when everything up to `to` has settled."""

    to: Moment


class DeleteTestClock(Wire):
    """`test_clock.delete`, with the subscriptions of its customers, which are canceled."""


class DeletedTestClock(Wire):
    """What is left to say of it."""

    id: str
    object: Literal["test_clock"] = "test_clock"
    deleted: Literal[True] = True


class TestClockListing(Listing):
    """`test_clocks`."""

    __test__ = False


COMMANDS: dict[str, type[Wire]] = {
    "test_clock.create": CreateTestClock,
    "test_clock.advance": AdvanceTestClock,
    "test_clock.delete": DeleteTestClock,
}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    (
        "test_clock.created",
        "test_clock.advance_started",
        "test_clock.advanced",
        "test_clock.failed",
        "test_clock.deleted",
    ),
    TestClock,
)
