"""Turns what may go wrong into a line for people and exit code 1; all else is a bug and shows its trace."""

from collections.abc import Generator
from contextlib import contextmanager

import asyncpg
import nats.errors
import typer
from pydantic import ValidationError

from pocketpay.embedded.lock import InUse
from pocketpay.plan import PortTaken
from pocketpay.program import StartFailed
from storage.migrate import MigrationError

EXPECTED = (
    InUse,
    PortTaken,
    StartFailed,
    MigrationError,
    ValidationError,
    asyncpg.PostgresError,
    nats.errors.Error,
    OSError,
    TimeoutError,
)


@contextmanager
def told() -> Generator[None]:
    """Around a command."""
    messages: list[str] = []
    try:
        yield
    except* EXPECTED as group:
        messages = [str(error) or type(error).__name__ for error in _leaves(group)]
    for message in messages:
        typer.echo(message, err=True)
    if messages:
        raise typer.Exit(1)


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]
