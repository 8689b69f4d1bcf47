"""The form of a database: the tables that this program makes, nothing else, with values of their types.

Another trigger or index can change what is recorded next, or hide what is, while every row is right.
"""

import sqlite3
from collections.abc import Iterator

# SQLite makes indexes for keys, and tables for statistics. Only these have such names, and no trigger has one.
_OBJECTS = (
    "SELECT type, iif(type IN ('index', 'trigger'), tbl_name || '.', '') || name AS name, "
    "sql FROM sqlite_schema WHERE NOT (type IN ('table', 'index') AND name GLOB 'sqlite_*')"
)


def differences(made: sqlite3.Cursor, stored: sqlite3.Cursor) -> Iterator[str]:
    """How a stored database differs in form from one that was just made, a phrase each."""
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


def _objects(cursor: sqlite3.Cursor) -> dict[tuple[str, str], str]:
    """The definition of each table, index, trigger and view, by type and name."""
    return {(row["type"], row["name"]): row["sql"] for row in cursor.execute(_OBJECTS).fetchall()}


def _misfits(made: sqlite3.Cursor, stored: sqlite3.Cursor, table: str) -> int:
    """How many rows hold a value of another type than its column's: SQLite stores any value in any column."""
    made.execute('SELECT name, lower(type) AS type, "notnull" OR pk AS filled FROM pragma_table_info(?)', (table,))
    wrong = []
    for row in made.fetchall():
        types = f"'{row['type']}'" if row["filled"] else f"'{row['type']}', 'null'"
        wrong.append(f"typeof({row['name']}) NOT IN ({types})")
    return int(stored.execute(f"SELECT count(*) FROM {table} WHERE {' OR '.join(wrong)}").fetchone()[0])
