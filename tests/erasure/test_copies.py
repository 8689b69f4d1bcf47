"""What every copy of the record forgets when a person is erased: searched byte for byte, and opened again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.auditing import audit
from ledger.store.documents import DOCUMENTS
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.keystore.folder import LIST
from ledger.store.keystore.opening import FOLDER
from ledger.store.keystore.port import person
from ledger.store.keystore.sealing import unseal
from ledger.store.ledger import Ledger
from ledger.store.opening import DATABASE, open_database
from ledger.store.vault import SEALED_VALUES
from tests.clusters import Cluster, cluster
from tests.engines import VARIABLE as ADDRESS
from tests.engines import move
from tests.erasure.searching import MARKER, NAMES, PERSON, coded, erase_her, found_in, keys_in, name_her, opened_of_her
from tests.issued import established_issuer
from tests.postgresql import Server, run
from tests.support import World

EVERYWHERE = ["vault", "waiting", "ended", "documents"]
__all__ = ["established_issuer"]


@pytest.fixture
def two() -> Iterator[Cluster]:
    with cluster() as servers:
        yield servers


@pytest.fixture
def named(established_issuer: World, tmp_path: Path) -> Iterator[World]:
    """A ledger on SQLite that names her wherever it can."""
    world = established_issuer.copy(tmp_path / "ledger")
    name_her(world)
    yield world
    world.ledger.close()


@pytest.fixture
def served(established_issuer: World, two: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The same on a primary, which has recorded all of it itself."""
    world = established_issuer.copy(folder := tmp_path / "ledger")
    world.ledger.close()
    move(open_database(folder / DATABASE), PostgreSQLDatabase(two.primary.url()))
    (folder / DATABASE).unlink()
    monkeypatch.setenv(ADDRESS, two.primary.url())
    open_again(world)
    name_her(world)
    yield world
    world.ledger.close()


def open_again(world: World, folder: Path | None = None) -> None:
    world.ledger = Ledger.open(folder or world.ledger.folder, lambda: world.now, is_simulated=True)


def key_of_hers(world: World) -> bytes:
    return world.ledger.keys.store.keys([person(PERSON)])[person(PERSON)]


def require_the_key_opens_her_values(world: World) -> None:
    """The search for her key would mean nothing if another one opened what is sealed."""
    key = key_of_hers(world)
    rows = world.ledger.database.run(select(SEALED_VALUES).where(SEALED_VALUES.c.person_id == PERSON))
    opened = [unseal(key, person(PERSON), row.name, row.sealed) for row in rows]
    assert any(form in value for value in opened if value is not None for form in NAMES)
    assert opened_of_her(world.ledger) == EVERYWHERE


def destroyed_since(world: World, before: dict[str, bytes]) -> set[bytes]:
    """The forms of the keys that are in the folder no more: hers, of what three proposals state, and of one reason."""
    left = keys_in(world.ledger.folder / FOLDER)
    gone = [key for name, key in before.items() if name not in left]
    assert len(gone) == 5
    return {form for key in gone for form in coded(key)}


def require_nobody_is_named_and_it_goes_on(world: World) -> None:
    """In the ledger that was just opened, whose key store is that in its folder."""
    ledger = world.ledger
    assert opened_of_her(ledger) == []
    assert ledger.keys.store.keys([person(PERSON)]) == {}
    assert [held for held in ledger.vault.everything() if held.person_id == PERSON] == []
    world.person("efua")
    assert ledger.vault.identities(["efua"])["efua"].given == ("efua",)


def test_nothing_is_found_in_any_copy_of_a_served_record(
    two: Cluster, served: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, primary, (replica,) = served.ledger.folder, two.primary, two.replicas
    require_the_key_opens_her_values(served)
    before = keys_in(folder / FOLDER)
    hers = coded(key_of_hers(served))
    assert found_in(folder, hers), "the search finds a key that is there"
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    old = shutil.copytree(folder / FOLDER, tmp_path / "old")
    backup = tmp_path / "backup"
    backup.mkdir(0o755)
    primary.base_backup(backup / "data")
    assert found_in(backup, [MARKER])

    erase_her(served)
    assert opened_of_her(served.ledger) == []
    with primary.connect() as connection:
        connection.execute("CHECKPOINT")
    dump = tmp_path / "dump.sql"
    dump.write_text(run("pg_dump", "--dbname", primary.url()), encoding="utf-8")
    keys = destroyed_since(served, before)
    assert hers <= keys
    for place in (primary.data, primary.data / "pg_wal", primary.folder, replica.folder, backup, dump):
        assert found_in(place, [MARKER]), place
        assert found_in(place, NAMES | keys) == []
    assert found_in(folder, NAMES | keys) == []
    assert audit(folder).clean
    served.ledger.close()

    # The backup is started beside the keys that there are now, and the folder as it was then.
    (backup / "data" / "standby.signal").unlink()
    alone = {"synchronous_standby_names": ""}
    with Server(backup, alone, is_new=False) as server:
        monkeypatch.setenv(ADDRESS, server.url())
        with server.connect() as connection:
            assert connection.execute("SELECT count(*) FROM sealed_documents").fetchone() != (0,)
        shutil.rmtree(copy / FOLDER)
        shutil.copytree(folder / FOLDER, copy / FOLDER)
        open_again(served, copy)
        assert served.ledger.erased_again == (PERSON,)
        require_nobody_is_named_and_it_goes_on(served)
        assert served.ledger.database.run(select(DOCUMENTS)) == []
        served.ledger.close()
        assert found_in(backup, NAMES | keys) == []
        # The same beside older keys, whose list was kept.
        shutil.copytree(old, copy / FOLDER, dirs_exist_ok=True)
        open_again(served)
        assert opened_of_her(served.ledger) == []
        assert found_in(copy / FOLDER, hers) == []
        served.ledger.close()


def test_nothing_is_found_in_any_copy_of_a_file(named: World, tmp_path: Path) -> None:
    folder = named.ledger.folder
    require_the_key_opens_her_values(named)
    before = keys_in(folder / FOLDER)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    erase_her(named)
    keys = destroyed_since(named, before)
    for place in (folder / DATABASE, folder / f"{DATABASE}-wal", copy / DATABASE, copy / f"{DATABASE}-wal"):
        assert found_in(place, [MARKER]), place
        assert found_in(place, NAMES | keys) == []
    assert found_in(folder, NAMES | keys) == []
    named.ledger.close()
    assert found_in(folder, NAMES | keys) == []

    # The copy of the file is opened beside the keys that there are now.
    shutil.rmtree(copy / FOLDER)
    shutil.copytree(folder / FOLDER, copy / FOLDER)
    open_again(named, copy)
    assert named.ledger.erased_again == (PERSON,)
    require_nobody_is_named_and_it_goes_on(named)
    assert found_in(copy, NAMES | keys) == []


@pytest.mark.parametrize("which", ["record", "list"])
def test_an_old_copy_of_the_keys_is_purged_when_it_is_opened(named: World, tmp_path: Path, which: str) -> None:
    """Keys of before the erasure, beside a record or a list of destroyed keys that knows of it."""
    folder, old = named.ledger.folder, tmp_path / "old"
    shutil.copytree(folder, old)
    hers = coded(key_of_hers(named))
    erase_her(named)
    named.ledger.close()
    if which == "record":
        shutil.rmtree(folder / FOLDER)
        shutil.copytree(old / FOLDER, folder / FOLDER)
        opened = folder
    else:
        shutil.copy(folder / FOLDER / LIST, old / FOLDER / LIST)
        opened = old
    assert found_in(opened / FOLDER, hers)
    open_again(named, opened)
    assert found_in(opened / FOLDER, hers) == []
    assert person(PERSON) in named.ledger.keys.store.destroyed()
