"""The body of a delivery: the event as it was said, with what makes it a delivery, within 64 kB."""

from typing import Any, Final

from pydantic_core import from_json, to_json

from messages.envelope import Event
from messages.wire import Json, with_member

BODY_BYTES_MAX: Final = 65_536


def body_of(event: Event, endpoint: str, sequence: int | None, *, replay: bool) -> str:
    """JSON text. What is too long has its longest lists cut: `…_has_more` beside each says so, and `delivery.cut` names
    them. What is too long without any list is sent whole."""
    delivery: Json = {"endpoint": endpoint, "sequence": sequence, "replay": replay}
    text = with_member(event, "delivery", to_json(delivery).decode())
    return text if _fits(text) else _cut(text)


def replayed(text: str) -> str:
    """The body once more, marked as a replay."""
    body: Json = from_json(text)
    return to_json({**body, "delivery": {**body["delivery"], "replay": True}}).decode()


def _cut(whole: str) -> str:
    """No list is longer than a length that is halved until all fits."""
    body, text = from_json(whole), whole
    length = max(_longest(body["data"]), _longest(body["changes"]))
    while length and not _fits(text):
        length //= 2
        cut: set[str] = set()
        shorter = {
            "data": _shortened(body["data"], length, cut),
            # Its names are those of the fields that moved, so nothing is said beside them.
            "changes": {name: _shortened(each, length, cut, name) for name, each in body["changes"].items()},
        }
        text = to_json({**body, **shorter, "delivery": {**body["delivery"], "cut": sorted(cut)}}).decode()
    return text


def _shortened(value: Any, length: int, cut: set[str], path: str = "") -> Any:
    """The value with no list longer than this. The paths of those that were go into `cut`, without places in lists."""
    if isinstance(value, list):
        if len(value) > length:
            cut.add(path)
        return [_shortened(each, length, cut, path) for each in value[:length]]
    if not isinstance(value, dict):
        return value
    fields = {name: _shortened(each, length, cut, f"{path}.{name}" if path else name) for name, each in value.items()}
    more = {f"{name}_has_more": True for name, each in value.items() if isinstance(each, list) and len(each) > length}
    return {**fields, **more}


def _longest(value: Any) -> int:
    """How many the longest of all lists within has."""
    if isinstance(value, list):
        return max([len(value), *map(_longest, value)])
    return max(map(_longest, value.values()), default=0) if isinstance(value, dict) else 0


def _fits(text: str) -> bool:
    return len(text) <= BODY_BYTES_MAX // 4 or len(text.encode()) <= BODY_BYTES_MAX
