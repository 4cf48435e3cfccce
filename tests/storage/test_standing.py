"""What stands still is found by every actor in its own schema, with its own rights, and of one tenant alone."""

from collections.abc import Callable

import asyncpg
import pytest

from messages.subjects import partition_of
from storage.migrate import SCHEMAS
from storage.standing import all_standing, money_of, one_standing
from tests.storage.test_stuck import PARKED

OTHERS = PARKED.replace("'demo'", "'other'").replace("values (0", "values ($1")
OURS = PARKED.replace("values (0", "values ($1")


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_an_actor_finds_its_own_with_its_own_rights_and_of_one_tenant(
    database: str, database_as: Callable[[str], str], schema: str
) -> None:
    # Given a message put aside of two tenants
    owner = await asyncpg.connect(database)
    await owner.execute(OURS.format(schema=schema), partition_of("demo"))
    await owner.execute(OTHERS.format(schema=schema), partition_of("demo"))  # as one of the same partition would
    await owner.close()

    # When the actor looks for what stands still of the one
    connection = await asyncpg.connect(database_as(f"pocketpay_{schema}"))
    found = await all_standing(connection, "demo", partition_of("demo"), None, 10)
    one = await one_standing(connection, "demo", partition_of("demo"), found[0].id)
    others = await one_standing(connection, "other", partition_of("other"), found[0].id)
    money = await money_of(connection, schema, "demo", ["inv_1"])
    behind = await all_standing(connection, "demo", partition_of("demo"), (found[0].since, found[0].id), 10)
    await connection.close()

    # Then it finds that, and nothing of the other
    assert [(each.kind, each.entity, each.asked, each.resolved) for each in found] == [
        ("parked", "inv_1", False, False)
    ]
    assert (one, others, behind, money) == (found[0], None, [], {})
    assert found[0].id.startswith("stk_")
