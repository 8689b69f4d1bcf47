"""Moving a ledger to another database: every table of the record, every byte the same, all of it or nothing.

While rows are copied nobody writes the source. The target is marked as unfinished until it was compared and audited and
the source was marked as moved: at each moment at most one of the two can be opened.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Any

import msgspec
from eventsourcing.persistence import PersistenceError
from sqlalchemy import Table, delete, func, insert, select, tuple_

from ledger.errors import Corrupt, Unreadable
from ledger.log.tree import RightEdge
from ledger.store.migrations import HEAD, REVISION, make_empty, marks, revision_of, stamp, untimed
from ledger.store.port import Cursor, Database
from ledger.store.recorder import LOG_HEAD, STORED_EVENTS
from ledger.store.tables import RECORD, create
from ledger.store.tree import StoredTree

ROWS = 500  # in a page: some hundred thousand bytes each, where they are documents
MODULUS = 2**256  # digests of rows are added, because no two engines sort texts alike

Progress = Callable[[int, int], object]
"""Is told how many rows were copied, and how many there are."""


class Moved(msgspec.Struct, frozen=True):
    """How many entries and how many rows were moved, and the root of the tree."""

    entries: int
    rows: int
    root: bytes


def move(source: Database, target: Database, audit: Callable[[], object], progress: Progress) -> Moved:
    """Move a record into an empty database. ``audit`` raises when what was copied is not in order.

    Raises ``Unreadable`` when the target holds anything, and ``Corrupt`` when it then holds something else than the
    source. Whatever it raises, the source stays as it was.
    """
    with source.transaction(commit=True) as reading:
        _lock(source, reading)
        with target.transaction(commit=True) as writing:
            untimed(writing, target.kind)
            make_empty(target, writing, marks.MOVING)
            create(target, RECORD)
            found = _copy(reading, writing, progress)
            stamp(writing, marks.MOVING)
        try:
            moved = _compared(found, target)
            audit()
            reading.run(delete(LOG_HEAD))  # a process that runs on the source appends nothing more
            stamp(reading, marks.MOVED)
        except BaseException:
            _clear(target)
            raise
    with target.transaction(commit=True) as writing:
        stamp(writing, HEAD)
    return moved


def finish(source: Database, target: Database) -> bool:
    """Finish a move that ended after the source was marked as moved; returns whether there was one to finish."""
    with source.transaction(commit=False) as reading, target.transaction(commit=True) as writing:
        found = revision_of(reading, source.kind), revision_of(writing, target.kind)
        if found != (marks.MOVED, marks.MOVING):
            return False
        stamp(writing, HEAD)
    return True


def take_back(database: Database) -> None:
    """Make a database that was moved the ledger's again. What was recorded in the other since is not in it.

    Raises ``Unreadable`` when it was not moved.
    """
    with database.transaction(commit=True) as cursor:
        if revision_of(cursor, database.kind) != marks.MOVED:
            raise Unreadable(
                f"{database.name}: was not moved elsewhere",
                f"{database.name} : n’a pas été déplacée ailleurs",
            )
        size = int(cursor.run(select(func.count()).select_from(STORED_EVENTS))[0][0])
        edge = RightEdge.of(size, StoredTree(database).get_node)
        cursor.run(insert(LOG_HEAD), {"one": 1, "size": size, "edge": bytes(edge)})
        stamp(cursor, HEAD)


def _lock(database: Database, cursor: Cursor) -> None:
    """Keep everybody from writing until the transaction ends; on SQLite nobody else can."""
    untimed(cursor, database.kind)
    if database.kind == "postgresql":
        cursor.execute(f"LOCK TABLE {', '.join(RECORD.tables)} IN EXCLUSIVE MODE")


def _copy(source: Cursor, target: Cursor, progress: Progress) -> dict[str, tuple[int, int]]:
    """Copy every table; returns how many rows each has, and a digest of them in any order."""
    done, found = 0, dict[str, tuple[int, int]]()
    counts = [source.run(select(func.count()).select_from(table))[0][0] for table in RECORD.sorted_tables]
    for table in RECORD.sorted_tables:
        rows = digest = 0
        for page in _pages(source, table):
            target.run(insert(table), page)
            rows, digest, done = rows + len(page), digest + _digest(page), done + len(page)
            progress(done, sum(counts))
        found[table.name] = rows, digest % MODULUS
    return found


def _compared(expected: dict[str, tuple[int, int]], target: Database) -> Moved:
    """Compare what was copied with what is there now."""
    with target.transaction(commit=False) as cursor:
        untimed(cursor, target.kind)
        found = _found(cursor)
        ((size,),) = cursor.run(select(LOG_HEAD.c.size))
        root = StoredTree(target).root_at(size)
    for name in expected:
        if name != REVISION.name and found[name] != expected[name]:
            raise Corrupt("database-altered", f"{name}: the target holds other rows than were copied")
    return Moved(size, sum(rows for rows, _ in found.values()), root)


def _found(cursor: Cursor) -> dict[str, tuple[int, int]]:
    """The same of the tables as they are."""
    pages = {table.name: list(map(_counted, _pages(cursor, table))) for table in RECORD.sorted_tables}
    return {name: (sum(n for n, _ in page), sum(d for _, d in page) % MODULUS) for name, page in pages.items()}


def _counted(page: list[dict[str, Any]]) -> tuple[int, int]:
    return len(page), _digest(page)


def _pages(cursor: Cursor, table: Table) -> Iterator[list[dict[str, Any]]]:
    key = list(table.primary_key.columns)
    statement = select(table).order_by(*key).limit(ROWS)
    rows = cursor.run(statement)
    while rows:
        yield [dict(row._mapping) for row in rows]
        last = [rows[-1]._mapping[column] for column in key]
        rows = cursor.run(statement.where(tuple_(*key) > tuple_(*last)))


def _digest(rows: list[dict[str, Any]]) -> int:
    return sum(int.from_bytes(sha256(repr(list(row.values())).encode()).digest()) for row in rows)


def _clear(target: Database) -> None:
    """Leave a target empty that was not finished."""
    with suppress(PersistenceError, Unreadable), target.transaction(commit=True) as writing:
        make_empty(target, writing, marks.MOVING)
