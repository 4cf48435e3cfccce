"""Turns what may go wrong into a line for people and exit code 1; all else is a bug and shows its trace."""

import errno
import os
import select
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import nats.errors
import typer
from pydantic import ValidationError

from pocketpay.embedded.lock import InUse
from pocketpay.ports import PortTaken
from pocketpay.program import StartFailed
from pocketpay.settings import wrong_in_words
from storage.migrate import MigrationError

EXPECTED = (
    InUse,
    PortTaken,
    StartFailed,
    MigrationError,
    ValidationError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    nats.errors.Error,
    OSError,
    TimeoutError,
)
_WHAT_RUNS = "`pocketpay status` says what runs"
_UNFIT_URL = "POCKETPAY_DATABASE_URL cannot be used: it is like postgresql://user:password@host:5432/pocketpay"


@contextmanager
def told() -> Generator[None]:
    """Around a command."""
    messages, reads = list[str](), True
    try:
        yield
    except* EXPECTED as group:
        messages = list(dict.fromkeys(in_words(error) for error in _leaves(group)))
        reads = not (any(isinstance(error, BrokenPipeError) for error in _leaves(group)) and _nobody_reads())
    for message in messages if reads else ():
        typer.echo(message, err=True)
    if messages:
        raise typer.Exit(1)


@contextmanager
def told_of_ports() -> Generator[None]:
    """Around a process: all else that goes wrong in it shows its trace, for its log."""
    taken: list[str] = []
    try:
        yield
    except* OSError as group:
        if any(isinstance(error, OSError) and error.errno != errno.EADDRINUSE for error in _leaves(group)):
            raise
        taken = [in_words(error) for error in _leaves(group)]
    for message in taken:
        typer.echo(message, err=True)
    if taken:
        raise typer.Exit(1)


def _nobody_reads() -> bool:
    """Whether who read what we print has gone, such as `head`: that is no error, and nobody is left to be told."""
    looking = select.poll()
    looking.register(sys.stdout.fileno(), 0)
    if not any(event & select.POLLERR for _, event in looking.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is flushed at the end
    return True


def in_words(error: BaseException) -> str:
    """What happened, and where it does not say that by itself what to do."""
    match error:
        case ValidationError():
            return wrong_in_words(error) or str(error)
        case asyncpg.ClientConfigurationError():
            return _UNFIT_URL
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            return f"{error}: POCKETPAY_DATABASE_URL names user and password, else --data-dir the place that has them"
        case nats.errors.NoServersError():
            return f"NATS does not answer: {_WHAT_RUNS}, POCKETPAY_NATS_URL or --data-dir where it is"
        case TimeoutError():
            return f"{error}: {_WHAT_RUNS}" if str(error) else f"no answer came in time: {_WHAT_RUNS}"
        case OSError(errno=errno.EADDRINUSE):
            return f"{error.strerror}: POCKETPAY_PORT and POCKETPAY_HEALTH_PORT name others"
        case ConnectionError():
            return f"a server does not answer ({error}): {_WHAT_RUNS}"
        case OSError(filename=str() | Path()):
            return f"{error.filename} cannot be used: {(error.strerror or str(error)).lower()}"
        case _:
            return str(error) or type(error).__name__


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]
