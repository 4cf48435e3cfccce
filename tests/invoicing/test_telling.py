"""A profile on LATEST, on a real server and with the actor's own permissions: the last word, and none from before."""

from collections.abc import AsyncIterator, Callable

import nats
import pytest
from nats.errors import Error as NatsError

from actors.invoicing.telling import Ask, NoAnswer, tell_profile
from actors.runtime.asking import Asking
from messages.customers import Customer, ProfileTold
from messages.envelope import Query, Reply
from messages.subjects import LATEST
from messages.wire import json_of
from tests.invoicing.shop import START

ADA = Customer(id="abc123", name="Ada", version=2, created_at=START, updated_at=START)
ERASED = ADA.model_copy(update={"name": None, "version": 3, "erased_at": START})
REQUEST = {"tenant": "demo", "customer": "abc123"}


@pytest.fixture
async def latest(nats_as: Callable[[str], str]) -> AsyncIterator[Asking]:
    """As the actor is connected."""
    asking = Asking("invoicing", nats_as("invoicing"))
    yield asking
    await asking.close()


def answering(customer: Customer) -> Ask:
    async def ask(actor: str, name: str, query: Query) -> Reply:
        assert (actor, name, query.params) == ("invoicing", "customer", {"id": "abc123"})
        return Reply(body=json_of(customer))

    return ask


async def last_words(nats_server: str) -> list[ProfileTold]:
    """All that the stream still holds."""
    client = await nats.connect(nats_server)
    try:
        stream = client.jetstream()
        state = (await stream.stream_info(LATEST)).state
        kept = await stream.get_last_msg(LATEST, "pocketpay.latest.demo.customer.abc123")
        assert state.messages == 1
        return [ProfileTold.model_validate_json(kept.data or b"")]
    finally:
        await client.close()


async def test_the_last_word_replaces_the_one_before(latest: Asking, nats_server: str) -> None:
    await tell_profile(answering(ADA), latest, "call_1", REQUEST)
    assert [(told.name, told.version) for told in await last_words(nats_server)] == [("Ada", 2)]
    await tell_profile(answering(ERASED), latest, "call_2", REQUEST)
    told = await last_words(nats_server)
    assert [(each.name, each.version, each.erased_at) for each in told] == [(None, 3, START)]


async def test_who_read_the_profile_before_it_was_erased_cannot_bring_it_back(latest: Asking, nats_server: str) -> None:
    # Given a process that reads the profile and is overtaken by another, which tells of the erasure
    async def overtaken(actor: str, name: str, query: Query) -> Reply:
        await tell_profile(answering(ERASED), latest, "call_2", REQUEST)
        return Reply(body=json_of(ADA))

    # When it goes on, it is refused, and tries again with what is so by then
    with pytest.raises(NatsError):
        await tell_profile(overtaken, latest, "call_1", REQUEST)
    # Then LATEST never has the profile again
    assert [told.name for told in await last_words(nats_server)] == [None]


async def test_without_an_answer_nothing_is_told(latest: Asking, nats_server: str) -> None:
    async def ask(actor: str, name: str, query: Query) -> Reply:
        return Reply(status=503, body={"code": "unavailable"})

    with pytest.raises(NoAnswer):
        await tell_profile(ask, latest, "call_1", REQUEST)
    assert await latest.last_sequence("pocketpay.latest.demo.customer.abc123") == 0
