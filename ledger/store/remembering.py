"""States kept with their position, so that opening a ledger reads the entries that are new and no others.

A file of this machine holds the states after some entry, the look-ups, since when each size was known, and the right
edge of the tree: :class:`KeptMemory` reads from it what it is asked for. It can be deleted at any time, is made anew by
every other version of the program, and is no evidence: an audit folds the entries itself (docs/decisions/0059).

Several processes use one file. Its position only grows, and each row says at which entry it was last written. A state
that is newer than what a process has read is folded from the entries of its stream instead.
"""

import logging
import secrets
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec
from eventsourcing.persistence import PersistenceError

from ledger.domain.dating import Known
from ledger.domain.record import Event, Fact, Stream
from ledger.domain.states.merges import Merges
from ledger.log.tree import RightEdge
from ledger.reading import LookUp, Memory, looked_up
from ledger.remembered import decode, decode_merges, encode, fingerprint
from ledger.store.cache import create_only, is_version_of, remove
from ledger.store.opening import open_database
from ledger.store.port import Cursor, LocalDatabase, Row, Unavailable

MOST_HELD = 20_000  # states in memory at once, of some 2 kB each, but for those that are to be written
TIMES = 8192  # a row: an append writes the last row again
_TABLES = (
    "CREATE TABLE reached (generation BLOB, program BLOB, origin TEXT, size INTEGER, peaks BLOB, last BLOB,"
    " merges BLOB)",
    "CREATE TABLE states (stream TEXT PRIMARY KEY, position INTEGER NOT NULL, state BLOB NOT NULL)",
    "CREATE TABLE found (kind TEXT, key TEXT, position INTEGER, value TEXT, PRIMARY KEY (kind, key, position))"
    " WITHOUT ROWID",
    "CREATE TABLE times (first INTEGER PRIMARY KEY, since BLOB NOT NULL)",
)


class Reached(msgspec.Struct, frozen=True):
    """How far a file has followed the log: the right edge of its tree, and the leaf hash of the last entry.

    ``generation`` changes when the file is made anew.
    """

    generation: bytes
    edge: RightEdge
    last: bytes


class Lost(Exception):
    """The file is not the one that was read from before: another program made it anew, or it cannot be read."""


class KeptStates:
    """The file. ``fits`` says whether the log goes on from what a file has reached; without ``writes`` it is only read.

    One that holds no such tables, or cannot be read, is removed and made anew.
    """

    def __init__(self, path: Path, origin: str, fits: Callable[[Reached], bool], *, writes: bool) -> None:
        self.path, self._origin, self._fits, self.writes = path, origin, fits, writes
        self._program = fingerprint()  # now: another version may be installed before this process writes
        self._opened: LocalDatabase | None = None
        self._seen = 0, b""  # how far the file had followed this log: its size, and the leaf hash of the last entry

    def load(self) -> tuple[Reached, Merges, Known] | None:
        """Return what the file holds of the whole log; None when there is no file, or it cannot be used."""
        if not self.path.exists():
            return None
        with suppress(Lost), self._failing(), self._database.transaction(commit=False) as cursor:
            found = self._reached(cursor) if is_version_of(self._database, _TABLES) else None
            if found is None:
                _say(self.path, "it is of another version, or another log")
                return None
            cursor.execute("SELECT since FROM times ORDER BY first")
            since = array("q", b"".join(since for (since,) in cursor.fetchall()))
            if len(since) != found[0].edge.size + 1:
                raise ValueError("times are missing")
            self._seen = found[0].edge.size, found[0].last
            return (*found, Known.of(since))
        return None

    def read(self, generation: bytes, statement: str, parameters: Sequence[Any]) -> list[Row]:
        """Return rows of the file, as long as it is of this generation, was not set back and follows this log.

        A copy of the ledger that is opened on the same file goes on otherwise. Raises ``Lost``.
        """
        with self._failing(), self._database.transaction(commit=False) as cursor:
            cursor.execute("SELECT size, last FROM reached WHERE generation = ?", (generation,))
            row, (size, last) = cursor.fetchone(), self._seen
            if row is None or (tuple(row) != (size, last) and (self._reached(cursor) is None or row[0] < size)):
                raise Lost
            self._seen = tuple(row)
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    @contextmanager
    def write(self) -> Iterator[tuple[Cursor, Reached | None]]:
        """Write in one transaction; yields how far the file has followed the log. One that cannot be used is emptied.

        Raises ``Lost`` when nothing was written.
        """
        with self._failing():
            create_only(self._database, _TABLES)
            with self._database.transaction(commit=True) as cursor:
                found = self._reached(cursor)
                if found is None:
                    for table in ("reached", "states", "found", "times"):
                        cursor.execute(f"DELETE FROM {table}")
                yield cursor, None if found is None else found[0]

    def set_reached(self, cursor: Cursor, reached: Reached, merges: Merges) -> None:
        """Note how far the file has followed the log, in the transaction that writes the rows.

        So a crash repeats work but never skips it.
        """
        edge = reached.edge
        row = reached.generation, self._program, self._origin, edge.size, bytes(edge), reached.last, encode(merges)
        cursor.execute("DELETE FROM reached")
        cursor.execute("INSERT INTO reached VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        cursor.after_commit(partial(setattr, self, "_seen", (edge.size, reached.last)))

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _reached(self, cursor: Cursor) -> tuple[Reached, Merges] | None:
        """Return what the file has reached; None when it is of another program or ledger, or not of this log."""
        cursor.execute("SELECT * FROM reached")
        row = cursor.fetchone()
        if row is None or (row[1], row[2]) != (self._program, self._origin):
            return None
        reached = Reached(row[0], RightEdge.parse(row[3], row[4]), row[5])
        return (reached, decode_merges(row[6])) if self._fits(reached) else None

    def lost(self, error: Exception) -> Lost:
        """Return the error to raise; the file is removed, unless what fails may pass."""
        _say(self.path, f"{type(error).__name__}: {error}")
        if self.writes and not isinstance(error, Unavailable):
            self.close()
            with suppress(OSError):
                remove(self.path)
        return Lost()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Turns every failure of the file into ``Lost``."""
        try:
            yield
        except (PersistenceError, ValueError, TypeError) as error:
            raise self.lost(error) from error

    @property
    def _database(self) -> LocalDatabase:
        if self._opened is None:
            self._opened = open_database(self.path)
        return self._opened


class KeptMemory(Memory):
    """A memory that holds what changed since its file was written, and reads the rest from it when asked for.

    ``fold`` returns the state of a stream after so many entries of the log, and ``fold_all`` a memory of all of them.
    """

    def __init__(
        self, kept: KeptStates, fold: Callable[[Stream, int], Any | None], fold_all: Callable[[int], Memory]
    ) -> None:
        super().__init__()
        self._kept, self._fold, self._fold_all = kept, fold, fold_all
        self._generation = b""  # of the file, once it was read or written; empty while everything is in memory
        self._lock = RLock()  # a state that is read must not replace one that is newer
        self._changed: dict[Stream, int] = {}  # since the file was written: at which position
        self._added: list[tuple[LookUp, int, str]] = []  # since then, to look-ups
        self._tried = 0  # the size of the log when it was read, written, or was to be written
        self._is_lost = False

    def load(self) -> Reached | None:
        """Begin where the file ends. Returns what it has reached; None when it cannot be used."""
        loaded = self._kept.load()
        if loaded is None:
            return None
        reached, self.merges, self.known = loaded
        self._generation, self.size, self._tried = reached.generation, reached.edge.size, reached.edge.size
        return reached

    def state(self, stream: Stream) -> Any | None:
        try:
            return self.states[stream]
        except KeyError:
            return self._read_state(stream) if self._generation else None

    def found(self, look_up: LookUp) -> Sequence[str]:
        try:
            return self.index[look_up]
        except KeyError:
            return self._read_found(look_up) if self._generation else ()

    def ids_of(self, kind: str) -> list[str]:
        with self._lock:
            statement = "SELECT stream FROM states WHERE stream > ? AND stream < ?"
            stored = {Stream.parse(text) for (text,) in self._rows(statement, f"{kind}:", f"{kind};")}
            streams = stored.union(stream for stream in self.states if stream.kind == kind)
            return sorted(stream.id for stream in streams if self.state(stream) is not None)

    def settle(self, events: Sequence[Event[Fact]], states: Mapping[Stream, Any], merges: Merges) -> None:
        with self._lock:
            for position, event in enumerate(events, self.size + 1):
                self._changed[event.subject] = position
                for look_up, value in looked_up(event):
                    self.found(look_up)  # it is added to what is there
                    self._added.append((look_up, position, value))
            super().settle(events, states, merges)

    def write(self, edge: RightEdge, last: bytes, at_least: int) -> None:
        """Write what changed to the file, if the log grew by ``at_least`` so many entries, and make room.

        ``edge`` is that of the tree, ``last`` the leaf hash of the last entry. What fails is done with the next ones.
        """
        if self._is_lost or not self._kept.writes or self.size - self._tried < at_least:
            return
        self._tried = self.size
        with self._lock, suppress(Lost):
            self._write(Reached(self._generation, edge, last))
            self._changed.clear()
            self._added.clear()
            self._make_room()

    def close(self) -> None:
        """Close the file."""
        self._kept.close()

    def _write(self, reached: Reached) -> None:
        with self._kept.write() as (cursor, found):
            generation = secrets.token_bytes(16) if found is None else found.generation
            if self._generation not in (b"", generation):
                raise Lost  # what is not in memory can no longer be read
            if found is None or found.edge.size < self.size:  # otherwise another process has written more
                states = ((str(s), position, encode(self.states[s])) for s, position in self._changed.items())
                cursor.executemany("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", states)
                added = ((*look_up, position, value) for look_up, position, value in self._added)
                cursor.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?)", added)
                cursor.executemany("INSERT OR REPLACE INTO times VALUES (?, ?)", self._times())
                self._kept.set_reached(cursor, msgspec.structs.replace(reached, generation=generation), self.merges)
        self._generation = generation
        self.known.unchanged = len(self.known.since)

    def _times(self) -> Iterator[tuple[int, bytes]]:
        since = self.known.since
        for first in range(self.known.unchanged // TIMES * TIMES, len(since), TIMES):
            yield first, since[first : first + TIMES].tobytes()

    def _read_state(self, stream: Stream) -> Any | None:
        with self._lock:
            rows = self._rows("SELECT position, state FROM states WHERE stream = ?", str(stream))
            state = self._of_row(stream, *rows[0]) if rows else None
            self._make_room()
            # None, too: it is not asked for again. What another thread has read or written meanwhile stays.
            return self.states.setdefault(stream, state)

    def _of_row(self, stream: Stream, position: int, data: bytes) -> Any | None:
        if position > self.size:  # another process has written what this one has not read
            return self._fold(stream, self.size)
        try:
            return decode(stream.kind, data)
        except ValueError as error:
            self._kept.lost(error)
            self._hold_everything()
            return self.states.get(stream)

    def _read_found(self, look_up: LookUp) -> Sequence[str]:
        with self._lock:
            statement = "SELECT value FROM found WHERE kind = ? AND key = ? AND position <= ? ORDER BY position"
            values = [value for (value,) in self._rows(statement, *look_up, self.size)]
            self._make_room()
            return self.index.setdefault(look_up, values)

    def _rows(self, statement: str, *parameters: Any) -> list[Row]:
        """Return rows of the file; none while, or once, everything is in memory."""
        if self._generation:
            try:
                return self._kept.read(self._generation, statement, parameters)
            except Lost:
                self._hold_everything()
        return []

    def _make_room(self) -> None:
        """Give up what can be read again, once that is much."""
        if self._generation and len(self.states) + len(self.index) > MOST_HELD + len(self._changed):
            self.states = {stream: self.states[stream] for stream in self._changed if stream in self.states}
            self.index = {look_up: self.index[look_up] for look_up, _, _ in self._added if look_up in self.index}

    def _hold_everything(self) -> None:
        """Fold every entry again, into memory: the file is not read or written any more."""
        whole = self._fold_all(self.size)
        self.states, self.index, self._generation, self._is_lost = whole.states, whole.index, b"", True


def _say(path: Path, why: object) -> None:
    logging.getLogger("pca-ledger").warning("%s is not used, and is made anew: %s", path.name, why)
