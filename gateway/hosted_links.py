"""The addresses of pages for customers, as answers show them."""

from aiohttp import web

from gateway.bank_links import with_bank_address
from gateway.door import caller_of, door_of
from messages.invoice_links import link_token
from messages.wire import Json


def page_address(request: web.Request, tenant: str, invoice: str) -> str | None:
    """None while the gateway has no key for links."""
    settings = door_of(request).settings
    if not settings.link_key:
        return None
    site = settings.public_url or f"http://{request.host}"
    return f"{site}/i/{link_token(settings.link_key, tenant, invoice)}"


def linked(request: web.Request, body: Json) -> Json:
    """An answer in which issued invoices, and payments that wait, say where their pages are. Events never do."""
    if body.get("object") == "payment":
        return with_bank_address(door_of(request).settings.link_key, caller_of(request).tenant, body)
    if body.get("object") == "invoice" and body.get("number"):
        return {**body, "hosted_url": page_address(request, caller_of(request).tenant, body["id"])}
    if body.get("object") is None and isinstance(body.get("data"), list):
        return {**body, "data": [linked(request, each) for each in body["data"]]}
    return body
