"""Key stores: a key is made once, whoever asks; a destroyed one is gone for good, and leaves the owner's name only."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import Unreachable, Unreadable
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.keystore import opening
from ledger.store.keystore.database import DatabaseKeys
from ledger.store.keystore.folder import LIST, PROPOSALS, FolderKeys
from ledger.store.keystore.opening import VARIABLE, open_keys
from ledger.store.keystore.port import Destroyed, KeyStore, person
from tests.engines import drop_database, postgresql_url, server

ZOE, AWA = person("zoe"), person("awa")
MAKE = "import sys, pathlib\nfrom ledger.store.keystore.opening import open_keys\n" + (
    "made = open_keys(pathlib.Path(sys.argv[1])).make([f'person:{n}' for n in range(40)])\n"
    "print(b''.join(made[owner] for owner in sorted(made)).hex())"
)


@pytest.fixture(params=["folder", "database"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Opens the store anew, as another process does."""
    name = f"keys_{os.getpid()}"
    if request.param == "database":
        monkeypatch.setenv(VARIABLE, postgresql_url(name))
    stores: list[KeyStore] = []

    def open_again() -> KeyStore:
        stores.append(open_keys(tmp_path / "ledger"))
        return stores[-1]

    yield open_again
    for store in stores:
        store.close()
    if request.param == "database":
        drop_database(name)


Opened = Callable[[], KeyStore]


def test_a_key_is_made_once_and_found_again(opened: Opened) -> None:
    store = opened()
    assert store.is_empty()
    assert store.keys([ZOE]) == {}
    made = store.make([ZOE, AWA, ZOE])
    assert made.keys() == {ZOE, AWA}
    assert {len(key) for key in made.values()} == {32}
    assert made[ZOE] != made[AWA]
    again = opened()
    assert not again.is_empty()
    assert again.make([AWA]) == {AWA: made[AWA]}
    assert again.keys([ZOE, AWA, person("nobody")]) == made


def test_a_destroyed_key_never_comes_back(opened: Opened) -> None:
    store, other = opened(), opened()
    (key,) = store.make([AWA]).values()
    store.make([ZOE])
    store.destroy([ZOE, person("never had one")])
    store.destroy([ZOE])
    assert other.keys([ZOE, AWA]) == {AWA: key}
    assert other.destroyed() == {ZOE, person("never had one")}
    for owner in (ZOE, person("never had one")):
        with pytest.raises(Destroyed):
            other.make([owner, AWA])
    assert other.keys([ZOE, AWA]) == {AWA: key}
    assert not other.is_empty()


def test_who_is_no_person_is_not_remembered(opened: Opened) -> None:
    store, other = opened(), opened()
    store.make([ZOE, "proposal:00"])
    store.destroy(["proposal:00", "webhooks:11"])
    assert other.keys(["proposal:00"]) == {}
    assert other.destroyed() == frozenset()
    assert other.keys([ZOE]) == store.keys([ZOE]) != {}


def test_who_another_process_destroyed_is_known_at_once(opened: Opened) -> None:
    store, other = opened(), opened()
    for number in range(3):
        owner = person(str(number))
        assert owner not in other.destroyed()
        store.destroy([owner])
        assert owner in other.destroyed()
        with pytest.raises(Destroyed):
            other.make([owner])


def test_threads_and_processes_get_the_same_keys(opened: Opened, tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path / "ledger")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    store, owners = opened(), [f"person:{number}" for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: store.make(owners), range(4)))
    assert made[1:] == made[:-1]
    printed = {process.communicate()[0].strip() for process in processes}
    assert printed == {b"".join(made[0][owner] for owner in sorted(owners)).hex()}


def test_keys_in_a_folder_are_their_owners_only_and_leave_nothing_when_destroyed(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    store = FolderKeys(folder)
    (key,) = store.make([ZOE]).values()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.glob("*.key")
    assert file.read_bytes() == key
    linked = tmp_path / "linked"
    linked.hardlink_to(file)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    store.destroy([ZOE])
    assert sorted(path.name for path in folder.iterdir()) == [LIST, "lock"]
    assert linked.read_bytes() == bytes(32), "the bytes themselves are overwritten"


def test_keys_are_destroyed_together_after_their_owners_are_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two syncs for the list, then one for each key, when all of them are overwritten, and one for the folder."""
    store, synced, sync = FolderKeys(tmp_path / "keys"), list[tuple[str, int, int]](), os.fsync
    owners = [person(str(number)) for number in range(5)]
    store.make(owners)

    def syncing(file: int) -> None:
        going = list(tmp_path.glob("keys/*.going"))
        overwritten = sum(key.read_bytes() == bytes(32) for key in going)
        suffixes = {path.stat().st_ino: path.suffix for path in tmp_path.rglob("*")}
        synced.append((suffixes[os.fstat(file).st_ino], len(going), overwritten))
        sync(file)

    monkeypatch.setattr(os, "fsync", syncing)
    store.destroy([*owners, "proposal:00"])
    assert synced == [("", 0, 0), ("", 0, 0), *[(".going", 5, 5)] * 5, ("", 0, 0)]


def test_keys_of_proposals_are_made_and_destroyed_by_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, owners, synced = FolderKeys(tmp_path), [f"proposal:{number}" for number in range(40)], list[str]()
    made = store.make([ZOE, *owners[:3]])

    def syncing(file: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{file}")).name)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "fdatasync", syncing)
    made |= store.make(owners)
    assert FolderKeys(tmp_path).keys([ZOE, *owners]) == made
    assert len(set(made.values())) == 41
    store.destroy(owners[:30])
    assert synced == [PROPOSALS, PROPOSALS]
    assert store.keys(owners) == {owner: made[owner] for owner in owners[30:]}


def test_a_key_of_a_proposal_takes_the_place_of_one_that_was_destroyed(tmp_path: Path) -> None:
    """Others stay where they are. What was cut short while it was written takes no place either."""
    store, file = FolderKeys(tmp_path), tmp_path / PROPOSALS
    before = store.make([f"proposal:{name}" for name in "abc"])
    places = {owner: file.read_bytes().index(key) for owner, key in before.items()}
    store.destroy(["proposal:b"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size == 3 * 64
    assert before.pop("proposal:b") not in file.read_bytes()
    with file.open("ab") as opened:
        opened.write(b"half a key")
    after = before | store.make(["proposal:d", "proposal:e"])
    assert file.stat().st_size == 4 * 64
    assert {owner: file.read_bytes().index(key) for owner, key in before.items()}.items() <= places.items()
    assert FolderKeys(tmp_path).keys(after) == after


def test_a_key_is_overwritten_before_its_owner_is(tmp_path: Path) -> None:
    """Whoever destroys it again, after half of that, finds it. Its file could be that of an earlier version."""
    store, file = FolderKeys(tmp_path), tmp_path / PROPOSALS
    (key,) = store.make(["proposal:00"]).values()
    held = file.read_bytes()
    file.write_bytes(bytes(32) + held[32:])
    store.destroy(["proposal:00"])
    assert file.read_bytes() == bytes(64)
    (tmp_path / f"{held[32:].hex()}.key").write_bytes(key)
    assert store.keys(["proposal:00"]) == {"proposal:00": key}
    store.destroy(["proposal:00"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", PROPOSALS]


def test_what_interrupted_a_destruction_is_made_good_by_the_next(tmp_path: Path) -> None:
    store = FolderKeys(tmp_path)
    store.make([ZOE, AWA])
    for file in tmp_path.glob("*.key"):
        file.rename(file.with_suffix(".going"))
    (tmp_path / LIST).write_text('"person:a"\n"person:zo')
    assert store.destroyed() == {person("a")}
    store.destroy([ZOE, AWA])
    assert list(tmp_path.glob("*.going")) == []
    assert store.destroyed() == {person("a"), ZOE, AWA}


def test_files_that_are_no_keys_are_told(tmp_path: Path) -> None:
    store = FolderKeys(tmp_path)
    store.make([ZOE])
    (file,) = tmp_path.glob("*.key")
    file.write_bytes(b"short")
    with pytest.raises(Unreadable, match="expected 32 bytes"):
        store.keys([ZOE])
    (tmp_path / LIST).write_text("person:zoe\n")
    with pytest.raises(Unreadable, match="expected a list of who was erased"):
        store.destroyed()


def test_the_environment_says_where_the_keys_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opening.address_of(tmp_path) == str(tmp_path / "person-keys")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere"))
    open_keys(tmp_path / "ledger").make([ZOE])
    assert len(list((tmp_path / "elsewhere").glob("*.key"))) == 1


def test_a_database_that_nobody_answers_for_is_told() -> None:
    name = f"gone_{os.getpid()}"
    url = postgresql_url(name)
    store = DatabaseKeys(PostgreSQLDatabase(url))
    drop_database(name)
    with pytest.raises(Unreachable, match="the key store cannot be used"):
        store.keys([ZOE])
    store.close()


def test_a_role_that_can_create_no_table_keeps_keys_in_one_that_is_there() -> None:
    url = postgresql_url(name := f"roles_{os.getpid()}")
    DatabaseKeys(PostgreSQLDatabase(url)).close()
    with server().connect(name) as connection:
        connection.execute("CREATE ROLE keeping LOGIN")
        connection.execute("GRANT SELECT, INSERT, UPDATE ON person_keys TO keeping")
    try:
        store = DatabaseKeys(PostgreSQLDatabase(url.replace("postgres@", "keeping@")))
        assert store.make([ZOE]) == store.keys([ZOE])
        store.destroy([ZOE])
        assert store.destroyed() == {ZOE}
        store.close()
    finally:
        drop_database(name)
        with server().connect() as connection:
            connection.execute("DROP ROLE keeping")


def test_an_audit_reads_keys_and_creates_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a role that may only read, also before there is a table."""
    url = postgresql_url(name := f"audited_{os.getpid()}")
    role = f"auditing_{os.getpid()}"
    monkeypatch.setenv(VARIABLE, url.replace("postgres@", f"{role}@"))
    try:
        with server().connect(name) as connection:
            connection.execute(f"CREATE ROLE {role} LOGIN")
            with closing(open_keys(tmp_path, to_audit=True)) as store:
                assert store.keys([ZOE]) == {}
            assert connection.execute("SELECT to_regclass('person_keys')").fetchone() == (None,)
            with closing(DatabaseKeys(PostgreSQLDatabase(url))) as store:
                made = store.make([ZOE])
            connection.execute(f"GRANT SELECT ON person_keys TO {role}")
            with closing(open_keys(tmp_path, to_audit=True)) as store:
                assert store.keys([ZOE, AWA]) == made
    finally:
        drop_database(name)
        with server().connect() as connection:
            connection.execute(f"DROP ROLE IF EXISTS {role}")
