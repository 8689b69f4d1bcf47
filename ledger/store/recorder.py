"""The recorder: events, their Merkle tree and their disclosures, appended in one transaction.

A position is the library's notification id and counts from 1 without gaps; the leaf index in the Merkle tree is the
position minus one. Nothing is appended when the record moved on since it was read.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent
from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)

from ledger.errors import Corrupt
from ledger.log.tree import Node, RightEdge, leaf_hash
from ledger.store import (
    console_tables,  # noqa: F401 - declares tables of the record
    desk_tables,  # noqa: F401 - so does this
    erasures,
    leases,  # noqa: F401 - declares one too
    migrations,
    tree,
    vault,
)
from ledger.store.following import Appends, LedgerSubscription
from ledger.store.migrations import marks
from ledger.store.port import Cursor, Database, Row, Unavailable, insert_rows
from ledger.store.tables import RECORD, Long, among
from ledger.store.vault import Sealed

STORED_EVENTS = Table(
    "stored_events",
    RECORD,
    Column("position", Long, primary_key=True, autoincrement=False),
    Column("originator_id", Text, nullable=False),
    Column("originator_version", Long, nullable=False),
    Column("topic", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
    UniqueConstraint("originator_id", "originator_version"),
)
# One row: an append locks it. ``edge`` is the right edge of the tree, its peaks one after the other.
LOG_HEAD = Table(
    "log_head",
    RECORD,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("size", Long, nullable=False),
    Column("edge", LargeBinary, nullable=False),
)
_ROW = STORED_EVENTS.c
_SIZE = "SELECT coalesce(max(position), 0) FROM stored_events"
_COLUMNS = "position, originator_id, originator_version, topic, state"
_LOCK = {"sqlite": "SELECT size, edge FROM log_head", "postgresql": "SELECT size, edge FROM log_head FOR UPDATE"}


class MovedOn(IntegrityError):
    """The record changed after the decision had read it and before its event was appended."""


class LedgerRecorder(ApplicationRecorder):
    """Appends and reads the log. Safe for threads, and beside other processes on the same database."""

    def __init__(self, database: Database) -> None:
        self.appends = Appends()
        self._database = database

    def create_tables(self) -> None:
        """Create the tables of the record in an empty database, or migrate those of an earlier version."""
        migrations.bring_up(self._database)

    def lock(self, cursor: Cursor) -> RightEdge:
        """Lock the head of the log until the transaction ends, and return it: nobody appends meanwhile.

        Raises ``Corrupt`` when there is not one, and ``Unavailable`` when the ledger was moved to another database.
        """
        cursor.execute(_LOCK[self._database.kind])
        rows = cursor.fetchall()
        if not rows and migrations.revision_of(cursor, self._database.kind) == marks.MOVED:
            raise Unavailable(f"{self._database.name}: the ledger was moved to another database")
        if len(rows) != 1:
            raise Corrupt("log-head", f"log_head has {len(rows)} rows in place of one")
        ((size, edge),) = rows
        return RightEdge.parse(size, edge)

    def confirm(self) -> None:
        """Return once all that was committed before is where commits go: on PostgreSQL, at a quorum of replicas too.

        A commit whose wait for them was cut short is seen by everybody, and waits for nobody any more.
        """
        if self._database.kind == "postgresql":
            with self._database.transaction(commit=True) as cursor:
                cursor.execute("UPDATE log_head SET size = size")

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        head: RightEdge | None = None,
        grown: tuple[RightEdge, list[Node]] | None = None,
        decided_at: int | None = None,
        expects: Mapping[str, int] | None = None,
        expects_size: int | None = None,
        disclosures: Iterable[Sealed] = (),
        erased: Sequence[str] = (),
        **_: Any,
    ) -> Sequence[int]:
        """Append events with their tree nodes; returns their positions.

        ``head`` is that of the log, if this transaction has locked it; ``grown`` is what it becomes by these events,
        with the nodes that they complete.
        ``expects`` is the read set (stream -> version), ``expects_size`` the size of the log if it was
        pinned. Raises ``MovedOn`` when either differs, and IntegrityError when a version is taken. In a log
        that still has the size ``decided_at`` nothing can have moved on, and the read set is not checked.
        ``disclosures`` are added to the vault, then everything about the persons ``erased`` is deleted.
        """
        with self._database.transaction(commit=True) as cursor:
            edge = self.lock(cursor) if head is None else head
            if expects_size not in (None, edge.size):
                raise MovedOn(f"the log has {edge.size} entries, expected {expects_size}")
            if expects and decided_at != edge.size:
                _require_unmoved(cursor, expects)
            size = edge.size
            positions = range(size + 1, size + 1 + len(stored_events))
            insert_rows(
                cursor,
                "stored_events",
                _COLUMNS,
                [
                    (position, str(s.originator_id), s.originator_version, s.topic, s.state)
                    for position, s in zip(positions, stored_events, strict=True)
                ],
            )
            edge, nodes = grown or edge.append([leaf_hash(s.state) for s in stored_events])
            tree.insert_nodes(cursor, size, nodes)
            mark = cursor.mark
            cursor.execute(f"UPDATE log_head SET size = {mark}, edge = {mark}", (edge.size, bytes(edge)))
            vault.hold(cursor, disclosures, edge.size)
            if erased:
                erasures.erase(cursor, erased)
            if self._database.kind == "postgresql":
                cursor.execute("NOTIFY pca_ledger")  # wakes other processes, which would look within a moment anyway
            cursor.after_commit(self.appends.announce)
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
        mark = self._database.mark
        conditions, parameters = [f"originator_id = {mark}"], list[str | int]([str(originator_id)])
        for condition, bound in (("originator_version >", gt), ("originator_version <=", lte)):
            if bound is not None:
                conditions.append(f"{condition} {mark}")
                parameters.append(bound)
        statement = (
            "SELECT originator_id, originator_version, topic, state FROM stored_events "
            f"WHERE {' AND '.join(conditions)} ORDER BY originator_version {'DESC' if desc else 'ASC'}"
        )
        if limit is not None:
            statement += f" LIMIT {mark}"
            parameters.append(limit)
        return [
            StoredEvent(originator_id=stream, originator_version=version, topic=topic, state=state)
            for stream, version, topic, state in self._database.select(statement, parameters)
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
        mark = self._database.mark
        conditions = [f"position {'>=' if inclusive_of_start else '>'} {mark}"]
        parameters: list[int | str] = [start or 0]
        if stop is not None:
            conditions.append(f"position <= {mark}")
            parameters.append(stop)
        if topics:
            conditions.append(f"topic IN ({', '.join([mark] * len(topics))})")
            parameters.extend(topics)
        chosen = f"FROM stored_events WHERE {' AND '.join(conditions)} ORDER BY position LIMIT {mark}"
        return [
            Notification(id=position, originator_id=stream, originator_version=version, topic=topic, state=state)
            for position, stream, version, topic, state in self._database.select(
                f"SELECT {_COLUMNS} {chosen}", [*parameters, limit]
            )
        ]

    def statements(self, start: int, limit: int, stop: int) -> list[Row]:
        """Position, wire name and exact bytes of at most ``limit`` entries from ``start`` to ``stop``, both in."""
        mark = self._database.mark
        chosen = f"WHERE position BETWEEN {mark} AND {mark} ORDER BY position LIMIT {mark}"
        return self._database.select(f"SELECT position, topic, state FROM stored_events {chosen}", (start, stop, limit))

    def max_notification_id(self) -> int | None:
        """The position of the last entry; None while there is none."""
        return self.size() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LedgerSubscription:
        """Notifications after ``gt``: those recorded already, then each as it is recorded."""
        return LedgerSubscription(self, self.appends, gt, topics)

    def size(self) -> int:
        """How many entries the log has."""
        with self._database.transaction(commit=False) as cursor:
            return _size(cursor)

    def count(self) -> int:
        """How many rows have a position: as many as the log has entries, unless somebody else wrote them."""
        return int(self._database.run(select(func.count()).where(_ROW.position > 0))[0][0])

    def of_streams(self, streams: Iterable[str]) -> list[tuple[int, bytes]]:
        """The position (from 1) and the exact bytes of each statement of some streams, in the order of the log."""
        with self._database.transaction(commit=False) as cursor:
            rows = among(cursor, select(_ROW.position, _ROW.state), _ROW.originator_id, streams)
        return sorted((row.position, row.state) for row in rows)

    def latest_of(self, topics: Iterable[str], limit: int) -> list[tuple[int, str]]:
        """The position (from 1) and the topic of the latest events of some topics, the latest first."""
        statement = select(_ROW.position, _ROW.topic).where(_ROW.topic.in_(topics))
        rows = self._database.run(statement.order_by(_ROW.position.desc()).limit(limit))
        return [(row.position, row.topic) for row in rows]

    def of_version(self, stream: str, version: int) -> list[tuple[int, bytes]]:
        """The position (from 1) and the exact bytes of a version of a stream; none or one."""
        statement = select(_ROW.position, _ROW.state).where(
            _ROW.originator_id == stream, _ROW.originator_version == version
        )
        return [tuple(row) for row in self._database.run(statement)]


def _size(cursor: Cursor) -> int:
    cursor.execute(_SIZE)
    return int(cursor.fetchone()[0])


def _require_unmoved(cursor: Cursor, expects: Mapping[str, int]) -> None:
    latest = select(_ROW.originator_id, func.max(_ROW.originator_version).label("version"))
    rows = among(cursor, latest.group_by(_ROW.originator_id), _ROW.originator_id, expects)
    versions = {row.originator_id: row.version for row in rows}
    for stream, version in expects.items():
        if versions.get(stream, 0) != version:
            raise MovedOn(f"{stream} moved on from version {version}")
