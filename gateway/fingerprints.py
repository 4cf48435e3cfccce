"""How two requests are told apart: a repeat has the same method, path, query and body, byte for byte."""

import hashlib


def fingerprint(method: str, path: str, query: str, body: bytes) -> str:
    """`sha256:…` over the four parts as sent, each with its length, so that no two requests run together."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), query.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"
