"""Connections with an actor's own rights, and questions about busy books."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from tests.ledger.asking import Ask, questions
from tests.ledger.tables import busy_book, commit, states_of


@pytest.fixture
async def books(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the ledger's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_ledger"), timeout=10)
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
async def connection(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the payments actor's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_payments"), timeout=10)
    yield connection
    await connection.close(timeout=10)


@pytest.fixture
async def ask(books: asyncpg.Connection) -> Ask:
    """About the busy book, as its tenant or another."""
    await commit(books, states_of(busy_book()))
    return questions(books)
