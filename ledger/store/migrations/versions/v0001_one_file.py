"""The tables of the ledgers that were one SQLite file, made by any version up to November 2026.

On PostgreSQL there was none of them.
"""

from alembic import op

from ledger.errors import Corrupt

revision = "0001"
down_revision = None

TABLES = (
    "CREATE TABLE IF NOT EXISTS stored_events ("
    "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))",
    "CREATE TABLE IF NOT EXISTS tree_nodes (place INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS published (size INTEGER PRIMARY KEY, note TEXT NOT NULL, time_stamp BLOB)",
    "CREATE TABLE IF NOT EXISTS first_published (size INTEGER PRIMARY KEY, note TEXT NOT NULL, time_stamp BLOB)",
    "CREATE TABLE IF NOT EXISTS unfinished_erasures (position INTEGER PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS disclosures ("
    "digest TEXT PRIMARY KEY, person_id TEXT NOT NULL, name TEXT NOT NULL, encoded TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS disclosures_of_person ON disclosures (person_id)",
    "CREATE TABLE IF NOT EXISTS comparison_keys ("
    "person_id TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (person_id, key))",
    "CREATE INDEX IF NOT EXISTS comparison_keys_by_key ON comparison_keys (key)",
    "CREATE TABLE IF NOT EXISTS comparison_folding (folding TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS documents (number TEXT NOT NULL, form TEXT NOT NULL, body BLOB NOT NULL, "
    "PRIMARY KEY (number, form))",
    "CREATE TABLE IF NOT EXISTS document_sets (number TEXT PRIMARY KEY, person_id TEXT NOT NULL, "
    "token TEXT NOT NULL UNIQUE, made TEXT NOT NULL, "
    "forms TEXT NOT NULL DEFAULT 'pdf jsonld png svg jwt sd-jwt', states_levels INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE IF NOT EXISTS status_places (number TEXT PRIMARY KEY, list INTEGER NOT NULL, "
    "place INTEGER NOT NULL, UNIQUE (list, place))",
)
# Columns that document_sets was given after its first version.
ADDED = {
    "forms": ("TEXT NOT NULL DEFAULT 'pdf jsonld png svg jwt sd-jwt'",),
    "states_levels": (
        "INTEGER NOT NULL DEFAULT 0",
        # Where a set did not record it, its Open Badge says so: only one that states levels has results.
        "UPDATE document_sets SET states_levels = 1 WHERE number IN (SELECT number FROM documents "
        "WHERE form = 'jsonld' AND instr(body, CAST('\"result\":' AS BLOB)) > 0)",
    ),
}
_FOUND = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table in TABLES:
        connection.exec_driver_sql(table)
    columns = {row.name for row in connection.exec_driver_sql("PRAGMA table_info(document_sets)")}
    for name, (definition, *fill) in ADDED.items():
        if name not in columns:
            connection.exec_driver_sql(f"ALTER TABLE document_sets ADD COLUMN {name} {definition}")
            for statement in fill:
                connection.exec_driver_sql(statement)
    made = {statement.replace("IF NOT EXISTS ", "") for statement in TABLES}
    for row in connection.exec_driver_sql(_FOUND):
        # A trigger or a view would act on what is copied, and leave no trace afterwards.
        if row.sql not in made and row.name != "alembic_version":
            raise Corrupt("database-altered", f"{row.name} is not the ledger's: {row.sql}")
