"""An erasure that is cut short between its commit and the end of the keys: they end before anything is answered."""

import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from api.secretariat.endings import COMMAND_LINE
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from ledger.store.keystore.folder import LIST, FolderKeys
from ledger.store.keystore.opening import FOLDER
from ledger.store.keystore.port import person
from ledger.store.ledger import Ledger
from ledger.store.port import Unavailable
from ledger.store.submission import Receipt
from tests.api.secretariat.test_erasure import EMAIL, FAMILY, GIVEN
from tests.engines import Engine
from tests.erasure.searching import OFFICERS, coded, found_in, keys_in
from tests.scenario import names, value
from tests.support import World

PATIENCE = 60.0
HERS = person("zenobie")
ERASE = """\
import sys
from datetime import datetime
from pathlib import Path
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.secretariat.signing_all import sign_all
from ledger.store.ledger import Ledger
from tests.erasure.searching import OFFICERS
now = datetime.fromisoformat(sys.argv[2])
inbox = Inbox(Ledger.open(Path(sys.argv[1]), lambda: now, is_simulated=True))
print("open", flush=True)
sys.stdin.readline()
sign_all(inbox, OFFICERS)
print("acknowledged", flush=True)
"""


@pytest.fixture
def asked(staffed: World) -> World:
    """She is registered, a change of her address waits, and so does her erasure."""
    details = [*names(GIVEN, FAMILY), value("email", EMAIL)]
    staffed.do("register-person", "registrar", person_id="zenobie", details=details)
    change = proposal("update-person-details", "registrar", person_id="zenobie", details=[value("email", f"1{EMAIL}")])
    erase = proposal("erase-personal-data", *OFFICERS, person_id="zenobie", basis_code="request")
    with closing(Inbox(staffed.ledger)) as inbox:
        inbox.file([change, erase], "test")
    return staffed


@contextmanager
def locked(keys: Path) -> Iterator[None]:
    """Whoever makes or destroys a key waits."""
    with (keys / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def only_read(keys: Path) -> Iterator[None]:
    """No key is made or destroyed: a folder is where its lock was."""
    (keys / "lock").unlink()
    (keys / "lock").mkdir()
    try:
        yield
    finally:
        (keys / "lock").rmdir()


@pytest.mark.usefixtures("engine")
def test_a_process_that_is_killed_after_the_commit_leaves_no_key(asked: World, engine: Engine) -> None:
    folder, size = asked.ledger.folder, asked.ledger.size()
    keys = folder / FOLDER
    before, copy = keys_in(keys), shutil.copytree(keys, folder.with_name("keys"))
    command = [sys.executable, "-c", ERASE, str(folder), asked.now.isoformat()]
    environment = {**engine.environment(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with locked(keys):
            process.stdin.write("\n")
            process.stdin.flush()
            deadline = time.monotonic() + PATIENCE
            while asked.ledger.size() == size:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.kill()
            assert process.stdout.read() == ""
    assert keys_in(keys) == before, "it is recorded, and every key is there"
    # Whoever has the ledger open destroys her key before an answer.
    asked.ledger.read()
    assert asked.ledger.keys.store.keys([HERS]) == {}
    asked.ledger.close()
    # So does who opens it, beside the keys as the process left them.
    shutil.copytree(copy, keys, dirs_exist_ok=True)
    (keys / LIST).unlink()
    with Ledger.open(folder, lambda: asked.now, is_simulated=True) as ledger:
        assert FolderKeys(keys).keys([HERS]) == {}
        assert FolderKeys(keys).destroyed() == {HERS}
        with closing(Inbox(ledger)) as inbox:
            assert inbox.waiting() == []
        gone = before.keys() - keys_in(keys).keys()
        assert len(gone) == 2, "that of the address that waited is destroyed too"
        assert found_in(keys, {form for name in gone for form in coded(before[name])}) == []


@pytest.mark.usefixtures("engine")
def test_while_keys_cannot_be_destroyed_an_erasure_is_not_acknowledged(asked: World) -> None:
    folder = asked.ledger.folder
    keys = folder / FOLDER
    before = keys_in(keys)
    with closing(Inbox(asked.ledger)) as inbox:
        number = inbox.waiting()[-1].number
        inbox.sign(number, "protection", OFFICERS["protection"])
        _, prepared = inbox.prepare(number, "security")
        signature = prepared.signed_by(OFFICERS["security"])
        size = asked.ledger.size()
        with only_read(keys):
            for _ in range(2):
                with pytest.raises(Unavailable, match="keys"):
                    inbox.add(number, "security", signature)
        assert asked.ledger.size() == size + 1, "it is recorded once"
        assert keys_in(keys) == before
        assert isinstance(inbox.add(number, "security", signature), Receipt)
        gone = before.keys() - keys_in(keys).keys()
        assert len(gone) == 2
        assert asked.ledger.keys.store.destroyed() == {HERS}
        assert inbox.waiting() == []
    assert asked.ledger.size() == size + 1


@pytest.mark.usefixtures("engine")
def test_what_is_withdrawn_while_keys_cannot_be_destroyed_is_withdrawn_again(asked: World) -> None:
    keys = asked.ledger.folder / FOLDER
    before = keys_in(keys)
    with closing(Inbox(asked.ledger)) as inbox:
        number = inbox.waiting()[0].number
        with only_read(keys):
            for _ in range(2):
                with pytest.raises(Unavailable, match="keys"):
                    inbox.withdraw(number, COMMAND_LINE)
        assert keys_in(keys) == before
        inbox.withdraw(number, COMMAND_LINE)
        assert len(keys_in(keys)) == len(before) - 1


@pytest.mark.usefixtures("engine")
def test_while_keys_cannot_be_made_nobody_new_is_recorded(asked: World) -> None:
    size = asked.ledger.size()
    submission = asked.submission("register-person", "registrar", person_id="efua", details=names("Efua"))
    with only_read(asked.ledger.folder / FOLDER), pytest.raises(Unavailable, match="keys of persons"):
        asked.ledger.record(submission)
    assert asked.ledger.size() == size
    assert asked.ledger.record(submission).index == size
