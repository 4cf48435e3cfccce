"""The token in the address of an invoice's own page: whoever has it may see and pay that one invoice, nothing else.

Nobody keeps it: it is the tenant and the invoice's id, sealed with a key that the gateway has, and who mails links.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from messages.ids import is_token

SEAL_BYTES = 16
TOKEN_MAX = 400


def link_token(key: str, tenant: str, invoice: str) -> str:
    """`<base64url of tenant/invoice>.<128 bits of HMAC-SHA-256>`."""
    named = f"{tenant}/{invoice}".encode()
    seal = hmac.digest(key.encode(), b"invoice page\0" + named, "sha256")[:SEAL_BYTES]
    return f"{_base64url(named)}.{_base64url(seal)}"


def read_token(key: str | None, token: str) -> tuple[str, str] | None:
    """Tenant and invoice; None for what this key did not make, to the letter."""
    if not key or len(token) > TOKEN_MAX or not token.isascii():
        return None
    try:
        named = urlsafe_b64decode(token.partition(".")[0] + "==").decode()
    except (binascii.Error, ValueError):
        return None
    tenant, _, invoice = named.partition("/")
    if not (is_token(tenant) and is_token(invoice)):
        return None
    return (tenant, invoice) if hmac.compare_digest(link_token(key, tenant, invoice), token) else None


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
