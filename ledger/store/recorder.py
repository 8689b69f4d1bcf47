"""The recorder: events, their Merkle tree and their disclosures, appended in one transaction.

A position is the library's notification id and counts from 1 without gaps; the leaf index in the Merkle tree is the
position minus one. Nothing is appended when the record moved on since it was read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent

from ledger.log.tree import RightEdge, leaf_hash
from ledger.store import documents, erasures, notes, tree, vault
from ledger.store.erasures import Erasures
from ledger.store.following import Appends, LedgerSubscription
from ledger.store.port import Cursor, Database, select, select_among
from ledger.store.vault import Held

TABLES = (
    "CREATE TABLE IF NOT EXISTS stored_events ("
    "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))",
    *tree.TABLES,
    *notes.TABLES,
    *erasures.TABLES,
    *vault.TABLES,
    *documents.TABLES,
)
_SIZE = "SELECT coalesce(max(position), 0) AS size FROM stored_events"
_EVENTS = "position, originator_id, originator_version, topic, state"


class MovedOn(IntegrityError):
    """The record changed after the decision had read it and before its event was appended."""


class LedgerRecorder(ApplicationRecorder):
    """Appends and reads the log. Safe for threads, and beside other processes on the same database."""

    def __init__(self, database: Database) -> None:
        self.appends = Appends()
        self.erasures = Erasures(database)
        self._database = database
        self._edge = RightEdge()

    def create_tables(self) -> None:
        """Create every table of the ledger that is missing, and make the comparison keys of an earlier version anew."""
        self._database.create(TABLES, documents.ADDED_COLUMNS)
        with self._database.transaction(commit=True) as cursor:
            vault.renew_keys(cursor)

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
        """Append events with their tree nodes; returns their positions.

        ``expects`` is the read set (stream -> version), ``expects_size`` the size of the log if it was
        pinned. Raises ``MovedOn`` when either differs, and IntegrityError when a version is taken. In a log
        that still has the size ``decided_at`` nothing can have moved on, and the read set is not checked.
        ``disclosures`` are added to the vault, then everything about the persons ``erased`` is deleted.
        """
        with self._database.transaction(commit=True) as cursor:
            edge = self._current_edge(cursor)
            if expects_size not in (None, edge.size):
                raise MovedOn(f"the log has {edge.size} entries, expected {expects_size}")
            if expects and decided_at != edge.size:
                _require_unmoved(cursor, expects)
            positions = range(edge.size + 1, edge.size + 1 + len(stored_events))
            cursor.executemany(
                "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
                [
                    (position, str(s.originator_id), s.originator_version, s.topic, s.state)
                    for position, s in zip(positions, stored_events, strict=True)
                ],
            )
            size = edge.size
            edge, nodes = edge.append([leaf_hash(s.state) for s in stored_events])
            tree.insert_nodes(cursor, size, nodes)
            vault.hold(cursor, disclosures)
            if erased:
                erasures.erase(cursor, erased, positions[-1])
        # Only now is it committed.
        if erased:
            self.erasures.have_begun()
        self._edge = edge
        self.appends.announce()
        return list(positions)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """At most ``limit`` events of a stream with versions above ``gt`` and up to ``lte``, in order or backwards."""
        conditions, parameters = ["originator_id = ?"], list[str | int]([str(originator_id)])
        for condition, bound in (("originator_version > ?", gt), ("originator_version <= ?", lte)):
            if bound is not None:
                conditions.append(condition)
                parameters.append(bound)
        order = "DESC" if desc else "ASC"
        statement = (
            "SELECT originator_id, originator_version, topic, state FROM stored_events "
            f"WHERE {' AND '.join(conditions)} ORDER BY originator_version {order}"
        )
        if limit is not None:
            statement += " LIMIT ?"
            parameters.append(limit)
        return [
            StoredEvent(originator_id=stream, originator_version=version, topic=topic, state=state)
            for stream, version, topic, state in select(self._database, statement, parameters)
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
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
        return [
            Notification(id=position, originator_id=stream, originator_version=version, topic=topic, state=state)
            for position, stream, version, topic, state in select(self._database, statement, [*parameters, limit])
        ]

    def max_notification_id(self) -> int | None:
        """The position of the last entry; None while there is none."""
        return self.size() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LedgerSubscription:
        """Notifications after ``gt``: those recorded already, then each as it is recorded."""
        return LedgerSubscription(self, self.appends, gt, topics)

    def size(self) -> int:
        """How many entries the log has."""
        (row,) = select(self._database, _SIZE)
        return int(row["size"])

    def count(self) -> int:
        """How many rows have a position: as many as the log has entries, unless somebody else wrote them."""
        (row,) = select(self._database, "SELECT count(*) AS rows FROM stored_events WHERE position > 0")
        return int(row["rows"])

    def of_streams(self, streams: Iterable[str]) -> list[tuple[int, bytes]]:
        """The position (from 1) and the exact bytes of each statement of some streams, in the order of the log."""
        statement = "SELECT position, state FROM stored_events WHERE originator_id IN ({})"
        with self._database.transaction(commit=False) as cursor:
            return sorted((row["position"], row["state"]) for row in select_among(cursor, statement, streams))

    def of_version(self, stream: str, version: int) -> list[tuple[int, bytes]]:
        """The position (from 1) and the exact bytes of a version of a stream; none or one."""
        statement = "SELECT position, state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
        return [tuple(row) for row in select(self._database, statement, (stream, version))]

    def _current_edge(self, cursor: Cursor) -> RightEdge:
        """The right edge of the tree, read anew when another process appended."""
        size = _size(cursor)
        return self._edge if self._edge.size == size else tree.read_edge(cursor, size)


def _size(cursor: Cursor) -> int:
    cursor.execute(_SIZE)
    return int(cursor.fetchall()[0]["size"])


def _require_unmoved(cursor: Cursor, expects: Mapping[str, int]) -> None:
    statement = (
        "SELECT originator_id, max(originator_version) AS version FROM stored_events "
        "WHERE originator_id IN ({}) GROUP BY originator_id"
    )
    versions = {row["originator_id"]: row["version"] for row in select_among(cursor, statement, expects)}
    for stream, version in expects.items():
        if versions.get(stream, 0) != version:
            raise MovedOn(f"{stream} moved on from version {version}")
