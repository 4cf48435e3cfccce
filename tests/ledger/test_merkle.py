"""The tree is that of RFC 6962, and every proof of it is made of the little that it says it needs."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from actors.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    append,
    check_consistency,
    leaf_hash,
    node_hash,
    root,
    root_from_inclusion,
)
from actors.ledger.merkle_paths import (
    Kept,
    Needed,
    consistency_path,
    frontier_of,
    inclusion_path,
    needed_for_consistency,
    needed_for_frontier,
    needed_for_inclusion,
)
from tests.ledger.proofs import log_of

# Inputs and roots of the reference implementation: google/certificate-transparency, merkletree tests.
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 700
LEAVES = [leaf_hash(str(index).encode()) for index in range(MOST)]
LOG = log_of(LEAVES)

SIZES = st.integers(1, MOST) | st.sampled_from([1, 2, 3, 255, 256, 257, 511, 512, 513, 700])


@cache
def naive_root(low: int, high: int) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if high - low == 1:
        return LEAVES[low]
    middle = naive_split(low, high)
    return sha256(b"\x01" + naive_root(low, middle) + naive_root(middle, high)).digest()


def naive_split(low: int, high: int) -> int:
    power = 1
    while power * 2 < high - low:
        power *= 2
    return low + power


def naive_path(index: int, low: int, high: int) -> list[bytes]:
    """PATH of section 2.1.1."""
    if high - low == 1:
        return []
    middle = naive_split(low, high)
    if index < middle:
        return [*naive_path(index, low, middle), naive_root(middle, high)]
    return [*naive_path(index, middle, high), naive_root(low, middle)]


def naive_subproof(first: int, low: int, high: int, complete: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if first == high:
        return [] if complete else [naive_root(low, high)]
    middle = naive_split(low, high)
    if first <= middle:
        return [*naive_subproof(first, low, middle, complete), naive_root(middle, high)]
    return [*naive_subproof(first, middle, high, False), naive_root(low, middle)]


def hashes_in(needed: Needed) -> int:
    return sum(end - start for start, end in needed.leaves) + sum(end - start for _, start, end in needed.nodes)


def test_the_roots_are_those_of_the_reference_implementation() -> None:
    frontier = Frontier()
    assert root(frontier) == EMPTY_ROOT == sha256(b"").digest()
    for leaf, expected in zip(INPUTS, ROOTS, strict=True):
        frontier, _ = append(frontier, leaf_hash(bytes.fromhex(leaf)))
        assert root(frontier).hex() == expected


def test_appending_gives_the_root_of_all_leaves_at_every_size() -> None:
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES, 1):
        frontier, _ = append(frontier, leaf)
        assert frontier.size == size
        assert root(frontier) == naive_root(0, size)


def test_every_256th_leaf_completes_a_node_and_every_65536th_two() -> None:
    assert LOG.kept.nodes == {
        (8, 0): naive_root(0, 256),
        (8, 1): naive_root(256, 512),
    }

    # Given a log with one leaf to go until 2^16, made of one hash only
    same = [LEAVES[0]]
    for _ in range(16):
        same.append(node_hash(same[-1], same[-1]))
    frontier = Frontier(2**16 - 1, tuple(reversed(same[:16])))

    # When it is appended, Then a node of each height is complete
    _, completed = append(frontier, LEAVES[0])
    assert [tuple(node) for node in completed] == [(8, 255, same[8]), (16, 0, same[16])]


@given(SIZES)
def test_the_frontier_is_found_again_from_what_is_kept(size: int) -> None:
    frontier = frontier_of(size, LOG.read(needed_for_frontier(size)))
    assert root(frontier) == naive_root(0, size)
    for leaf in LEAVES[size:]:
        frontier, _ = append(frontier, leaf)
    assert frontier == LOG.frontier


@given(SIZES, st.integers(0, MOST - 1))
@example(512, 0)
@example(513, 512)
def test_a_leaf_is_proved_by_the_path_of_the_rfc(size: int, number: int) -> None:
    index = number % size
    path = LOG.path(index, size)
    assert path == naive_path(index, 0, size)
    assert root_from_inclusion(index, size, LEAVES[index], path) == naive_root(0, size)


@given(SIZES, st.integers(0, MOST - 1), st.integers(0, 9))
def test_a_changed_leaf_place_or_path_leads_to_another_root(size: int, number: int, at: int) -> None:
    index, expected = number % size, naive_root(0, size)
    path = LOG.path(index, size)
    assert root_from_inclusion(index, size, b"another leaf", path) != expected
    if path:
        broken = list(path)
        broken[at % len(path)] = b"another hash"
        assert root_from_inclusion(index, size, LEAVES[index], broken) != expected
        with pytest.raises(ValueError, match="too short"):
            root_from_inclusion(index, size, LEAVES[index], path[:-1])
    with pytest.raises(ValueError, match="too long"):
        root_from_inclusion(index, size, LEAVES[index], [*path, expected])


@pytest.mark.parametrize("index", [-1, 8])
def test_a_leaf_that_is_not_there_has_no_path(index: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        needed_for_inclusion(index, 8)
    with pytest.raises(ValueError, match="has no leaf"):
        root_from_inclusion(index, 8, LEAVES[0], [])


@given(SIZES, SIZES)
@example(256, 700)
@example(257, 513)
def test_a_larger_tree_is_proved_to_extend_a_smaller_one(one: int, other: int) -> None:
    first, second = sorted((one, other))
    path = LOG.path_between(first, second)
    assert path == naive_subproof(first, 0, second, True)
    assert check_consistency(first, second, naive_root(0, first), naive_root(0, second), path)


@given(SIZES, SIZES, st.integers(0, 9))
def test_what_was_rewritten_is_not_consistent(one: int, other: int, at: int) -> None:
    first, second = sorted((one, other))
    old, new, path = naive_root(0, first), naive_root(0, second), LOG.path_between(first, second)
    assert not check_consistency(first, second, b"another root", new, path)
    assert not check_consistency(first, second, old, b"another root", path)
    assert not check_consistency(first, second, old, new, [*path, old])
    if path:
        broken = list(path)
        broken[at % len(path)] = b"another hash"
        assert not check_consistency(first, second, old, new, broken)
        assert not check_consistency(first, second, old, new, path[:-1])
        assert not check_consistency(second, first, new, old, path)


def test_a_path_is_refused_without_hashes_and_for_a_tree_of_another_size() -> None:
    assert not check_consistency(3, 8, naive_root(0, 3), naive_root(0, 8), [])
    assert check_consistency(4, 8, naive_root(0, 4), naive_root(0, 8), LOG.path_between(4, 8))
    assert not check_consistency(4, 16, naive_root(0, 4), naive_root(0, 8), LOG.path_between(4, 8))


def test_any_tree_extends_the_empty_one() -> None:
    assert check_consistency(0, 8, EMPTY_ROOT, naive_root(0, 8), LOG.path_between(0, 8))
    assert not check_consistency(0, 8, naive_root(0, 1), naive_root(0, 8), [])
    with pytest.raises(ValueError, match="has no part"):
        needed_for_consistency(9, 8)


@given(st.integers(1, 2**40), st.integers(0, 2**40), st.booleans())
@example(2**40 - 1, 2**39 - 1, True)
def test_a_proof_of_any_log_reads_a_few_short_spans(size: int, number: int, is_inclusion: bool) -> None:
    needed = (needed_for_inclusion if is_inclusion else needed_for_consistency)(number % size, size)
    levels = -(-size.bit_length() // 8)
    assert hashes_in(needed) <= 512 * levels
    assert len(needed.leaves) <= 2
    assert len(needed.nodes) <= 2 * levels
    assert all(0 <= start < end <= size for start, end in needed.leaves)
    assert all(0 <= start < end <= size >> height for height, start, end in needed.nodes)


def test_what_was_not_read_is_missed() -> None:
    nothing = Kept({}, {})
    with pytest.raises(KeyError):
        inclusion_path(3, 8, nothing)
    with pytest.raises(KeyError):
        consistency_path(3, 8, nothing)
