"""Between the access actor's states and its tables, its queries and the world outside."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from asyncpg import Connection
from pydantic import BaseModel

from actors.access import words
from actors.access.states import AddressState, KeyState, SessionState, TenancyState, UserState
from actors.runtime import resources
from actors.runtime.actor import Answer
from actors.runtime.decision import Key, State
from actors.runtime.resources import Kept, not_found, page, whole
from messages.access import API_KEY, SESSION, TENANT, LastWord, LastWords, WordAsked, WordsAsked
from messages.api_keys import ApiKey, KeyListing
from messages.envelope import Query, Reply
from messages.queries import ById
from messages.tenants import Tenant, TenantListing
from messages.users import User, UserListing
from storage import access
from storage import resources as stored
from storage.access import ADDRESSES, KEYS, SESSIONS, TENANCIES, USERS
from storage.resources import Table
from storage.statement import Statement

KEPT: Final = (
    Kept(TENANCIES, TenancyState),
    Kept(KEYS, KeyState),
    Kept(USERS, UserState),
    Kept(ADDRESSES, AddressState),
    Kept(SESSIONS, SessionState),
)

_KNOWN: Final[Mapping[str, Table]] = {TENANT: TENANCIES, API_KEY: KEYS, SESSION: SESSIONS}


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are."""
    return await resources.load(connection, KEPT, keys)


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    return resources.save(KEPT, states)


async def tenants(connection: Connection, query: Query) -> Reply:
    """`tenants`: a page of all, newest first."""
    bodies, has_more = await access.tenants(connection, TenantListing.model_validate(query.params))
    return page((Tenant.model_validate_json(body) for body in bodies), has_more=has_more)


def _one(table: Table, model: type[BaseModel], name: str) -> Answer:
    """The resource, by the name that callers know it by."""

    async def answer(connection: Connection, query: Query) -> Reply:
        reply = await resources.one(table, model)(connection, query)
        known = reply.status != 404
        return reply if known else not_found(f"There is no {name} {ById.model_validate(query.params).id}.")

    return answer


async def last_word(connection: Connection, query: Query) -> Reply:
    """`last_word`: what LATEST is to hold."""
    asked = WordAsked.model_validate(query.params)
    rows = await stored.load(connection, _KNOWN[asked.noun], [(query.tenant, asked.id)])
    return whole(_word(asked.noun, rows[0])) if rows else not_found(f"There is no {asked.noun} {asked.id}.")


async def last_words(connection: Connection, query: Query) -> Reply:
    """`last_words`: of all tenants."""
    asked = WordsAsked.model_validate(query.params)
    rows = await access.known_after(connection, _KNOWN[asked.noun], asked.after, asked.limit)
    return whole(LastWords(data=[_word(asked.noun, row) for row in rows]))


def _word(noun: str, row: str) -> LastWord:
    if noun == API_KEY:
        return words.of_key(KeyState.model_validate_json(row))
    if noun == SESSION:
        return words.of_session(SessionState.model_validate_json(row))
    return words.of_tenancy(TenancyState.model_validate_json(row))


QUERIES: Final[Mapping[str, Answer]] = {
    "tenant": _one(TENANCIES, Tenant, "tenant"),
    "tenants": tenants,
    "api_key": resources.one(KEYS, ApiKey),
    "api_keys": resources.many(KEYS, ApiKey, KeyListing),
    "user": _one(USERS, User, "user"),
    "users": resources.many(USERS, User, UserListing),
    "last_word": last_word,
    "last_words": last_words,
}
