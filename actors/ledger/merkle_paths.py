"""Proofs of the ledger's log, from a bounded part of what is kept: leaf hashes, and the nodes of every eighth level.

Each proof says first what must be read, so that a log of any length is read in a few short spans.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from actors.ledger.merkle import TILE_HEIGHT, Frontier, joined, node_hash

Span = tuple[int, int]
"""Leaves from the first index up to and without the second."""


class Needed(NamedTuple):
    """What must be read for a proof: spans of leaf hashes, and (height, from, to) of tile nodes, `to` not included."""

    leaves: list[Span]
    nodes: list[tuple[int, int, int]]


class Kept(NamedTuple):
    """What was read: leaf hashes by index, and tile nodes by (height, index). More than was needed does no harm."""

    leaves: Mapping[int, bytes]
    nodes: Mapping[tuple[int, int], bytes]


def needed_for_frontier(size: int) -> Needed:
    """What `frontier_of` reads."""
    return _needed([(0, size)])


def needed_for_inclusion(index: int, size: int) -> Needed:
    """What `inclusion_path` reads: at most 510 hashes for every 8 levels of the tree."""
    return _needed(_beside_leaf(index, size))


def needed_for_consistency(first: int, second: int) -> Needed:
    """What `consistency_path` reads: at most 510 hashes for every 8 levels of the tree."""
    return _needed(_beside_tree(first, second))


def frontier_of(size: int, kept: Kept) -> Frontier:
    """The frontier as it was after `size` leaves. Raises KeyError for what was not read."""
    return Frontier(size, tuple(_perfect(*subtree, kept) for subtree in _subtrees(0, size)))


def inclusion_path(index: int, size: int, kept: Kept) -> list[bytes]:
    """RFC 6962, section 2.1.1: the hashes beside the way from a leaf to the root, the lowest first.

    Raises KeyError for what was not read, ValueError for a leaf that the tree does not have.
    """
    return [_tree_hash(span, kept) for span in _beside_leaf(index, size)]


def consistency_path(first: int, second: int, kept: Kept) -> list[bytes]:
    """RFC 6962, section 2.1.2: the hashes by which both roots follow from the smaller tree.

    Raises KeyError for what was not read, ValueError for a first tree that is larger than the second.
    """
    return [_tree_hash(span, kept) for span in _beside_tree(first, second)]


def _split(low: int, high: int) -> int:
    """Where a tree of more than one leaf is split: before it is the largest power of two that leaves something."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def _beside_leaf(index: int, size: int) -> list[Span]:
    """The subtrees of an inclusion path, the lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    low, high, spans = 0, size, []
    while high - low > 1:
        middle = _split(low, high)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def _beside_tree(first: int, second: int) -> list[Span]:
    """The subtrees of a consistency path, the lowest first."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves has no part of {first}")
    low, high, spans = 0, second, []
    while first not in (0, high):
        middle = _split(low, high)
        if first <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    if low:
        spans.append((low, high))
    return spans[::-1]


def _subtrees(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees (height, index) of a tree's part, the largest first."""
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def _row(height: int, index: int) -> tuple[int, int, int]:
    """A perfect subtree as the (height, from, to) of what is kept of it: leaves (height 0) or tile nodes."""
    above = height % TILE_HEIGHT
    return height - above, index << above, (index + 1) << above


def _needed(spans: Iterable[Span]) -> Needed:
    rows = sorted(_row(*subtree) for span in spans for subtree in _subtrees(*span))
    merged: list[tuple[int, int, int]] = []
    for height, start, end in rows:
        # The leaf that is proved, or the node above it, stands between its siblings: a whole span is read at once.
        if merged and merged[-1][0] == height and start <= merged[-1][2] + 1:
            merged[-1] = height, merged[-1][1], end
        else:
            merged.append((height, start, end))
    leaves = [(start, end) for height, start, end in merged if not height]
    return Needed(leaves, [row for row in merged if row[0]])


def _perfect(height: int, index: int, kept: Kept) -> bytes:
    base, start, end = _row(height, index)
    row = [kept.nodes[base, at] if base else kept.leaves[at] for at in range(start, end)]
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def _tree_hash(span: Span, kept: Kept) -> bytes:
    return joined([_perfect(*subtree, kept) for subtree in _subtrees(*span)])
