"""How the simulated provider is to behave, kept in its books."""

from functools import lru_cache
from sqlite3 import Connection

from messages.provider_events import SimulatedSettings
from messages.wire import Json


def settings_of(books: Connection) -> SimulatedSettings:
    """How the provider is to behave."""
    row = books.execute("select value from settings where name = 'all'").fetchone()
    return _read(row[0] if row else "{}")


@lru_cache(maxsize=8)
def _read(text: str) -> SimulatedSettings:
    """Asked for by every operation, and hardly ever another."""
    return SimulatedSettings.model_validate_json(text)


def configure(books: Connection, request: Json) -> SimulatedSettings:
    """From now on."""
    settings = SimulatedSettings.model_validate(request)
    books.execute("insert or replace into settings values ('all', ?)", (settings.model_dump_json(),))
    return settings
