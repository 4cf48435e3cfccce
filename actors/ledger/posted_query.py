"""`posted`: what was posted for resources of others, for who compares it with what it believes."""

from asyncpg import Connection

from actors.runtime.resources import whole
from messages.envelope import Query, Reply
from messages.reconciliation import PostedAsked, PostedLine, PostedPage
from storage.posted import posted_for


async def posted(connection: Connection, query: Query) -> Reply:
    """The lines of each source, by kind and account; of what was never posted there are none."""
    asked = PostedAsked.model_validate(query.params)
    lines: dict[str, list[PostedLine]] = {}
    for row in await posted_for(connection, query.tenant, asked.sources):
        line = PostedLine(kind=row["source_kind"], account=row["path"], currency=row["currency"], amount=row["amount"])
        lines.setdefault(f"{row['source_type']}/{row['source_id']}", []).append(line)
    return whole(PostedPage(lines=lines))
