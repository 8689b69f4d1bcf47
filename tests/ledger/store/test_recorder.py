"""The eventsourcing library's own test bases pass on the ledger's recorder, on both engines.

Those for recorders of aggregates do not fit: they want no positions. Nor do those for factories, of which we have none.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from unittest import TestCase
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError, StoredEvent
from eventsourcing.tests.persistence import ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase

from ledger.log.tree import inclusion_path, verify_consistency
from ledger.store.notes import Notes
from ledger.store.opening import open_database, open_record
from ledger.store.port import Unavailable
from ledger.store.recorder import LedgerRecorder, MovedOn
from ledger.store.tree import StoredTree
from tests.engines import ledgers_on

on_both = pytest.mark.usefixtures("engine")


def recorder_in(folder: str) -> LedgerRecorder:
    recorder = LedgerRecorder(open_record(Path(folder)))
    recorder.create_tables()
    return recorder


def tree_in(folder: Path) -> StoredTree:
    return StoredTree(open_record(folder))


class OnOurs(TestCase):
    """What both bases of tests ask for: our recorder in a folder, and names of streams."""

    INITIAL_VERSION = 1
    KIND: ClassVar = "sqlite"

    def setUp(self) -> None:
        self.folder = self.enterContext(TemporaryDirectory())
        self.enterContext(ledgers_on(self.KIND, Path(self.folder)))

    def new_originator_id(self) -> str:
        return f"person:{uuid4()}"

    def create_recorder(self) -> LedgerRecorder:
        return recorder_in(self.folder)


class TestLedgerRecorder(OnOurs, ApplicationRecorderTestCase[LedgerRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestLedgerRecorderDoesNotInterleave(OnOurs, NonInterleavingNotificationIDsBaseCase):
    pass


class TestOnPostgreSQL(TestLedgerRecorder):
    KIND = "postgresql"


class TestOnPostgreSQLDoesNotInterleave(TestLedgerRecorderDoesNotInterleave):
    KIND = "postgresql"


# The bases are imported for their tests on our recorder only.
del ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase


@on_both
def test_a_read_set_that_moved_on_appends_nothing(tmp_path: Path) -> None:
    recorder = recorder_in(str(tmp_path))
    recorder.insert_events([StoredEvent(originator_id="a", originator_version=1, topic="t", state=b"1")])
    event = StoredEvent(originator_id="b", originator_version=1, topic="t", state=b"2")
    for expects, size in (({"a": 0}, None), ({"c": 1}, None), ({}, 0)):
        with pytest.raises(MovedOn):
            recorder.insert_events([event], expects=expects, expects_size=size)
    assert recorder.size() == 1
    assert recorder.insert_events([event], expects={"a": 1, "b": 0}, expects_size=1) == [2]
    with pytest.raises(IntegrityError):
        recorder.insert_events([event])
    assert recorder.size() == 2
    with pytest.raises(LookupError):
        tree_in(tmp_path).get_node(9, 9)


@on_both
def test_a_stream_is_read_within_bounds_and_backwards(tmp_path: Path) -> None:
    recorder = recorder_in(str(tmp_path))
    recorder.insert_events([StoredEvent("a", version, "t", b"") for version in range(1, 6)])

    def versions(**bounds: Any) -> list[int]:
        return [event.originator_version for event in recorder.select_events("a", **bounds)]

    assert versions(gt=1, lte=4) == [2, 3, 4]
    assert versions(gt=1, lte=4, desc=True, limit=2) == [4, 3]
    assert versions(limit=1) == [1]
    assert recorder.select_events("b") == []


@on_both
def test_proofs_are_read_from_the_stored_nodes(tmp_path: Path) -> None:
    recorder_in(str(tmp_path)).insert_events([StoredEvent("a", v, "t", b"%d" % v) for v in range(1, 12)])
    tree = tree_in(tmp_path)
    for new in range(1, 12):
        paths = [inclusion_path(index, new, tree.get_node) for index in range(new)]
        assert tree.inclusions(range(new), new) == paths
        for old in range(1, new + 1):
            path = tree.consistency(old, new)
            verify_consistency(old, new, path, tree.root_at(old), tree.root_at(new))
    with pytest.raises(LookupError):
        tree.inclusions([0], 12)


@on_both
def test_a_read_set_is_not_asked_of_a_log_that_stands_where_the_decision_was_taken(tmp_path: Path) -> None:
    recorder = recorder_in(str(tmp_path))
    first, second = (
        StoredEvent(originator_id="a", originator_version=version, topic="t", state=b"1") for version in (1, 2)
    )
    assert recorder.insert_events([first], decided_at=0, expects={"b": 0}) == [1]
    with pytest.raises(MovedOn):
        recorder.insert_events([second], decided_at=0, expects={"a": 0})
    assert recorder.insert_events([second], decided_at=0, expects={"a": 1}) == [2]


@on_both
def test_time_stamps_are_kept_with_the_first_and_the_last_note_of_a_size(tmp_path: Path) -> None:
    recorder_in(str(tmp_path))
    kept = Notes(open_record(tmp_path))
    for size, note in ((1, "first"), (1, "between"), (1, "last"), (2, "unstamped")):
        kept.publish(size, note)
    for note in ("first", "between", "last"):
        kept.add_time_stamp(note, note.encode())
    assert sorted(kept.time_stamps()) == [(1, "first", b"first"), (1, "last", b"last")]
    notes = ("first", "between", "last", "unstamped")
    assert [kept.time_stamp(note) for note in notes] == [b"first", None, b"last", None]


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    database = open_database(tmp_path / "other.db")
    with pytest.raises(OperationalError) as raised, database.transaction(commit=False):
        pass
    assert not isinstance(raised.value, Unavailable)


@on_both
def test_hashes_that_are_not_there_are_not_made_up(tmp_path: Path) -> None:
    recorder_in(str(tmp_path))
    with pytest.raises(LookupError, match="complete nodes"):
        tree_in(tmp_path).hashes(0, 0, 10_000)


@on_both
def test_a_subscription_that_fails_says_so_to_whoever_waits(tmp_path: Path) -> None:
    recorder = recorder_in(str(tmp_path))
    with recorder.subscribe() as subscription:
        with open_record(tmp_path).transaction(commit=True) as cursor:
            cursor.execute("DROP TABLE stored_events")
        with pytest.raises(PersistenceError):
            next(subscription)
