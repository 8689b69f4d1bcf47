"""Every proof is the one in the textbook and is accepted; one fault anywhere, and it is not."""

from collections.abc import Iterator
from functools import cache

import pytest

from ledger.errors import Unverifiable
from ledger.log.tree import (
    EMPTY_ROOT,
    RightEdge,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)

SIZE = 300
LEAVES = [leaf_hash(b"%d" % number) for number in range(SIZE)]
EDGE, NODES = RightEdge().append(LEAVES)
BY_PLACE = {(level, index): digest for level, index, digest in NODES}
FAULTY = [*range(1, 34), 63, 64, 65, 100, 127, 128, 255, 256, 257, SIZE]  # sizes of trees whose proofs are altered

Step = tuple[str, bytes]
"""Where a hash of a path goes, and the hash: the path in order is what a proof holds."""


def node(level: int, index: int) -> bytes:
    return BY_PLACE[level, index]


# RFC 9162 word for word, on the leaves from ``first`` to ``last``, the latter excluded: slow and obvious.


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def textbook_root(first: int, last: int) -> bytes:
    """2.1.1, MTH."""
    if first == last:
        return EMPTY_ROOT
    if last - first == 1:
        return LEAVES[first]
    k = first + largest_power_below(last - first)
    return node_hash(textbook_root(first, k), textbook_root(k, last))


@cache
def textbook_inclusion(m: int, first: int, last: int) -> tuple[Step, ...]:
    """2.1.3.1, PATH, with ``m`` counted from ``first``."""
    if last - first == 1:
        return ()
    k = largest_power_below(last - first)
    if m < k:
        return (*textbook_inclusion(m, first, first + k), ("right", textbook_root(first + k, last)))
    return (*textbook_inclusion(m - k, first + k, last), ("left", textbook_root(first, first + k)))


@cache
def textbook_consistency(m: int, first: int, last: int, whole: bool) -> tuple[Step, ...]:
    """2.1.4.1, SUBPROOF."""
    if m == last - first:
        return () if whole else (("first", textbook_root(first, last)),)
    k = largest_power_below(last - first)
    if m <= k:
        return (*textbook_consistency(m, first, first + k, whole), ("right", textbook_root(first + k, last)))
    return (*textbook_consistency(m - k, first + k, last, False), ("left", textbook_root(first, first + k)))


ROOTS = [textbook_root(0, size) for size in range(SIZE + 1)]


def hashes(steps: tuple[Step, ...]) -> list[bytes]:
    return [digest for _, digest in steps]


def shape(steps: tuple[Step, ...]) -> list[str]:
    return [side for side, _ in steps]


def test_the_incremental_root_is_the_textbooks() -> None:
    edge = RightEdge()
    for size, leaf in enumerate(LEAVES):
        assert edge.root() == ROOTS[size] == root_at(size, node)
        edge, _ = edge.append([leaf])
    assert edge == EDGE == RightEdge.of(SIZE, node)
    assert edge.root() == ROOTS[SIZE]


def test_every_inclusion_proof_is_the_textbooks_and_is_accepted() -> None:
    for size in range(1, SIZE + 1):
        for index in range(size):
            path = inclusion_path(index, size, node)
            assert path == hashes(textbook_inclusion(index, 0, size))
            verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


def test_every_consistency_proof_is_the_textbooks_and_is_accepted() -> None:
    for new in range(1, SIZE + 1):
        for old in range(1, new + 1):
            path = consistency_path(old, new, node)
            assert path == hashes(textbook_consistency(old, 0, new, True))
            verify_consistency(old, new, path, ROOTS[old], ROOTS[new])


def faults(path: list[bytes]) -> Iterator[list[bytes]]:
    """The path with one hash changed, dropped, doubled, or exchanged with the next, or one more at either end."""
    for place, digest in enumerate(path):
        yield [*path[:place], digest[:-1] + bytes([digest[-1] ^ 1]), *path[place + 1 :]]
        yield [*path[:place], *path[place + 1 :]]
        yield [*path[: place + 1], *path[place:]]
        if place + 1 < len(path):
            yield [*path[:place], path[place + 1], digest, *path[place + 2 :]]
    yield [*path, EMPTY_ROOT]
    yield [EMPTY_ROOT, *path]


def includes(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    try:
        verify_inclusion(leaf, index, size, path, root)
    except Unverifiable:
        return False
    return True


def is_consistent(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    try:
        verify_consistency(old, new, path, old_root, new_root)
    except Unverifiable:
        return False
    return True


@pytest.mark.parametrize("size", FAULTY)
def test_an_inclusion_proof_with_one_fault_is_refused(size: int) -> None:
    root = ROOTS[size]
    for index in range(size):
        path, leaf = inclusion_path(index, size, node), LEAVES[index]
        assert not any(includes(leaf, index, size, faulty, root) for faulty in faults(path))
        assert not any(includes(leaf, other, size, path, root) for other in (index - 1, index + 1, size, -1))
        assert not includes(LEAVES[index - 1], index, size, path, root) or size == 1
        assert not includes(leaf, index, size, path, ROOTS[size - 1])


@pytest.mark.parametrize("new", FAULTY)
def test_a_consistency_proof_with_one_fault_is_refused(new: int) -> None:
    for old in range(1, new + 1):
        path = consistency_path(old, new, node)
        assert not any(is_consistent(old, new, faulty, ROOTS[old], ROOTS[new]) for faulty in faults(path))
        for other in (old - 1, old + 1, new + 1, 0, -1):
            assert not is_consistent(other, new, path, ROOTS[old], ROOTS[new])
        assert not is_consistent(old, new, path, ROOTS[old - 1], ROOTS[new])
        assert not is_consistent(old, new, path, ROOTS[old], ROOTS[new - 1])


@pytest.mark.parametrize("size", [size for size in FAULTY if size < SIZE])
def test_a_size_off_by_one_is_refused_unless_its_path_has_the_same_shape(size: int) -> None:
    """A root alone does not tell its size: the checkpoint does, which is why both are signed together."""
    for wrong in (size - 1, size + 1):
        for index in range(min(size, wrong)):
            right_steps, wrong_steps = textbook_inclusion(index, 0, size), textbook_inclusion(index, 0, wrong)
            accepted = includes(LEAVES[index], index, wrong, hashes(right_steps), ROOTS[size])
            assert accepted == (shape(right_steps) == shape(wrong_steps))
        for old in range(1, min(size, wrong)):
            right_steps = textbook_consistency(old, 0, size, True)
            wrong_steps = textbook_consistency(old, 0, wrong, True)
            accepted = is_consistent(old, wrong, hashes(right_steps), ROOTS[old], ROOTS[size])
            assert accepted == (shape(right_steps) == shape(wrong_steps))


def test_what_is_out_of_range_is_refused() -> None:
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="not in a tree"):
            inclusion_path(index, size, node)
    for old, new in ((0, 3), (4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="no consistency proof"):
            consistency_path(old, new, node)
    with pytest.raises(Unverifiable):
        verify_consistency(4, 3, [], ROOTS[4], ROOTS[3])
