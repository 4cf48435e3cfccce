"""A payment's `client_secret`, which the seller hands to the page where their customer pays: see decision 16.

Nobody keeps it. It follows from the payment's id and a key that gateways have, so whoever made the payment is told it
again with each repeat, and it is on no stream and in no table.
"""

import hmac
from typing import Annotated

from pydantic import StringConstraints

from messages.key_secrets import base62
from messages.wire import Json

ClientSecret = Annotated[str, StringConstraints(min_length=1, max_length=200)]

_PURPOSE = b"payment client secret\0"
_ENDED = frozenset({"succeeded", "canceled"})


def client_secret(key: str, tenant: str, payment: str) -> str:
    """`pay_…_secret_` and 43 letters and digits: 256 bits of HMAC-SHA-256."""
    seal = hmac.digest(key.encode(), _PURPOSE + f"{tenant}/{payment}".encode(), "sha256")
    return f"{payment}_secret_{base62(seal)}"


def fits(key: str | None, tenant: str, payment: str, shown: str | None) -> bool:
    """Whether this is the secret of that payment, there or not: without a key there are none."""
    if not key or shown is None:
        return False
    return hmac.compare_digest(client_secret(key, tenant, payment).encode(), shown.encode())


def with_secret(key: str | None, tenant: str, body: Json) -> Json:
    """An answer with the payment in it, or a problem about one, as long as there is something that a page could do.

    What its provider wants to be shown goes before.
    """
    if not key:
        return body
    if body.get("object") == "payment" and body["status"] not in _ENDED:
        return {**body, "client_secret": body.get("client_secret") or client_secret(key, tenant, body["id"])}
    if isinstance(declined := body.get("payment"), dict):
        return {**body, "payment": with_secret(key, tenant, declined)}
    return body
