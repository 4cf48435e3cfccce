"""Server-sent events as the gateway writes them, read line by line."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Final

OPENING: Final = ": position "
"""What the gateway's streams begin with: the place from which they are told, known before anything happens."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`id` is where to resume behind it; without `data` it is only that."""

    id: str | None
    kind: str | None
    data: str | None


async def frames(lines: AsyncIterable[bytes]) -> AsyncIterator[Frame]:
    """Until they end; what is cut off in the middle is not told."""
    fields: dict[str, str] = {}
    async for line in lines:
        text = line.decode(errors="replace").rstrip("\r\n")
        if text.startswith(OPENING):
            yield Frame(text.removeprefix(OPENING).partition(",")[0], None, None)
        elif text and not text.startswith(":"):
            name, _, value = text.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and name in fields else value
        elif not text and fields:
            if "id" in fields or "data" in fields:
                yield Frame(fields.get("id"), fields.get("event"), fields.get("data"))
            fields = {}
