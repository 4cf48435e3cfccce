"""Lists as Stripe answers them: the newest first, from a cursor in either direction, filtered."""

from collections.abc import Iterator, Mapping
from typing import Any

Listed = tuple[int, dict[str, Any]]


def listed(newest_first: list[dict[str, Any]], query: Mapping[str, str], paid_out: Mapping[str, set[str]]) -> Listed:
    """Status and body. Whatever Stripe refuses is refused: more than 100, more than 20 types, a strange cursor."""
    limit, types = int(query.get("limit", 10)), set(_several(query, "types"))
    if not 1 <= limit <= 100 or len(types) > 20:
        return _refused("parameter_invalid", "limit" if len(types) <= 20 else "types")
    cursor = query.get("ending_before") or query.get("starting_after")
    ids = [each.get("id") for each in newest_first]
    if cursor is not None and cursor not in ids:
        return _refused("resource_missing", "ending_before" if "ending_before" in query else "starting_after")
    payout = query.get("payout")
    if payout is not None and payout not in paid_out:
        return _refused("payout_manual", "payout")
    upward = "ending_before" in query
    cut = ids.index(cursor) if cursor is not None else -1
    beyond = newest_first[:cut] if upward else newest_first[cut + 1 :]
    fitting = [each for each in beyond if _fits(each, query, types, paid_out.get(payout or ""))]
    data = [
        each if "expand[0]" in query else _folded(each) for each in (fitting[-limit:] if upward else fitting[:limit])
    ]
    return 200, {"object": "list", "data": data, "has_more": len(fitting) > limit, "url": ""}


def _fits(each: dict[str, Any], query: Mapping[str, str], types: set[str], among: set[str] | None) -> bool:
    made = each["created"]
    return (
        int(query.get("created[gte]", made)) <= made <= int(query.get("created[lte]", made))
        and (not types or each["type"] in types)
        and (among is None or each["id"] in among)
    )


def _several(query: Mapping[str, str], name: str) -> Iterator[str]:
    return (value for key, value in query.items() if key.startswith(f"{name}["))


def _folded(each: dict[str, Any]) -> dict[str, Any]:
    """What was not asked to be expanded is named by its id."""
    source = each.get("source")
    return {**each, "source": source["id"]} if isinstance(source, dict) else each


def _refused(code: str, parameter: str) -> Listed:
    error = {"type": "invalid_request_error", "code": code, "param": parameter, "message": f"{code}: {parameter}"}
    return 400, {"error": error}
