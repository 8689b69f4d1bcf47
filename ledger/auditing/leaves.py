"""Which entries the log had, by the hashes in its tree and the checkpoints that it signed.

An entry and its leaf in the tree say the same thing twice: an alteration of one of them shows. Which of the two it
was, the next signed checkpoint says. Everything else is held against the tree of the entries *as they were*, so that
whatever else was altered is found by itself, and not by every hash above it.
"""

from collections.abc import Iterator, Sequence

import msgspec

from ledger.auditing.faults import Fault
from ledger.log.tree import HASH_BYTES, Node, RightEdge, root_at
from ledger.store.tree import place_of

NODES = frozenset({"tree_nodes"})
UNKNOWN = bytes(HASH_BYTES)  # in the place of a leaf that nothing shows any more
UNREADABLE = b"\xff" * HASH_BYTES  # for an entry that is no bytes

Leaf = tuple[bytes | None, bytes | None]
"""The hash of an entry, and what the tree holds for it; None where there is none."""


class Grown(msgspec.Struct):
    """A tree after some more leaves, and the nodes that they completed, in order."""

    edge: RightEdge
    nodes: list[Node]


class Tree:
    """The tree of the entries as they were, which grows from one signed checkpoint to the next."""

    def __init__(self, edge: RightEdge | None = None, hashes: bytes = b"", signed_to: int = 0) -> None:
        self.edge = edge or RightEdge()
        self.hashes = bytearray(hashes)  # of every complete node, by place
        self._roots: dict[int, bytes] = {}
        self.nodes = len(hashes) // HASH_BYTES  # how many stored nodes were compared
        self.differing: dict[int, Leaf] = {}  # by place, from 1: the entry that is there, and the one that was
        self._unknown: list[int] = []  # places
        self.signed_to = signed_to  # the largest size of which the log signed this root
        self._runs: list[list[Fault]] = []  # checkpoints in a row that are of another tree
        self._wrong: list[tuple[int, Node, bool]] = []  # place, node, and whether it is missing

    def lay(
        self, leaves: Sequence[Leaf], signed: bytes | None, stored: Sequence[bytes | None] | None = None
    ) -> list[Node]:
        """Add leaves, up to a size of which the log signed the root, or up to the end; returns what they complete.

        ``stored`` are the nodes that they complete as they are kept, as far as they are there; None if none are.
        """
        start = self.edge.size
        grown = self._grown([tree or entry or UNKNOWN for entry, tree in leaves])
        if any(entry != tree for entry, tree in leaves):
            other = self._grown([entry or tree or UNKNOWN for entry, tree in leaves])
            # The signed checkpoint decides, or else what more of the tree agrees with.
            if _doubt(other, stored, signed) < _doubt(grown, stored, signed):
                grown = other
        chosen = [digest for level, _, digest in grown.nodes if level == 0]
        for place, (leaf, (entry, _)) in enumerate(zip(chosen, leaves, strict=True), start + 1):
            if leaf is UNKNOWN:
                self._unknown.append(place)
            if entry != leaf:
                self.differing[place] = entry, leaf
        self.edge = grown.edge
        self.hashes += b"".join(digest for _, _, digest in grown.nodes)
        for node, found in zip(grown.nodes, stored or (), strict=stored is not None):
            self.nodes += 1
            if found != node[2]:
                self._wrong.append((self.nodes, node, found is None))
        if signed is not None:
            self._hold_against(signed)
        return grown.nodes

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the nodes and the signed checkpoints, once everything is laid."""
        for run in self._runs:
            yield from run
        last: tuple[int, Fault] | None = None
        for place, (level, index, _), is_missing in self._wrong:
            first, end = (index << level) + 1, (index + 1) << level
            what = "is missing" if is_missing else "is not the hash of what it covers"
            fault = Fault("tree-node", first, f"node {index} at level {level} {what}", spoils=NODES, of_entry=False)
            signed = next((run[0] for run in self._runs if _overlap(run[0], first, end)), None)
            if is_missing and last is not None and last[0] == place - 1:
                fault.cause = last[1]
            elif signed is not None:
                fault.cause = signed
            elif end > self.signed_to or any(first <= unknown <= end for unknown in self._unknown):
                fault.position, fault.since = end, first - 1
            last = (place, fault.cause or fault) if is_missing else None
            yield fault

    def other_before(self, size: int) -> Fault | None:
        """The first signed checkpoint of another tree, if that may differ within the first ``size`` leaves already."""
        return next((run[0] for run in self._runs if _overlap(run[0], 1, size)), None)

    def _grown(self, leaves: Sequence[bytes]) -> Grown:
        return Grown(*self.edge.append(list(leaves)))

    def root(self, size: int) -> bytes:
        """The root of the tree of the first ``size`` leaves, no more than there are."""
        if size not in self._roots:  # the statements of a group name one head
            self._roots[size] = root_at(size, lambda level, index: self.hash(place_of(level, index)))
        return self._roots[size]

    def hash(self, place: int) -> bytes:
        """That of a complete node."""
        return bytes(self.hashes[HASH_BYTES * (place - 1) : HASH_BYTES * place])

    def _hold_against(self, signed: bytes) -> None:
        size, self._roots[self.edge.size] = self.edge.size, self.edge.root()
        if self._roots[size] == signed:
            self.signed_to = size
            return
        fault = Fault("checkpoint-root", size, f"the checkpoint of {size} entries has another root", of_entry=False)
        if self._runs and (self._runs[-1][0].since or 0) >= self.signed_to:
            fault.cause = self._runs[-1][0]
            self._runs[-1].append(fault)
        else:
            fault.since = self.signed_to
            self._runs.append([fault])


def _doubt(grown: Grown, stored: Sequence[bytes | None] | None, signed: bytes | None) -> tuple[bool, int]:
    """How little speaks for a tree: not the root that the log signed, and so many other hashes."""
    others = sum(node[2] != found for node, found in zip(grown.nodes, stored or (), strict=stored is not None))
    return signed is not None and grown.edge.root() != signed, others


def _overlap(run: Fault, first: int, end: int) -> bool:
    """Whether there is an entry from ``first`` to ``end`` that may be why the log signed another tree."""
    assert run.since is not None
    assert run.position is not None
    return run.since < end and first <= run.position
