"""Writes every document that follows from the code: `make generated`. A test compares them with what is there."""

import json
from collections.abc import Iterator
from pathlib import Path

from gateway import asyncapi
from gateway.lookups import our_version
from gateway.openapi.document import document as openapi
from gateway.openapi.schemas import schemas_of
from gateway.routes import ROUTES
from messages.catalogue import ENVELOPES, MESSAGES, Message
from messages.problems import PROBLEMS
from messages.wire import Json
from scripts.message_tables import page

DOCS = Path(__file__).parents[1] / "docs"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def files() -> dict[str, str]:
    """Path under docs/ -> text."""
    made = {
        "openapi.json": openapi(ROUTES, our_version()),
        "asyncapi.json": asyncapi.document(our_version()),
        **{f"schemas/{name}.json": schema for name, schema in _schemas()},
    }
    return {name: _text(value) for name, value in made.items()} | {"messages.md": page(MESSAGES)}


def stale() -> list[str]:
    """What is missing, no longer right, or no longer made."""
    wanted = files()
    there = {file.relative_to(DOCS).as_posix() for file in (DOCS / "schemas").glob("*.json")}
    return [name for name in sorted(there | wanted.keys()) if wanted.get(name) != _read(DOCS / name)]


def write() -> None:
    """All of them; what is no longer made goes."""
    for file in (DOCS / "schemas").glob("*.json"):
        file.unlink()
    for name, text in files().items():
        file = DOCS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _schemas() -> Iterator[tuple[str, Json]]:
    for model in ENVELOPES:
        found, definitions = schemas_of([model], "serialization", "#/$defs/")
        yield model.__name__.lower(), _closed(found[model], definitions, model.__name__)
    for message in MESSAGES:
        if message.data:
            yield asyncapi.name_of(message), _of_message(message)
    yield (
        "problem-code",
        {"$schema": _DIALECT, "title": "ProblemCode", "type": "string", "enum": list(PROBLEMS)},
    )


def _of_message(message: Message) -> Json:
    _, definitions = schemas_of(asyncapi.models_of([message]), "serialization", "#/$defs/")
    return _closed(asyncapi.payload_of(message, "#/$defs/"), definitions, asyncapi.name_of(message))


def _closed(schema: Json, definitions: dict[str, Json], title: str) -> Json:
    """Readable by itself: all that it refers to is inside."""
    return {"$schema": _DIALECT, "title": title, **schema, "$defs": definitions}


def _text(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _read(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None


if __name__ == "__main__":
    write()
