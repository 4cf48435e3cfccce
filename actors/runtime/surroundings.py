"""What the partitions of a process share."""

from dataclasses import dataclass

import asyncpg
from nats.aio.client import Client

from actors.runtime.actor import Actor
from actors.runtime.clock import DatabaseClock

LEASE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The actor, its database, the bus and the time."""

    actor: Actor
    pool: asyncpg.Pool
    client: Client
    clock: DatabaseClock
    nats_url: str
