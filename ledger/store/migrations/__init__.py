"""The versions of the record's tables: a database of an earlier one is migrated when it is opened, after a backup.

Alembic is loaded only when there is something to migrate: an empty database is given the tables of today.
"""

from contextlib import suppress
from typing import cast

from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select
from sqlalchemy.schema import DropTable

from ledger.errors import Unreadable
from ledger.store.migrations.backup import back_up
from ledger.store.port import Cursor, Database, LocalDatabase, Unavailable
from ledger.store.tables import RECORD, create

HEAD = "0003"
"""The revision whose tables this program reads and writes."""
_OWN = MetaData()
REVISION = Table("alembic_version", _OWN, Column("version_num", Text, primary_key=True)).to_metadata(RECORD)
IN_CLEAR = ("disclosures", "documents")  # tables of an earlier version, until their values are sealed
UNSTAMPED = ""  # of a file of before revisions were noted
LOCK = 0x70_63_61_31_37_30_32_34  # of the advisory lock that one process holds while it migrates
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}
_UNTIMED = ("statement_timeout", "idle_in_transaction_session_timeout")


def tables_in(cursor: Cursor, kind: str) -> set[str]:
    """The names of the tables that are there."""
    cursor.execute(_NAMES[kind])
    return {row[0] for row in cursor.fetchall()}


def in_clear(cursor: Cursor, kind: str) -> set[str]:
    """The tables that are there with values of an earlier version, which had them in clear."""
    return tables_in(cursor, kind).intersection(IN_CLEAR)


def revision_of(cursor: Cursor, kind: str) -> str | None:
    """The revision that is stored, or ``UNSTAMPED``; None when there is no table at all."""
    names = tables_in(cursor, kind)
    if REVISION.name not in names:
        return UNSTAMPED if names else None
    return next((row.version_num for row in cursor.run(select(REVISION))), UNSTAMPED)


def stamp(cursor: Cursor, revision: str) -> None:
    """Note the revision of the tables, or another mark, which no program takes for a revision that it knows."""
    cursor.run(delete(REVISION))
    cursor.run(insert(REVISION), {"version_num": revision})


def untimed(cursor: Cursor, kind: str) -> None:
    """Let this transaction last as long as it takes."""
    if kind == "postgresql":
        for setting in _UNTIMED:
            cursor.execute(f"SET LOCAL {setting} = 0")


def bring_up(database: Database, *, backs_up: bool = True) -> None:
    """Create the tables of the record in an empty database; migrate those of an earlier version, after a backup.

    Processes that come at once wait for the first. Raises ``Unreadable`` when the database is of a later version, when
    it was moved, or when this role may not migrate it, and ``Corrupt`` when its form is not that of its version.
    """
    with database.transaction(commit=False) as cursor:
        stored = revision_of(cursor, database.kind)
    if stored != HEAD:
        with database.transaction(commit=True) as cursor:
            if database.kind == "postgresql":
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            _bring_up(database, cursor, backs_up=backs_up)
    if database.kind == "sqlite":
        forget(cast(LocalDatabase, database))


def make_empty(database: Database, cursor: Cursor, mark: str) -> None:
    """Drop what was left unfinished under a mark. Raises ``Unreadable`` when the database holds anything else."""
    if revision_of(cursor, database.kind) == mark:
        for table in RECORD.sorted_tables:
            cursor.run(DropTable(table, if_exists=True))
    if tables_in(cursor, database.kind):
        raise Unreadable(
            f"{database.name}: expected an empty database; it holds tables",
            f"{database.name} : une base de données vide est attendue ; elle contient des tables",
        )


def create_record(database: Database, cursor: Cursor) -> None:
    """Create the tables of the record, with the head of an empty log, inside a transaction."""
    create(database, RECORD)
    cursor.run(insert(RECORD.tables["log_head"]), {"one": 1, "size": 0, "edge": b""})


def is_earlier(database: Database) -> bool:
    """Whether this is the record of an earlier version, or was migrated and its values are not sealed yet."""
    with database.transaction(commit=False) as cursor:
        stored = revision_of(cursor, database.kind)
        if stored == HEAD:
            is_unsealed = bool(in_clear(cursor, database.kind))
            return is_unsealed and not cursor.run(select(RECORD.tables["sealed_values"]).limit(1))
        names = tables_in(cursor, database.kind)
    return "stored_events" in names and (stored == UNSTAMPED or stored in _known())


def _known() -> list[str]:
    from ledger.store.migrations.running import known

    return known()


def _bring_up(database: Database, cursor: Cursor, *, backs_up: bool) -> None:
    stored = revision_of(cursor, database.kind)
    if stored is None:
        create_record(database, cursor)
        stamp(cursor, HEAD)
    elif stored != HEAD:  # else another process was faster
        from ledger.store.migrations.running import require_known, upgrade

        require_known(database.name, stored)
        if database.kind == "sqlite":
            if backs_up:
                back_up(cast(LocalDatabase, database), HEAD)
            to_forget(cursor)
        untimed(cursor, database.kind)
        if stored == UNSTAMPED:  # else it is there, and a role that may not make it would fail here
            create(database, _OWN)
        upgrade(cursor, database.name)


def to_forget(cursor: Cursor) -> None:
    """Note, in a transaction on SQLite, that :func:`forget` has something to remove."""
    cursor.execute("PRAGMA user_version = 1")


def forget(database: LocalDatabase) -> None:
    """Remove what a migration deleted from the file. What a reader prevents is done the next time."""
    if database.select("PRAGMA user_version")[0][0]:
        with suppress(Unavailable):
            database.compact()
            with database.transaction(commit=True) as cursor:
                cursor.execute("PRAGMA user_version = 0")
