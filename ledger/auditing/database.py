"""The audit of a ledger's folder. It opens the file itself: a ledger that refuses to start can still be audited."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import TypeVar

from eventsourcing.persistence import Notification, PersistenceError

from ledger.auditing.judging import Judge, Row
from ledger.auditing.report import AuditReport, Progress
from ledger.disclosures import Disclosure, digest_of
from ledger.errors import Unreadable, Unverifiable
from ledger.files import read_text
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.tree import Node
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.signing.verifying import Verifiers
from ledger.store.founding import DATABASE, TRUST
from ledger.store.notes import Notes
from ledger.store.opening import open_read_only
from ledger.store.port import LARGEST, Changed, Database, Unavailable
from ledger.store.publishing import PUBLISHED
from ledger.store.recorder import TABLES, LedgerRecorder
from ledger.store.tree import StoredTree, node_count
from ledger.store.vault import Held, Vault
from ledger.trust import TrustRoot

BATCH = 1000
ATTEMPTS = 5
BESIDE = ("log-keys", "time-stamps", "read-models", "documents")  # what an audit of the record leaves to others
SIGNING_SECONDS = 1.0  # after which a register has signed for what it appended

T = TypeVar("T")


def audit(folder: Path, progress: Progress | None = None, seen: Sequence[str] = ()) -> AuditReport:
    """Audit a ledger's folder; ``seen`` are checkpoints of it that were kept elsewhere.

    Nothing is written. Raises OSError, ``Unreadable`` or ``PersistenceError`` when there is no ledger that can be read:
    then nothing is known about it; and ``Unverifiable`` when one of ``seen`` is not signed by this log.
    """
    trust = TrustRoot.load(folder / TRUST)
    for note in seen:
        trust.opened(note)
    return settled(lambda: _audited(folder, trust, progress, seen))


def settled(audited: Callable[[], T]) -> T:
    """What an audit returns, which is repeated while others write a file that it cannot lock."""
    for _ in range(ATTEMPTS - 1):
        try:
            return audited()
        except Changed:
            continue
    return audited()


def _audited(folder: Path, trust: TrustRoot, progress: Progress | None, seen: Sequence[str]) -> AuditReport:
    with open_read_only(folder / DATABASE) as database:
        auditing = _Audit(database, trust, progress)
        try:
            LedgerRecorder(database).size()
        except Unavailable:
            raise
        except PersistenceError as error:
            raise _no_ledger(folder, str(error)) from error
        # Read before the database, which holds all that the note covers, whatever a register does meanwhile.
        published = auditing.published_note(folder / PUBLISHED)
        try:
            auditing.run(published, seen)
        except Unavailable:
            raise
        except Exception as error:  # a forged file can make any reader fail: a report says where it ended
            says = f"{type(error).__name__}: {error}"
            if not auditing.judge.edge.size and not auditing.judge.findings:
                raise _no_ledger(folder, says) from error
            auditing.judge.add("database-unreadable", None, f"reading ended here: {says}")
    report = auditing.judge.report()
    if not report.entries and published is None and not report.checkpoints:
        raise _no_ledger(folder, "there is no entry")
    for check in BESIDE:
        report = report.without(check, "not-reached")
    if auditing.unread:
        report = report.without("published-note", "unreadable", auditing.unread)
    return report


def _no_ledger(folder: Path, says: str) -> Unreadable:
    path = folder / DATABASE
    return Unreadable(
        f"{path}: expected the entries of a ledger; {says}",
        f"{path} : les entrées d’un registre sont attendues ; {says}",
    )


class _Audit:
    def __init__(self, database: Database, trust: TrustRoot, progress: Progress | None) -> None:
        self._database = database
        self._log, self._tree, self._notes = LedgerRecorder(database), StoredTree(database), Notes(database)
        self._trust = trust
        self._progress = progress
        self._vault: dict[str, tuple[Held, Disclosure | None]] = {}
        self.judge = Judge(trust, self._disclosed)
        self.unread = ""  # says why the published note could not be read

    def published_note(self, path: Path) -> tuple[int, str] | None:
        """The size and the text of the latest published note in a file; None when there is none that is valid."""
        try:
            note = read_text(path, MAX_NOTE_BYTES)
            if not note.endswith("\n") and (not note or note.startswith(f"{self._trust.origin}\n")):
                self.unread = f"{path.name}: cut short"
                return None
            return self._trust.opened(note).size, note
        except FileNotFoundError:
            return None  # nothing was published yet, or it is a backup without the file
        except OSError as error:
            self.unread = str(error)
        except Unverifiable as error:
            self.judge.add(error.code, None, f"{path.name}: {error}")
        except ValueError as error:
            self.judge.add("file-unreadable", None, f"{path.name}: {error}")
        return None

    def run(self, last: tuple[int, str] | None, seen: Sequence[str]) -> None:
        """Audit everything; ``last`` is the published note of the folder, ``seen`` are notes kept elsewhere."""
        judge = self.judge
        # A register may go on recording meanwhile: one moment is audited.
        with self._database.snapshot():
            for deviation in self._database.deviations(TABLES):
                judge.add("database-altered", None, deviation)
            self._vault = {h.digest: (h, Disclosure.of_vault(h.encoded)) for h in Vault(self._database).everything()}
            published, checkpoints = self._notes.published(), self._notes.checkpoints()
            judge.published(note for _, note in published)
            with closing(Verifiers()) as verifiers:
                self._entries(verifiers)
                for size, checkpoint in verifiers.each(self._opened, [*checkpoints, *published]):
                    if isinstance(checkpoint, Checkpoint):
                        judge.checkpoint(checkpoint, size)
                    else:
                        judge.add(checkpoint.code, None, f"checkpoint of {size} entries: {checkpoint}")
            judge.end()
            self._counts()
            self._disclosures()
            self._removed({size for size, _ in published}, last)
        self._last_checkpoint(max((size for size, _ in checkpoints), default=0))
        if last is not None:
            judge.seen([last[1]], PUBLISHED)
        judge.seen(seen)

    def _opened(self, row: tuple[int, str]) -> tuple[int, Checkpoint | Unverifiable]:
        """The size with which a checkpoint is stored, and what it says, or what is wrong with its note."""
        size, note = row
        try:
            return size, open_checkpoint(note, self._trust.verifier_key)
        except Unverifiable as error:
            return size, error

    def _entries(self, verifiers: Verifiers) -> None:
        """Steps 1 to 5: all entries, in order."""
        size = self._log.size()
        for rows in self._batches():
            batch = [Row(r.id, r.state, (str(r.originator_id), r.originator_version, r.topic)) for r in rows]
            self._nodes(self.judge.take(batch, verifiers))
            if self._progress is not None:
                self._progress(rows[-1].id, size)
        self.judge.in_hindsight(lambda: (row.state for rows in self._batches() for row in rows))

    def _batches(self) -> Iterator[list[Notification]]:
        last = 0
        while rows := self._log.select_notifications(last, BATCH, inclusive_of_start=False):
            yield rows
            last = rows[-1].id

    def _nodes(self, completed: list[Node]) -> None:
        """Step 2: the nodes that the latest entries complete, in order."""
        end = node_count(self.judge.edge.size) + 1
        stored = self._tree.nodes(end - len(completed), end)
        for place, (level, index, digest) in enumerate(completed, end - len(completed)):
            if stored.get(place) != digest:
                what = "is missing" if place not in stored else "is not the hash of what it covers"
                self.judge.add("tree-node", (index << level) + 1, f"node {index} at level {level} {what}")

    def _counts(self) -> None:
        """Steps 1 and 2: no row is of a position without an entry."""
        extra = self._tree.count() - node_count(self.judge.edge.size)
        if extra > 0:
            self.judge.add("tree-node", None, f"{extra} nodes of the tree cover no entry: entries were removed")
        outside = len(self._log.select_notifications(-LARGEST - 1, LARGEST, 0))
        if outside:
            self.judge.add("row-contradicts-statement", None, f"{outside} rows are before the first entry")

    def _removed(self, published: set[int], last: tuple[int, str] | None) -> None:
        """Step 6: no checkpoint is missing that another table or the published note shows.

        A note is in its file before it is in the database: a register that ended in between left the file ahead.
        """
        for table, size in self._notes.gaps():
            self.judge.add("checkpoint-missing", None, f"{table} has none of {size} entries, which was published")
        if last is not None and last[0] not in published and last[0] < max(published, default=0):
            self.judge.add("checkpoint-missing", None, f"{PUBLISHED} is of {last[0]} entries, published has none")

    def _last_checkpoint(self, largest: int) -> None:
        """Step 6: the last entry is under a checkpoint. A running register signs one a moment after the entry."""
        for wait in (0.0, SIGNING_SECONDS):
            if largest >= self.judge.edge.size:
                return
            sleep(wait)
            largest = (self._notes.latest_checkpoint() or (0, ""))[0]
        if largest < self.judge.edge.size:
            says = f"the last is of {largest} entries, the log has {self.judge.edge.size}"
            self.judge.add("checkpoint-missing", None, says)

    def _disclosures(self) -> None:
        """Step 7: the vault holds what entries name, and nothing about people who were erased."""
        judge = self.judge
        for held, disclosure in self._vault.values():
            code = self._fault_of(held, disclosure)
            if code:
                judge.add(code, None, f"vault: {held.name} of {held.person_id} ({held.digest})")
        for digest, person_id in judge.named.items():
            if digest not in self._vault and not judge.is_erased(person_id):
                judge.add("disclosure-missing", None, f"vault: a value of {person_id} is missing ({digest})")

    def _fault_of(self, held: Held, disclosure: Disclosure | None) -> str | None:
        judge = self.judge
        if disclosure is None or (digest_of(held.encoded), disclosure.name) != (held.digest, held.name):
            return "disclosure-changed"
        if judge.intact and judge.named.get(held.digest) != held.person_id:
            return "disclosure-unreferenced"
        return "disclosure-of-erased" if judge.is_erased(held.person_id) else None

    def _disclosed(self, digest: str) -> Disclosure | None:
        _, disclosure = self._vault.get(digest, (None, None))
        return disclosure
