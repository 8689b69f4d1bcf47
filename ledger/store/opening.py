"""Opening a database: the one place that knows which databases there are."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from eventsourcing.persistence import PersistenceError

from ledger.errors import Corrupt, Unfit, Unreachable, Unreadable
from ledger.files import PRIVATE
from ledger.log.tree import leaf_hash
from ledger.store.engines.sqlite import SQLiteDatabase, library_version
from ledger.store.engines.sqlite_reading import reading
from ledger.store.migrations import HEAD, bring_up, is_earlier, revision_of, stamp, tables_in
from ledger.store.migrations.marks import FOUNDING, MARKS
from ledger.store.port import Database, LocalDatabase, Unavailable
from ledger.trust import TrustRoot

DATABASE = "ledger.db"
VARIABLE = "PCA_LEDGER_DATABASE"


def address_of(_folder: Path) -> str:
    """The address of the record's database; empty for the SQLite file in the ledger's folder."""
    return os.environ.get(VARIABLE, "")


def has_record(folder: Path) -> bool:
    """Whether a ledger was founded in a folder: its record is there, or in a database that need not be reached now."""
    return (folder / ("trust.json" if address_of(folder) else DATABASE)).is_file()


def open_record(folder: Path) -> Database:
    """The database of a ledger's record, as it is. Raises as :func:`open_server`, and ``Unavailable``."""
    address = address_of(folder)
    return open_server(address) if address else open_database(folder / DATABASE)


def open_founded(folder: Path, trust: TrustRoot, *, read_only: bool = False) -> Database:
    """The database of a founded ledger's record, which is migrated when it is of an earlier version, unless only read.

    Raises ``Unfit`` for an address that is none, ``Unreachable``, and ``Unreadable`` when the ledger of this trust root
    is not in it: then nothing is written.
    """
    path = folder / DATABASE
    if not address_of(folder) and not path.exists():
        raise _nothing_in(str(path))
    database = open_record(folder)
    try:
        stored = _require_ledger(database, trust, str(path) if database.kind == "sqlite" else database.name)
        if not read_only:
            if stored == FOUNDING:  # it ended after the folder had its name
                with database.transaction(commit=True) as cursor:
                    stamp(cursor, HEAD)
            bring_up(database)
    except BaseException:
        database.close()
        raise
    return database


def open_to_found(folder: Path, unfinished: Path) -> Database:
    """The database of a ledger that is being founded: on a server, or a file in the unfinished folder."""
    address = address_of(folder)
    return open_server(address) if address else open_database(unfinished / DATABASE)


def open_server(address: str, *, to_audit: bool = False) -> Database:
    """The database at a ``postgresql://`` address. Raises ``Unfit`` and ``Unreachable``, which do not show it."""
    if not address.startswith(("postgresql://", "postgres://")):
        raise _no_address()
    from ledger.store.engines.postgresql import PostgreSQLDatabase  # psycopg: most ledgers are files

    try:
        database = PostgreSQLDatabase(address, to_audit=to_audit)
    except ValueError:
        raise _no_address() from None
    try:
        database.select("SELECT 1")
    except Unavailable as error:
        database.close()
        raise Unreachable(
            f"{VARIABLE}: the database cannot be reached ({error})",
            f"{VARIABLE} : la base de données est injoignable ({error})",
        ) from error
    return database


def _require_ledger(database: Database, trust: TrustRoot, place: str) -> str | None:
    """Require that a database holds the ledger of a trust root; returns its revision or mark."""
    with database.transaction(commit=False) as cursor:
        stored = revision_of(cursor, database.kind)
        if "stored_events" not in tables_in(cursor, database.kind):
            raise _nothing_in(place)
        if stored in MARKS and stored != FOUNDING:
            raise MARKS[stored](place)
        cursor.execute("SELECT state FROM stored_events WHERE position = 1")
        first = cursor.fetchone()
    if first is None:
        raise _nothing_in(place)
    if leaf_hash(first[0]).hex() != trust.founding_leaf:
        raise Unreadable(
            f"{place}: holds another ledger than {trust.origin}; check {VARIABLE} and the ledger’s folder",
            f"{place} : contient un autre registre que {trust.origin} ; vérifiez {VARIABLE} et le dossier du registre",
        )
    return stored


def _nothing_in(place: str) -> Unreadable:
    return Unreadable(
        f"{place}: expected the entries of a ledger, found none; restore it from a backup",
        f"{place} : les entrées d’un registre sont attendues, il n’y en a aucune ; restaurez-les d’une sauvegarde",
    )


def _no_address() -> Unfit:
    return Unfit(
        f"{VARIABLE}: expected postgresql://USER@HOST/NAME, or nothing for the file in the ledger’s folder",
        f"{VARIABLE} : attendu : postgresql://UTILISATEUR@HÔTE/NOM, ou rien pour le fichier du dossier du registre",
    )


def open_to_audit(folder: Path, address: str | None = None) -> AbstractContextManager[Database]:
    """The database of a ledger's record, which is not written, for as long as the block runs.

    ``address`` is where that is if not where the folder's is. Raises as :func:`open_read_only`.
    """
    address = address_of(folder) if address is None else address
    if address:
        return closing(open_server(address, to_audit=True))
    return open_read_only(folder / DATABASE)


def open_database(path: Path) -> LocalDatabase:
    """The database in a file, which is made when there is none. What is kept beside it gets the file's mode."""
    try:
        with suppress(FileExistsError):
            # Never one that is there: to close a file gives up the locks that this process has on it.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    except OSError as error:
        raise Unavailable(error) from error
    return SQLiteDatabase(str(path))


@contextmanager
def open_read_only(path: Path) -> Iterator[Database]:
    """The database in a file, which is not written, for as long as the block runs.

    The record of an earlier version is read from a copy that is migrated. One whose form is not that of its version is
    read as it is. Raises OSError and ``Unreadable``, and ``Changed`` at the end when the file was written meanwhile.
    """
    with reading(path) as database, TemporaryDirectory() as folder:
        migrated = _migrated(database, Path(folder) / path.name)
        try:
            yield migrated or database
        finally:
            if migrated:
                migrated.close()


def _migrated(database: LocalDatabase, path: Path) -> LocalDatabase | None:
    """A copy of the record of an earlier version, migrated; None of anything else."""
    copy = None
    try:
        if not is_earlier(database):
            return None
        copy = open_database(path)
        database.copy_to(path)
        bring_up(copy, backs_up=False)
    except (Corrupt, PersistenceError) as error:
        if copy:
            copy.close()
        if isinstance(error, Unavailable):
            raise
        return None
    return copy


def open_in_memory() -> LocalDatabase:
    """An empty database that is gone when it is closed."""
    return SQLiteDatabase(None)


def database_version() -> str:
    """The name and version of the library behind the databases."""
    return library_version()
