"""Tickets to streams, for an EventSource, which can send no header: short-lived, good once, and worth no more."""

import hmac
import secrets
import time
from typing import Final

TICKET_SECONDS: Final = 30
_PURPOSE: Final = b"pocketpay stream tickets"


class Tickets:
    """Those of one gateway. With the same key other gateways take them too; each of them takes a ticket once."""

    def __init__(self, key: str | None) -> None:
        seed = key.encode() if key else secrets.token_bytes(32)
        self._key = hmac.digest(seed, _PURPOSE, "sha256")
        self._used: dict[str, float] = {}

    def make(self, holder: str) -> str:
        """For the key or session with this id."""
        said = f"{holder}.{int(time.time()) + TICKET_SECONDS}.{secrets.token_urlsafe(12)}"
        return f"{said}.{self._seal(said)}"

    def take(self, ticket: str) -> str | None:
        """Whose it is; None for one that is used, too old, or none of ours."""
        said, _, seal = ticket.rpartition(".")
        if said.count(".") != 2 or not hmac.compare_digest(seal.encode(), self._seal(said).encode()):
            return None
        holder, until, _ = said.split(".")
        now = time.time()
        if said in self._used or now >= int(until):
            return None
        self._used = {used: end for used, end in self._used.items() if end > now}
        self._used[said] = float(until)
        return holder

    def _seal(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()
