"""A read model: the tables of one folder, what each event changes in them, and the base of the folder's queries."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from ledger.domain.record import Fact
from ledger.domain.subjects import BY_WIRE_NAME
from ledger.store.port import Database
from projections.entry import Entry
from projections.names import Names
from projections.writing import Cursor

F = TypeVar("F", bound=Fact)
Handler = Callable[[Cursor, Entry, Any], None]


class ReadModel:
    """The base of each folder's queries.

    A read model that records facts of one kind of stream has every fact of that kind either in ``RECORD`` or in
    ``IGNORED``. Other kinds do not concern it.

    ``TABLES`` are definitions of columns by the table's name, ``INDEXES`` statements that create one if it is missing.
    Those by which ``RECORD`` finds rows are in ``RECORD_INDEXES``: a rebuild makes all others after the rows.
    """

    TABLES: ClassVar[Mapping[str, str]]
    INDEXES: ClassVar[Sequence[str]] = ()
    RECORD_INDEXES: ClassVar[Sequence[str]] = ()
    RECORD: ClassVar[Mapping[type[Fact], Handler]]
    IGNORED: ClassVar[frozenset[type[Fact]]] = frozenset()

    def __init__(self, database: Database, names: Names) -> None:
        self._database, self._names = database, names

    def _rows(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        return self._database.select(statement, parameters)


def on(fact: type[F], handler: Callable[[Cursor, Entry, F], None]) -> tuple[type[Fact], Handler]:
    """A row of ``RECORD``: what an event of this type changes."""
    return fact, handler


def ignored(wire_names: str) -> frozenset[type[Fact]]:
    """The types of events that change nothing here, by their wire names with spaces between. Raises KeyError."""
    return frozenset(BY_WIRE_NAME[name].fact for name in wire_names.split())
