"""A log as it is published: checkpoint, tiles and, for auditors, entries, read from wherever they stand.

Nothing is believed: the checkpoint must be signed and witnessed as the trust root asks, and whatever is read
from tiles hashes up to its root, or is found out by whoever computes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.policy import Witnessed
from ledger.log.tiles import FULL, Tile, TileReader, parse_bundle
from ledger.trust import TrustRoot


class Shown(msgspec.Struct, frozen=True):
    """A checkpoint that the log shows; ``witnessed`` is None when the trust root names no witnesses."""

    note: str
    checkpoint: Checkpoint
    witnessed: Witnessed | None


class PublishedLog:
    """Reads one log with ``read``, which answers the bytes at a path or raises LookupError or OSError."""

    def __init__(self, read: Callable[[str], bytes], trust: TrustRoot) -> None:
        self.read = read
        self.trust = trust

    def latest(self) -> Shown:
        """The checkpoint that it shows now. Raises ``Unverifiable`` when a signature or a witness is missing."""
        return self.shown(self.note())

    def note(self) -> str:
        """What stands there as its checkpoint, before anything is checked. Raises ``Unverifiable``."""
        try:
            return self.read("checkpoint").decode()
        except UnicodeDecodeError:
            raise Unverifiable("note-malformed", "the checkpoint is not text") from None
        except LookupError as error:
            raise Unverifiable("tile-missing", str(error)) from None

    def shown(self, note: str) -> Shown:
        """A checkpoint of this log. Raises as :meth:`latest`."""
        return Shown(note, self.trust.opened(note), self.trust.witnesses.require(note))

    def nodes(self, size: int) -> TileReader:
        """Nodes of the tree of the first ``size`` entries."""
        return TileReader(size, self.file)

    def file(self, tile: Tile) -> bytes:
        """The bytes of a tile. Raises ``Unverifiable`` when it is not there, full or not."""
        try:
            return self.read(str(tile))
        except LookupError as error:
            raise Unverifiable("tile-missing", f"{tile}: {error}") from None

    def require_entries(self, size: int) -> None:
        """Raises OSError when entries do not stand here at all: they are no part of what is public."""
        try:
            self.read(str(Tile("entries", 0, min(FULL, size))))
        except LookupError as error:
            raise OSError(f"{error}; entries stand in an export, or are answered to an auditor's key") from None

    def entries(self, size: int, start: int = 0) -> Iterator[list[bytes]]:
        """The entries from leaf ``start`` to ``size``, in batches: for who may read them. Raises ``Unverifiable``."""
        for index in range(start // FULL, -(-size // FULL)):
            width = min(FULL, size - index * FULL)
            found = parse_bundle(self.file(Tile("entries", index, width)))
            if len(found) != width:
                raise Unverifiable("bundle-cut-short", f"bundle {index}: expected {width} entries")
            yield found[max(start - index * FULL, 0) :]
