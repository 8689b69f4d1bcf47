"""The eventsourcing library's Application, on our database, our recorder and our mapper."""

from eventsourcing.application import Application
from eventsourcing.persistence import Mapper

from ledger.store.mapper import LedgerMapper
from ledger.store.port import Database
from ledger.store.recorder import LedgerRecorder


class LedgerApplication(Application[str]):
    """Saves signed events. What may be saved is decided by :class:`ledger.store.ledger.Ledger`."""

    name = "ledger"
    recorder: LedgerRecorder

    def __init__(self, database: Database, *, has_tables: bool = False) -> None:
        """``has_tables``: those of this version are in the database; otherwise they are made."""
        self.database, self._has_tables = database, has_tables
        # The factory that the library makes of it is asked for nothing: mapper and recorder are ours.
        super().__init__({"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_mapper(self) -> Mapper[str]:
        return LedgerMapper()

    def construct_recorder(self) -> LedgerRecorder:
        recorder = LedgerRecorder(self.database)
        if not self._has_tables:
            recorder.create_tables()
        return recorder

    def close(self) -> None:
        super().close()
        self.database.close()
