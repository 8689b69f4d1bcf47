"""A backup that is restored goes on with a newer copy of the log, and brings nobody back who was erased since."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from api.clients.fetching import reader
from api.publishing.files import write
from ledger.auditing import audit
from ledger.errors import Corrupt, Unreadable
from ledger.log.tiles import bundle_bytes, parse_bundle
from ledger.published import PublishedLog
from ledger.store.console_tables import CEREMONIES, LINKS, SESSIONS
from ledger.store.erasures import LIST as EARLIER
from ledger.store.erasures import read_list
from ledger.store.keystore.folder import LIST as DESTROYED
from ledger.store.keystore.opening import FOLDER
from ledger.store.ledger import Ledger
from ledger.store.opening import VARIABLE
from ledger.store.restoring import restore
from tests.support import World, held_about

FILES = ("log.key", "trust.json")
LIST = Path(FOLDER, DESTROYED)


def backed_up(world: World, folder: Path) -> Path:
    """A backup of a ledger, as the guide for operators makes it."""
    folder.mkdir()
    with closing(sqlite3.connect(world.ledger.folder / "ledger.db")) as live:
        live.execute("VACUUM INTO ?", (str(folder / "ledger.db"),))
    for name in FILES:
        shutil.copyfile(world.ledger.folder / name, folder / name)
    shutil.copytree(world.ledger.folder / FOLDER, folder / FOLDER)
    return folder


@pytest.fixture
def backup(workshop: World, tmp_path: Path) -> Path:
    return backed_up(workshop, tmp_path / "backup")


@pytest.fixture
def erased(backup: Path, workshop: World, tmp_path: Path) -> World:
    """After the backup awa is erased, and the log is exported."""
    assert held_about(workshop, "awa")
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.now = datetime(2030, 1, 1, tzinfo=UTC)
    workshop.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert not held_about(workshop, "awa")
    write(workshop.ledger, tmp_path / "export", entries=True)
    return workshop


def lose(world: World) -> Path:
    """The database of a ledger is lost, and nothing else."""
    world.ledger.close()
    (world.ledger.folder / "ledger.db").unlink()
    return world.ledger.folder


def exported(world: World, folder: Path) -> PublishedLog:
    return PublishedLog(reader(str(folder)), world.ledger.trust)


def reopened(world: World, folder: Path) -> World:
    world.ledger = Ledger.open(folder, lambda: world.now, is_simulated=True)
    return world


def test_an_erasure_is_listed_with_the_keys_without_any_value(erased: World) -> None:
    listed = erased.ledger.folder / LIST
    assert read_list(listed) == {"awa"}
    assert listed.stat().st_mode & 0o777 == 0o600
    assert listed.read_bytes() == b'"person:awa"\n'


def test_a_newer_copy_of_the_log_is_gone_on_with_and_its_erasures_hold(
    erased: World, backup: Path, tmp_path: Path
) -> None:
    size, folder = erased.ledger.size(), lose(erased)
    restored = restore(backup, folder, lambda: erased.now, exported(erased, tmp_path / "export"))
    assert (restored.entries, restored.added, restored.erased) == (size, 2, ("awa",))
    assert audit(folder).clean
    world = reopened(erased, folder)
    assert not held_about(world, "awa")
    assert held_about(world, "zoe")
    assert world.ledger.erased_again == ()
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}
    world.do("give-results-consent", "registrar", person_id="zoe")
    assert not (tmp_path / f".{folder.name}.restoring").exists()


def test_without_it_a_ledger_is_not_set_back(erased: World, backup: Path) -> None:
    folder = lose(erased)
    before = {path.name for path in folder.iterdir()}
    with pytest.raises(Corrupt, match="was it set back"):
        restore(backup, folder, lambda: erased.now)
    assert {path.name for path in folder.iterdir()} == before
    assert not folder.with_name(f".{folder.name}.restoring").exists()


def test_the_list_of_erasures_is_enough_where_the_newer_entries_are_lost(
    erased: World, backup: Path, tmp_path: Path
) -> None:
    folder = lose(erased)
    listed = read_list(folder / LIST)
    shutil.rmtree(folder)
    assert restore(backup, tmp_path / "new", lambda: erased.now, erased=listed).erased == ("awa",)
    world = reopened(erased, tmp_path / "new")
    assert not held_about(world, "awa")
    assert not world.read().person("awa").erased, "of which the log knows nothing"
    assert read_list(tmp_path / "new" / LIST) == {"awa"}, "and is not forgotten"


def test_a_database_that_is_copied_back_by_hand_brings_nobody_back(erased: World, backup: Path) -> None:
    folder = lose(erased)
    (folder / "published.note").unlink()  # as where the erasure was not published yet
    shutil.copyfile(backup / "ledger.db", folder / "ledger.db")
    world = reopened(erased, folder)
    assert world.ledger.erased_again == ("awa",)
    assert not held_about(world, "awa")


def test_nobody_is_signed_in_after_a_restoring_and_no_link_can_be_used(
    workshop: World, backup: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(backup / "ledger.db")) as kept, kept:
        kept.execute("INSERT INTO console_sessions VALUES ('s', 'officer', 'awa', 'k', 'agent', 1, 2, NULL, NULL)")
        kept.execute("INSERT INTO console_links VALUES ('c', 'enrol', 'awa', 'security', 3, NULL, NULL)")
        kept.execute("INSERT INTO console_ceremonies VALUES ('00', 'sign-in', '', '', x'', 4)")
    folder = lose(workshop)
    restore(backup, folder, lambda: workshop.now)
    database = reopened(workshop, folder).ledger.database
    assert [database.run(select(table)) for table in (SESSIONS, LINKS, CEREMONIES)] == [[], [], []]


def test_a_copy_that_is_older_adds_nothing(workshop: World, backup: Path, tmp_path: Path) -> None:
    write(workshop.ledger, tmp_path / "export", entries=True)
    folder = lose(workshop)
    restored = restore(backup, folder, lambda: workshop.now, exported(workshop, tmp_path / "export"))
    assert (restored.added, restored.erased) == (0, ())


def test_a_copy_with_another_history_is_refused(erased: World, backup: Path, tmp_path: Path) -> None:
    shutil.copytree(backup, tmp_path / "fork")
    folder = lose(erased)
    fork = reopened(erased, tmp_path / "fork")
    fork.do("give-results-consent", "registrar", person_id="awa")
    write(fork.ledger, tmp_path / "forked", entries=True)
    fork.ledger.close()
    # A later backup than the point where the other history began.
    restore(backup, tmp_path / "later", lambda: erased.now, exported(erased, tmp_path / "export"))
    with pytest.raises(Corrupt, match="holds other entries among the first"):
        restore(tmp_path / "later", folder, lambda: erased.now, exported(erased, tmp_path / "forked"))
    assert not (folder / "ledger.db").exists()


def test_entries_that_the_checkpoint_does_not_cover_are_refused(erased: World, backup: Path, tmp_path: Path) -> None:
    size, folder = erased.ledger.size(), lose(erased)
    (path,) = [path for path in (tmp_path / "export" / "tile" / "entries").rglob("*") if path.is_file()]
    *entries, one, other = parse_bundle(path.read_bytes())
    assert len(entries) == size - 2
    path.write_bytes(bundle_bytes([*entries, other, one]))
    with pytest.raises(Corrupt, match="not those that its checkpoint covers"):
        restore(backup, folder, lambda: erased.now, exported(erased, tmp_path / "export"))
    assert not (folder / "ledger.db").exists()


def test_a_database_that_is_there_is_not_replaced(workshop: World, backup: Path) -> None:
    with pytest.raises(FileExistsError, match="move it elsewhere first"):
        restore(backup, workshop.ledger.folder, lambda: workshop.now)


def test_a_list_of_erasures_that_is_none_is_named(workshop: World) -> None:
    workshop.ledger.close()
    (workshop.ledger.folder / EARLIER).write_bytes(b"{}\n")
    with pytest.raises(Unreadable, match=f"{EARLIER}: expected a list of who was erased"):
        Ledger.open(workshop.ledger.folder, lambda: workshop.now)


def test_the_list_of_an_earlier_version_is_taken_in(workshop: World) -> None:
    workshop.ledger.close()
    folder = workshop.ledger.folder
    (folder / EARLIER).write_bytes(b'[\n  "zoe"\n]\n')
    world = reopened(workshop, folder)
    assert world.ledger.erased_again == ("zoe",)
    assert not held_about(world, "zoe")
    assert not (folder / EARLIER).exists()
    assert read_list(folder / LIST) == {"zoe"}


def test_a_ledger_without_its_keys_is_not_opened(workshop: World) -> None:
    workshop.ledger.close()
    folder = workshop.ledger.folder
    shutil.move(folder / FOLDER, folder / "elsewhere")
    with pytest.raises(Unreadable, match="set PCA_LEDGER_KEYS, or restore them"):
        Ledger.open(folder, lambda: workshop.now)
    shutil.move(folder / "elsewhere", folder / FOLDER)
    assert held_about(reopened(workshop, folder), "zoe")


def test_a_backup_is_restored_into_a_file(workshop: World, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lose(workshop)
    monkeypatch.setenv(VARIABLE, "postgresql://host/name")
    with pytest.raises(Unreadable, match="then run pca-ledger migrate --to"):
        restore(backup, folder, lambda: workshop.now)
    assert not (folder / "ledger.db").exists()
