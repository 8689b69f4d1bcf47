"""The eventsourcing library's own test base of tracking passes on the recorder of the read models."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from eventsourcing.persistence import TrackingRecorder
from eventsourcing.tests.persistence import TrackingRecorderTestCase

from ledger.store.datastore import LedgerDatastore
from ledger.store.recorder import LedgerRecorder
from projections.following import Following


class TestFollowing(TrackingRecorderTestCase):
    def setUp(self) -> None:
        self._folder = TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)

    def create_recorder(self) -> TrackingRecorder:
        folder = self._folder.name
        return Following(
            LedgerDatastore(f"{folder}/projections.db"), LedgerRecorder(LedgerDatastore(f"{folder}/ledger.db"))
        )


# The base is imported for its tests on our recorder only.
del TrackingRecorderTestCase
