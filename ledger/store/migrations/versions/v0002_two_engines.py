"""The record on two engines: everything in one database, in tables that both have.

SQLite changes no column of a table that is there: each is made anew, and what the old one held is copied. Values and
documents in clear stay where they are: the ledger seals them when it is opened, since only it has the keys.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, text

from ledger.errors import Corrupt
from ledger.log.tree import RightEdge
from ledger.store.tree import place_of

revision = "0002"
down_revision = "0001"

_OLD = "before_"
_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name <> 'alembic_version'"
)
_IN_CLEAR = ("disclosures", "documents")
_INDEXES = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"


def upgrade() -> None:
    connection = op.get_bind()
    kind = connection.dialect.name
    old = _renamed(connection) if kind == "sqlite" else []
    for statement in Path(__file__).with_name(f"{revision}.{kind}.sql").read_text().splitlines():
        connection.exec_driver_sql(statement)
    for table in old:
        _copy(connection, table)
        connection.exec_driver_sql(f"DROP TABLE {_OLD}{table}")
    for table in _IN_CLEAR if kind == "sqlite" else ():
        if connection.exec_driver_sql(f"SELECT 1 FROM {table}").first() is None:
            connection.exec_driver_sql(f"DROP TABLE {table}")
    _set_head(connection)


def _renamed(connection: Connection) -> list[str]:
    tables = [row.name for row in connection.exec_driver_sql(_TABLES).all() if row.name not in _IN_CLEAR]
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {_OLD}{table}")
    for row in connection.exec_driver_sql(_INDEXES).all():
        connection.exec_driver_sql(f"DROP INDEX {row.name}")
    return tables


def _copy(connection: Connection, table: str) -> None:
    """Copy what the old table and the new one have in common."""
    old, new = (
        [row.name for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")]
        for name in (f"{_OLD}{table}", table)
    )
    if columns := ", ".join(f'"{column}"' for column in old if column in new):
        connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_OLD}{table}")


def _set_head(connection: Connection) -> None:
    """Note the size of the log, and the right edge of its tree."""

    def get_node(level: int, index: int) -> bytes:
        row = connection.exec_driver_sql(f"SELECT hash FROM tree_nodes WHERE place = {place_of(level, index)}").first()
        if row is None:
            raise Corrupt("node-missing", f"there is no complete node {index} at level {level}")
        return bytes(row.hash)

    size = connection.exec_driver_sql("SELECT coalesce(max(position), 0) FROM stored_events").scalar_one()
    head = {"one": 1, "size": size, "edge": bytes(RightEdge.of(size, get_node))}
    connection.execute(text("INSERT INTO log_head (one, size, edge) VALUES (:one, :size, :edge)"), head)
