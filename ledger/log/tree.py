"""The Merkle tree of RFC 6962 and RFC 9162: hashes, the growing right edge, and proofs both ways.

A *node* is addressed by (level, index): it covers the leaves from index * 2^level on, 2^level of them.
Only complete nodes are stored; the hashes of an incomplete right edge are computed from them.
Each function that builds a proof is beside the one that checks it.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Self

import msgspec

from ledger.errors import Unverifiable

HASH_BYTES = 32
CACHED_EDGES = 64  # of all proofs in a tree of one size, each asks for the same
EMPTY_ROOT = sha256(b"").digest()  # RFC 9162 2.1.1: MTH({}) = HASH()


Node = tuple[int, int, bytes]
"""(level, index, hash) of a complete node."""

GetNode = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class RightEdge(msgspec.Struct, frozen=True):
    """All that a log needs in order to grow: the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaves: list[bytes]) -> tuple["RightEdge", list[Node]]:
        """The edge after these leaf hashes, and every node that became complete, the leaves included."""
        peaks, size = list(self.peaks), self.size
        completed: list[Node] = []
        for leaf in leaves:
            level, index, digest = 0, size, leaf
            completed.append((level, index, digest))
            while index & 1:
                digest = sha256(b"\x01" + peaks.pop() + digest).digest()
                level, index = level + 1, index >> 1
                completed.append((level, index, digest))
            peaks.append(digest)
            size += 1
        return RightEdge(size, tuple(peaks)), completed

    def root(self) -> bytes:
        """The root of the tree of this size."""
        return _fold(self.peaks)

    def __bytes__(self) -> bytes:
        """The peaks one after the other."""
        return b"".join(self.peaks)

    @classmethod
    def parse(cls, size: int, peaks: bytes) -> Self:
        """The edge of a size with these bytes, whatever they are: it is none of ours unless both are."""
        return cls(size, tuple(peaks[i : i + HASH_BYTES] for i in range(0, len(peaks), HASH_BYTES)))

    @classmethod
    def of(cls, size: int, get_node: GetNode) -> Self:
        """The edge of the first ``size`` leaves."""
        return cls(size, tuple(get_node(level, index) for level, index in _peaks(0, size)))


def root_at(size: int, get_node: GetNode) -> bytes:
    """The root of the tree of the first ``size`` leaves."""
    return RightEdge.of(size, get_node).root()


def inclusion_path(index: int, size: int, get_node: GetNode) -> list[bytes]:
    """RFC 9162 2.1.3.1: the leaf's sibling first, the root's child last."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    peaks = _peaks(0, size)
    (at,) = (at for at, (level, peak) in enumerate(peaks) if index >> level == peak)
    # The siblings up to the complete subtree that holds the leaf, what is on its right, and each on its left.
    path = [get_node(level, index >> level ^ 1) for level in range(peaks[at][0])]
    smaller = tuple(get_node(level, peak) for level, peak in peaks[at + 1 :])
    if smaller:
        path.append(_fold(smaller))
    path += [get_node(level, peak) for level, peak in reversed(peaks[:at])]
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """RFC 9162 2.1.3.2. Raises ``Unverifiable`` when the leaf hash is not at ``index`` under ``root``."""
    if root_of_inclusion(leaf, index, size, path) != root:
        raise Unverifiable("inclusion-root", f"leaf {index} is not in the tree under this root")


def root_of_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root of a tree with the leaf hash at ``index``. Raises ``Unverifiable`` for a path of another length."""
    if not 0 <= index < size:
        raise Unverifiable("inclusion-out-of-range", f"leaf {index} is not in a tree of {size}")
    digest = leaf
    for sibling, is_left in _climbed(index, size - 1, path, "inclusion"):
        digest = node_hash(sibling, digest) if is_left else node_hash(digest, sibling)
    return digest


def path_length(index: int, size: int) -> int:
    """How many hashes lead from a leaf to the root: a level each up to where its way joins the right edge's, and then
    one for each complete node on its left."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def consistency_path(old: int, new: int, get_node: GetNode) -> list[bytes]:
    """RFC 9162 2.1.4.1: that the tree of ``new`` leaves begins with that of ``old`` leaves."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    path: list[bytes] = []
    first, last, whole = 0, new, True
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(_range_hash(middle, last, get_node))
            last = middle
        else:
            path.append(_range_hash(first, middle, get_node))
            first, whole = middle, False
    if not whole:
        path.append(_range_hash(first, last, get_node))
    return path[::-1]


def verify_consistency(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """RFC 9162 2.1.4.2. Raises ``Unverifiable`` when the new tree does not begin with the old one."""
    if not 0 <= old <= new:
        raise Unverifiable("consistency-out-of-range", f"no consistency from {old} to {new}")
    if old in (0, new):  # every tree begins with the empty one: nothing to prove
        if path or old_root != (new_root if old == new else EMPTY_ROOT):
            raise Unverifiable("consistency-root", f"the tree of {new} does not begin with that of {old}")
        return
    hashes = list(path)
    if old & (old - 1) == 0:  # a power of two is a complete node of the new tree
        hashes.insert(0, old_root)
    if not hashes:
        raise Unverifiable("consistency-path-length", "the consistency path is empty")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    from_old = from_new = hashes[0]
    for sibling, is_left in _climbed(fn, sn, hashes[1:], "consistency"):
        if is_left:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
        else:
            from_new = node_hash(from_new, sibling)
    if from_old != old_root or from_new != new_root:
        raise Unverifiable("consistency-root", f"the tree of {new} does not begin with that of {old}")


def _climbed(fn: int, sn: int, path: list[bytes], proof: str) -> Iterator[tuple[bytes, bool]]:
    """RFC 9162 2.1.3.2 and 2.1.4.2: each sibling up to the root, and whether it is on the left."""
    for sibling in path:
        if sn == 0:
            raise Unverifiable(f"{proof}-path-length", f"the {proof} path is too long")
        is_left = fn & 1 == 1 or fn == sn
        yield sibling, is_left
        while is_left and not fn & 1 and fn:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Unverifiable(f"{proof}-path-length", f"the {proof} path is too short")


def _split(count: int) -> int:
    """RFC 9162 2.1.1: the largest power of two smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1


@lru_cache(CACHED_EDGES)
def _peaks(first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The complete nodes, largest first, of leaves that begin at a multiple of the first node's size."""
    nodes = []
    while first < last:
        level = (last - first).bit_length() - 1
        nodes.append((level, first >> level))
        first += 1 << level
    return tuple(nodes)


def _range_hash(first: int, last: int, get_node: GetNode) -> bytes:
    return _fold(tuple(get_node(level, index) for level, index in _peaks(first, last)))


def _fold(peaks: tuple[bytes, ...]) -> bytes:
    """An incomplete tree hashes its complete subtrees together from the right."""
    if not peaks:
        return EMPTY_ROOT
    *larger, digest = peaks
    for peak in reversed(larger):
        digest = node_hash(peak, digest)
    return digest
