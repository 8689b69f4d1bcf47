"""Every proof that is built is accepted, and one changed in any way is not."""

from __future__ import annotations

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

SIZE = 64
LEAVES = [leaf_hash(bytes([number])) for number in range(SIZE)]
EDGE, NODES = RightEdge().append(LEAVES)
BY_PLACE = {(level, index): digest for level, index, digest in NODES}


def node(level: int, index: int) -> bytes:
    return BY_PLACE[level, index]


def textbook_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 2.1.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(textbook_root(leaves[:k]), textbook_root(leaves[k:]))


ROOTS = [textbook_root(LEAVES[:size]) for size in range(SIZE + 1)]


def test_the_incremental_root_equals_the_textbook() -> None:
    edge = RightEdge()
    for size, leaf in enumerate(LEAVES):
        assert edge.root() == ROOTS[size] == root_at(size, node)
        edge, _ = edge.append([leaf])
    assert edge == EDGE == RightEdge.of(SIZE, node)


def test_every_inclusion_proof_verifies_and_no_other_leaf_or_place_does() -> None:
    for size in range(1, SIZE + 1):
        for index in range(size):
            path = inclusion_path(index, size, node)
            verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])
            for wrong in (
                (LEAVES[index - 1], index, size, path) if size > 1 else (EMPTY_ROOT, index, size, path),
                (LEAVES[index], index, size, [*path, EMPTY_ROOT]),
                (LEAVES[index], size, size, path),
                (LEAVES[index], index, size, path[:-1]) if path else (EMPTY_ROOT, 0, 1, []),
            ):
                with pytest.raises(Unverifiable):
                    verify_inclusion(*wrong, ROOTS[size])


def test_every_consistency_proof_verifies_and_a_changed_one_does_not() -> None:
    for new in range(1, SIZE + 1):
        for old in range(1, new + 1):
            path = consistency_path(old, new, node)
            verify_consistency(old, new, path, ROOTS[old], ROOTS[new])
            faults = [([*path, EMPTY_ROOT], ROOTS[old], ROOTS[new]), (path, EMPTY_ROOT, ROOTS[new])]
            if path:
                faults += [(path[:-1], ROOTS[old], ROOTS[new]), ([], ROOTS[old], ROOTS[new])]
                faults += [([EMPTY_ROOT, *path[1:]], ROOTS[old], ROOTS[new])]
            for wrong, old_root, new_root in faults:
                with pytest.raises(Unverifiable):
                    verify_consistency(old, new, wrong, old_root, new_root)


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_path(3, 3, node)
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_path(0, 3, node)
    with pytest.raises(Unverifiable):
        verify_consistency(4, 3, [], ROOTS[4], ROOTS[3])
