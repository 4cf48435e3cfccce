"""Between which accounts the peers move money: the same pattern as our facts."""

import random
from collections.abc import Iterator

ACCOUNTS = 1000
AMOUNT = 1000


def pairs(kind: str, seed: int) -> Iterator[tuple[int, int]]:
    """From and to, for ever: from one of 1,000 accounts, or always from the first, to one of 1,000 others."""
    draw = random.Random(seed)  # noqa: S311 - which account is paid next is no secret
    while True:
        yield (0 if kind == "hot" else draw.randrange(ACCOUNTS)), ACCOUNTS + draw.randrange(ACCOUNTS)
