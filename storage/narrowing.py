"""Lists with any of their filters: only those asked for are in the statement, so that each finds its index."""

from collections.abc import Iterable

from messages.queries import Listing

Filter = tuple[str, object]
"""A condition with `{}` where its value stands, or several for a tuple. A value of None was not asked for."""


def narrowed(filters: Iterable[Filter]) -> tuple[str, list[object]]:
    """The conditions joined, and their arguments in order."""
    conditions: list[str] = []
    args: list[object] = []
    for condition, value in filters:
        if value is not None:
            values = value if isinstance(value, tuple) else (value,)
            places = range(len(args) + 1, len(args) + len(values) + 1)
            conditions.append(condition.format(*(f"${place}" for place in places)))
            args.extend(values)
    return " and ".join(conditions), args


def newer(asked: Listing, at: str, id_: str) -> list[Filter]:
    """The times that were asked for, and what follows the last one seen in a list with the newest first."""
    return [
        (f"{at} >= {{}}", asked.created_after),
        (f"{at} < {{}}", asked.created_before),
        (f"({at}, {id_}) < ({{}}, {{}})", asked.after),
    ]
