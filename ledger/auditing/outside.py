"""The audit of a published log with its entries: in an export's folder, or over HTTP with an auditor's key.

The values of digests stay with the operator: rules that need one are not judged here.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain

from ledger.auditing.displaced import faults_of, sorted_out
from ledger.auditing.faults import Fault, spoiled_with
from ledger.auditing.judging import Judge, Row
from ledger.auditing.leaves import Leaf
from ledger.auditing.report import AuditReport, Progress
from ledger.auditing.signatures import Signatures
from ledger.errors import Unreadable, Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.tiles import FULL, HEIGHT, Tile, tile_bytes, tiles
from ledger.log.tree import HASH_BYTES, RightEdge, leaf_hash
from ledger.published import PublishedLog
from ledger.signing.second_process import SecondProcess
from ledger.signing.verifying import Verifiers

BESIDE = ("vault", "time-stamps", "read-models", "documents")  # what is not published


def audit_published(log: PublishedLog, progress: Progress | None = None, seen: Sequence[str] = ()) -> AuditReport:
    """Audit what a log publishes; ``seen`` are checkpoints of it that were kept elsewhere.

    Raises OSError or ``Unreadable`` when it cannot be read, ``Unverifiable`` when one of ``seen`` is not signed by it.
    """
    judge = Judge(log.trust)
    note = _note(log)
    try:
        checkpoint = log.checkpoint(note)
    except Unverifiable as error:
        judge.add(error.code, None, f"checkpoint: {error}")
        return _report(judge)
    log.require_entries(checkpoint.size)
    judge.published([note], {note: checkpoint})
    auditing = _Audit(log, judge, checkpoint)
    with closing(Verifiers()) as verifiers, closing(SecondProcess(verifiers, checkpoint.size)) as process:
        auditing.run(process, progress)
    judge.checkpoint(checkpoint, checkpoint.size)
    judge.seen(seen)
    return _report(judge)


def _note(log: PublishedLog) -> str:
    """The note of the checkpoint. Without a whole one nothing is known about the log."""
    try:
        note = log.note()
    except Unverifiable as error:
        raise Unreadable(f"checkpoint: {error}", f"point de contrôle : {error}") from None
    if not note.endswith("\n"):
        raise Unreadable("checkpoint: it is empty or cut short", "point de contrôle : il est vide ou tronqué")
    return note


def _report(judge: Judge) -> AuditReport:
    report = judge.report()
    for check in BESIDE:
        report = report.without(check, "elsewhere")
    return report


class _Audit:
    def __init__(self, log: PublishedLog, judge: Judge, checkpoint: Checkpoint) -> None:
        self._log, self._judge, self._checkpoint = log, judge, checkpoint
        self._size = checkpoint.size
        self._faulty: set[Tile] = set()
        self._bundle_faults: dict[int, Fault] = {}

    def run(self, process: SecondProcess, progress: Progress | None) -> None:
        """Lay the tree, then judge the entries, then compare the other tiles."""
        nodes, leaves = self._lay()
        self._judge.foresee(enumerate(chain.from_iterable(self._log.entries(self._size)), 1))
        with Signatures(self._judge.faults, process) as signatures:
            for index in range(-(-self._size // FULL)):
                first = index * FULL + 1
                self._judge.take(self._rows(index, first, leaves[first - 1 : first - 1 + FULL]), signatures)
                if progress is not None:
                    progress(min(first - 1 + FULL, self._size), self._size)
        self._judge.end()
        self._judge.in_hindsight()
        for tile in tiles(self._size):
            self._judge.checked["tiles"] += 1
            if tile not in self._faulty:
                self._compare(tile, nodes)

    def _lay(self) -> tuple[dict[tuple[int, int], bytes], list[bytes]]:
        """Steps 1 and 2: the nodes that are in tiles, and each leaf, as they were.

        The leaves in the tiles are those under the checkpoint, or else the entries say which of them are not.
        """
        tree, kept = self._judge.tree, list(self._leaves())
        edge, _ = RightEdge().append([leaf for leaf in kept if leaf is not None])
        if edge.size == self._size and edge.root() == self._checkpoint.root:
            leaves: list[Leaf] = [(leaf, leaf) for leaf in kept]
        else:
            entries = [entry for index in range(-(-self._size // FULL)) for entry in self._hashes(index)]
            leaves = list(zip(entries, kept, strict=True))
        completed = tree.lay(leaves, self._checkpoint.root)
        self._judge.faults += tree.faults()
        nodes = {(level, index): digest for level, index, digest in completed if level % HEIGHT == 0}
        return nodes, [nodes[0, place] for place in range(self._size)]

    def _leaves(self) -> Iterator[bytes | None]:
        """The hash of each entry by the tiles; None where they do not say it."""
        for tile in (tile for tile in tiles(self._size) if tile.level == 0):
            data = self._read(tile)
            for place in range(tile.width):
                yield None if data is None else data[place * HASH_BYTES : (place + 1) * HASH_BYTES]

    def _read(self, tile: Tile) -> bytes | None:
        """The bytes of a tile; None, and a fault, when it is missing or has another length."""
        try:
            data = self._log.file(tile)
            if len(data) != tile.width * HASH_BYTES:
                raise Unverifiable("tile-length", f"{tile}: expected {tile.width} hashes")
        except Unverifiable as error:
            self._judge.add(error.code, None, str(error))
            self._faulty.add(tile)
            return None
        return data

    def _compare(self, tile: Tile, nodes: dict[tuple[int, int], bytes]) -> None:
        data = self._read(tile)
        if data is not None and data != tile_bytes(tile, lambda level, index: nodes[level, index]):
            self._judge.add("tree-node", None, f"{tile} is not what the entries hash to")

    def _hashes(self, index: int) -> list[bytes | None]:
        try:
            return [leaf_hash(entry) for entry in self._log.bundle(index, self._size)]
        except Unverifiable:
            return [None] * min(FULL, self._size - index * FULL)  # reported when they are judged

    def _rows(self, index: int, first: int, leaves: list[bytes]) -> list[Row]:
        """The entries of a bundle, each in its place; a fault for each alteration, or for the bundle."""
        try:
            entries = self._log.bundle(index, self._size)
        except Unverifiable as error:
            self._judge.add(error.code, first, f"bundle {index}: {error}", spoils=spoiled_with())
            return [Row(place, None) for place in range(first, first + len(leaves))]
        hashed = {
            place: (leaf_hash(entry), leaf)
            for place, (entry, leaf) in enumerate(zip(entries, leaves, strict=True), first)
        }
        differing: dict[int, Leaf] = {place: (entry, leaf) for place, (entry, leaf) in hashed.items() if entry != leaf}
        displaced, found_at = sorted_out(differing)
        for one in displaced:
            self._judge.faults += faults_of(one, [], found_at)
        return [
            Row(place, entries[source - first] if (source := found_at.get(place)) is not None else None)
            if place in differing
            else Row(place, entries[place - first])
            for place in hashed
        ]
