"""The body of a delivery: the event as it was said, with what makes it a delivery, within 64 kB."""

from typing import Any, Final

from pydantic_core import from_json, to_json

from messages.envelope import Event
from messages.wire import Json, with_member

BODY_BYTES_MAX: Final = 65_536


def body_of(event: Event, endpoint: str, sequence: int | None, *, replay: bool) -> str:
    """JSON text. What is too long has its longest lists cut, and says which in `delivery.cut`."""
    delivery: Json = {"endpoint": endpoint, "sequence": sequence, "replay": replay}
    text = with_member(event, "delivery", to_json(delivery).decode())
    return text if _fits(text) else _cut(from_json(text))


def replayed(text: str) -> str:
    """The body once more, marked as a replay."""
    body: Json = from_json(text)
    return to_json({**body, "delivery": {**body["delivery"], "replay": True}}).decode()


def _cut(body: Json) -> str:
    """Halves the longest list of `data` until all fits, or nothing is left to halve."""
    data: Json = {**body["data"]}
    cut: set[str] = set()
    while True:
        text = to_json({**body, "data": data, "delivery": {**body["delivery"], "cut": sorted(cut)}}).decode()
        longest = max(_lists(data), key=lambda name: len(to_json(data[name])), default=None)
        if _fits(text) or longest is None:
            return text
        kept: list[Any] = data[longest]
        data[longest] = kept[: len(kept) // 2]
        cut.add(longest)


def _lists(data: Json) -> list[str]:
    return [name for name, value in data.items() if isinstance(value, list) and value]


def _fits(text: str) -> bool:
    return len(text) <= BODY_BYTES_MAX // 4 or len(text.encode()) <= BODY_BYTES_MAX
