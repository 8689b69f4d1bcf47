"""Old records, taken in with what they are worth as evidence. They grant no status, and are never back-dated.

A certification that was granted before the register was kept is decided again by those who may, on this evidence.
"""

from datetime import date
from typing import Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import history as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.history import HistoricRecord, evolve_history
from ledger.words import Words


class HistoryCommand(Command, frozen=True, kw_only=True):
    kind = "history"
    history_id: str


class ImportHistoricalRecord(HistoryCommand, frozen=True, kw_only=True):
    person_id: str
    session_id: str | None = None
    administration_id: str | None = None
    record_kind: Literal[
        "workshop-attended", "assessment-result", "certificate-issued", "mission-done", "training-given", "other-record"
    ]
    original_on: date
    evidence_grade: facts.EvidenceGrade
    source_hash: str
    account: Digest


def import_historical_record(command: ImportHistoricalRecord, act: Act, read: Reader) -> Fact:
    """A registrar and a programme manager take in what a document of the past says about a person."""
    require.new(command, read)
    require.person(command.person_id, read)
    if command.session_id is not None:
        require.session(command.session_id, read)
    if command.administration_id is not None:
        require.administration(command.administration_id, read)
    if command.original_on > act.day:
        raise Refused("in-the-future", field="original_on")
    return command.stated_as(facts.HistoricalRecordImported)


# fmt: off
HISTORY = Subject(
    kind="history",
    id_field="history_id",
    initial=lambda history_id, _: HistoricRecord(history_id),
    evolve=evolve_history,
    commands=(
        command_type("import-historical-record", ImportHistoricalRecord, import_historical_record,
            EventType("historical-record-imported/v1", facts.HistoricalRecordImported,
                      (Role.REGISTRAR, Role.PROGRAMME_MANAGER), "restricted",
                      Words("Historical record imported", "Donnée historique importée")),
            names=lambda said: said.person_id),
    ),
)
# fmt: on
