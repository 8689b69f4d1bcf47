"""The servers and ledgers of tests: each ledger folder has a database of its own, and nothing is left of it."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from ledger.store.opening import DATABASE
from tests.engines import VARIABLE, Engine, copy_ledger, ledgers_on, postgresql_url, server
from tests.postgresql import PATIENCE
from tests.support import World

A_SERVER = """\
import sys
from pathlib import Path
from tests.postgresql import WITHOUT_POWER_CUTS, Server
server = Server(Path(sys.argv[1]), WITHOUT_POWER_CUTS)
server.start()
print(server.url(), flush=True)
sys.stdin.read()
"""


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def databases() -> set[str]:
    with server().connect() as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_a_name_gets_an_empty_database_of_its_own() -> None:
    url = postgresql_url("of_its_own")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE t (c text)")
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as another:
        assert sqlalchemy.inspect(another).get_table_names() == ["t"]
    engine.dispose()


def test_a_folder_is_copied_with_its_database_and_both_are_dropped(tmp_path: Path) -> None:
    before = databases()
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "trust.json").write_text("{}")
    with ledgers_on("postgresql", tmp_path) as engine:
        with psycopg.connect(engine.address_of(tmp_path / "ledger")) as connection:
            connection.execute("CREATE TABLE t (c bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, d text)")
            connection.execute("INSERT INTO t (d) VALUES ('first')")
        copy_ledger(tmp_path / "ledger", tmp_path / "copy")
        with psycopg.connect(engine.address_of(tmp_path / "copy")) as connection:
            connection.execute("INSERT INTO t (d) VALUES ('second')")
            assert connection.execute("SELECT * FROM t").fetchall() == [(1, "first"), (2, "second")]
        with psycopg.connect(engine.address_of(tmp_path / "ledger")) as connection:
            assert connection.execute("SELECT * FROM t").fetchall() == [(1, "first")]
        assert (tmp_path / "copy" / "trust.json").read_text() == "{}"
        assert len(databases() - before) == 2
    assert databases() == before


def test_a_test_runs_once_on_each_engine(engine: Engine, tmp_path: Path) -> None:
    address = engine.environment(tmp_path)[VARIABLE]
    assert bool(address) == (engine.kind == "postgresql")
    assert address == engine.address_of(tmp_path)


def test_no_server_outlives_a_worker_that_is_killed() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-c", A_SERVER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as worker,
    ):
        assert worker.stdout is not None
        url = worker.stdout.readline().strip()
        assert answers(url)
        worker.kill()
        deadline = time.monotonic() + PATIENCE
        while answers(url) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not answers(url)


@pytest.mark.parametrize("made", ["world", "staffed"])
def test_a_ledger_founded_or_copied_is_on_the_engine(engine: Engine, request: pytest.FixtureRequest, made: str) -> None:
    world: World = request.getfixturevalue(made)
    assert world.ledger.database.kind == engine.kind
    assert (world.ledger.folder / DATABASE).exists() == (engine.kind == "sqlite")
    size = world.ledger.size()
    world.do("grant-role", "director", person_id="security", role="moderator")
    assert world.ledger.size() == size + 1
