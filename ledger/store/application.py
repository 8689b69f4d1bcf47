"""The eventsourcing library's Application, on our recorder and our mapper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, Mapper
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteFactory
from eventsourcing.utils import Environment

from ledger.store.datastore import LedgerDatastore
from ledger.store.mapper import LedgerMapper
from ledger.store.recorder import LedgerRecorder


class LedgerFactory(SQLiteFactory):
    """Opens the ledger's file with the ledger's pragmas."""

    application_recorder_class: type[SQLiteApplicationRecorder] = LedgerRecorder

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        self.datastore.close()
        self.datastore: LedgerDatastore = LedgerDatastore(self.env[self.SQLITE_DBNAME])


class LedgerApplication(Application[str]):
    """Saves signed events. What may be saved is decided by :class:`ledger.store.ledger.Ledger`."""

    name = "ledger"
    recorder: LedgerRecorder

    def __init__(self, database: Path | str) -> None:
        super().__init__({"SQLITE_DBNAME": str(database)})

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        factory: InfrastructureFactory[Any] = LedgerFactory(env)
        return factory

    def construct_mapper(self) -> Mapper[str]:
        return LedgerMapper()

    def construct_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()
