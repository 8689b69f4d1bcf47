"""The eventsourcing library's own test base of tracking passes on the recorder of the read models."""

from pathlib import Path
from tempfile import TemporaryDirectory

from eventsourcing.persistence import TrackingRecorder
from eventsourcing.tests.persistence import TrackingRecorderTestCase

from ledger.store.opening import open_database
from ledger.store.recorder import LedgerRecorder
from projections.following import Following


class TestFollowing(TrackingRecorderTestCase):
    def setUp(self) -> None:
        self._folder = TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)

    def create_recorder(self) -> TrackingRecorder:
        folder = Path(self._folder.name)
        return Following(open_database(folder / "projections.db"), LedgerRecorder(open_database(folder / "ledger.db")))


# The base is imported for its tests on our recorder only.
del TrackingRecorderTestCase
