"""The tree over the ledger's log (RFC 6962): appending to it, and checking what was proved of it."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

TILE_HEIGHT: Final = 8
"""Kept are all leaf hashes and the nodes of every eighth level: one for 256 of the level below."""

EMPTY_ROOT: Final = sha256().digest()


class Frontier(NamedTuple):
    """All that appending needs: the perfect subtrees of a log of `size` leaves, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()


class TileNode(NamedTuple):
    """The perfect subtree of `2 ** height` leaves that begins at leaf `number * 2 ** height`."""

    height: int
    number: int
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962, section 2.1: a leaf can never be taken for a node."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def append(frontier: Frontier, leaf: bytes) -> tuple[Frontier, tuple[TileNode, ...]]:
    """The frontier with one more leaf hash, and the tile nodes that it completed: none, but for every 256th leaf."""
    size, hashes = frontier
    height, rest, kept, completed = 0, size, len(hashes), ()
    while rest & 1:
        kept -= 1
        height += 1
        rest >>= 1
        leaf = sha256(b"\x01" + hashes[kept] + leaf).digest()
        if not height % TILE_HEIGHT:
            completed += (TileNode(height, rest, leaf),)
    return Frontier(size + 1, (*hashes[:kept], leaf)), completed


def root(frontier: Frontier) -> bytes:
    """The Merkle tree hash of all leaves."""
    return joined(frontier.hashes) if frontier.hashes else EMPTY_ROOT


def joined(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, the largest first."""
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2: the root of a tree that has this leaf hash there. ValueError: no path of that tree."""
    node, last, result = index, size - 1, leaf
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    for beside in path:
        if not last:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            result = node_hash(beside, result)
            node, last = _up_to_right_child(node, last)
        else:
            result = node_hash(result, beside)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return result


def check_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2: whether the second tree begins with all leaves of the first, in their order."""
    if not 0 < first < second:
        empty_or_same = first_root == (second_root if first else EMPTY_ROOT)
        return first in (0, second) and empty_or_same and not path
    hashes = list(path) if first & (first - 1) else [first_root, *path]
    if not hashes:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if not last:
            return False
        if node & 1 or node == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            node, last = _up_to_right_child(node, last)
        else:
            new = node_hash(new, beside)
        node, last = node >> 1, last >> 1
    return not last and (old, new) == (first_root, second_root)


def _up_to_right_child(node: int, last: int) -> tuple[int, int]:
    """Over the levels on which a right edge has no sibling."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last
