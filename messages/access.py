"""The access actor's whole language: tenants, API keys, users and their sessions."""

from messages import api_keys, tenants, users
from messages.resource import Versioned
from messages.wire import Wire

ACTOR = "access"

API_KEY, SESSION, TENANT = "api_key", "session", "tenant"
"""Nouns under which LATEST holds KnownKey, KnownSession and KnownTenant."""

COMMANDS: dict[str, type[Wire]] = {**api_keys.COMMANDS, **tenants.COMMANDS, **users.COMMANDS}

EVENTS: dict[str, type[Versioned]] = {**api_keys.EVENTS, **tenants.EVENTS, **users.EVENTS}

PRIVATE = users.PRIVATE
