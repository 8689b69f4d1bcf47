"""The signed notes of the log: its checkpoints, those of them that were published, and their time-stamps."""

from typing import Any

from sqlalchemy import Column, Executable, LargeBinary, Select, Table, Text, literal, select, union, union_all, update
from sqlalchemy.dialects.postgresql import insert

from ledger.store.port import LARGEST, Cursor, Database, insert_rows
from ledger.store.tables import RECORD, Long

CHECKPOINTS = Table(
    "checkpoints",
    RECORD,
    Column("size", Long, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)
# What was published: some of the checkpoints, with more signatures. Of each size the latest note, and the note that was
# published first, which has the earliest time.
PUBLISHED, FIRST_PUBLISHED = (
    Table(
        name,
        RECORD,
        Column("size", Long, primary_key=True, autoincrement=False),
        Column("note", Text, nullable=False),
        Column("time_stamp", LargeBinary),
    )
    for name in ("published", "first_published")
)
_FIRST = FIRST_PUBLISHED.c
_LATEST = "SELECT size, note FROM published WHERE size <= {} ORDER BY size DESC LIMIT 1"


class Notes:
    """The notes of one log; each is stored with its size."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_checkpoint(self, size: int, note: str, published: str | None = None) -> str:
        """Store a signed checkpoint, and return that of its size. A size is signed once: the first note of it stays.

        ``published`` is the note with which it is published at the same time, unless that size is published already.
        """
        with self._database.transaction(commit=True) as cursor:
            _insert_new(cursor, CHECKPOINTS, size, note)
            cursor.execute(f"SELECT note FROM checkpoints WHERE size = {cursor.mark}", (size,))
            (stored,) = cursor.fetchone()
            if published is not None:
                for table in (FIRST_PUBLISHED, PUBLISHED):
                    _insert_new(cursor, table, size, published)
        return str(stored)

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """The size and the note of the largest checkpoint; None when there is none yet."""
        return self._one(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1))

    def checkpoints(self) -> list[tuple[int, str]]:
        """Every signed checkpoint: size and note."""
        return self._all(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size))

    def publish(self, size: int, note: str) -> None:
        """Store what is published: of each size the first note, and the latest."""
        row = {"size": size, "note": note}
        replaced = insert(PUBLISHED).on_conflict_do_update(
            index_elements=["size"], set_={"note": note, "time_stamp": None}
        )
        with self._database.transaction(commit=True) as cursor:
            cursor.run(insert(FIRST_PUBLISHED).on_conflict_do_nothing(), row)
            cursor.run(replaced, row)

    def latest_published(self, most: int = LARGEST) -> tuple[int, str] | None:
        """The size and the note of the largest published checkpoint of at most ``most`` entries; None if none."""
        rows = self._database.select(_LATEST.format(self._database.mark), (most,))
        return tuple(rows[0]) if rows else None

    def next_published(self, size: int) -> tuple[int, str] | None:
        """The smallest size above this one that was published, with its first note; None when there is none."""
        return self._one(_noted(FIRST_PUBLISHED).where(_FIRST.size > size).order_by(_FIRST.size).limit(1))

    def first_published(self, size: int) -> str | None:
        """The note of a size that was published first; None when none was."""
        row = self._one(_noted(FIRST_PUBLISHED).where(_FIRST.size == size))
        return None if row is None else row[1]

    def published(self) -> list[tuple[int, str]]:
        """What was published, of each size first and last: size and note."""
        return self._all(union(_noted(FIRST_PUBLISHED), _noted(PUBLISHED)).order_by("size"))

    def add_time_stamp(self, note: str, reply: bytes) -> None:
        """Store an authority's reply about a published note."""
        with self._database.transaction(commit=True) as cursor:
            for table in (PUBLISHED, FIRST_PUBLISHED):
                cursor.run(update(table).where(table.c.note == note).values(time_stamp=reply))

    def time_stamp(self, note: str) -> bytes | None:
        """An authority's reply about a published note; None when there is none."""
        tables = (PUBLISHED, FIRST_PUBLISHED)
        row = self._one(
            union(
                *(
                    select(table.c.time_stamp).where(table.c.note == note, table.c.time_stamp.is_not(None))
                    for table in tables
                )
            )
        )
        return None if row is None else row[0]

    def time_stamps(self) -> list[tuple[int, str, bytes]]:
        """The authorities' replies about published notes: size, note and reply."""
        tables = (FIRST_PUBLISHED, PUBLISHED)
        return self._all(
            union(*(select(table).where(table.c.time_stamp.is_not(None)) for table in tables)).order_by("size")
        )

    def gaps(self) -> list[tuple[str, int]]:
        """The sizes that were published and are missing in a table: the table, and the size."""
        # Each size that was published is in all three tables.
        pairs = ((PUBLISHED, CHECKPOINTS), (PUBLISHED, FIRST_PUBLISHED), (FIRST_PUBLISHED, PUBLISHED))
        return self._all(
            union_all(
                *(
                    select(literal(missing.name), table.c.size).where(table.c.size.not_in(select(missing.c.size)))
                    for table, missing in pairs
                )
            )
        )

    def _one(self, statement: Executable) -> tuple[Any, ...] | None:
        return next(iter(self._all(statement)), None)

    def _all(self, statement: Executable) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._database.run(statement)]


def _insert_new(cursor: Cursor, table: Table, size: int, note: str) -> None:
    """Add a note, unless there is one of this size."""
    insert_rows(cursor, table.name, "size, note", [(size, note)], "ON CONFLICT DO NOTHING")


def _noted(table: Table) -> Select[tuple[int, str]]:
    return select(table.c.size, table.c.note)
