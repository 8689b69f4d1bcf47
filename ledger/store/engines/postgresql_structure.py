"""The form of a schema in PostgreSQL: the tables that this program makes, and nothing that acts on them."""

from collections.abc import Iterator
from typing import Any

from psycopg import Cursor
from sqlalchemy import MetaData, UniqueConstraint

_RELATIONS = (
    "SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'i' THEN 'index' WHEN 'v' THEN 'view' ELSE 'relation' END, relname "
    "FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind <> 't'"
)
_TRIGGERS = (
    "SELECT 'trigger', tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal"
)


def differences(stored: Cursor[Any], tables: MetaData) -> Iterator[str]:
    """How a schema differs in form from one that holds only these tables, a phrase each."""
    expected = {("table", table.name) for table in tables.tables.values()}
    for table in tables.tables.values():
        expected |= {("index", str(index.name)) for index in table.indexes} | {("index", f"{table.name}_pkey")}
        keys = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
        expected |= {("index", f"{table.name}_{'_'.join(key.columns.keys())}_key") for key in keys}
    found = set(stored.execute(f"{_RELATIONS} UNION ALL {_TRIGGERS}").fetchall())
    for kind, name in sorted(found - expected):
        yield f"{kind} {name} is not the ledger's"
    for kind, name in sorted(expected - found):
        yield f"{kind} {name} is missing"
