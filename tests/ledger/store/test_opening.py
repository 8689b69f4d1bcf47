"""Whoever opens a database finds the ledger of this trust root there, whole and of this version, or says what is."""

from contextlib import closing
from pathlib import Path
from threading import Event, Thread, current_thread

import psycopg
import pytest
from sqlalchemy import delete, make_url

from ledger.errors import Unfit, Unreachable, Unreadable
from ledger.store import founding, migrations, opening
from ledger.store.ledger import Ledger
from ledger.store.migrations import HEAD, bring_up, marks, revision_of, stamp
from ledger.store.opening import VARIABLE, address_of, open_founded, open_read_only, open_record, open_server
from ledger.store.port import Cursor, Database
from ledger.store.recorder import STORED_EVENTS
from ledger.store.tables import RECORD
from ledger.trust import TrustRoot
from tests.engines import Engine, ledgers_on
from tests.postgresql import free_port
from tests.support import World

PASSWORD = "pass-of-nobody"  # noqa: S105 - of nobody


def revision(database: Database) -> str | None:
    with database.transaction(commit=False) as cursor:
        return revision_of(cursor, database.kind)


@pytest.mark.parametrize("address", ["mysql://{}@host/name", "postgresql://u:{}@[host/name", "ledger.db"])
def test_an_address_that_is_none_is_not_shown(address: str) -> None:
    with pytest.raises(Unfit, match="expected postgresql://") as caught:
        open_server(address.format(PASSWORD))
    assert PASSWORD not in caught.value.words.en + caught.value.words.fr


def test_a_server_that_nobody_answers_for_is_named_without_its_password() -> None:
    with pytest.raises(Unreachable, match="the database cannot be reached") as caught:
        open_server(f"postgresql://user:{PASSWORD}@127.0.0.1:{free_port()}/name")
    assert PASSWORD not in caught.value.words.en + caught.value.words.fr


def test_the_environment_says_where_the_record_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert (address_of(tmp_path), opening.has_record(tmp_path)) == ("", False)
    (tmp_path / "trust.json").touch()
    assert not opening.has_record(tmp_path)
    monkeypatch.setenv(VARIABLE, "postgresql://host/name")
    assert opening.has_record(tmp_path), "and need not be reached now"


def test_a_database_without_entries_is_no_ledger(engine: Engine, world: World) -> None:
    folder, trust = world.ledger.folder, world.ledger.trust
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.run(delete(STORED_EVENTS))
    world.ledger.close()
    with pytest.raises(Unreadable, match="expected the entries of a ledger"):
        open_founded(folder, trust)
    with closing(open_record(folder)) as database, database.transaction(commit=True) as cursor:
        cursor.execute("DROP TABLE stored_events")
    with pytest.raises(Unreadable, match="expected the entries of a ledger"):
        open_founded(folder, trust)
    if engine.kind == "sqlite":
        (folder / opening.DATABASE).unlink()
        with pytest.raises(Unreadable, match="restore it from a backup"):
            open_founded(folder, trust)
        assert not (folder / opening.DATABASE).exists(), "and none is made"


@pytest.mark.usefixtures("engine")
def test_the_database_of_another_ledger_is_left_alone(world: World, tmp_path: Path) -> None:
    other = TrustRoot.load(world.ledger.folder / "trust.json")
    copy = World(tmp_path / "other")
    copy.ledger.close()
    with pytest.raises(Unreadable, match="holds another ledger than") as caught:
        open_founded(tmp_path / "other", other)
    assert "un autre registre" in caught.value.words.fr


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("mark", "says"), [(marks.MOVING, "is being moved here"), (marks.MOVED, "was moved to")])
def test_a_database_under_a_mark_is_not_opened(world: World, mark: str, says: str) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        stamp(cursor, mark)
    with pytest.raises(Unreadable, match=says):
        open_founded(world.ledger.folder, world.ledger.trust, read_only=True)
    assert revision(world.ledger.database) == mark


def test_a_ledger_that_is_founded_in_a_database_that_is_not_empty_leaves_it_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledgers_on("postgresql", tmp_path) as engine:
        with psycopg.connect(engine.address_of(tmp_path / "ledger")) as connection:
            connection.execute("CREATE TABLE theirs (one INTEGER)")
        with pytest.raises(Unreadable, match="expected an empty database; it holds tables"):
            World(tmp_path / "ledger")
        assert not (tmp_path / "ledger").exists()
        with psycopg.connect(engine.address_of(tmp_path / "ledger")) as connection:
            assert connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall() == [
                ("theirs",)
            ]


class Died(BaseException):
    """The process ends here."""


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", ["move", "stamp"])
def test_a_founding_that_was_interrupted_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / "ledger"

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(founding, name, die)
        with pytest.raises(Died):
            World(folder)
    assert not folder.exists(), "nobody sees a ledger that is not whole"
    world = World(folder)
    world.do("grant-role", "director", person_id="security", role="moderator")
    assert revision(world.ledger.database) == HEAD
    assert list(world.ledger.database.deviations(RECORD)) == []
    world.ledger.close()


def test_a_role_that_may_not_change_tables_is_told_to_let_another_one_migrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledgers_on("postgresql", tmp_path) as engine:
        world = World(tmp_path / "ledger")
        world.ledger.close()
        folder, address = world.ledger.folder, engine.address_of(world.ledger.folder)
        with psycopg.connect(address, autocommit=True) as owner:
            owner.execute("UPDATE alembic_version SET version_num = '0001'")
            owner.execute("CREATE ROLE clerk LOGIN")
            owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk")
            clerk = make_url(address).set(username="clerk").render_as_string()
            try:
                with monkeypatch.context() as patch:
                    patch.setattr(opening, "address_of", lambda _: clerk)
                    with pytest.raises(Unreadable, match="as a role that may change tables, run pca-ledger migrate"):
                        Ledger.open(folder, lambda: world.now)
                assert owner.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
            finally:
                owner.execute("DROP OWNED BY clerk; DROP ROLE clerk")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("mark", marks.MARKS)
def test_a_database_under_a_mark_is_not_migrated(world: World, mark: str) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        stamp(cursor, mark)
    with pytest.raises(Unreadable, match=marks.MARKS[mark]("ledger").words.en.partition(": ")[2]):
        bring_up(world.ledger.database)
    assert revision(world.ledger.database) == mark


def test_a_file_of_a_later_version_is_read_as_it_is(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        stamp(cursor, "9999")
    world.ledger.close()
    with open_read_only(world.ledger.folder / opening.DATABASE) as database:
        assert database.name == opening.DATABASE, "and no copy"
        assert revision(database) == "9999"


@pytest.mark.usefixtures("engine")
def test_who_waited_for_another_process_to_make_the_tables_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, done = Event(), list[str | None]()
    find = migrations.revision_of

    def seen(cursor: Cursor, kind: str) -> str | None:
        found = find(cursor, kind)
        if current_thread() is waiting:
            done.append(found)
            looked.set()
        return found

    monkeypatch.setattr(migrations, "revision_of", seen)
    with closing(open_record(tmp_path)) as first, closing(open_record(tmp_path)) as second:
        waiting = Thread(target=bring_up, args=(second,))
        with first.transaction(commit=True):
            if first.kind == "postgresql":
                first.select("SELECT pg_advisory_xact_lock(%s)", (migrations.LOCK,))
            waiting.start()
            assert looked.wait(60)
            bring_up(first)
        waiting.join()
        assert done == [None, HEAD]
        assert list(second.deviations(RECORD)) == []
