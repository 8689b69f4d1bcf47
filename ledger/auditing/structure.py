"""The form of a ledger's database: what this program makes there, nothing else, with values of their types.

A trigger or an index of somebody else's can change what is recorded next, or hide what is, while every row is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from eventsourcing.sqlite import SQLiteCursor

from ledger.store.datastore import LedgerDatastore
from ledger.store.recorder import LedgerRecorder

# SQLite makes indexes for keys, and tables for statistics; nobody else's have such names. Triggers have no such names.
_OBJECTS = "SELECT type, name, sql FROM sqlite_schema WHERE NOT (type IN ('table', 'index') AND name GLOB 'sqlite_*')"


def deviations(datastore: LedgerDatastore) -> Iterator[str]:
    """In what a database is formed otherwise than the one that this program makes, a phrase each."""
    with closing(LedgerDatastore(":memory:")) as fresh:
        LedgerRecorder(fresh).create_table()
        with fresh.transaction(commit=False) as made, datastore.transaction(commit=False) as stored:
            yield from _deviations(made, stored)


def _deviations(made: SQLiteCursor, stored: SQLiteCursor) -> Iterator[str]:
    expected, found = _objects(made), _objects(stored)
    for kind, name in sorted(found.keys() - expected.keys()):
        yield f"{kind} {name} is not the ledger's"
    for one, definition in sorted(expected.items()):
        kind, name = one
        if one not in found:
            yield f"{kind} {name} is missing"
        elif found[one] != definition:
            yield f"{kind} {name} is another one: {found[one]}"
        elif kind == "table" and (count := _misfits(made, stored, name)):
            yield f"{count} rows of {name} hold a value of another type"


def _objects(cursor: SQLiteCursor) -> dict[tuple[str, str], str]:
    """The definition of each table, index, trigger and view, by type and name."""
    cursor.execute(_OBJECTS)
    return {(row["type"], row["name"]): row["sql"] for row in cursor.fetchall()}


def _misfits(made: SQLiteCursor, stored: SQLiteCursor, table: str) -> int:
    """How many rows hold a value of another type than its column's: SQLite lets any stand anywhere."""
    made.execute('SELECT name, lower(type) AS type, "notnull" OR pk AS filled FROM pragma_table_info(?)', (table,))
    wrong = []
    for row in made.fetchall():
        types = f"'{row['type']}'" if row["filled"] else f"'{row['type']}', 'null'"
        wrong.append(f"typeof({row['name']}) NOT IN ({types})")
    stored.execute(f"SELECT count(*) FROM {table} WHERE {' OR '.join(wrong)}")
    return int(stored.fetchone()[0])
