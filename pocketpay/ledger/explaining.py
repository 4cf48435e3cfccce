"""`pocketpay ledger explain`: what opens a balance, read from the database."""

from typing import Final

from actors.ledger.explain_queries import explain
from messages.envelope import Query
from messages.ledger_queries import Explain, ExplainedLine, Explanation
from messages.money import in_major_units
from messages.wire import Json, json_of, rfc3339
from storage.verify import snapshot

IN_THE_BOOKS: Final = "set local search_path = ledger"


class CannotExplainError(Exception):
    """What is wrong with the question."""


async def explained(dsn: str, tenant: str, asked: Explain) -> Json:
    """The explanation as the API gives it. The role `pocketpay_verifier` may ask. Raises CannotExplainError."""
    async with snapshot(dsn) as connection:
        await connection.execute(IN_THE_BOOKS)
        reply = await explain(connection, Query(tenant=tenant, params=json_of(asked)))
    body: Json = reply.body
    if reply.status != 200:
        raise CannotExplainError(body["detail"])
    return body


def in_lines(body: Json) -> list[str]:
    """For people: the balance before, a line per cause, the balance after."""
    found = Explanation.model_validate(body)
    begins = rfc3339(found.opening_at) if found.opening_at else "the beginning"
    rows = [
        (f"balance at {begins}", found.opening),
        *((_named(line), line.amount) for line in found.lines),
        (f"balance at {rfc3339(found.closing_at)}", found.closing),
    ]
    widest = max(len(name) for name, _ in rows)
    return [f"{name:<{widest}}  {in_major_units(amount, found.currency):>16} {found.currency}" for name, amount in rows]


def _named(line: ExplainedLine) -> str:
    return f"  {line.cause.replace('_', ' ')}, {line.count} transaction{'' if line.count == 1 else 's'}"
