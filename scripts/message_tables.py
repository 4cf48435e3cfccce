"""docs/messages.md: every message as a table for people."""

import json
from collections.abc import Sequence

from pydantic import BaseModel

from gateway.asyncapi import example_message, name_of
from gateway.openapi.schemas import schemas_of
from messages.catalogue import ENVELOPES, Kind, Message
from messages.wire import Json

_HEAD = """# Messages
Made from `messages/` by `make generated`; a test keeps it so. `GET /asyncapi.json` serves the same as AsyncAPI 3,
docs/schemas/ holds a JSON Schema of each.

A message is an envelope around `data` (of a query: `params`). COMMANDS and EVENTS are kept in streams, where the
tenant's partition stands in place of the entity; questions and replies are gone once they are heard. What an actor
cannot read or decide is parked in its table, and a copy is said under `pocketpay.parked.<tenant>.<actor>.<reason>` for
whoever watches. Messages only grow: unknown fields are ignored.
"""

_KINDS: dict[Kind, str] = {
    "command": "Commands: what may be asked",
    "event": "Events: what has happened",
    "query": "Queries: what the gateway asks",
    "reply": "Replies: what a waiting gateway is told",
}


def page(messages: Sequence[Message]) -> str:
    """The whole page."""
    parts = [_HEAD, *(_section(kind, title, messages) for kind, title in _KINDS.items()), _models(messages)]
    return "\n".join(parts)


def _section(kind: Kind, title: str, messages: Sequence[Message]) -> str:
    chosen = [message for message in messages if message.kind == kind]
    rows = [f"| {' | '.join(_row(message))} |" for message in chosen]
    head = ["type", "subject", "sent by", "heard by", "envelope", "holds"]
    example = json.dumps(example_message(chosen[0]), indent=1, ensure_ascii=False)
    table = "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows])
    return f"## {title}\n{table}\n\n`{name_of(chosen[0])}`, whole:\n```json\n{example}\n```\n"


def _row(message: Message) -> list[str]:
    holds = _link(message.data) if message.data else "–"
    if message.answer:
        holds += f", answered with {_link(message.answer)}"
    return [
        f"`{message.name}`",
        f"`{message.subject}`",
        ", ".join(message.senders) or "nobody yet",
        ", ".join(message.hearers),
        _link(message.envelope),
        holds,
    ]


def _models(messages: Sequence[Message]) -> str:
    used = [model for message in messages for model in (message.data, message.answer) if model]
    definitions = schemas_of([*ENVELOPES, *used], "serialization", "#/")[1]
    return "## Fields\n" + "\n".join(_fields(name, schema) for name, schema in sorted(definitions.items()))


def _fields(name: str, schema: Json) -> str:
    about = str(schema.get("description", "")).split("\n\n")[0].replace("\n", " ")
    rows = [f"| `{field}` | {_kind_of(inside)} |" for field, inside in schema.get("properties", {}).items()]
    table = "\n".join(["", "| field | type |", "|---|---|", *rows, ""]) if rows else ""
    listed = f"\nOne of {', '.join(f'`{value}`' for value in schema['enum'])}.\n" if "enum" in schema else ""
    return f"### {name}\n{about}\n{table}{listed}"


def _kind_of(schema: Json) -> str:
    """A type in words, as short as a table needs it."""
    if "$ref" in schema:
        return _to(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_kind_of(option) for option in options)
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_kind_of(schema['items'])}"
    named = {"date-time": "time", "iso-4217": "currency"}.get(str(schema.get("format")))
    return named or str(schema.get("type", "any"))


def _link(model: type[BaseModel]) -> str:
    return _to(model.__name__)


def _to(name: str) -> str:
    return f"[{name}](#{name.lower()})"
