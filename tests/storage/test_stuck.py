"""What stands still is found with every actor, and told with its money where that is known."""

from collections.abc import Callable

import asyncpg
import pytest

from storage.migrate import SCHEMAS, VERIFIER
from storage.stuck import standing_still

PARKED = """insert into {schema}.parked (partition, tenant, entity, type, reason, detail, message, parked_at)
    values (0, 'demo', 'inv_1', 'some.command', 'undecidable', 'why', '', now() - interval '1 hour')"""
SAID = """insert into {schema}.journal
    (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
    values (0, 1, 'evt_1', 'EVENTS', 's', 'demo', 'some.event', 'inv_1', 1, '{{}}', now() - interval '1 hour')"""


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_what_an_actor_put_aside_or_could_not_say_is_found(
    database: str, database_as: Callable[[str], str], schema: str
) -> None:
    # Given a message that nobody could decide, and one that was never published
    owner = await asyncpg.connect(database)
    try:
        await owner.execute(PARKED.format(schema=schema))
        await owner.execute(f"insert into {schema}.partition (partition) values (0) on conflict do nothing")
        await owner.execute(SAID.format(schema=schema))
    finally:
        await owner.close()

    # When who may only look asks what stands still
    verifier = await asyncpg.connect(database_as(VERIFIER))
    try:
        found = await standing_still(verifier)
    finally:
        await verifier.close()

    # Then both are told, with their age
    assert [(each.kind, each.step, each.count) for each in sorted(found, key=lambda each: each.kind)] == [
        ("parked", f"{schema}: some.command", 1),
        ("unpublished", f"{schema}: EVENTS", 1),
    ]
    assert all(3_500 < each.oldest_age_seconds < 4_000 for each in found)
