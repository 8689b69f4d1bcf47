"""What is remembered of old records that were taken in."""

import msgspec

from ledger.domain.events import history as facts
from ledger.domain.record import Event


class HistoricRecord(msgspec.Struct, frozen=True):
    """``imported`` is what the document says; nothing is decided on it."""

    history_id: str
    version: int = 0
    imported: facts.HistoricalRecordImported | None = None


def evolve_history(state: HistoricRecord, event: Event[facts.HistoricalRecordImported]) -> HistoricRecord:
    """Remember whom the record is about."""
    return msgspec.structs.replace(state, version=event.version, imported=event.facts)
