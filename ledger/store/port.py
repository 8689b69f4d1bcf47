"""What the ledger asks of a database: a few methods, which each database implements in a folder of its own.

Statements are plain SQL; a parameter is ``?``, or ``:name`` with a mapping. A row gives its values by position and by
name. Every failure is one of the eventsourcing library's errors; ``IntegrityError`` and :class:`Unavailable` are told
apart from all others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from eventsourcing.persistence import OperationalError

LARGEST = 2**63 - 1  # the largest integer that a column holds
MOST_PARAMETERS = 500  # in one statement: every database takes as many

Row = Any
"""A mapping and a sequence at once, which no type of the standard library is."""


class Unavailable(OperationalError):
    """The database cannot be read or written now: it is locked, or the disk is full. What it holds may be right."""


class Changed(Unavailable):
    """The database was written while it was read without a lock: what was read may contradict itself."""


class AddedColumn(NamedTuple):
    """A column that a table was given after its first version: a row that is there already gets its default.

    ``fill`` is a statement that then gives those rows their values; none if empty.
    """

    table: str
    name: str
    definition: str
    fill: str = ""


class Cursor(Protocol):
    """Runs statements inside one transaction."""

    def execute(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /) -> object: ...

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> object: ...

    def fetchone(self) -> Row:
        """The next row; None after the last."""

    def fetchall(self) -> list[Row]: ...


class Database(Protocol):
    """One database. Safe for threads, and beside other processes on the same database."""

    @property
    def name(self) -> str:
        """What messages call it, such as the name of its file."""

    def transaction(self, *, commit: bool) -> AbstractContextManager[Cursor]:
        """A transaction that is committed when its block ends, or rolled back: when the block raises, or always.

        With ``commit`` it holds the write lock from its start: what it reads cannot change before it commits.
        """

    def select(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """The rows of one statement that reads: a transaction of its own, at less cost."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Within it, transactions read what was committed at its beginning. For one thread, which does not write."""

    def create(self, tables: Sequence[str], added: Sequence[AddedColumn] = ()) -> None:
        """Create the tables that are missing, then the columns that an earlier version did not have.

        ``tables`` are the statements that create them, and their indexes.
        """

    def deviations(self, tables: Sequence[str]) -> Iterator[str]:
        """How the database differs in form from one that holds only these tables, a phrase each."""

    def forget_erased(self) -> bool:
        """Remove the last copies of deleted rows; False while a reader of older rows prevents it."""

    def close(self) -> None: ...


def rewrite(cursor: Cursor, table: str, without: Callable[[Row], bool] = lambda _: False) -> None:
    """Write all rows of a table anew, but those to leave out, inside the transaction that erases those.

    A database may leave copies of a row in the gaps of a page when it moves rows between pages.
    """
    cursor.execute(f"SELECT * FROM {table}")
    kept = [tuple(row) for row in cursor.fetchall() if not without(row)]
    cursor.execute(f"DELETE FROM {table}")
    if kept:
        cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(kept[0]))})", kept)


def select(database: Database, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """The rows of one statement that reads."""
    return database.select(statement, parameters)


def select_among(cursor: Cursor, statement: str, values: Iterable[Any]) -> list[Row]:
    """The rows of a statement that says ``IN ({})``, for any number of values."""
    left, rows = list(values), list[Row]()
    while left:
        some, left = left[:MOST_PARAMETERS], left[MOST_PARAMETERS:]
        cursor.execute(statement.format(", ".join("?" * len(some))), some)
        rows += cursor.fetchall()
    return rows
