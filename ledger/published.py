"""A log as it is published: checkpoint, tiles and, for auditors, entries, read from a folder or over HTTP.

Nothing is trusted: the checkpoint must be signed and witnessed as the trust root asks, and whoever uses tiles or
entries computes the root from them.
"""

from collections.abc import Callable, Iterator

from ledger.errors import Unreachable, Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.tiles import FULL, Tile, TileReader, parse_bundle
from ledger.trust import TrustRoot


class PublishedLog:
    """Reads one log with ``read``, which returns the bytes at a path or raises LookupError or OSError."""

    def __init__(self, read: Callable[[str], bytes], trust: TrustRoot) -> None:
        self.read = read
        self.trust = trust

    def latest(self) -> Checkpoint:
        """The latest checkpoint. Raises ``Unverifiable`` when a signature or a witness is missing."""
        return self.checkpoint(self.note())

    def note(self) -> str:
        """The note of the latest checkpoint, before anything is checked. Raises ``Unverifiable``."""
        try:
            return self.read("checkpoint").decode()
        except UnicodeDecodeError:
            raise Unverifiable(
                "note-malformed", "the checkpoint is not text", "le point de contrôle n’est pas du texte"
            ) from None
        except LookupError as error:
            raise Unverifiable("tile-missing", f"{error}: not found", f"{error} : introuvable") from None

    def checkpoint(self, note: str) -> Checkpoint:
        """What a note of this log says. Raises as :meth:`latest`."""
        checkpoint = self.trust.opened(note)
        self.trust.witnesses.require(note)
        return checkpoint

    def nodes(self, size: int) -> TileReader:
        """Nodes of the tree of the first ``size`` entries."""
        return TileReader(size, self.file)

    def file(self, tile: Tile) -> bytes:
        """The bytes of a tile. Raises ``Unverifiable`` when it is not there, full or not."""
        try:
            return self.read(str(tile))
        except LookupError as error:
            raise Unverifiable("tile-missing", f"{error}: not found", f"{error} : introuvable") from None

    def require_entries(self, size: int) -> None:
        """Raises OSError when there are no entries at all: they are not public."""
        first = Tile("entries", 0, min(FULL, size))
        try:
            self.read(str(first))
        except LookupError:
            raise Unreachable(
                f"{first}: not there; entries are in an export, or are served to an auditor's key",
                f"{first} : introuvable ; les entrées figurent dans un export, ou sont servies à une clé d’audit",
            ) from None

    def entries(self, size: int, start: int = 0) -> Iterator[list[bytes]]:
        """The entries from leaf ``start`` to ``size``, in batches. Raises ``Unverifiable``."""
        for index in range(start // FULL, -(-size // FULL)):
            yield self.bundle(index, size)[max(start - index * FULL, 0) :]

    def bundle(self, index: int, size: int) -> list[bytes]:
        """The entries of one bundle of the first ``size``. Raises ``Unverifiable``."""
        width = min(FULL, size - index * FULL)
        entries = parse_bundle(self.file(Tile("entries", index, width)))
        if len(entries) != width:
            raise Unverifiable(
                "bundle-cut-short",
                f"bundle {index}: expected {width} entries",
                f"paquet {index} : {width} entrées attendues",
            )
        return entries
