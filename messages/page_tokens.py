"""Tokens in the addresses of pages for customers: whoever has one may do with one resource what its page is for.

Nobody keeps them: each is the tenant and the resource's id, sealed for one `purpose` with a key that the gateway has,
and who mails links.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from messages.ids import is_token

SEAL_BYTES = 16
TOKEN_MAX = 400


def page_token(key: str, purpose: str, tenant: str, resource: str) -> str:
    """`<base64url of tenant/resource>.<128 bits of HMAC-SHA-256>`."""
    named = f"{tenant}/{resource}".encode()
    seal = hmac.digest(key.encode(), purpose.encode() + b"\0" + named, "sha256")[:SEAL_BYTES]
    return f"{_base64url(named)}.{_base64url(seal)}"


def read_page_token(key: str | None, purpose: str, token: str) -> tuple[str, str] | None:
    """Tenant and resource; None for what this key did not make for this purpose, to the letter."""
    if not key or len(token) > TOKEN_MAX or not token.isascii():
        return None
    try:
        named = urlsafe_b64decode(token.partition(".")[0] + "==").decode()
    except (binascii.Error, ValueError):
        return None
    tenant, _, resource = named.partition("/")
    if not (is_token(tenant) and is_token(resource)):
        return None
    return (tenant, resource) if hmac.compare_digest(page_token(key, purpose, tenant, resource), token) else None


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
