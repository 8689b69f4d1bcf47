"""The signed notes of the log: its checkpoints, those of them that were published, and their time-stamps."""

from typing import Any

from ledger.store.port import LARGEST, Database, select

TABLES = (
    "CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    # What was published: some of the checkpoints, with more signatures. Of each size the latest note.
    "CREATE TABLE IF NOT EXISTS published (size INTEGER PRIMARY KEY, note TEXT NOT NULL, time_stamp BLOB)",
    # Of each size the note that was published first, which has the earliest time.
    "CREATE TABLE IF NOT EXISTS first_published (size INTEGER PRIMARY KEY, note TEXT NOT NULL, time_stamp BLOB)",
)
# Each size that was published is in all three tables.
_GAPS = (
    "SELECT 'checkpoints', size FROM published WHERE size NOT IN (SELECT size FROM checkpoints) UNION ALL "
    "SELECT 'first_published', size FROM published WHERE size NOT IN (SELECT size FROM first_published) UNION ALL "
    "SELECT 'published', size FROM first_published WHERE size NOT IN (SELECT size FROM published)"
)


class Notes:
    """The notes of one log; each is stored with its size."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_checkpoint(self, size: int, note: str, published: str | None = None) -> None:
        """Store a signed checkpoint. A size is signed once: the first note of it stays.

        ``published`` is the note with which it is published at the same time, unless that size is published already.
        """
        with self._database.transaction(commit=True) as cursor:
            cursor.execute("INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT DO NOTHING", (size, note))
            if published is not None:
                for table in ("first_published", "published"):
                    cursor.execute(f"INSERT INTO {table} VALUES (?, ?, NULL) ON CONFLICT DO NOTHING", (size, published))

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """The size and the note of the largest checkpoint; None when there is none yet."""
        return self._one("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")

    def checkpoints(self) -> list[tuple[int, str]]:
        """Every signed checkpoint: size and note."""
        return self._all("SELECT size, note FROM checkpoints ORDER BY size")

    def publish(self, size: int, note: str) -> None:
        """Store what is published: of each size the first note, and the latest."""
        with self._database.transaction(commit=True) as cursor:
            cursor.execute("INSERT INTO first_published VALUES (?, ?, NULL) ON CONFLICT DO NOTHING", (size, note))
            cursor.execute(
                "INSERT INTO published VALUES (?, ?, NULL) "
                "ON CONFLICT (size) DO UPDATE SET note = excluded.note, time_stamp = NULL",
                (size, note),
            )

    def latest_published(self, most: int = LARGEST) -> tuple[int, str] | None:
        """The size and the note of the largest published checkpoint of at most ``most`` entries; None if none."""
        return self._one("SELECT size, note FROM published WHERE size <= ? ORDER BY size DESC LIMIT 1", most)

    def next_published(self, size: int) -> tuple[int, str] | None:
        """The smallest size above this one that was published, with its first note; None when there is none."""
        return self._one("SELECT size, note FROM first_published WHERE size > ? ORDER BY size LIMIT 1", size)

    def first_published(self, size: int) -> str | None:
        """The note of a size that was published first; None when none was."""
        row = self._one("SELECT size, note FROM first_published WHERE size = ?", size)
        return None if row is None else row[1]

    def published(self) -> list[tuple[int, str]]:
        """What was published, of each size first and last: size and note."""
        return self._all("SELECT size, note FROM first_published UNION SELECT size, note FROM published ORDER BY size")

    def add_time_stamp(self, note: str, reply: bytes) -> None:
        """Store an authority's reply about a published note."""
        with self._database.transaction(commit=True) as cursor:
            for table in ("published", "first_published"):
                cursor.execute(f"UPDATE {table} SET time_stamp = ? WHERE note = ?", (reply, note))

    def time_stamp(self, note: str) -> bytes | None:
        """An authority's reply about a published note; None when there is none."""
        row = self._one(
            "SELECT time_stamp FROM published WHERE note = ? UNION SELECT time_stamp FROM first_published "
            "WHERE note = ?",
            note,
            note,
        )
        return None if row is None else row[0]

    def time_stamps(self) -> list[tuple[int, str, bytes]]:
        """The authorities' replies about published notes: size, note and reply."""
        return self._all(
            "SELECT * FROM first_published WHERE time_stamp IS NOT NULL "
            "UNION SELECT * FROM published WHERE time_stamp IS NOT NULL ORDER BY size"
        )

    def gaps(self) -> list[tuple[str, int]]:
        """The sizes that were published and are missing in a table: the table, and the size."""
        return self._all(_GAPS)

    def _one(self, statement: str, *parameters: object) -> tuple[Any, ...] | None:
        return next(iter(self._all(statement, *parameters)), None)

    def _all(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in select(self._database, statement, parameters)]
