"""Answers about mails, with to whom they went, and whether one may be sent."""

from asyncpg import Connection

from actors.runtime.resources import not_found, page, whole
from messages.envelope import Query, Reply
from messages.mails import Mail, MailListing, MaySend, Suppressed
from messages.queries import ById
from storage import resources
from storage.notifications import MAILS, recipients, suppressed


async def mail(connection: Connection, query: Query) -> Reply:
    """`mail`."""
    wanted = ById.model_validate(query.params)
    body = await resources.by_id(connection, MAILS, query.tenant, wanted.id)
    if body is None:
        return not_found(f"There is no mail {wanted.id}.")
    [shown] = await _addressed(connection, query.tenant, [Mail.model_validate_json(body)])
    return whole(shown)


async def mails(connection: Connection, query: Query) -> Reply:
    """`mails`: a page, newest first."""
    asked = MailListing.model_validate(query.params)
    bodies, has_more = await resources.newest(connection, MAILS, query.tenant, asked)
    found = [Mail.model_validate_json(body) for body in bodies]
    return page(await _addressed(connection, query.tenant, found), has_more=has_more)


async def suppression(connection: Connection, query: Query) -> Reply:
    """`suppressed`: why a mail must not be sent, or null."""
    asked = MaySend.model_validate(query.params)
    reason = await suppressed(connection, query.tenant, asked.address_hash, asked.customer_id, asked.template)
    return whole(Suppressed.model_validate({"reason": reason}))


async def _addressed(connection: Connection, tenant: str, found: list[Mail]) -> list[Mail]:
    known = await recipients(connection, tenant, [each.id for each in found])
    return [
        each.model_copy(update={"to": recipient, "subject": subject})
        for each in found
        for recipient, subject in [known.get(each.id, (None, None))]
    ]
