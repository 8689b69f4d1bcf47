"""A database of an earlier version is migrated when it is opened, all of it or nothing, after a backup."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event as ThreadEvent
from threading import Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from eventsourcing.persistence import OperationalError
from sqlalchemy.schema import DropTable

from ledger.auditing import audit
from ledger.errors import Corrupt, Unreadable
from ledger.store import earlier_values, migrations
from ledger.store.console_tables import CEREMONIES, LINKS, SESSIONS
from ledger.store.earlier_values import seal_earlier
from ledger.store.engines import sqlite
from ledger.store.keystore.keeper import Keeper
from ledger.store.keystore.opening import open_keys
from ledger.store.ledger import Ledger
from ledger.store.migrations import HEAD, REVISION, marks, running, stamp
from ledger.store.migrations.backup import backups
from ledger.store.opening import open_database, open_read_only, open_record
from ledger.store.port import Database, Unavailable
from ledger.store.tables import RECORD, create
from tests.engines import Engine
from tests.ledger.store.migrations.conftest import CLOCK
from tests.ledger.store.migrations.freezing import file_of, statements_of
from tests.scenario import names
from tests.support import World

KINDS = ("sqlite", "postgresql")


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, lambda: CLOCK, is_simulated=True)


def contents(path: Path) -> dict[str, list[Any]]:
    """Every row of every table of a file."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: sorted(database.execute(f"SELECT * FROM {name}")) for name in names}


@pytest.mark.parametrize("kind", KINDS)
def test_the_latest_revision_creates_the_tables_that_the_program_declares(kind: str) -> None:
    """Another table or column belongs into a revision: while the latest is not released, freezing.py writes it."""
    assert file_of(kind).read_text() == statements_of(kind)


def test_the_head_is_the_latest_revision() -> None:
    assert running.known() == ["0001", "0002", HEAD]


def test_a_migrated_database_is_as_one_that_was_just_made(engine: Engine, tmp_path: Path) -> None:
    with closing(open_record(tmp_path)) as database, database.transaction(commit=True) as cursor:
        create(database, migrations._OWN)
        running.upgrade(cursor, database.name)
        context = MigrationContext.configure(cursor.connection, opts={"compare_server_default": True})
        assert compare_metadata(context, RECORD) == []
        assert list(database.deviations(RECORD)) == []
        assert [row.version_num for row in cursor.run(REVISION.select())] == [HEAD]
        assert [tuple(row) for row in cursor.run(RECORD.tables["log_head"].select())] == [(1, 0, b"")]


@pytest.mark.usefixtures("engine")
def test_a_ledger_of_before_the_console_gets_its_tables(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        for table in (SESSIONS, LINKS, CEREMONIES):
            cursor.run(DropTable(table))
        stamp(cursor, "0002")
    world.ledger.close()
    with closing(Ledger.open(world.ledger.folder, lambda: world.now)) as ledger:
        assert list(ledger.database.deviations(RECORD)) == []
        assert ledger.size() == 1


def test_a_ledger_of_one_file_is_opened_as_it_was(earlier: Path) -> None:
    before = contents(earlier / "ledger.db")
    with opened(earlier) as ledger:
        assert ledger.size() == 106
        assert list(ledger.database.deviations(RECORD)) == []
        (made,) = ledger.documents.sets()
        assert made.forms == ("pdf", "jsonld", "png", "svg", "jwt", "sd-jwt")
    after = contents(earlier / "ledger.db")
    for table in ("stored_events", "tree_nodes", "checkpoints", "published", "first_published", "status_places"):
        assert after[table] == before[table]
    assert audit(earlier).clean
    (backup,) = backups(earlier)
    assert backup.name == f"ledger.db.before-{HEAD}"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert contents(backup) == before


def test_a_migrated_ledger_is_not_migrated_again(earlier: Path) -> None:
    for _ in range(2):
        opened(earlier).close()
    assert len(backups(earlier)) == 1


def test_a_backup_replaces_none(earlier: Path) -> None:
    (earlier / f"ledger.db.before-{HEAD}").write_bytes(b"of an earlier attempt")
    opened(earlier).close()
    first, second = backups(earlier)
    assert first.read_bytes() == b"of an earlier attempt"
    assert second.name == f"ledger.db.before-{HEAD}-2"
    assert len(contents(second)["stored_events"]) == 106


def test_what_is_migrated_can_be_appended_to(earlier: Path, tmp_path: Path) -> None:
    twin = World(tmp_path / "other")
    twin.ledger.close()
    twin.now, twin.ledger, twin.salts = CLOCK, opened(earlier), count(10_000)
    twin.do("register-person", person_id="amy", details=names("Amy"))
    assert twin.ledger.size() == 107
    assert backups(earlier)
    twin.do("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
    assert backups(earlier) == [], "they would bring zoe back"
    twin.ledger.close()
    assert audit(earlier).clean


@pytest.mark.parametrize("missing", [("states_levels",), ("states_levels", "forms")])
def test_a_set_of_before_sets_recorded_their_forms_has_those_of_then(earlier: Path, missing: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(earlier / "ledger.db")) as database, database:
        database.execute("UPDATE documents SET body = '{\"credentialSubject\":{\"result\":[]}}' WHERE form = 'jsonld'")
        database.execute("UPDATE documents SET body = CAST(body AS BLOB)")
        for column in missing:
            database.execute(f"ALTER TABLE document_sets DROP COLUMN {column}")
    with opened(earlier) as ledger:
        (made,) = ledger.documents.sets()
        assert made.states_levels
        assert made.forms == ("pdf", "jsonld", "png", "svg", "jwt", "sd-jwt")
        assert list(ledger.database.deviations(RECORD)) == []


def test_a_file_whose_form_is_not_that_of_its_version_is_not_migrated(earlier: Path) -> None:
    """A trigger would act on what is migrated, and be gone afterwards."""
    with closing(sqlite3.connect(earlier / "ledger.db")) as database, database:
        database.execute("CREATE TRIGGER odd AFTER INSERT ON documents BEGIN DELETE FROM disclosures; END")
    before = contents(earlier / "ledger.db")
    with pytest.raises(Corrupt, match="odd is not the ledger's"):
        opened(earlier)
    assert contents(earlier / "ledger.db") == before
    report = audit(earlier)
    assert "odd is not the ledger's" in str(report.findings)


def test_a_tree_with_a_hole_is_not_migrated(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier / "ledger.db")) as database, database:
        database.execute("DELETE FROM tree_nodes")
    with pytest.raises(Corrupt, match="no complete node"):
        opened(earlier)


@pytest.mark.usefixtures("engine")
def test_a_database_of_a_later_version_is_left_as_it_is(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        stamp(cursor, "9999")
    with pytest.raises(Unreadable, match="made by a later version of pca-ledger") as caught:
        Ledger.open(world.ledger.folder, lambda: world.now)
    assert "version plus récente" in caught.value.words.fr
    with world.ledger.database.transaction(commit=False) as cursor:
        assert [row.version_num for row in cursor.run(REVISION.select())] == ["9999"]


def test_a_process_that_dies_at_any_statement_leaves_a_ledger_that_is_migrated_the_next_time(
    earlier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, statements, last = contents(earlier / "ledger.db"), 0, 0
    connected = sqlite.SQLiteDatabase._opened

    def dying(self: sqlite.SQLiteDatabase) -> sqlite3.Connection:
        def trace(_: str) -> None:
            nonlocal statements
            statements += 1
            if statements == last:
                os._exit(9)

        connection = connected(self)
        connection.set_trace_callback(trace)
        return connection

    def migrate(folder: Path) -> None:
        with closing(open_database(folder / "ledger.db")) as database:
            migrations.bring_up(database)

    monkeypatch.setattr(sqlite.SQLiteDatabase, "_opened", dying)
    migrate(Path(shutil.copytree(earlier, tmp_path / "whole")))
    migrated, needed = contents(tmp_path / "whole" / "ledger.db"), statements
    assert needed > 60
    for at in range(1, needed, 3):
        folder = Path(shutil.copytree(earlier, tmp_path / str(at)))
        if not (child := os.fork()):
            statements, last = 0, at
            migrate(folder)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert contents(folder / "ledger.db") in (before, migrated), at
        migrate(folder)
        assert contents(folder / "ledger.db") == migrated
        assert all(contents(backup) == before for backup in backups(folder))
        assert not list(folder.glob(".*")), "no unfinished copy is left"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No file grows by more than a few pages, until this is undone."""
    connected = sqlite.SQLiteDatabase._opened

    def limited(self: sqlite.SQLiteDatabase) -> sqlite3.Connection:
        connection = connected(self)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(sqlite.SQLiteDatabase, "_opened", limited)
        yield patched


def test_a_full_disk_leaves_the_earlier_ledger(earlier: Path, full: pytest.MonkeyPatch) -> None:
    before = contents(earlier / "ledger.db")
    with pytest.raises(Unavailable, match="full"):
        opened(earlier)
    assert contents(earlier / "ledger.db") == before
    full.undo()
    with opened(earlier) as ledger:
        assert ledger.size() == 106


@pytest.mark.usefixtures("full")
def test_a_full_disk_is_no_fault_of_an_earlier_ledger_that_is_audited(earlier: Path) -> None:
    with pytest.raises(Unavailable, match="full"):
        audit(earlier)


@pytest.mark.parametrize("lost", ["sqlite_schema", "tree_nodes"])
def test_a_file_of_which_a_page_is_lost_is_read_as_it_is(earlier: Path, lost: str) -> None:
    path = earlier / "ledger.db"
    with closing(sqlite3.connect(path)) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = whole.execute("PRAGMA page_size").fetchone()
        (root,) = whole.execute("SELECT max(rootpage) FROM sqlite_schema WHERE name = ?", (lost,)).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * page if root else 100)
        file.write(b"\xff" * (page - 100))
    before = path.read_bytes()
    with open_read_only(path) as database:
        assert database.name == path.name, "and no copy"
        with pytest.raises(OperationalError):
            database.select("SELECT * FROM tree_nodes")
    assert path.read_bytes() == before


OPEN = """
import sys
from datetime import datetime
from pathlib import Path
from ledger.store.ledger import Ledger
with Ledger.open(Path(sys.argv[1]), lambda: datetime.fromisoformat(sys.argv[2]), is_simulated=True) as ledger:
    print(ledger.size())
"""


def test_processes_that_open_at_once_migrate_once(earlier: Path) -> None:
    def run(_: int) -> str:
        command = [sys.executable, "-c", OPEN, str(earlier), CLOCK.isoformat()]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(run, range(3))) == ["106\n"] * 3
    assert len(backups(earlier)) == 1


def test_a_reader_keeps_the_file_from_being_compacted_and_the_next_opening_does_it(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 0.1)
    with closing(sqlite3.connect(earlier / "ledger.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM disclosures").fetchone()
        with closing(open_database(earlier / "ledger.db")) as database:
            migrations.bring_up(database)
            assert marked(database)
        reader.execute("ROLLBACK")
    with closing(open_database(earlier / "ledger.db")) as database:
        migrations.bring_up(database)
        assert not marked(database)
    assert not (earlier / "ledger.db-wal").exists()


def marked(database: Database) -> int:
    return int(database.select("PRAGMA user_version")[0][0])


@pytest.fixture
def auditors_copy(earlier: Path) -> Iterator[Path]:
    """A folder in which nothing may be written."""
    shutil.rmtree(earlier / "ledger.db-wal", ignore_errors=True)
    earlier.chmod(0o500)
    yield earlier
    earlier.chmod(0o700)


def test_a_file_of_an_earlier_version_is_audited_and_not_written(auditors_copy: Path) -> None:
    before = {path.name: path.read_bytes() for path in auditors_copy.iterdir()}
    report = audit(auditors_copy)
    assert (report.clean, report.entries) == (True, 106)
    assert {path.name: path.read_bytes() for path in auditors_copy.iterdir()} == before


@pytest.mark.usefixtures("engine")
def test_a_founding_that_ended_once_the_folder_had_its_name_is_finished_by_who_opens_it(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        stamp(cursor, marks.FOUNDING)
    with Ledger.open(world.ledger.folder, lambda: world.now) as ledger:
        assert [row.version_num for row in ledger.database.run(REVISION.select())] == [HEAD]


@pytest.mark.usefixtures("engine")
def test_who_only_reads_finishes_no_founding(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        stamp(cursor, marks.FOUNDING)
    with Ledger.open(world.ledger.folder, lambda: world.now, read_only=True) as ledger:
        assert ledger.size() == world.ledger.size()
        assert [row.version_num for row in ledger.database.run(REVISION.select())] == [marks.FOUNDING]


@pytest.mark.parametrize("left", ["disclosures", "documents"])
def test_whatever_an_earlier_version_had_in_clear_is_sealed(earlier: Path, left: str) -> None:
    with closing(sqlite3.connect(earlier / "ledger.db")) as database, database:
        (count,) = database.execute(f"SELECT count(*) FROM {left}").fetchone()
        database.execute(f"DELETE FROM {'documents' if left == 'disclosures' else 'disclosures'}")
    with opened(earlier) as ledger:
        sealed = len(ledger.vault.everything()), len(ledger.documents.kept())
        assert sealed == ((count, 0) if left == "disclosures" else (0, count))
        assert ledger.vault.locked() == []


def test_who_waited_for_another_process_to_seal_seals_nothing(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, path = Keeper(open_keys(earlier)), earlier / "ledger.db"
    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "LOCK_TIMEOUT", 0.1)  # the first cannot compact the file within its transaction
        hurried = open_database(path)
    with closing(hurried) as first, closing(open_database(path)) as second:
        migrations.bring_up(first)
        looked = ThreadEvent()

        def seen(*arguments: Any) -> set[str]:
            found = migrations.in_clear(*arguments)
            looked.set()
            return found

        monkeypatch.setattr(earlier_values, "in_clear", seen)
        waiting = Thread(target=seal_earlier, args=(second, keys))
        with first.transaction(commit=True):
            waiting.start()
            assert looked.wait(60)
            seal_earlier(first, keys)
        waiting.join()
        assert marked(second) == 0
        assert list(second.deviations(RECORD)) == []
    assert audit(earlier).clean


def test_values_that_are_migrated_and_not_sealed_are_audited(earlier: Path) -> None:
    """A process ended between the two: the next that opens the ledger seals them."""
    with closing(open_database(earlier / "ledger.db")) as database:
        migrations.bring_up(database)
    assert audit(earlier).clean
    opened(earlier).close()
    assert audit(earlier).clean
