"""The audit of a ledger's folder. It opens the file itself: a ledger that refuses to start can still be audited."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar

from eventsourcing.persistence import PersistenceError
from sqlalchemy import select

from ledger.auditing.displaced import Displaced, faults_of, sorted_out
from ledger.auditing.entries import BATCH, Entries
from ledger.auditing.faults import SCHEMA, Fault
from ledger.auditing.hindsight import TYPES
from ledger.auditing.judging import Judge, Row
from ledger.auditing.kept import NOTHING, Kept, digest_of_note
from ledger.auditing.leaves import UNREADABLE, Leaf
from ledger.auditing.nodes import Nodes
from ledger.auditing.report import AuditReport, Progress
from ledger.auditing.signatures import Signatures
from ledger.auditing.values import Values, text_of
from ledger.domain.dating import LONG_AGO
from ledger.errors import Unreadable, Unverifiable
from ledger.files import read_text
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.tree import RightEdge, leaf_hash
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.signing.second_process import SecondProcess
from ledger.signing.verifying import Verifiers
from ledger.store.earlier_values import keys_to_audit
from ledger.store.founding import TRUST
from ledger.store.keystore.keeper import Keeper
from ledger.store.keystore.opening import FOLDER
from ledger.store.notes import Notes
from ledger.store.opening import open_to_audit
from ledger.store.port import LARGEST, Changed, Database, Unavailable
from ledger.store.publishing import PUBLISHED
from ledger.store.recorder import LOG_HEAD, LedgerRecorder
from ledger.store.replica import uncollected
from ledger.store.tables import RECORD
from ledger.store.tree import StoredTree, node_count, place_of
from ledger.store.vault import Held, Vault
from ledger.trust import TrustRoot

AT_ONCE = 250  # entries that are judged while the signatures of those before them are verified
# Shows that there were entries.
SHOWN_OTHERWISE = {"entry-missing", "checkpoint-ahead", "rolled-back", "log-head", "database-altered"}
OTHER_TYPE = "hold a value of another type"
ATTEMPTS = 5
BESIDE = ("log-keys", "time-stamps", "read-models", "documents")  # what an audit of the record leaves to others

T = TypeVar("T")


def audit(
    folder: Path,
    progress: Progress | None = None,
    seen: Sequence[str] = (),
    trust: TrustRoot | None = None,
    address: str | None = None,
    since: Kept | None = None,
    keep: Callable[[Kept], None] | None = None,
    now: datetime = LONG_AGO,
) -> AuditReport:
    """Audit a ledger's folder; ``seen`` are checkpoints of it that were kept elsewhere.

    ``address`` is that of another database than the folder's; empty for the SQLite file in the folder. ``since`` is
    what was kept of an audit before: what comes after it is audited, and proved to continue it. ``keep`` is given the
    same of this audit, which is made ``now``, if everything that is there could be read.

    Without ``trust`` it is held against its own trust root, which proves only that it is consistent in itself.

    Nothing is written. Raises OSError, ``Unreadable`` or ``PersistenceError`` when there is no ledger that can be read:
    then nothing is known about it; and ``Unverifiable`` when one of ``seen`` is not signed by this log.
    """
    root = trust or TrustRoot.load(folder / TRUST)
    for note in seen:
        root.opened(note)
    with uncollected():
        return settled(lambda: _audited(folder, root, progress, seen, address, since or NOTHING, keep, now))


def settled(audited: Callable[[], T]) -> T:
    """What an audit returns, which is repeated while others write a file that it cannot lock."""
    for _ in range(ATTEMPTS - 1):
        try:
            return audited()
        except Changed:
            continue
    return audited()


def _audited(
    folder: Path,
    trust: TrustRoot,
    progress: Progress | None,
    seen: Sequence[str],
    address: str | None,
    since: Kept,
    keep: Callable[[Kept], None] | None,
    now: datetime,
) -> AuditReport:
    with open_to_audit(folder, address) as database:
        name = _name(folder, database)
        with _as_far_as_it_goes(lambda says: _no_ledger(name, says)):
            LedgerRecorder(database).size()
            keys = keys_to_audit(folder, database)
        auditing = _Audit(database, keys, trust, progress, since)
        # Read before the database, which holds all that the note covers, whatever a register does meanwhile.
        published = auditing.published_note(folder / PUBLISHED)
        with _as_far_as_it_goes(auditing.unreadable):
            auditing.run(published, seen)
    report = auditing.judge.report()
    if auditing.values.locked:
        persons = len({held.person_id for held in auditing.values.locked.values()})
        says = f"{FOLDER}: the keys of {persons} persons are not there"
        report = report.without("vault", "unreadable", says)
    if not (report.entries or since.size) and not SHOWN_OTHERWISE.intersection(
        finding.code for finding in report.findings
    ):
        _no_ledger(name, auditing.ended or "there is no entry")
    if since.size:
        report = report.without("earlier-entries", "earlier", f"{since.size}, {since.audited_at:%Y-%m-%d %H:%M} UTC")
        if auditing.judge.knows_people_otherwise:
            report = report.without("hindsight", "earlier")
    for check in BESIDE:
        report = report.without(check, "earlier" if since.size else "not-reached")
    if auditing.unread:
        report = report.without("published-note", "unreadable", auditing.unread)
    if keep is not None and auditing.judge.intact and not auditing.ended and not report.unread:
        keep(auditing.judge.kept(now, auditing.notes_verified))
    return report


@contextmanager
def _as_far_as_it_goes(tell: Callable[[str], None]) -> Iterator[None]:
    """Tells where reading ends: a forged file can make any reader fail. One that cannot be read now ends the audit."""
    try:
        yield
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whichever it is, the report says so
        tell(f"{type(error).__name__}: {error}")


def _name(folder: Path, database: Database) -> str:
    """What a message calls the database: a file by its path."""
    return str(folder / database.name) if database.kind == "sqlite" else database.name


def _no_ledger(name: str, says: str) -> NoReturn:
    raise Unreadable(
        f"{name}: expected the entries of a ledger; {says}",
        f"{name} : les entrées d’un registre sont attendues ; {says}",
    )


class _Audit:
    def __init__(
        self, database: Database, keys: Keeper, trust: TrustRoot, progress: Progress | None, since: Kept
    ) -> None:
        self._since = since
        self.notes_verified = since.notes  # their digests
        self._database = database
        self._vault = Vault(database, keys)
        self.values = Values(self._vault, is_whole=not since.size)
        self._log, self._tree, self._notes = LedgerRecorder(database), StoredTree(database), Notes(database)
        self._entries = Entries(database, since.size)
        self._trust = trust
        self._progress = progress
        self.judge = Judge(trust, self.values.disclosed, since)
        self._found_at: dict[int, int] = {}  # where the entries are that are not in their places
        self._gaps: dict[str, Fault] = {}  # the first checkpoint that is missing in a table
        self.ended = ""  # says where reading ended
        self.unread = ""  # says why the published note could not be read

    def unreadable(self, says: str) -> None:
        """Note where reading ended."""
        self.ended = f"reading ended here: {says}"
        self.judge.add("database-unreadable", None, self.ended, rests_on=frozenset({SCHEMA}))

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
        judge, misfits = self.judge, list[str]()
        # A register may go on recording meanwhile: one moment is audited.
        with (
            self._database.snapshot(),
            closing(Verifiers()) as verifiers,
            closing(SecondProcess(verifiers, self._log.size() - self._since.size)) as process,
        ):
            for deviation in self._database.deviations(RECORD):
                if deviation.endswith(OTHER_TYPE):
                    misfits.append(deviation)
                else:
                    judge.add("database-altered", None, deviation, spoils=frozenset({SCHEMA}))
            judge.checked["tables"] = len(RECORD.tables)
            held: list[Held] | None = []
            if not self._since.size:
                held = self._read(self._vault.everything)
                self.values.take(held or (), self._read(self._vault.locked) or ())
            published, checkpoints = (
                [(size, text_of(note)) for size, note in self._read(rows) or ()]
                for rows in (self._notes.published, self._notes.checkpoints)
            )
            size, known = self._size(), self._since.notes
            if size < self._since.size:
                says = f"{self._since.size} entries were audited before, the log has {size} now"
                judge.add("rolled-back", None, says)
                return
            stored = [row for row in (*checkpoints, *published) if not known or digest_of_note(row[1]) not in known]
            notes = list(dict.fromkeys(note for _, note in stored))  # most are in three tables: each is verified once
            opened = dict(zip(notes, verifiers.each(self._opened, notes), strict=True))
            self.notes_verified |= {digest_of_note(note) for note, one in opened.items() if isinstance(one, Checkpoint)}
            judge.published((note for _, note in published if note in opened), opened)
            signed = self._checkpoints(stored, opened)
            self._lay({checkpoint.size: checkpoint.root for _, checkpoint in reversed(signed)}, size)
            judge.foresee(self._entries.states(TYPES))
            with Signatures(judge.faults, process) as signatures:
                self._judge_entries(signatures)
            judge.end()
            judge.in_hindsight()
            judged = [(checkpoint.size, judge.checkpoint(checkpoint, stored_as)) for stored_as, checkpoint in signed]
            ahead = {size: fault for size, fault in judged if fault is not None}
            self._outside()
            heads = self._read(lambda: self._database.run(select(LOG_HEAD.c.size, LOG_HEAD.c.edge)))
            if heads is not None:
                judge.head(heads)
            if judge.intact and held is not None:
                self.values.judge(judge)
            self._removed({size for size, _ in published}, last, ahead)
            for misfit in misfits:
                table = frozenset({misfit.split()[3]})
                judge.add("database-altered", None, misfit, rests_on=table)
        self._last_checkpoint(max((size for size, _ in checkpoints), default=0))
        if last is not None:
            judge.seen([last[1]], PUBLISHED)
        judge.seen(seen)

    def _read(self, rows: Callable[[], list[T]]) -> list[T] | None:
        """The rows of a table; None, and a fault, if it is not as it should be: the entries can be read without."""
        with _as_far_as_it_goes(self.unreadable), self._database.transaction(commit=False) as cursor:
            # PostgreSQL would answer nothing after a statement that failed.
            cursor.execute("SAVEPOINT reading")
            try:
                return rows()
            except PersistenceError:
                cursor.execute("ROLLBACK TO SAVEPOINT reading")
                raise
        return None

    def _checkpoints(
        self, notes: list[tuple[int, str]], opened: Mapping[str, Checkpoint | Unverifiable]
    ) -> list[tuple[int, Checkpoint]]:
        """Step 6: the checkpoints that the log signed, each with the size that it is stored with."""
        signed = []
        for size, note in notes:
            checkpoint = opened[note]
            if isinstance(checkpoint, Unverifiable):
                self.judge.false_note(note, checkpoint, f"checkpoint of {size} entries")
            else:
                signed.append((size, checkpoint))
        return signed

    def _opened(self, note: str) -> Checkpoint | Unverifiable:
        """What a stored checkpoint says, or what is wrong with its note."""
        try:
            return open_checkpoint(note, self._trust.verifier_key)
        except Unverifiable as error:
            return error

    def _lay(self, signed: Mapping[int, bytes], size: int) -> None:
        """Steps 1 and 2: the tree of the entries as they were, and what differs from it."""
        tree, leaves, stored = self.judge.tree, list[Leaf](), Nodes(self._tree, node_count(self._since.size) + 1)
        self._continue(signed)
        for place, entry in self._hashes(size):
            if place > size:
                tree.differing[place] = entry, None
                continue
            leaves.append((entry, stored[place_of(0, place - 1)]))
            if place in signed or place == size or len(leaves) == BATCH:
                nodes = stored.take(node_count(tree.edge.size) + 1, node_count(place) + 1)
                tree.lay(leaves, signed.get(place), nodes)
                leaves = []
        displaced, self._found_at = sorted_out(tree.differing)
        for one in displaced:
            self.judge.faults += faults_of(one, self._streams(one), self._found_at)
        self.judge.faults += tree.faults()
        self.judge.checked["nodes"] = tree.nodes - node_count(self._since.size)

    def _continue(self, signed: Mapping[int, bytes]) -> None:
        """Step 2: the log goes on from the entries that were audited before."""
        tree, before = self.judge.tree, self._since.size
        try:
            continues = RightEdge.of(before, self._tree.get_node) == tree.edge
        except LookupError:
            continues = False
        if not continues:
            says = f"the stored tree of the first {before} entries is not the one that was audited before"
            self.judge.add("tree-node", before, says).of_entry = False
        for place, root in sorted(signed.items()):
            if place <= before and root != tree.root(place):
                self.judge.add("checkpoint-root", place, f"the checkpoint of {place} entries has another root")

    def _size(self) -> int:
        """How many places the log has: those of its rows, and those in the tree from which a row was removed."""
        size = self._log.count()
        while self._tree.nodes(place := place_of(0, size), place + 1):
            size += 1
        while size and not self._tree.nodes(place := place_of(0, size - 1), place + 1) and self._row(size).said is None:
            size -= 1  # as many rows are elsewhere
        return size

    def _hashes(self, size: int) -> Iterator[tuple[int, bytes | None]]:
        """The hash of each entry from here on, None where there is none; then those of rows beyond ``size``."""
        expected = self._since.size + 1
        for place, state in self._entries.states():
            if place > expected:
                yield from ((missing, None) for missing in range(expected, min(place, size + 1)))
            yield place, _hash(state)
            expected = place + 1
        yield from ((missing, None) for missing in range(expected, size + 1))

    def _streams(self, displaced: Displaced) -> list[str]:
        """The streams whose entries are lost; none if nothing says which."""
        rows = [self._row(place) for place in displaced.lost]
        said = [row.said[0] for row in rows if row.said is not None]
        return said if len(said) == len(rows) else []

    def _row(self, place: int, source: int | None = None) -> Row:
        """An entry that is to be judged in a place, from the row at another, or with nothing but what its row says."""
        at = place if source is None else source
        rows = self._log.select_notifications(at, 1, at)
        said = next(((str(row.originator_id), row.originator_version, row.topic) for row in rows), None)
        return Row(place, rows[0].state if rows and source is not None else None, said)

    def _judge_entries(self, signatures: Signatures) -> None:
        """Steps 1 to 5: all entries, in order."""
        size, differing = self.judge.tree.edge.size, self.judge.tree.differing
        for start in range(self._since.size + 1, size + 1, AT_ONCE):
            end = min(start + AT_ONCE, size + 1)
            rows = self._entries.rows(start, end)
            batch = [
                self._row(place, self._found_at.get(place)) if place in differing else rows[place]
                for place in range(start, end)
            ]
            self.judge.take(batch, signatures)
            if self._progress is not None:
                self._progress(end - 1, size)

    def _outside(self) -> None:
        """Steps 1 and 2: no row is of a position without an entry."""
        extra = self._tree.outside(self.judge.tree.edge.size)
        if extra:
            self.judge.add("tree-node", None, f"{extra} nodes of the tree cover no entry: entries were removed")
        outside = len(self._log.select_notifications(-LARGEST - 1, LARGEST, 0))
        if outside:
            self.judge.add("row-contradicts-statement", None, f"{outside} rows are before the first entry")

    def _removed(self, published: set[int], last: tuple[int, str] | None, ahead: Mapping[int, Fault]) -> None:
        """Step 6: no checkpoint is missing that another table or the published note shows.

        A note is in its file before it is in the database: a register that ended in between left the file ahead.
        """
        for table, size in self._notes.gaps():
            says = f"{table} has none of {size} entries, which was published"
            cause = ahead.get(size) or self._gaps.get(table)
            self._gaps.setdefault(table, self.judge.add("checkpoint-missing", None, says, cause=cause))
        if last is not None and last[0] not in published and last[0] < max(published, default=0):
            says = f"{PUBLISHED} is of {last[0]} entries, published has none"
            self.judge.add("checkpoint-missing", None, says)

    def _last_checkpoint(self, largest: int) -> None:
        """Step 6: the last entry is under a checkpoint, which is signed in the transaction that appends it."""
        size = self.judge.tree.edge.size
        if largest < size:
            says = f"the last is of {largest} entries, the log has {size}"
            fault = self.judge.add("checkpoint-missing", size, says, cause=self._gaps.get("checkpoints"))
            fault.of_entry, fault.since = False, largest


def _hash(state: object) -> bytes:
    """The hash of an entry; of what is none, one that no tree holds."""
    return leaf_hash(state) if isinstance(state, bytes) else UNREADABLE
