"""Which number each row gets that has none, or whose own was given to another. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from storage.streams import Numbering, Row, Voice


@dataclass(frozen=True, slots=True)
class Found:
    """A stream as it is found, against what the journals know of it.

    `end` is the last number that it holds or held, `known` the highest that anybody is known to have seen, `cut`
    whether something that was on it is missing. `lasts` is the last noted number of each voice.
    """

    numbering: Numbering
    end: int
    known: int
    cut: bool
    lasts: Mapping[Voice, int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """`first` is what a stream that begins anew begins with; `of` holds only rows whose number is a new one."""

    of: Mapping[Row, int]
    first: int
    numbering: Numbering


def for_events(found: Found, collided: Sequence[Row], unsaid: Sequence[Row], taken: Collection[int]) -> Numbers:
    """Numbers that contradict nothing that a reader may have seen; where that cannot be, a new epoch.

    `collided` are noted rows whose number the stream gave to another message, `unsaid` those without a number that
    the stream does not hold. Both are in the order of their voices, and of each voice `collided` comes first.
    """
    rows, top = [*collided, *unsaid], max(found.known, found.end)
    exact = not collided and len({row.voice for row in unsaid}) <= 1
    if found.cut and exact and rows:
        after = max(found.end, found.numbering.settled, found.lasts.get(rows[0].voice, 0))
        given = dict(zip(rows, _free(after, taken), strict=False))
    else:
        given = {row: top + place for place, row in enumerate(rows, 1)}
    settled = max([top, *given.values()])
    epoch = found.numbering.epoch + (1 if found.cut and not exact else 0)
    return Numbers(given, top + 1, Numbering(epoch, settled))


def for_commands(found: Found, unheard: Sequence[Row], unsaid: Sequence[Row]) -> Numbers:
    """Nobody but their readers knows the numbers of commands, and what those have heard they pass over.

    So a stream that lost something begins anew, above all that was, with the commands that nobody has dealt with.
    """
    top = max(found.known, found.end)
    rows = list(dict.fromkeys([*unheard, *unsaid])) if found.cut else list(unsaid)
    rows.sort(key=lambda row: (row.recorded_at, row.voice, row.position))
    given = {row: top + place for place, row in enumerate(rows, 1)}
    return Numbers(given, top + 1, Numbering(found.numbering.epoch, top + len(given)))


def is_cut(end: int | None, known: int, all_held: bool, ever_said: bool) -> bool:
    """Whether a stream lost something. `end` is None where there is no stream at all."""
    return ever_said if end is None else end < known or not all_held


def _free(after: int, taken: Collection[int]) -> Iterator[int]:
    number = after
    while True:
        number += 1
        if number not in taken:
            yield number
