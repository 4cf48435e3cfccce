"""The address of an invoice's own page: whoever has it may see and pay that one invoice, and nothing else.

It is made and read here alone. Nobody keeps it: it is the tenant and the invoice's id, sealed with the gateway's key.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from aiohttp import web

from gateway.door import caller_of, door_of
from messages.ids import is_token
from messages.wire import Json

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


def page_address(request: web.Request, tenant: str, invoice: str) -> str | None:
    """None while the gateway has no key for links."""
    settings = door_of(request).settings
    if not settings.link_key:
        return None
    site = settings.public_url or f"http://{request.host}"
    return f"{site}/i/{link_token(settings.link_key, tenant, invoice)}"


def linked(request: web.Request, body: Json) -> Json:
    """An answer in which issued invoices say where their pages are. Events never do."""
    if body.get("object") == "invoice" and body.get("number"):
        return {**body, "hosted_url": page_address(request, caller_of(request).tenant, body["id"])}
    if body.get("object") is None and isinstance(body.get("data"), list):
        return {**body, "data": [linked(request, each) for each in body["data"]]}
    return body


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
