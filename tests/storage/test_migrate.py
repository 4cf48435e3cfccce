"""Migrations against a real PostgreSQL."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from storage import migrate as subject
from storage.migrate import SCHEMAS, MigrationError, migrate


async def _fetchval(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> Path:
    (tmp_path / "actor").mkdir(exist_ok=True)
    for name, sql in files.items():
        (tmp_path / "actor" / f"{name}.sql").write_text(sql)
    monkeypatch.setattr(subject, "_FILES", tmp_path)
    return tmp_path / "actor"


async def test_every_actor_gets_its_own_tables(database: str) -> None:
    for schema in SCHEMAS:
        assert await _fetchval(database, f"select count(*) from {schema}.partition") == 8


async def test_a_second_run_applies_nothing(empty_database: str) -> None:
    assert await migrate(empty_database)
    assert await migrate(empty_database) == []


async def test_of_many_runs_at_once_exactly_one_applies(empty_database: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_database) for _ in range(6)))

    assert sorted(map(bool, applied)) == [False] * 5 + [True]


async def test_a_file_changed_after_it_was_applied_is_refused(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _files(tmp_path, monkeypatch, f1="create table a ()")
    await migrate(empty_database)
    _files(tmp_path, monkeypatch, f1="create table b ()")

    with pytest.raises(MigrationError, match=r"f1\.sql was changed"):
        await migrate(empty_database)


async def test_a_database_newer_than_the_program_is_refused(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _files(tmp_path, monkeypatch, f1="create table a ()", f2="create table b ()")
    await migrate(empty_database)
    (folder / "f2.sql").unlink()

    with pytest.raises(MigrationError, match="older than the database"):
        await migrate(empty_database)


async def test_a_failing_file_leaves_nothing_behind_and_can_be_mended(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a migration that fails half-way
    _files(tmp_path, monkeypatch, f1="create table a (); select 1 / 0")
    with pytest.raises(MigrationError, match="division by zero"):
        await migrate(empty_database)
    assert await _fetchval(empty_database, "select to_regclass('payments.a')") is None

    # When it is mended, then it is applied
    _files(tmp_path, monkeypatch, f1="create table a ()")
    assert await migrate(empty_database) == [f"{schema}: actor/f1.sql" for schema in SCHEMAS]


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        ("pocketpay_payments", "select * from ledger.inbox"),
        ("pocketpay_payments", "update journal set message = ''"),
        ("pocketpay_payments", "delete from inbox"),
        ("pocketpay_payments", "create table mine ()"),
    ],
)
async def test_an_actor_may_not(role: str, sql: str, database_as: Callable[[str], str]) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _fetchval(database_as(role), sql)


async def test_an_actor_finds_its_tables_without_naming_the_schema(database_as: Callable[[str], str]) -> None:
    assert await _fetchval(database_as("pocketpay_ledger"), "select count(*) from journal") == 0


async def test_the_verifier_reads_everything_and_writes_nothing(
    database: str, database_as: Callable[[str], str]
) -> None:
    verifier = database_as("pocketpay_verifier")
    tables = await _fetchval(
        database,
        "select array_agg(format('%I.%I', schemaname, tablename)) from pg_tables"
        " where schemaname in ('payments', 'ledger')",
    )
    assert isinstance(tables, list)
    for table in tables:
        await _fetchval(verifier, f"select count(*) from {table}")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await _fetchval(verifier, "delete from payments.due")
