"""A mail on its way out: to whom, unless they want none; what it says; its PDF; and by which way."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from actors.notifications.channels import Channel, Letter
from actors.notifications.composing import Attachment
from actors.notifications.mail_contents import LinkTo, Reader, content_of
from actors.notifications.mails import MailSeller
from actors.notifications.rendering import render
from messages import invoicing
from messages.customers import Customer, Profile
from messages.documents import Pdf
from messages.envelope import Query, Reply
from messages.mails import address_hash
from messages.notifications import ACTOR
from messages.wire import Json

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""A question to an actor."""

OK: Final = 200
NOT_FOUND: Final = 404
PDF_TEMPLATES: Final = frozenset({"invoice", "payment_failed"})


@dataclass(frozen=True, slots=True)
class Post:
    """What sending takes: whom to ask, who speaks, where links lead, and the way to people."""

    ask: Ask
    seller: MailSeller
    link_of: Callable[[str], LinkTo]
    channel: Channel


async def send_mail(post: Post, call_id: str, request: Json) -> Json:
    """Definite: sent, bounced, suppressed, failed, or `later`. Raises when an actor cannot be asked."""
    _ = call_id
    reader = await _reader(post, request)
    if isinstance(reader, str):
        return {"result": "failed", "detail": reader}
    hashed = address_hash(reader.address)
    if await _is_suppressed(post, request, hashed):
        return {"result": "suppressed", "detail": "They want no such mails, or mails to them come back."}
    about = await _by_now(post, request)
    if about.get("status") == "void":
        return {"result": "suppressed", "detail": "The invoice is void."}
    try:
        letter = await _written(post, request, about, reader)
    except (ValidationError, KeyError) as error:
        return {"result": "failed", "detail": f"It cannot be written: {type(error).__name__}."}
    known = {"address_hash": hashed, "to": letter.to, "subject": letter.content.subject}
    return {**known, **await post.channel.bring(letter)}


async def _reader(post: Post, request: Json) -> Reader | str:
    """Or why there is none."""
    if request["addressee"] == "seller":
        return Reader(address=post.seller.email) if post.seller.email else "The seller has no address."
    asked = Query(tenant=request["tenant"], params={"id": request["customer_id"]})
    reply = await post.ask(invoicing.ACTOR, "customer", asked)
    if reply.status == NOT_FOUND:
        return "There is no such customer."
    customer = Customer.model_validate(_body(reply))
    address = post.channel.address_of(Profile(name=customer.name, email=customer.email, phone=customer.phone))
    if address is None:
        return "The customer has no address."
    locale = next(iter(customer.preferred_locales), None)
    return Reader(address=address, name=customer.name, locale=locale, time_zone=customer.time_zone)


async def _is_suppressed(post: Post, request: Json, hashed: str) -> bool:
    named = {"address_hash": hashed, "customer_id": request["customer_id"], "template": request["template"]}
    reply = await post.ask(ACTOR, "suppressed", Query(tenant=request["tenant"], params=named))
    return _body(reply)["reason"] is not None


async def _by_now(post: Post, request: Json) -> Json:
    """An invoice as it is now: it may have been paid since it was told of, or become void. All else as it was told."""
    about: Json = request["about"]
    if about.get("object") != "invoice":
        return about
    asked = Query(tenant=request["tenant"], params={"id": about["id"]})
    return _body(await post.ask(invoicing.ACTOR, "invoice", asked))


async def _written(post: Post, request: Json, by_now: Json, reader: Reader) -> Letter:
    """An attempt that failed is told as it was; what an invoice asks for, as it is."""
    about = by_now if request["template"] == "invoice" else request["about"]
    content = content_of(
        *(request["template"], about, request["said_at"], reader, post.seller),
        post.link_of(request["tenant"]),
    )
    return Letter(
        id=request["mail"],
        at=datetime.fromisoformat(request["said_at"]),
        seller=post.seller,
        to=reader.address,
        content=render(content),
        attachments=await _attached(post, request),
    )


async def _attached(post: Post, request: Json) -> list[Attachment]:
    about = request["about"]
    if request["template"] not in PDF_TEMPLATES or about.get("object") != "invoice":
        return []
    first = await _part(post, request, 0)
    parts = [first, *[await _part(post, request, part) for part in range(1, first.parts)]]
    return [Attachment(f"{first.number}.pdf", b"".join(b64decode(part.pdf) for part in parts))]


async def _part(post: Post, request: Json, part: int) -> Pdf:
    asked = Query(tenant=request["tenant"], params={"id": request["about"]["id"], "part": part})
    return Pdf.model_validate(_body(await post.ask(invoicing.ACTOR, "invoice_pdf", asked)))


def _body(reply: Reply) -> Any:
    if reply.status != OK:
        raise LookupError(f"an answer of {reply.status}")
    return reply.body
