"""Mails, and who wants none: their wishes and routes."""

from typing import Final

from aiohttp import web

from gateway.commands import Wish
from gateway.parameters import MailList, Read, SuppressionList
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages.ids import new_id
from messages.mails import (
    DeletedSuppression,
    LiftSuppression,
    Mail,
    Suppression,
    SuppressionWish,
    SuppressMails,
    address_hash,
)
from messages.notifications import ACTOR


def suppress(_: web.Request, body: SuppressionWish) -> Wish:
    """The address itself goes no further than here."""
    data = SuppressMails(
        customer_id=body.customer_id,
        address_hash=address_hash(body.email) if body.email is not None else None,
        templates=body.templates,
        reason=body.reason,
    )
    return Wish(ACTOR, "mail_suppression.create", new_id("sup"), data)


def lift(request: web.Request, _: None) -> Wish:
    """Mails again."""
    return Wish(ACTOR, "mail_suppression.delete", id_of(request), LiftSuppression())


_SUPPRESSIONS: Final = f"{V1}/mail-suppressions"

MAILS = [
    Route(
        *("GET", f"{V1}/mails", page(ACTOR, "mails", nothing, after_created), "customers:read"),
        *("listMails", "List mails, the newest first", ListOf[Mail], MailList),
    ),
    Route(
        *("GET", f"{V1}/mails/{{id}}", one(ACTOR, "mail", by_id), "customers:read"),
        *("getMail", "Read what became of a mail", Mail, Read),
    ),
    Route(
        *("GET", _SUPPRESSIONS, page(ACTOR, "mail_suppressions", nothing, after_created), "customers:read"),
        *("listMailSuppressions", "List who gets no mails, the newest first", ListOf[Suppression], SuppressionList),
    ),
    Route(
        *("POST", _SUPPRESSIONS, write(suppress), "customers:write"),
        *("suppressMails", "Send no mails, or none of some kinds, to an address or a customer", Suppression),
        body=SuppressionWish,
        status=201,
    ),
    Route(
        *("DELETE", f"{_SUPPRESSIONS}/{{id}}", write(lift), "customers:write"),
        *("liftMailSuppression", "Send mails again", DeletedSuppression),
    ),
]
