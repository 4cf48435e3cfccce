"""How two requests are told apart: a repeat has the same method, path, query and body, byte for byte."""

import hashlib
import hmac
import secrets
from typing import Final

_PURPOSE: Final = b"pocketpay fingerprints"


def fingerprint(method: str, path: str, query: str, body: bytes) -> str:
    """`sha256:…` over the four parts as sent, each with its length, so that no two requests run together."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), query.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"


class Seal:
    """What stands for a body with a password in its fingerprint: that is kept, and a plain hash could be tried out.

    Gateways with the same key know each other's; without one a gateway knows its own, until it stops.
    """

    def __init__(self, key: str | None) -> None:
        seed = key.encode() if key else secrets.token_bytes(32)
        self._key = hmac.digest(seed, _PURPOSE, "sha256")

    def of(self, body: bytes) -> bytes:
        """32 bytes that only the key can make."""
        return hmac.digest(self._key, body, "sha256")
