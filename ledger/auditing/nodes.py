"""The stored nodes of a tree, as the audit reads them."""

from ledger.log.tree import HASH_BYTES
from ledger.store.tree import StoredTree

AT_ONCE = 2000  # read together: about two for each entry of a batch


class Nodes:
    """The stored nodes, read in the order of their places."""

    def __init__(self, tree: StoredTree, start: int) -> None:
        self._tree = tree
        self._read: dict[int, bytes] = {}
        self._end = start

    def __getitem__(self, place: int) -> bytes | None:
        """The hash at a place; None where there is none."""
        while place >= self._end:
            start, self._end = self._end, self._end + AT_ONCE
            self._read |= self._tree.nodes(start, self._end)
        found = self._read.get(place)
        return found if isinstance(found, bytes) and len(found) == HASH_BYTES else None

    def take(self, start: int, stop: int) -> list[bytes | None]:
        """The hashes from place ``start`` to ``stop``, the latter excluded, which are not asked for again."""
        taken = [self[place] for place in range(start, stop)]
        for place in range(start, stop):
            self._read.pop(place, None)
        return taken
