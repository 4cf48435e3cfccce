"""The access actor's whole language: tenants, API keys, users and their sessions."""

from typing import Literal

from pydantic import Field

from messages import api_keys, tenants, users
from messages.ids import Token
from messages.resource import Versioned
from messages.wire import Json, Wire

ACTOR = "access"

API_KEY, SESSION, TENANT = "api_key", "session", "tenant"
"""Nouns under which LATEST holds KnownKey, KnownSession and KnownTenant."""

COMMANDS: dict[str, type[Wire]] = {**api_keys.COMMANDS, **tenants.COMMANDS, **users.COMMANDS}

EVENTS: dict[str, type[Versioned]] = {**api_keys.EVENTS, **tenants.EVENTS, **users.EVENTS}

PRIVATE = users.PRIVATE


class WordAsked(Wire):
    """`last_word`: of a key, a session or a tenant. The actor alone asks for it: it has hashes."""

    noun: Literal["api_key", "session", "tenant"]
    id: Token


class LastWord(Wire):
    """What LATEST is to hold under this noun and id."""

    tenant: Token
    noun: str
    id: Token
    version: int
    told: Json


class WordsAsked(Wire):
    """`last_words`: of all tenants, after this (tenant, id) of the noun."""

    noun: Literal["api_key", "session", "tenant"]
    after: tuple[str, str] = ("", "")
    limit: int = Field(default=100, ge=1, le=500)


class LastWords(Wire):
    """In the order of tenant and id; none: that was the end."""

    data: list[LastWord]
