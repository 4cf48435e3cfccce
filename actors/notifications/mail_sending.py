"""A mail on its way out: to whom, unless they want none; what it says; its PDF; and by which way."""

import asyncio
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
AWAY: Final = 503
ASKING_SECONDS: Final = 9.0
"""For all questions of one mail. The runtime gives a call 30, the mail's way to people takes 20 of them."""

PDF_TEMPLATES: Final = frozenset({"invoice", "payment_failed"})


@dataclass(frozen=True, slots=True)
class Post:
    """What sending takes: whom to ask, who speaks, where links lead, and the way to people."""

    ask: Ask
    seller: MailSeller
    link_of: Callable[[str], LinkTo]
    channel: Channel


class NotToBeHad(Exception):
    """Something that the mail cannot be written without, named for people."""


async def send_mail(post: Post, call_id: str, request: Json) -> Json:
    """Definite: sent, bounced, suppressed, failed, or `later`. Raises when an actor cannot be asked.

    One that answers, but not with what the mail needs, may never do so: that is an attempt that failed, of which a mail
    has so many.
    """
    _ = call_id
    try:
        async with asyncio.timeout(ASKING_SECONDS):
            ready = await _ready(post, request)
    except (ValidationError, KeyError) as error:
        return {"result": "failed", "detail": f"It cannot be written: {type(error).__name__}."}
    except NotToBeHad as why:
        return {"result": "later", "detail": str(why)}
    except TimeoutError:
        return {"result": "later", "detail": f"It was not written within {ASKING_SECONDS:.0f} s."}
    if not isinstance(ready, Letter):
        return ready
    known = {"address_hash": address_hash(ready.to), "to": ready.to, "subject": ready.content.subject}
    return {**known, **await post.channel.bring(ready)}


async def _ready(post: Post, request: Json) -> Letter | Json:
    """Or why there is none to bring."""
    reader = await _reader(post, request)
    if isinstance(reader, str):
        return {"result": "failed", "detail": reader}
    if await _is_suppressed(post, request, address_hash(reader.address)):
        return {"result": "suppressed", "detail": "They want no such mails, or mails to them come back."}
    about = await _by_now(post, request)
    if about.get("status") == "void":
        return {"result": "suppressed", "detail": "The invoice is void."}
    return await _written(post, request, about, reader)


async def _reader(post: Post, request: Json) -> Reader | str:
    """Or why there is none."""
    if request["addressee"] == "seller":
        return Reader(address=post.seller.email) if post.seller.email else "The seller has no address."
    reply = await _asked(post, invoicing.ACTOR, "customer", request, id=request["customer_id"])
    if reply.status == NOT_FOUND:
        return "There is no such customer."
    customer = Customer.model_validate(reply.body)
    address = post.channel.address_of(Profile(name=customer.name, email=customer.email, phone=customer.phone))
    if address is None:
        return "The customer has no address."
    locale = next(iter(customer.preferred_locales), None)
    return Reader(address=address, name=customer.name, locale=locale, time_zone=customer.time_zone)


async def _is_suppressed(post: Post, request: Json, hashed: str) -> bool:
    named = {"address_hash": hashed, "customer_id": request["customer_id"], "template": request["template"]}
    return (await _body(post, ACTOR, "suppressed", request, **named))["reason"] is not None


async def _by_now(post: Post, request: Json) -> Json:
    """An invoice as it is now: it may have been paid since it was told of, or become void. All else as it was told."""
    about: Json = request["about"]
    if about.get("object") != "invoice":
        return about
    return await _body(post, invoicing.ACTOR, "invoice", request, id=about["id"])


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
    part_of = {"id": request["about"]["id"], "part": part}
    return Pdf.model_validate(await _body(post, invoicing.ACTOR, "invoice_pdf", request, **part_of))


async def _body(post: Post, actor: str, name: str, request: Json, **params: Any) -> Any:
    reply = await _asked(post, actor, name, request, **params)
    if reply.status == NOT_FOUND:
        raise NotToBeHad(f"{actor} has no such {name}.")
    return reply.body


async def _asked(post: Post, actor: str, name: str, request: Json, **params: Any) -> Reply:
    """With 200 or 404."""
    try:
        reply = await post.ask(actor, name, Query(tenant=request["tenant"], params=params))
    except TimeoutError:
        raise NotToBeHad(f"{actor} did not tell its {name} in time.") from None
    if reply.status == AWAY:
        raise ConnectionError(f"{actor} cannot tell its {name} now")
    if reply.status not in (OK, NOT_FOUND):
        raise NotToBeHad(f"{actor} cannot tell its {name}: an answer of {reply.status}.")
    return reply
