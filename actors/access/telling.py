"""What gateways know, on LATEST: a subject of its own for each key, session and tenant, with nothing but the last word.

Whoever asks again and again would be asked too often: gateways decide by what LATEST told them, within a second of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

from nats.js.errors import APIError
from pydantic_core import from_json, to_json

from messages.access import ACTOR, API_KEY, SESSION, TENANT, LastWord, LastWords
from messages.envelope import Query, Reply
from messages.subjects import latest_subject
from messages.wire import Json

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""Of an actor, by the question's name. Raises when there is no answer."""

PAGE: Final = 200
AT_ONCE: Final = 16
AGAIN_SECONDS: Final = 300
"""Between two looks at whether LATEST has lost something, or was put back to what it was earlier."""

LOOK_SECONDS: Final = 2
"""Between two looks at whether LATEST is there as a whole: a server that lost its store has lost every word."""

NOBODY: Final = "access"
"""The tenant of questions that are about all of them."""


class Latest(Protocol):
    """The stream LATEST. Both raise when there is no answer, or the last word is another by now."""

    async def last_word(self, subject: str) -> tuple[int, bytes]:
        """Where the last word on the subject is, and what it is; 0 and nothing if there is none."""
        ...

    async def publish(self, subject: str, body: bytes, after: int) -> None:
        """The new last word, in place of the one at `after`."""
        ...


class NoAnswer(ConnectionError):
    """The question was answered with a problem; it is asked again."""


async def tell_latest(ask: Ask, latest: Latest, call_id: str, request: Json) -> Json:  # noqa: ARG001 - every performer is given its call
    """As it stands now, not as it stood when it was changed: of several changes the last one is told in the end.

    It is read after the last word was looked up: who read it before a key was revoked, and was stopped since, cannot
    make it good again.
    """
    tenant, noun, id_ = request["tenant"], request["noun"], request["id"]
    subject = latest_subject(tenant, noun, id_)
    after, _ = await latest.last_word(subject)
    body = await _answer(ask, "last_word", Query(tenant=tenant, params={"noun": noun, "id": id_}))
    await latest.publish(subject, to_json(LastWord.model_validate(body).told), after)
    return {"result": "told"}


async def tell_what_is_lost(ask: Ask, latest: Latest) -> int:
    """Tells again what LATEST lacks, or has an earlier word on; returns how much that was."""
    told = 0
    for noun in (TENANT, API_KEY, SESSION):
        after: tuple[str, str] = ("", "")
        while words := await _page(ask, noun, after):
            for at in range(0, len(words), AT_ONCE):
                told += sum(await asyncio.gather(*(_tell_again(latest, each) for each in words[at : at + AT_ONCE])))
            after = words[-1].tenant, words[-1].id
    return told


async def keep_told(ask: Ask, latest: Latest) -> None:
    """Runs beside the actor: at its start, every few minutes, and at once when all is lost."""
    while True:
        await tell_what_is_lost(ask, latest)
        await _until_all_is_lost(ask, latest)


async def _until_all_is_lost(ask: Ask, latest: Latest) -> None:
    """Or until it is time to look at everything."""
    for _ in range(AGAIN_SECONDS // LOOK_SECONDS):
        await asyncio.sleep(LOOK_SECONDS)
        words = await _page(ask, API_KEY, ("", ""), 1)
        if words and (await latest.last_word(_subject(words[0])))[0] == 0:
            return


def _subject(word: LastWord) -> str:
    return latest_subject(word.tenant, word.noun, word.id)


async def _tell_again(latest: Latest, word: LastWord) -> bool:
    after, body = await latest.last_word(subject := _subject(word))
    if after and from_json(body).get("version", 0) >= word.version:
        return False
    with suppress(APIError):  # somebody told it meanwhile, and later than we read it
        await latest.publish(subject, to_json(word.told), after)
        return True
    return False


async def _page(ask: Ask, noun: str, after: tuple[str, str], limit: int = PAGE) -> Sequence[LastWord]:
    params = {"noun": noun, "after": after, "limit": limit}
    return LastWords.model_validate(await _answer(ask, "last_words", Query(tenant=NOBODY, params=params))).data


async def _answer(ask: Ask, name: str, query: Query) -> Json:
    reply = await ask(ACTOR, name, query)
    if reply.status != 200:
        raise NoAnswer(f"`{name}` was not answered: {reply.status}.")
    return reply.body
