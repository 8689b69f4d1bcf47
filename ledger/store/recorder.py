"""The recorder: events, their Merkle tree and their disclosures, in one transaction.

A position is the library's notification id and counts from 1 without gaps; the leaf index in the
Merkle tree is the position minus one. Nothing is appended when the record moved on since it was read.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from threading import Event
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import (
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor

from ledger import documents, vault
from ledger.log.tree import GetNode, RightEdge, consistency_path, inclusion_path, leaf_hash
from ledger.store.datastore import LedgerDatastore
from ledger.vault import Held

POLL_SECONDS = 0.25  # how late at most a subscription sees what another process appended
MOST = 2**63 - 1  # of SQLite's integers
_EVENTS = "position, originator_id, originator_version, topic, state"
_CREATE_TABLES = (
    "CREATE TABLE IF NOT EXISTS stored_events ("
    "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))",
    # Nodes stand in the order in which they become complete: an append writes at the end, and nowhere else.
    "CREATE TABLE IF NOT EXISTS tree_nodes (place INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    # What the public was shown: some of the checkpoints, with more signatures.
    "CREATE TABLE IF NOT EXISTS published (size INTEGER PRIMARY KEY, note TEXT NOT NULL, time_stamp BLOB)",
    # Erasures whose values may still stand in the write-ahead log.
    "CREATE TABLE IF NOT EXISTS unfinished_erasures (position INTEGER PRIMARY KEY)",
    # Of each size the note that was shown first, which says the earliest time; the table above has the latest.
    "CREATE TABLE IF NOT EXISTS first_published (size INTEGER PRIMARY KEY, note TEXT NOT NULL, time_stamp BLOB)",
    vault.CREATE_TABLE,
    vault.CREATE_INDEX,
    *documents.CREATE_TABLES,
)
# The whole read set in one query, as a JSON object {stream: version}: the first stream that moved on.
_SELECT_MOVED_ON = (
    "SELECT key FROM json_each(?) WHERE value IS NOT ifnull("
    "(SELECT max(originator_version) FROM stored_events WHERE originator_id = key), 0) LIMIT 1"
)


def node_count(size: int) -> int:
    """How many complete nodes a tree of ``size`` leaves has, the leaves included."""
    return 2 * size - size.bit_count()


def place_of(level: int, index: int) -> int:
    """Where a node stands, from 1: after all that its last leaf found, and the smaller ones that end there."""
    return node_count(((index + 1) << level) - 1) + level + 1


class MovedOn(IntegrityError):
    """Something that the decision had read changed before it could be appended."""


class LedgerRecorder(SQLiteApplicationRecorder):
    """Appends and reads the log. Safe for threads, and beside other processes on the same file."""

    datastore: LedgerDatastore

    def __init__(self, datastore: LedgerDatastore) -> None:
        super().__init__(datastore)
        self._edge = RightEdge()
        self._listeners: set[Event] = set()
        self._erasing = True  # until it was looked at: a process may have ended in between

    def construct_create_table_statements(self) -> list[str]:
        return list(_CREATE_TABLES)

    def _create_table(self, c: SQLiteCursor) -> None:
        super()._create_table(c)
        documents.migrate(c)

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        decided_at: int | None = None,
        expects: Mapping[str, int] | None = None,
        expects_size: int | None = None,
        disclosures: Iterable[Held] = (),
        erased: Sequence[str] = (),
        **_: Any,
    ) -> Sequence[int]:
        """Append events with their tree nodes; answers their positions.

        ``expects`` is the read set (stream -> version), ``expects_size`` the size of the log if it was
        pinned. Raises ``MovedOn`` when either differs, and IntegrityError when a version is taken. In a log
        that still has the size ``decided_at`` nothing can have moved on, and the read set is not asked.
        ``disclosures`` are added to the vault, then everything about the persons ``erased`` is deleted.
        """
        with self.datastore.transaction(commit=True) as cursor:
            edge = self._current_edge(cursor)
            if expects_size not in (None, edge.size):
                raise MovedOn(f"the log has {edge.size} entries, expected {expects_size}")
            if expects and decided_at != edge.size:
                _require_unmoved(cursor, expects)
            positions = range(edge.size + 1, edge.size + 1 + len(stored_events))
            cursor.executemany(
                "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
                [
                    (position, _text(s.originator_id), s.originator_version, s.topic, s.state)
                    for position, s in zip(positions, stored_events, strict=True)
                ],
            )
            place = node_count(edge.size) + 1
            edge, nodes = edge.append([leaf_hash(s.state) for s in stored_events])
            cursor.executemany(
                "INSERT INTO tree_nodes VALUES (?, ?)", enumerate((digest for _, _, digest in nodes), place)
            )
            vault.hold(cursor, disclosures)
            if erased:
                vault.erase(cursor, erased)
                documents.erase(cursor, erased)
                cursor.execute("INSERT INTO unfinished_erasures VALUES (?)", (positions[-1],))
        self._erasing = self._erasing or bool(erased)
        # Only now is it committed.
        self._edge = edge
        for listener in tuple(self._listeners):
            listener.set()
        return list(positions)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """At most ``limit`` events from ``start`` to ``stop``, positions both included."""
        conditions = ["position >= ?" if inclusive_of_start else "position > ?"]
        parameters: list[int | str] = [start or 0]
        if stop is not None:
            conditions.append("position <= ?")
            parameters.append(stop)
        if topics:
            conditions.append(f"topic IN ({', '.join('?' * len(topics))})")
            parameters.extend(topics)
        statement = f"SELECT {_EVENTS} FROM stored_events WHERE {' AND '.join(conditions)} ORDER BY position LIMIT ?"
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, [*parameters, limit])
            return [
                Notification(
                    id=position,
                    originator_id=self.convert_originator_id(originator_id),
                    originator_version=version,
                    topic=topic,
                    state=state,
                )
                for position, originator_id, version, topic, state in cursor.fetchall()
            ]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LedgerSubscription:
        """Notifications after ``gt``: those recorded already, then each as it is recorded."""
        return LedgerSubscription(self, gt, topics)

    def listen(self, listener: Event) -> None:
        """Set the event after each append of this process, until ``unlisten``."""
        self._listeners.add(listener)

    def unlisten(self, listener: Event) -> None:
        self._listeners.discard(listener)

    def size(self) -> int:
        """How many entries the log has."""
        return self.max_notification_id() or 0

    def locate(self, stream: str, version: int) -> tuple[int, bytes] | None:
        """The position (from 1) and the exact bytes of one version of a stream; None when there is none."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT position, state FROM stored_events WHERE originator_id = ? AND originator_version = ?",
                (stream, version),
            )
            row = cursor.fetchone()
            return None if row is None else (row["position"], row["state"])

    def of_stream(self, stream: str) -> list[tuple[int, bytes]]:
        """The position (from 1) and the exact bytes of each version of a stream, in order."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT position, state FROM stored_events WHERE originator_id = ? ORDER BY position", (stream,)
            )
            return [tuple(row) for row in cursor.fetchall()]

    def get_node(self, level: int, index: int) -> bytes:
        """The hash of a complete node (32 bytes). Raises LookupError when there is none."""
        with self.datastore.transaction(commit=False) as cursor:
            return _node_reader(cursor)(level, index)

    def hashes(self, level: int, first: int, count: int) -> bytes:
        """The hashes of neighbouring nodes at one level, one after the other. Raises LookupError if one is missing."""
        places = [place_of(level, index) for index in range(first, first + count)]
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT hash FROM tree_nodes WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place",
                (msgspec.json.encode(places).decode(),),
            )
            found = [row["hash"] for row in cursor.fetchall()]
        if len(found) != count:
            raise LookupError(f"there are not {count} complete nodes from {first} at level {level}")
        return b"".join(found)

    def root_at(self, size: int) -> bytes:
        """The root of the tree of the first ``size`` leaves. Raises LookupError when there are fewer."""
        with self.datastore.transaction(commit=False) as cursor:
            return RightEdge.of(size, _node_reader(cursor)).root()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from leaf ``index`` to the root of the first ``size`` leaves, as :func:`inclusion_path` says."""
        with self.datastore.transaction(commit=False) as cursor:
            return inclusion_path(index, size, _node_reader(cursor))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """That the first ``new`` leaves begin with the first ``old``, as :func:`consistency_path` says."""
        with self.datastore.transaction(commit=False) as cursor:
            return consistency_path(old, new, _node_reader(cursor))

    def store_checkpoint(self, size: int, note: str, published: str | None = None) -> None:
        """Keep a signed checkpoint; that of a size is signed once, by whoever comes first.

        ``published`` is the note with which it is published at the same time, unless that size is published already.
        """
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("INSERT OR IGNORE INTO checkpoints VALUES (?, ?)", (size, note))
            if published is not None:
                for table in ("first_published", "published"):
                    cursor.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, NULL)", (size, published))

    def store_published(self, size: int, note: str) -> None:
        """Keep what is published: of each size the note that was signed first, and the one that was signed last."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("INSERT OR IGNORE INTO first_published VALUES (?, ?, NULL)", (size, note))
            cursor.execute("INSERT OR REPLACE INTO published VALUES (?, ?, NULL)", (size, note))

    def next_published(self, size: int) -> tuple[int, str] | None:
        """The smallest size above this one that was published, with its first note; None when none was."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT size, note FROM first_published WHERE size > ? ORDER BY size LIMIT 1", (size,))
            row = cursor.fetchone()
            return None if row is None else (row["size"], row["note"])

    def first_published(self, size: int) -> str | None:
        """The note of a size that was published first; None when none was."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT note FROM first_published WHERE size = ?", (size,))
            row = cursor.fetchone()
            return None if row is None else row["note"]

    def store_time_stamp(self, note: str, reply: bytes) -> None:
        """Keep what an authority said of a published note."""
        with self.datastore.transaction(commit=True) as cursor:
            for table in ("published", "first_published"):
                cursor.execute(f"UPDATE {table} SET time_stamp = ? WHERE note = ?", (reply, note))

    def time_stamp(self, note: str) -> bytes | None:
        """What an authority said of a published note; None when none was asked."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT time_stamp FROM published WHERE note = ?1 "
                "UNION SELECT time_stamp FROM first_published WHERE note = ?1",
                (note,),
            )
            row = cursor.fetchone()
            return None if row is None else row["time_stamp"]

    def time_stamps(self) -> list[tuple[int, str, bytes]]:
        """What authorities said of published notes: size, note and reply."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT * FROM first_published WHERE time_stamp IS NOT NULL "
                "UNION SELECT * FROM published WHERE time_stamp IS NOT NULL ORDER BY size"
            )
            return [tuple(row) for row in cursor.fetchall()]

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """The size and the note of the largest checkpoint; None when there is none yet."""
        return self._latest("checkpoints")

    def latest_published(self, most: int = MOST) -> tuple[int, str] | None:
        """The same of what is published, among those of at most that size."""
        return self._latest("published", most)

    def has_unfinished_erasures(self) -> bool:
        """Whether what was erased may still stand in the write-ahead log, because somebody was reading."""
        return bool(self._unfinished_erasures())

    def finish_erasures(self) -> None:
        """Empty the write-ahead log after an erasure. What cannot be done now is tried again the next time."""
        if not self._erasing:
            return
        with contextlib.suppress(PersistenceError, sqlite3.Error):
            unfinished = self._unfinished_erasures()
            if unfinished:
                if not self.datastore.truncate_wal():
                    return
                with self.datastore.transaction(commit=True) as cursor:
                    # Not those that another process began meanwhile.
                    cursor.execute("DELETE FROM unfinished_erasures WHERE position <= ?", (unfinished,))
            self._erasing = False

    def _unfinished_erasures(self) -> int:
        """The position of the last one; 0 when there is none."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT ifnull(max(position), 0) FROM unfinished_erasures")
            return int(cursor.fetchone()[0])

    def _latest(self, table: str, most: int = MOST) -> tuple[int, str] | None:
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT size, note FROM {table} WHERE size <= ? ORDER BY size DESC LIMIT 1", (most,))
            row = cursor.fetchone()
            return None if row is None else (row["size"], row["note"])

    def rows(self, after: int, limit: int) -> list[tuple[int, str, int, str, bytes]]:
        """The stored rows after a position, as they are: (position, stream, version, topic, state)."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                f"SELECT {_EVENTS} FROM stored_events WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
            )
            return [tuple(row) for row in cursor.fetchall()]

    def nodes(self, start: int, stop: int) -> dict[int, bytes]:
        """The stored hashes from place ``start`` (from 1) to ``stop``, the latter excluded, by place."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT place, hash FROM tree_nodes WHERE place >= ? AND place < ?", (start, stop))
            return dict(cursor.fetchall())

    def count_nodes(self) -> int:
        """How many nodes of the tree are stored."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT count(*) FROM tree_nodes")
            return int(cursor.fetchone()[0])

    def checkpoints(self) -> list[tuple[int, str]]:
        """Every signed checkpoint: size and note."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT size, note FROM checkpoints ORDER BY size")
            return [tuple(row) for row in cursor.fetchall()]

    def published(self) -> list[tuple[int, str]]:
        """What was published, of each size first and last: size and note."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT size, note FROM first_published UNION SELECT size, note FROM published ORDER BY size"
            )
            return [tuple(row) for row in cursor.fetchall()]

    def _current_edge(self, cursor: SQLiteCursor) -> RightEdge:
        """The right edge of the tree, read anew when another process appended."""
        size = self._max_notification_id(cursor) or 0
        return self._edge if self._edge.size == size else RightEdge.of(size, _node_reader(cursor))


class LedgerSubscription(ListenNotifySubscription[LedgerRecorder]):
    """Wakes when this process appends, and every so often to see what another process appended."""

    def __init__(self, recorder: LedgerRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        recorder.listen(self._has_been_notified)

    def stop(self) -> None:
        super().stop()
        self._recorder.unlisten(self._has_been_notified)

    def _loop_on_pull(self) -> None:
        # The library waits without end here, which another process would never interrupt.
        try:
            while not self._has_been_stopped:
                self._pull()
                self._has_been_notified.wait(POLL_SECONDS)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever iterates
            self._thread_error = error
            self.stop()


def _require_unmoved(cursor: SQLiteCursor, expects: Mapping[str, int]) -> None:
    cursor.execute(_SELECT_MOVED_ON, (msgspec.json.encode(expects).decode(),))
    row = cursor.fetchone()
    if row is not None:
        raise MovedOn(f"{row['key']} moved on from version {expects[row['key']]}")


def _node_reader(cursor: SQLiteCursor) -> GetNode:
    def get_node(level: int, index: int) -> bytes:
        cursor.execute("SELECT hash FROM tree_nodes WHERE place = ?", (place_of(level, index),))
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"there is no complete node {index} at level {level}")
        digest: bytes = row["hash"]
        return digest

    return get_node


def _text(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id
