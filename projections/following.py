"""Following the log: each batch of entries changes every read model in one transaction.

The position is saved with the rows: a crash repeats work but never skips it. Several processes may
follow into one file; the one with the write lock goes on where the last one stopped.

With the position stands the leaf hash of the entry there. A log that has another entry at that position, or none, is
not the one that was followed: a failover lost entries, a backup was copied back, or another database took its place.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder

from ledger.domain.events.clock import ClockConfirmed
from ledger.domain.record import Fact
from ledger.domain.subjects import BY_FACT
from ledger.errors import Corrupt
from ledger.log.tree import leaf_hash
from ledger.signing.statement import read_stored
from ledger.store.cache import create_only, is_version_of
from ledger.store.port import Cursor, Database, Row, Unavailable
from ledger.store.recorder import LedgerRecorder
from projections.entry import Entry, microseconds
from projections.questions import READ_MODELS
from projections.read_model import Handler
from projections.writing import Batch
from projections.writing import Cursor as Writing

LOG = "ledger"  # the name under which the library tracks the position
FILLING = "filling"  # and beside it the number of this filling of the tables: another one may be from another log
BATCH = 1000
_TRACKED = "SELECT notification_id FROM tracking WHERE application_name = ?"
_REACHED = "SELECT notification_id, leaf, known FROM tracking LEFT JOIN last_entry WHERE application_name = ?"
Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""


TABLES = {name: columns for model in READ_MODELS.values() for name, columns in model.TABLES.items()} | {
    "last_entry": "one INTEGER PRIMARY KEY CHECK (one = 1), known INTEGER NOT NULL, leaf BLOB NOT NULL"
}
_HANDLERS: dict[type[Fact], list[Handler]] = {
    fact: [model.RECORD[fact] for model in READ_MODELS.values() if fact in model.RECORD] for fact in BY_FACT
}
_STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS tracking (application_name TEXT PRIMARY KEY, notification_id INTEGER NOT NULL)",
    *(f"CREATE TABLE IF NOT EXISTS {name} ({columns})" for name, columns in TABLES.items()),
    *(index for model in READ_MODELS.values() for index in (*model.INDEXES, *model.RECORD_INDEXES)),
)
INDEXES = tuple(index for model in READ_MODELS.values() for index in model.INDEXES)
"""By which no handler finds rows: where rows are only collected to be copied, they are made after the rows."""


class _Signature(msgspec.Struct):
    keyid: str


class _Signatures(msgspec.Struct):
    """An envelope of which only the keys are read: the appending checked its form, and the audit checks it again."""

    signatures: list[_Signature]


_signatures = msgspec.json.Decoder(_Signatures)


class Reached(NamedTuple):
    """How many entries tables hold, and of the last of them the leaf hash and the time when it was known."""

    position: int
    leaf: bytes
    known: int

    def is_of(self, found: Sequence[Row]) -> bool:
        """Whether the first of these statements of a log is the last one that the tables hold."""
        if not found:
            return False
        position, _, envelope = found[0]
        return (position, leaf_hash(envelope)) == (self.position, self.leaf)


class Following(TrackingRecorder):
    """The tables of all read models in one database, and the position of the log that they have reached."""

    def __init__(
        self,
        database: Database,
        log: LedgerRecorder,
        end: Callable[[], int] | None = None,
        are_dispensable: Callable[[], bool] = lambda: False,
        *,
        to_be_copied: bool = False,
    ) -> None:
        """``end`` returns how many entries may be followed so far: all of them when it is not given.

        ``are_dispensable`` returns whether the tables may be made anew when the log lacks entries that they hold.
        Tables ``to_be_copied`` are for nobody else: they are without ``INDEXES``, and no commit waits for the disk.
        """
        self.database = database
        self._log = log
        self.end = end or log.size
        self._are_dispensable = are_dispensable
        self._is_durable = not to_be_copied
        self._seen = 0  # how many entries the log had: they never become fewer
        with self._sound():
            create_only(database, _STATEMENTS, INDEXES if to_be_copied else ())

    def insert_tracking(self, tracking: Tracking) -> None:
        with self.database.transaction(commit=True) as cursor:
            _track(cursor, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        rows = self.database.select(_TRACKED, (application_name,))
        return int(rows[0]["notification_id"]) if rows else None

    @property
    def position(self) -> int:
        """How many entries of the log the tables hold."""
        with self._sound():
            return position_of(self.database)

    def catch_up(self, progress: Progress | None = None, batch: int = BATCH) -> int:
        """Takes in whatever the log has. Returns the position. Raises ``Corrupt`` when the tables are of another log.

        Tables that are dispensable are then made anew.
        """
        _, size, lost = self._compared()
        if lost:
            if not self._are_dispensable():
                raise self._contradiction(lost)
            self._forget()
        while self.position < self.end() and (position := self._take(batch)) is not None:
            size = max(size, position)
            if progress is not None:
                progress(position, size)
        return self.position

    def require_same_log(self) -> tuple[int, int]:
        """Returns the position of the tables, and how many entries may be followed.

        Raises ``Corrupt`` when the log lacks entries that the tables hold: it was set back, or is another.
        """
        position, end, lost = self._compared()
        if lost:
            raise self._contradiction(lost)
        return position, end

    def _compared(self) -> tuple[int, int, str]:
        """Returns the position, how many entries may be followed, and what the log lacks; nothing if it lacks none."""
        with self._sound(), self.database.transaction(commit=False) as cursor:
            reached = _reached(cursor)
        position = reached.position
        most = max(position, self._seen)
        if most > (end := self.end()):  # asked later: all of them grow
            return position, end, f"{most} entries, the log has {end}"
        self._seen = end
        if position and not reached.is_of(self._log.statements(position, 1, position)):
            return position, end, f"entry {position} of the log is another one"
        return position, end, ""

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Returns every row of a table, sorted, so that tables can be compared."""
        return rows(self.database, table)

    def _take(self, batch: int) -> int | None:
        """Takes in one batch in one transaction. Returns the position after it, or None when there was nothing."""
        with self.database.transaction(commit=True, durable=self._is_durable) as cursor:
            with self._sound():
                reached = _reached(cursor)
            statements = self._log.statements(reached.position, batch + 1, self.end())
            if not reached.position:
                cursor.execute("INSERT OR REPLACE INTO tracking VALUES (?, ?)", (FILLING, secrets.randbits(63)))
            else:
                if not reached.is_of(statements):
                    raise self._contradiction(f"entry {reached.position} of the log is another one")
                del statements[0]
            if not statements:
                return None
            rows, known = Batch(cursor), reached.known
            position, leaf = int(statements[-1][0]), leaf_hash(statements[-1][2])
            with self._sound():
                for place, wire_name, envelope in statements:
                    entry = _entry(place, wire_name, envelope, known)
                    known = entry.known
                    if isinstance(entry.event.facts, ClockConfirmed):
                        _confirm(rows, known)
                    for handler in _HANDLERS.get(type(entry.event.facts), ()):
                        handler(rows, entry, entry.event.facts)
                rows.finish()
                cursor.execute("INSERT OR REPLACE INTO last_entry VALUES (1, ?, ?)", (known, leaf))
                _track(cursor, Tracking(LOG, position))
        return position

    def _forget(self) -> None:
        """Empties the tables in one transaction."""
        self._seen = 0
        with self.database.transaction(commit=True) as cursor:
            for table in ("tracking", *TABLES):
                cursor.execute(f"DELETE FROM {table}")

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Turns every failure that the stored rows cause into one error, which says what to do.

        What is wrong with the log itself is said already.
        """
        try:
            yield
        except (Unavailable, Corrupt):
            raise
        except Exception as error:
            raise self._contradiction(repr(error)) from error

    def _contradiction(self, found: str) -> Corrupt:
        says = f"{self.database.name} contradicts the log ({found}); run: pca-ledger rebuild"
        return Corrupt("projection-differs", says)


def is_current(database: Database) -> bool:
    """Whether tables were made by this version of the program; those of another are made anew when it starts."""
    return is_version_of(database, _STATEMENTS)


def position_of(database: Database) -> int:
    """How many entries of the log the tables in a database hold."""
    rows = database.select(_TRACKED, (LOG,))
    return int(rows[0]["notification_id"]) if rows else 0


def rows(database: Database, table: str) -> list[tuple[Any, ...]]:
    """Every row of a table, sorted, so that tables can be compared."""
    return sorted(map(tuple, database.select(f"SELECT * FROM {table}")), key=repr)


def row_count(database: Database) -> int:
    """How many rows the tables of all read models have."""
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)
    return int(database.select(f"SELECT {counts}")[0][0])


def _track(cursor: Cursor, tracking: Tracking) -> None:
    """Move a position on. Raises IntegrityError when it is there already, or further."""
    cursor.execute(
        "INSERT INTO tracking VALUES (?, ?) ON CONFLICT (application_name) DO UPDATE "
        "SET notification_id = excluded.notification_id WHERE tracking.notification_id < excluded.notification_id "
        "RETURNING notification_id",
        (tracking.application_name, tracking.notification_id),
    )
    if not cursor.fetchall():
        raise IntegrityError(f"{tracking.application_name} is at {tracking.notification_id} already, or further")


def _reached(cursor: Cursor) -> Reached:
    cursor.execute(_REACHED, (LOG,))
    row = cursor.fetchone()
    if row is None:
        return Reached(0, b"", 0)
    return Reached(int(row["notification_id"]), row["leaf"] or b"", row["known"] or 0)


def _confirm(cursor: Writing, known: int) -> None:
    """Let what was known only after a confirmed moment be known since then (``ledger.domain.dating.Known``)."""
    for table, columns in TABLES.items():
        if "known_until" in columns:  # what began and ended while the clock was ahead was never known
            cursor.execute(f"DELETE FROM {table} WHERE known_from >= ? AND known_until IS NOT NULL", (known,))
        for column in re.findall(r"\bknown\w*(?= INTEGER)", columns):
            cursor.execute(f"UPDATE {table} SET {column} = ? WHERE {column} > ?", (known, known))


def _entry(position: int, wire_name: str, envelope: bytes, known_before: int) -> Entry:
    event = read_stored(wire_name, envelope).event
    signatures = _signatures.decode(envelope).signatures
    # Statements may wait for a signature: what is appended later is not known earlier, unless a clock was ahead.
    stated = microseconds(event.time)
    known = stated if isinstance(event.facts, ClockConfirmed) else max(known_before, stated)
    return Entry(position, known, event, tuple([s.keyid for s in signatures]))
