"""Appending on both engines: any process may, one after the other, and what became of a commit is found out."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Semaphore
from typing import Any

import msgspec
import pytest
from sqlalchemy import Delete, Update, delete, func, insert, select, update

from ledger.auditing import audit
from ledger.domain.refusal import Refused
from ledger.errors import Corrupt
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.tree import RightEdge
from ledger.store import ledger as ledgers
from ledger.store.keystore.port import person
from ledger.store.ledger import Ledger
from ledger.store.notes import CHECKPOINTS
from ledger.store.port import Cursor, Unavailable, Uncertain
from ledger.store.recorder import LOG_HEAD, STORED_EVENTS
from ledger.store.submission import Receipt, Submission
from ledger.store.tables import RECORD
from ledger.store.tree import place_of
from ledger.store.writer import Writer
from tests.engines import Engine
from tests.scenario import names
from tests.support import World, key_of

pytestmark = pytest.mark.usefixtures("engine")


def registration(world: World, person_id: str) -> Submission:
    return world.submission("register-person", "registrar", person_id=person_id, details=names("Awa"))


def test_a_batch_grows_the_tree_once(staffed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    grown, append = list[int](), RightEdge.append

    def counted(edge: RightEdge, leaves: list[bytes]) -> Any:
        grown.append(len(leaves))
        return append(edge, leaves)

    monkeypatch.setattr(RightEdge, "append", counted)
    answers = staffed.ledger.submit([registration(staffed, person_id) for person_id in ("a", "b", "c")])
    assert all(isinstance(answer, Receipt) for answer in answers)
    assert grown == [3]


def test_statements_are_those_of_the_notifications(world: World) -> None:
    world.appoint()
    log = world.ledger.log
    for start, limit, stop in ((0, 3, 9), (2, 10, 4), (4, 1, 4), (5, 2, 4), (1, 100, 100)):
        found = [(entry.id, entry.topic, entry.state) for entry in log.select_notifications(start, limit, stop)]
        assert [tuple(statement) for statement in log.statements(start, limit, stop)] == found


@pytest.fixture
def other(staffed: World) -> Iterator[Ledger]:
    """The same ledger as another process opens it."""
    with Ledger.open(staffed.ledger.folder, lambda: staffed.now, is_simulated=True) as opened:
        yield opened


class Syncs:
    """Counts what a process waits for: the syncs of files, and the commits of the record, of which each is a sync."""

    def __init__(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = self.commits = 0
        sync, commit = os.fsync, ledger.database._commit  # type: ignore[attr-defined]  # of both engines

        def counted_sync(descriptor: int) -> None:
            self.files += 1
            sync(descriptor)

        def counted_commit(raw: object) -> None:
            self.commits += 1
            commit(raw)

        monkeypatch.setattr(os, "fsync", counted_sync)
        monkeypatch.setattr(ledger.database, "_commit", counted_commit)


def test_a_statement_and_its_checkpoint_are_durable_by_one_sync(
    staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed.do("register-person", "registrar", person_id="p1", details=names("Awa"))
    submission = staffed.submission("update-person-details", "registrar", person_id="p1", details=names("Adama"))
    syncs = Syncs(staffed.ledger, monkeypatch)
    (receipt,) = staffed.ledger.submit([submission])
    assert isinstance(receipt, Receipt)
    assert (syncs.files, syncs.commits) == (0, 1)
    size, note = staffed.ledger.notes.latest_published() or (0, "")
    assert size == receipt.index + 1
    assert staffed.ledger.trust.opened(note).root == staffed.ledger.tree.root_at(size)


def test_a_note_that_many_are_shown_at_once_is_kept_once_and_no_older_one_after_it(
    staffed: World, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    publications, before = staffed.ledger.publications, staffed.ledger.notes.latest_published()
    assert isinstance(staffed.ledger.record(registration(staffed, "p1")), Receipt)
    syncs, asked, is_in_file = Syncs(staffed.ledger, monkeypatch), Semaphore(0), publications._is_in_file

    def ask(size: int, note: str) -> bool:
        asked.release()
        return is_in_file(size, note)

    monkeypatch.setattr(publications, "_is_in_file", ask)
    with ThreadPoolExecutor(2) as threads:
        with publications._lock:
            notes = [threads.submit(staffed.ledger.checkpoint) for _ in range(2)]
            for _ in notes:
                asked.acquire()  # it waits for the lock, or will in a moment
        assert notes[0].result() == notes[1].result()
    other.publications._in_file = 0, ""
    for ledger in (staffed.ledger, other):  # as threads that read it before
        monkeypatch.setattr(ledger.notes, "latest_published", lambda: before)
        ledger.checkpoint()
    assert syncs.files == 2, "the note, and its name in the folder"


def test_keys_of_new_persons_are_made_before_anybody_waits_for_the_head(
    staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions = [registration(staffed, f"p{number}") for number in range(3)]
    syncs, lock, before = Syncs(staffed.ledger, monkeypatch), staffed.ledger.log.lock, list[int]()

    def locked(cursor: Cursor) -> RightEdge:
        before.append(syncs.files)
        return lock(cursor)

    monkeypatch.setattr(staffed.ledger.log, "lock", locked)
    assert all(isinstance(answer, Receipt) for answer in staffed.ledger.submit(submissions))
    assert before == [syncs.files] == [4], "a sync each, and one of their folder"


def test_a_person_who_was_erased_elsewhere_meanwhile_is_refused_and_no_key_of_theirs_is_made(
    staffed: World, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed.do("register-person", "registrar", person_id="zoe", details=names("Zoe"))
    change = staffed.submission("update-person-details", "registrar", person_id="zoe", details=names("Zo"))
    erasure = staffed.submission("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
    staffed.ledger.keys._known.clear()  # as in a process that has read nothing about her
    decide, erased = staffed.ledger._decided, list[object]()

    def decided(some: Any) -> Any:
        decision = decide(some)
        if not erased:
            erased.append(other.record(erasure))
        return decision

    monkeypatch.setattr(staffed.ledger, "_decided", decided)
    (answer,) = staffed.ledger.submit([change])
    assert isinstance(answer, Refused)
    assert staffed.ledger.keys.store.keys([person("zoe")]) == {}


def count(ledger: Ledger) -> int:
    return int(ledger.database.run(select(func.count()).select_from(STORED_EVENTS))[0][0])


def test_any_process_appends_and_none_forks_the_log(staffed: World, other: Ledger) -> None:
    size = staffed.ledger.size()
    submissions = [registration(staffed, f"p{number}") for number in range(24)]
    with Writer(staffed.ledger) as one, Writer(other) as two, ThreadPoolExecutor(8) as threads:
        receipts = list(threads.map(lambda n: (one, two)[n % 2].record(submissions[n]), range(24)))
    assert sorted(receipt.index for receipt in receipts) == [*range(size, size + 24)]
    assert other.submit(submissions) == staffed.ledger.submit(submissions) == receipts, "each is recorded once"
    assert other.latest()[1].size == size + 24
    assert len({staffed.ledger.tree.root_at(size + 24), other.tree.root_at(size + 24)}) == 1


def test_what_was_decided_on_an_older_head_is_decided_anew_under_the_lock(
    staffed: World, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions = [registration(staffed, "p1"), registration(staffed, "p2")]
    twin = registration(staffed, "p1")
    decide, decisions = staffed.ledger._decided, list[int]()

    def decided(some: Any) -> Any:
        decisions.append(staffed.ledger.size())
        decision = decide(some)
        if len(decisions) == 1:
            other.record(twin)
        return decision

    monkeypatch.setattr(staffed.ledger, "_decided", decided)
    first, second = staffed.ledger.submit(submissions)
    assert not isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert decisions == [second.index - 1, second.index]


@pytest.mark.parametrize("was_committed", [True, False])
def test_a_commit_that_was_lost_is_found_or_made_again(
    staffed: World, was_committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = list[Receipt]()
    submission = msgspec.structs.replace(registration(staffed, "p1"), settle=settled.append)
    size = staffed.ledger.size()
    monkeypatch.setattr(staffed.ledger.database, "_commit", losing(staffed, was_committed, times=1))
    (receipt,) = staffed.ledger.submit([submission])
    assert isinstance(receipt, Receipt)
    assert (receipt.index, count(staffed.ledger)) == (size, size + 1)
    assert settled == [receipt] * (1 if was_committed else 2), "once in each transaction"
    staffed.do("update-person-details", "registrar", person_id="p1", details=names("Awa Marie"))


def losing(world: World, was_committed: bool, times: int) -> Callable[[Any], None]:
    """How a database commits whose connection is lost meanwhile, so many times."""
    commit, lost = world.ledger.database._commit, list[Any]()  # type: ignore[attr-defined]  # of both engines

    def commits(raw: Any) -> None:
        lost.append(raw)
        if was_committed or len(lost) > times:
            commit(raw)
        if len(lost) <= times:
            raise Uncertain("the connection was lost")

    return commits


def test_what_cannot_be_found_out_is_said_to_be_uncertain(staffed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "RESOLVING_SECONDS", 0.1)
    monkeypatch.setattr(ledgers, "RESOLVING_PAUSE", 0.01)
    submission, size = registration(staffed, "p1"), staffed.ledger.size()
    with monkeypatch.context() as patch:
        patch.setattr(staffed.ledger.database, "_commit", losing(staffed, False, times=1000))
        with pytest.raises(Uncertain):
            staffed.ledger.submit([submission])
    assert staffed.ledger.record(submission).index == size


def test_what_belongs_to_the_act_is_done_with_it_or_neither_is(staffed: World) -> None:
    size = staffed.ledger.size()

    def fails(_: Receipt) -> None:
        raise Unavailable("disk full")

    with pytest.raises(Unavailable):
        staffed.ledger.submit([msgspec.structs.replace(registration(staffed, "p1"), settle=fails)])
    assert count(staffed.ledger) == size
    assert staffed.ledger.record(registration(staffed, "p1")).index == size


def test_a_log_that_was_set_back_under_a_process_takes_nothing_more(staffed: World) -> None:
    submission = registration(staffed, "p1")
    with staffed.ledger.database.transaction(commit=True) as cursor:
        cursor.run(delete(STORED_EVENTS).where(STORED_EVENTS.c.position >= staffed.ledger.size()))
    with pytest.raises(Corrupt, match="set back"):
        staffed.ledger.submit([submission])
    with pytest.raises(Corrupt, match="set back"):
        staffed.ledger.read()


def test_a_log_that_was_replaced_under_a_process_takes_nothing_more(staffed: World) -> None:
    submission = registration(staffed, "p1")
    with staffed.ledger.database.transaction(commit=True) as cursor:
        last = STORED_EVENTS.c.position == staffed.ledger.size()
        cursor.run(update(STORED_EVENTS).where(last).values(state=b"{}"))
    with pytest.raises(Corrupt, match="replaced"):
        staffed.ledger.submit([submission])


def test_no_other_checkpoint_of_a_size_is_signed(staffed: World) -> None:
    size = staffed.ledger.size()
    another = sign_checkpoint(Checkpoint(staffed.ledger.trust.origin, size + 1, bytes(32)), key_of("log"))
    with staffed.ledger.database.transaction(commit=True) as cursor:
        cursor.run(insert(CHECKPOINTS), {"size": size + 1, "note": another})
    with pytest.raises(Corrupt, match="another checkpoint"):
        staffed.ledger.submit([registration(staffed, "p1")])
    assert count(staffed.ledger) == size


@pytest.mark.parametrize(
    "change",
    [
        update(LOG_HEAD).values(size=LOG_HEAD.c.size - 1),
        update(LOG_HEAD).values(size=5000),
        update(LOG_HEAD).values(size=0, edge=b""),
        update(LOG_HEAD).values(edge=bytes(96)),
        delete(LOG_HEAD),
    ],
)
def test_a_head_that_contradicts_the_entries_takes_nothing_and_has_nothing_signed(
    staffed: World, other: Ledger, change: Update | Delete
) -> None:
    """Whoever can write in the database has no checkpoint signed of a tree that the log never had."""
    submission, size = registration(staffed, "p1"), staffed.ledger.size()
    head = other.latest()
    with staffed.ledger.database.transaction(commit=True) as cursor:
        cursor.run(change)
    for ledger in (staffed.ledger, other):
        with pytest.raises(Corrupt, match="head") as error:
            ledger.submit([submission])
        assert error.value.code == "log-head"
    assert count(staffed.ledger) == size
    assert other.notes.latest_checkpoint() == (size, head[0])


def test_a_second_head_takes_nothing_and_is_found(staffed: World, other: Ledger) -> None:
    """Whoever can alter tables drops the constraint that keeps it from being there."""
    submission, size = registration(staffed, "p1"), staffed.ledger.size()
    with staffed.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("ALTER TABLE log_head RENAME TO genuine")
        cursor.execute("CREATE TABLE log_head AS SELECT * FROM genuine")
        cursor.execute("INSERT INTO log_head SELECT 2, size, edge FROM genuine")
        cursor.execute("DROP TABLE genuine")
    for ledger in (staffed.ledger, other):
        with pytest.raises(Corrupt, match="2 rows in place of one") as error:
            ledger.submit([submission])
        assert error.value.code == "log-head"
    assert count(staffed.ledger) == size
    staffed.ledger.close()
    findings = audit(staffed.ledger.folder).findings
    assert {finding.code for finding in findings} == {"database-altered"}
    assert "2 rows in place of one" in str(findings)


def test_a_node_that_is_there_already_takes_nothing(staffed: World) -> None:
    submission, size = registration(staffed, "p1"), staffed.ledger.size()
    with staffed.ledger.database.transaction(commit=True) as cursor:
        cursor.run(insert(RECORD.tables["tree_nodes"]), {"place": place_of(0, size), "hash": bytes(32)})
    with pytest.raises(Corrupt, match="contradicts its entries"):
        staffed.ledger.submit([submission])
    assert count(staffed.ledger) == size


def test_an_erasure_whose_keys_cannot_be_destroyed_is_not_acknowledged(
    staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is recorded, and acknowledged once they are."""
    staffed.do("register-person", "registrar", person_id="p1", details=names("Awa"))
    staffed.now += timedelta(days=5000)
    submission = staffed.submission(
        "erase-personal-data", "protection", "security", person_id="p1", basis_code="request"
    )
    size = staffed.ledger.size()

    def broken(_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(staffed.ledger.keys.store, "destroy", broken)
        with pytest.raises(Unavailable, match=r"recorded, but keys could not be destroyed: .*the disk is gone"):
            staffed.ledger.submit([submission])
        assert "person:p1" not in staffed.ledger.keys.store.destroyed()
    (receipt,) = staffed.ledger.submit([submission])
    assert isinstance(receipt, Receipt)
    assert receipt.index == size
    assert "person:p1" in staffed.ledger.keys.store.destroyed()


def test_who_was_erased_keeps_nobody_in_their_group_from_recording(staffed: World) -> None:
    """A restored record knows nothing of the erasure; the key store does."""
    staffed.do("register-person", "registrar", person_id="p1", details=names("Awa"))
    renamed = staffed.submission("update-person-details", "registrar", person_id="p1", details=names("Ama"))
    staffed.ledger.keys.destroy([person("p1")])
    refused, recorded = staffed.ledger.submit([renamed, registration(staffed, "p2")])
    assert isinstance(refused, Refused)
    assert refused.code == "person-erased"
    assert isinstance(recorded, Receipt)


def test_a_head_is_not_signed_for_anew_unless_it_is_that_of_the_entries(staffed: World) -> None:
    folder = staffed.ledger.folder
    with staffed.ledger.database.transaction(commit=True) as cursor:
        cursor.run(update(LOG_HEAD).values(edge=bytes(96)))
        cursor.run(delete(CHECKPOINTS).where(CHECKPOINTS.c.size == staffed.ledger.size()))
    staffed.ledger.close()
    with pytest.raises(Corrupt, match="head"):
        Ledger.open(folder, lambda: staffed.now, is_simulated=True)


def test_who_listens_is_woken_by_the_appends_of_others_also_after_a_lost_connection(
    engine: Engine, staffed: World, other: Ledger
) -> None:
    woken = Event()
    with other.database.listening(woken.set):
        for number in range(2 if engine.kind == "postgresql" else 0):
            for attempt in range(100):
                staffed.ledger.record(registration(staffed, f"p{number}-{attempt}"))
                if woken.wait(0.1):
                    break
            assert woken.is_set()
            staffed.ledger.database.select(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE starts_with(query, 'LISTEN') AND datname = current_database()"
            )
            woken.clear()
