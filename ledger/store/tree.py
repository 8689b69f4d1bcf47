"""The Merkle tree as it is stored: a row for each complete node, in the order in which they become complete."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Column, LargeBinary, Table, func, not_, select

from ledger.log.tree import GetNode, Node, RightEdge, consistency_path, inclusion_path
from ledger.store.port import Cursor, Database, insert_rows, select_among
from ledger.store.tables import RECORD, Long

T = TypeVar("T")

# An append writes at the end of the table, and nowhere else.
TREE_NODES = Table(
    "tree_nodes",
    RECORD,
    Column("place", Long, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
_PLACE, _HASH = TREE_NODES.c.place, TREE_NODES.c.hash


def node_count(size: int) -> int:
    """How many complete nodes a tree of ``size`` leaves has, the leaves included."""
    return 2 * size - size.bit_count()


def place_of(level: int, index: int) -> int:
    """The place of a node, from 1: after all nodes before its last leaf, and the smaller ones that end with it."""
    before = ((index + 1) << level) - 1  # leaves; of each proof this is run for every node
    return 2 * before - before.bit_count() + level + 1


class StoredTree:
    """Reads the stored nodes, and proves with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_node(self, level: int, index: int) -> bytes:
        """The hash of a complete node (32 bytes). Raises LookupError when there is none."""
        with self._database.transaction(commit=False) as cursor:
            return _with_nodes(cursor, lambda get_node: get_node(level, index))

    def hashes(self, level: int, first: int, count: int) -> bytes:
        """The hashes of neighbouring nodes at one level, one after the other. Raises LookupError if one is missing."""
        places = [place_of(level, index) for index in range(first, first + count)]
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, "SELECT hash FROM tree_nodes WHERE place IN ({}) ORDER BY place", places)
        if len(rows) != count:
            raise LookupError(f"there are not {count} complete nodes from {first} at level {level}")
        return b"".join(digest for (digest,) in rows)

    def root_at(self, size: int) -> bytes:
        """The root of the tree of the first ``size`` leaves. Raises LookupError when there are fewer."""
        with self._database.transaction(commit=False) as cursor:
            return read_edge(cursor, size).root()

    def inclusions(self, indexes: Sequence[int], size: int) -> list[list[bytes]]:
        """The paths from leaves to the root of the first ``size`` leaves, each as :func:`inclusion_path`."""
        with self._database.transaction(commit=False) as cursor:
            return _with_nodes(cursor, lambda get_node: [inclusion_path(index, size, get_node) for index in indexes])

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first ``new`` leaves begin with the first ``old``; empty from 0."""
        if not old:
            return []
        with self._database.transaction(commit=False) as cursor:
            return _with_nodes(cursor, lambda get_node: consistency_path(old, new, get_node))

    def nodes(self, start: int, stop: int) -> dict[int, bytes]:
        """The stored hashes from place ``start`` (from 1) to ``stop``, the latter excluded, by place."""
        mark = self._database.mark
        among = f"SELECT place, hash FROM tree_nodes WHERE place >= {mark} AND place < {mark}"
        return dict(self._database.select(among, (start, stop)))

    def index_of(self, leaf: bytes) -> int | None:
        """The index of the leaf with this hash, the first of several; None if there is none. It reads every node."""
        for (place,) in sorted(self._database.run(select(_PLACE).where(_HASH.in_([leaf])))):
            index = bisect_left(range(place), place, key=lambda index: place_of(0, index))
            if place_of(0, index) == place:  # else it is a node above
                return index
        return None

    def outside(self, size: int) -> int:
        """How many nodes are stored that are none of a tree of ``size`` leaves."""
        outside = select(func.count()).where(not_(_PLACE.between(1, node_count(size))))
        return int(self._database.run(outside)[0][0])


def read_edge(cursor: Cursor, size: int) -> RightEdge:
    """The right edge of the tree of the first ``size`` leaves. Raises LookupError when there are fewer."""
    return _with_nodes(cursor, lambda get_node: RightEdge.of(size, get_node))


def insert_nodes(cursor: Cursor, size: int, nodes: Iterable[Node]) -> None:
    """Add the nodes that are completed by the leaves after the first ``size``, inside the transaction that appends."""
    rows = enumerate((digest for _, _, digest in nodes), node_count(size) + 1)
    insert_rows(cursor, "tree_nodes", "place, hash", rows)


def _with_nodes(cursor: Cursor, prove: Callable[[GetNode], T]) -> T:
    """What ``prove`` returns with the stored nodes, which are read all at once. Raises LookupError when one is missing.

    It runs twice, and asks alike in the same order: for which nodes, depends on sizes and indexes, not on hashes.
    """
    wanted: list[tuple[int, int]] = []

    def want(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return b""

    prove(want)
    places = [place_of(level, index) for level, index in wanted]
    rows = select_among(cursor, "SELECT place, hash FROM tree_nodes WHERE place IN ({})", places)
    stored: dict[int, bytes] = dict(rows)
    try:
        hashes = iter([stored[place] for place in places])
    except KeyError as missing:
        level, index = wanted[places.index(missing.args[0])]
        raise LookupError(f"there is no complete node {index} at level {level}") from None
    return prove(lambda level, index: next(hashes))  # noqa: ARG005 - as it was asked before
