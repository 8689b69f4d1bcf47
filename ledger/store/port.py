"""What the ledger asks of a database: a few methods, which each engine implements.

The record is written in SQLAlchemy Core, which every engine runs. Plain SQL is in the engine's own dialect: that of
local SQLite files, such as read models, and of the few statements of the log that are hot. Every failure is one of the
eventsourcing library's errors; ``IntegrityError``, :class:`Unavailable` and :class:`Uncertain` are told apart from all
others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, Protocol

from eventsourcing.persistence import OperationalError
from sqlalchemy import Connection, Executable, MetaData

LARGEST = 2**63 - 1  # the largest integer that a column holds
MOST_PARAMETERS = 500  # in one statement: every database takes as many

Row = Any
"""Values by position and by name: ``row["name"]`` of plain SQL, ``row.name`` of SQLAlchemy Core."""


class Unavailable(OperationalError):
    """The database cannot be read or written now: it is locked, the disk is full, or nothing answers.

    What it holds may be right. Of what was to be written nothing was committed.
    """


class Uncertain(Unavailable):
    """The connection was lost in the commit: all of it was committed, or nothing. Repeat it, and compare the bytes."""


class Changed(Unavailable):
    """The database was written while it was read without a lock: what was read may contradict itself."""


class Cursor(Protocol):
    """Runs statements inside one transaction."""

    mark: str  # a parameter in plain SQL

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, for Alembic."""

    def run(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> list[Row]:
        """Run a statement of SQLAlchemy Core, or once for each of a sequence of parameters; return its rows."""

    def execute(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /) -> object:
        """Run plain SQL."""

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> object: ...

    def fetchone(self) -> Row:
        """The next row; None after the last."""

    def fetchall(self) -> list[Row]: ...

    def before_commit(self, work: Callable[[], object]) -> None:
        """Do this within the transaction, when all else in it is done."""

    def after_commit(self, work: Callable[[], object]) -> None:
        """Do this once the transaction is committed, and never if it is not."""


Mark = tuple[object, ...]


class Watch(Protocol):
    """Watches one database, for one event loop."""

    async def mark(self) -> Mark | None:
        """What stays equal for as long as nothing is committed to the database; None when nobody can say.

        It is read after the call, and knows of whatever was committed before.
        """

    async def close(self) -> None: ...


class Database(Protocol):
    """One database. Safe for threads, and beside other processes on the same database."""

    kind: ClassVar[str]  # sqlite or postgresql
    mark: ClassVar[str]  # a parameter in plain SQL

    @property
    def name(self) -> str:
        """What messages call it, such as the name of its file."""

    def transaction(self, *, commit: bool, durable: bool = True) -> AbstractContextManager[Cursor]:
        """A transaction that is committed when its block ends, or rolled back: when the block raises, or always.

        What the thread does on this database within the block joins the transaction, which is as durable as it began.
        One that only reads sees what was committed at one moment; one that writes sees what was committed before each
        statement.

        A commit that is not ``durable`` does not wait for the disk: a power cut may undo it, together with all that was
        committed after it, until the next durable commit, by whichever process, makes both last.
        """

    def sync(self) -> None:
        """Return once all that was committed before is on the disk, also what need not have been durable.

        Not within a transaction. Threads that call it at the same time wait for the disk once.
        Raises ``Unavailable``.
        """

    def run(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> list[Row]:
        """The rows of one statement of SQLAlchemy Core that reads."""

    def select(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """The rows of one statement in plain SQL that reads."""

    def snapshot(self) -> AbstractContextManager[object]:
        """Within it, transactions of this thread read what was committed at its beginning."""

    def listening(self, wake: Callable[[], object]) -> AbstractContextManager[None]:
        """Within it, ``wake`` is called soon after another process wrote ``NOTIFY pca_ledger``, if the engine has that.

        It may be called without reason, and a call may be lost.
        """

    def watch(self) -> Watch:
        """Whoever has to know whether anything was committed since."""

    def deviations(self, tables: MetaData) -> Iterator[str]:
        """How the database differs in form from one that holds only these tables, a phrase each."""

    def close(self) -> None: ...


class LocalDatabase(Database, Protocol):
    """A database in a file of this machine: in SQLite, whose dialect plain SQL may use."""

    @property
    def path(self) -> Path | None:
        """The file; None when the database is in memory, or only read."""

    def copy_to(self, path: Path) -> None:
        """Write what is committed to another file, which is empty or not there, without what was deleted."""

    def compact(self) -> None:
        """Write the file anew without what was deleted, and empty its write-ahead log. Raises ``Unavailable``."""


def select_among(cursor: Cursor, statement: str, values: Iterable[Any]) -> list[Row]:
    """The rows of a statement that says ``IN ({})``, for any number of values."""
    left, rows = list(values), list[Row]()
    while left:
        some, left = left[:MOST_PARAMETERS], left[MOST_PARAMETERS:]
        cursor.execute(statement.format(", ".join([cursor.mark] * len(some))), some)
        rows += cursor.fetchall()
    return rows


def insert_rows(cursor: Cursor, table: str, columns: str, rows: Iterable[Sequence[Any]], on_conflict: str = "") -> None:
    """Insert any number of rows by as few statements as there may be: PostgreSQL takes a trip for each."""
    left = list(rows)
    while left:
        count = MOST_PARAMETERS // len(left[0])
        some, left = left[:count], left[count:]
        places = f"({', '.join([cursor.mark] * len(some[0]))})"
        values = [value for row in some for value in row]
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES {', '.join([places] * len(some))} {on_conflict}", values
        )
