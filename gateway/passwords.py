"""Passwords are hashed here, beside the loop, and go no further. Nobody's line takes the places of others."""

import asyncio
from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from argon2 import PasswordHasher

from gateway.quotas import Places

AT_ONCE: Final = 2
"""Each takes 64 MB and a whole core for a moment."""

WAITING_MAX: Final = 32
OF_TENANT_MAX: Final = 4
"""One of a tenant is hashed at a time, these are in its line."""


class Passwords:
    """Those of one gateway."""

    def __init__(self, hash_: Callable[[str], str] | None = None) -> None:
        self._hash = hash_ or PasswordHasher().hash
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._all = Places(WAITING_MAX, "passwords are waiting here already", "overloaded")
        self._of_tenant = Places(OF_TENANT_MAX, "passwords of this tenant are waiting here already", "overloaded")

    async def hashed(self, tenant: str, password: str) -> str:
        """With argon2id. Raises Problem `overloaded`."""
        turn = self._turns.setdefault(tenant, asyncio.Lock())
        with self._of_tenant.place(tenant), self._all.place("all"):
            async with turn, self._at_once:
                return await asyncio.to_thread(self._hash, password)
