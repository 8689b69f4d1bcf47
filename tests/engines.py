"""The two engines under the ledgers of tests: SQLite, and a PostgreSQL server that each test worker starts when needed.

A test that names the fixture ``engine``, or a module with ``pytestmark = pytest.mark.usefixtures("engine")``, runs once
on each: every ledger folder that it opens lives there. On PostgreSQL each folder has a database of its own, which is
copied with the folder by ``copy_ledger`` and dropped after the test. What outlives a test is on SQLite.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from ledger.store import opening
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.port import Database
from ledger.store.tables import RECORD, create
from tests.postgresql import WITHOUT_POWER_CUTS, Server

KINDS = ("sqlite", "postgresql")
VARIABLE = "PCA_LEDGER_DATABASE"


@cache
def server() -> Server:
    """The server of this test worker, started at the first call."""
    small = {"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "64MB"}
    server = Server(Path(tempfile.mkdtemp(prefix="server")), WITHOUT_POWER_CUTS | small)
    server.start()
    return server


def postgresql_url(name: str) -> str:
    """The address of an empty database of this name, which is made. It is there until it is dropped."""
    create_database(name)
    return server().url(name)


def create_database(name: str, template: str = "template0") -> None:
    """Make a database that is a copy of another one, which nobody may be connected to."""
    with server().connect() as connection:
        # Of the two strategies this one takes 20 ms, and not 50 ms: the server is told not to wait for the disk.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def drop_database(name: str) -> None:
    """Drop a database, also from under those who are connected to it."""
    with server().connect() as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Engine:
    """Where ledgers live while it is in force."""

    def __init__(self, kind: str, within: Path) -> None:
        self.kind = kind
        self._within = within
        self._names: set[str] = set()

    def address_of(self, folder: Path) -> str:
        """The address of a folder's database; nothing if it is a file in the folder."""
        if self.kind == "sqlite" or not folder.is_relative_to(self._within):
            return ""
        name = _name_of(folder)
        if name not in self._names:
            create_database(name)
            self._names.add(name)
        return server().url(name)

    def environment(self, folder: Path) -> dict[str, str]:
        """The environment of a process that opens the ledger in this folder."""
        return {**os.environ, VARIABLE: self.address_of(folder)}

    def copy(self, source: Path, target: Path) -> None:
        shutil.copytree(source, target)
        if self.kind == "postgresql":
            create_database(_name_of(target), _name_of(source) if _name_of(source) in self._names else _moved(source))
            self._names.add(_name_of(target))
            (target / opening.DATABASE).unlink(missing_ok=True)

    def close(self) -> None:
        while self._names:
            drop_database(self._names.pop())


def _name_of(folder: Path) -> str:
    path = folder.resolve()
    if path.name.endswith(".founding"):  # a ledger is founded beside its folder
        path = path.with_name(path.name[1:].removesuffix(".founding"))
    return "ledger_" + hashlib.sha256(str(path).encode()).hexdigest()[:16]


@cache
def _moved(folder: Path) -> str:
    """The name of a database that holds the record of a ledger on SQLite, which is moved there once."""
    name = _name_of(folder)
    move(opening.open_database(folder / opening.DATABASE), PostgreSQLDatabase(postgresql_url(name)))
    return name


def move(source: Database, target: Database) -> None:
    """Copy the record of a ledger into an empty database, and close both."""
    with closing(source), closing(target), target.transaction(commit=True) as cursor:
        create(target, RECORD)
        for table in RECORD.sorted_tables:
            if rows := [dict(row._mapping) for row in source.run(select(table))]:
                cursor.run(insert(table), rows)


_in_force = [Engine("sqlite", Path("/"))]


@contextmanager
def ledgers_on(kind: str, within: Path) -> Iterator[Engine]:
    """Every ledger folder below this one lives on this engine meanwhile. At the end its databases are dropped."""
    engine = Engine(kind, within)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "address_of", engine.address_of)
        _in_force.append(engine)
        try:
            yield engine
        finally:
            _in_force.remove(engine)
            engine.close()


def copy_ledger(source: Path, target: Path) -> None:
    """Copy the folder of a closed ledger, with its database on the engine in force."""
    _in_force[-1].copy(source, target)


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The engine that every ledger folder opened in the test lives on: the test runs on each of them."""
    with ledgers_on(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture(autouse=True)
def engine_first(request: pytest.FixtureRequest) -> None:
    """Put the engine in force before any other fixture of the test opens a ledger."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine")


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    yield
    if server.cache_info().currsize:
        server().close()
