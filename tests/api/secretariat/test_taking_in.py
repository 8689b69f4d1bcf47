"""What an earlier version kept in files beside the ledger is taken into the record once, and the file is removed.

``earlier/*.sql`` make the files that the version before the change wrote, over a ledger of 50 entries.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from api.secretariat.endings import COMMAND_LINE, How
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.secretariat.requests import Request
from api.secretariat.taking_in import FILE
from api.sharing.outbox import EARLIER, Place, take_in_places
from ledger.errors import Conflict, Unreadable
from ledger.store import earlier
from ledger.store.desk_tables import IMPORT_ANSWERS, IMPORTED_FILES, NONCES, PROPOSALS
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt
from tests.api.secretariat.rows import rows_of
from tests.api.secretariat.test_endings import code_of, values_of
from tests.api.secretariat.test_erasure import FAMILY, GIVEN, found_in
from tests.api.sharing.subscribed import placed
from tests.engines import ledgers_on
from tests.ledger.store.migrations.conftest import CLOCK, unpacked
from tests.support import World, key_of

pytestmark = pytest.mark.usefixtures("engine")

GRANT = {"person_id": "panel1", "role": "moderator"}


def put(folder: Path, name: str = FILE, also: str = "") -> Path:
    """Make the file of an earlier version."""
    script = (Path(__file__).with_name("earlier") / f"{Path(name).stem}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(folder / name)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(script + also)
    return folder / name


@pytest.fixture
def world(staffed: World) -> World:
    """A ledger in which what the file notes as recorded is recorded."""
    staffed.do("grant-role", "director", **GRANT)
    return staffed


def test_every_row_is_taken_in_and_the_values_are_sealed(world: World) -> None:
    file = put(world.ledger.folder)
    with closing(Inbox(world.ledger)) as inbox:
        assert not [path.name for path in file.parent.iterdir() if path.name.startswith(FILE)]
        assert [(w.number, w.filed_by) for w in inbox.waiting()] == [(1, "registrar"), (4, COMMAND_LINE)]
        assert values_of(inbox, 1) == [GIVEN, FAMILY]
        (trace,) = inbox.ended()
        assert trace.ending is not None
        assert (trace.number, trace.ending.how, trace.ending.by) == (3, How.REFUSED, "registrar")
        assert trace.ending.reason == f"{FAMILY} is registered"
        recorded = inbox.find(2)
        assert recorded is not None
        assert recorded.leaf == 50
        assert len(rows_of(world, IMPORTED_FILES)) == len(rows_of(world, IMPORT_ANSWERS)) == 1
        assert len(rows_of(world, NONCES)) == 1
        assert found_in(world.ledger.folder) == []
        assert inbox.file([proposal("grant-role", "director", person_id="panel2", role="auditor")], "test") == [5]
        assert isinstance(inbox.sign(1, "registrar", key_of("registrar")), Receipt)


def test_a_request_to_an_earlier_version_is_known_again(world: World) -> None:
    put(world.ledger.folder)
    with closing(Inbox(world.ledger)) as inbox:
        grant = proposal("grant-role", "director", person_id="panel2", role="auditor")
        with pytest.raises(Conflict):
            inbox.propose(grant, "officer registrar", Request.of("registrar", "key-00000001", b"another body"))
        again, _ = inbox.propose(
            grant, "officer registrar", Request.of("registrar", "key-00000001", b'{"the": "body"}')
        )
        assert again.number == 1


def test_a_process_that_dies_before_it_removes_the_file_leaves_it_to_be_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(world.ledger.folder)

    def dies(_: Path) -> None:
        raise OperationalError("the process dies")

    with monkeypatch.context() as dying:
        dying.setattr(earlier, "_remove", dies)
        with pytest.raises(OperationalError):
            Inbox(world.ledger)
    before = rows_of(world)
    assert file.exists()
    with closing(Inbox(world.ledger)) as inbox:
        assert rows_of(world) == before
        assert not file.exists()
        assert len(inbox.waiting()) == 2


def test_a_file_of_which_a_row_does_not_fit_is_not_taken_in_in_part(world: World) -> None:
    file = put(
        world.ledger.folder,
        also="CREATE TABLE t (sha256 TEXT, name TEXT, source TEXT);"
        "INSERT INTO t VALUES (NULL, 'x', 'y'); DROP TABLE imported_files; ALTER TABLE t RENAME TO imported_files;",
    )
    with pytest.raises(IntegrityError):
        Inbox(world.ledger)
    assert rows_of(world) == []
    assert file.exists()


def test_another_file_than_the_one_that_was_taken_in_is_told_and_left(world: World) -> None:
    put(world.ledger.folder)
    Inbox(world.ledger).close()
    before = rows_of(world)
    file = put(world.ledger.folder, also="UPDATE proposals SET filed = 1;")
    with pytest.raises(Unreadable, match="move it elsewhere"):
        Inbox(world.ledger)
    assert file.exists()
    assert rows_of(world) == before


def test_a_file_beside_an_inbox_that_was_used_is_told_and_left(world: World) -> None:
    with closing(Inbox(world.ledger)) as inbox:
        inbox.file([proposal("grant-role", "director", person_id="panel2", role="auditor")], "test")
    file = put(world.ledger.folder)
    with pytest.raises(Unreadable, match="move it elsewhere"):
        Inbox(world.ledger)
    assert file.exists()
    assert len(rows_of(world)) == 1


def test_what_a_log_that_was_set_back_does_not_hold_is_left_out(staffed: World) -> None:
    """An inbox newer than the restored ledger beside it: its numbers named entries that were not there."""
    assert staffed.ledger.size() == 50
    put(staffed.ledger.folder)
    with closing(Inbox(staffed.ledger)) as inbox:
        assert inbox.find(2) is None
        assert code_of(lambda: inbox.prepare(2, "director")) == "unknown"
        assert [w.number for w in inbox.waiting()] == [1, 4]


def test_who_filed_is_known_of_what_a_still_earlier_version_filed(world: World) -> None:
    dropped = "".join(
        f"ALTER TABLE proposals DROP COLUMN {column};"
        for column in ("filed", "filed_by", "ended", "ended_at", "ended_by", "reason")
    )
    put(world.ledger.folder, also=f"DROP TABLE import_answers; DELETE FROM requests; {dropped}")
    world.now += timedelta(days=400)
    with closing(Inbox(world.ledger)) as inbox:
        now = int(world.ledger.now().timestamp())
        assert {(w.number, w.filed_by, w.filed) for w in inbox.waiting()} == {
            (1, "registrar", now),
            (3, COMMAND_LINE, now),
            (4, COMMAND_LINE, now),
        }


def test_a_text_that_is_none_hides_no_other_row(world: World) -> None:
    put(world.ledger.folder, also="UPDATE proposals SET command = CAST(X'FF' AS TEXT) WHERE id = 1;")
    with closing(Inbox(world.ledger)) as inbox:
        assert ([w.number for w in inbox.waiting()], [t.number for t in inbox.unreadable()]) == ([4], [1])


def test_places_of_webhooks_are_taken_in(world: World) -> None:
    folder, database = world.ledger.folder, world.ledger.database
    for _ in range(2):  # the second file is that of a process that died
        put(folder, EARLIER)
        again = datetime(2026, 1, 1, 0, 0, 10, tzinfo=UTC)
        take_in_places(database, folder)
        assert placed(database, "abc") == Place(7, 1, again, "down")
        assert not (folder / EARLIER).exists()
    assert len(rows_of(world, PROPOSALS)) == 0


def test_the_inbox_of_an_earlier_ledger_is_shown_as_it_was(tmp_path: Path) -> None:
    """A whole folder of before: of the record, too, which is a file then."""
    folder = unpacked(tmp_path / "earlier")
    with ledgers_on("sqlite", tmp_path), Ledger.open(folder, lambda: CLOCK, is_simulated=True) as ledger:
        with closing(Inbox(ledger)) as inbox:
            shown = [(w.number, w.proposal.name, w.filed_by) for w in inbox.waiting()]
            assert shown == [
                (1, "register-person", COMMAND_LINE),
                (2, "erase-personal-data", COMMAND_LINE),
            ]
            assert values_of(inbox, 1)[0] == "Mia"
            (trace,) = inbox.ended()
            assert trace.ending is not None
            assert (trace.number, trace.ending.how, trace.ending.reason) == (3, How.WITHDRAWN, "twice")
        with closing(Inbox(ledger)) as again:
            assert [(w.number, w.proposal.name, w.filed_by) for w in again.waiting()] == shown
    assert not [path.name for path in folder.iterdir() if path.name.startswith(FILE)]
