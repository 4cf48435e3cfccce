"""`log_in`: whether an address and a password belong together. It takes as long for addresses that nobody has."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from asyncpg import Connection

from actors.access.tries import LetIn, Tries
from actors.runtime.actor import Rest
from actors.runtime.resources import refused, whole
from messages.envelope import Query, Reply
from messages.mails import address_hash
from messages.users import LogIn, User
from storage.access import login_of

AT_ONCE: Final = 2
"""Each takes 64 MB and a whole core for a moment."""

WAITING_MAX: Final = 32
OF_ADDRESS_MAX: Final = 10
OF_USER_MAX: Final = 30

_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5bm9ib2R5bm9ib2R5$" + "A" * 43
"""Of no password that anybody knows, at the usual price."""


@dataclass(slots=True)
class Doorkeeper:
    """Who tries how often, and how many passwords are looked at; one per process.

    Others cannot lock a user out of where they have logged in before: from there they have an address's tries.
    """

    now: Callable[[], float] = time.monotonic
    of_address: Tries = field(default_factory=lambda: Tries(OF_ADDRESS_MAX))
    of_user: Tries = field(default_factory=lambda: Tries(OF_USER_MAX))
    let_in: LetIn = field(default_factory=LetIn)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    waiting: int = 0

    async def log_in(self, connection: Connection, query: Query) -> Reply | Rest:
        """The user, or 401 in the same words and time whatever was wrong."""
        asked = LogIn.model_validate(query.params)
        hashed = address_hash(asked.email)
        who, address = f"{query.tenant}/{hashed}", asked.address or ""
        if not self._may_try(who, address):
            return refused(429, "rate_limited", "Too many tries to log in: wait a minute.")
        found = await login_of(connection, query.tenant, hashed)

        async def rest() -> Reply:
            if self.waiting >= WAITING_MAX:
                return refused(503, "overloaded", "Too many log in just now: try again in a moment.")
            password_hash = found[1] if found else _NOBODY
            fits = await self._fits(password_hash, asked.password)
            user = User.model_validate_json(found[0]) if found else None
            if not fits or user is None or user.status != "active":
                return refused(401, "login_failed", "The address or the password is wrong.")
            self.let_in.note(who, address)
            return whole(user)

        return rest

    def _may_try(self, who: str, address: str) -> bool:
        now = self.now()
        return self.of_address.may(address, now) and (self.let_in.knows(who, address) or self.of_user.may(who, now))

    async def _fits(self, password_hash: str, password: str) -> bool:
        self.waiting += 1
        try:
            async with self.places:
                return await asyncio.to_thread(_verified, password_hash, password)
        finally:
            self.waiting -= 1


def _verified(password_hash: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
