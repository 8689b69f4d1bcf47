"""The tables of the record, in SQLAlchemy Core: each module declares its own beside the statements that use them.

``sqlalchemy.dialects.postgresql.insert`` writes ON CONFLICT for both engines.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DDLElement, Dialect, Integer, MetaData, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from ledger.store.port import MOST_PARAMETERS, Cursor, Database, Row

RECORD = MetaData()
Long = BigInteger().with_variant(Integer, "sqlite")
"""An integer of 64 bits; as a primary key it is SQLite's rowid."""


def create(database: Database, tables: MetaData) -> None:
    """Create the tables that are missing, and their indexes."""
    with database.transaction(commit=True) as cursor:
        for statement in statements(database.kind, tables):
            cursor.execute(statement)


@cache
def statements(kind: str, tables: MetaData) -> tuple[str, ...]:
    """The statements that create the tables which are missing, and their indexes."""
    dialect: Dialect = {"sqlite": sqlite, "postgresql": postgresql}[kind].dialect()
    elements: list[DDLElement] = []
    for table in tables.sorted_tables:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        elements += [CreateTable(table, if_not_exists=True), *(CreateIndex(i, if_not_exists=True) for i in indexes)]
    return tuple(" ".join(str(element.compile(dialect=dialect)).split()) for element in elements)


def among(cursor: Cursor, statement: Select[Any], column: ColumnElement[Any], values: Iterable[Any]) -> list[Row]:
    """The rows of a statement whose ``column`` has one of these values, of which there may be any number."""
    left, rows = list(values), list[Row]()
    while left:
        some, left = left[:MOST_PARAMETERS], left[MOST_PARAMETERS:]
        rows += cursor.run(statement.where(column.in_(some)))
    return rows
