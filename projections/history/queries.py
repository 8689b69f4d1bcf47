"""Queries about the history: every event that led to one certification."""

from datetime import datetime
from typing import Any

import msgspec

from ledger.domain.decisions.rows import EventType
from ledger.domain.record import Role
from ledger.domain.subjects import BY_WIRE_NAME
from projections.entry import moment
from projections.history import tables
from projections.read_model import ReadModel

# A candidacy and its certification have the same id; of the scheme only the session's version belongs to it.
_OF_CERTIFICATION = (
    "WITH RECURSIVE human (id) AS (SELECT person_id FROM history_candidacies WHERE candidacy_id = :id UNION "
    "SELECT CASE merged_id WHEN human.id THEN person_id ELSE merged_id END "
    "FROM history_merges JOIN human ON human.id IN (merged_id, person_id)) "
    "SELECT e.* FROM history_candidacies c JOIN history_sessions s USING (session_id) JOIN history_events e ON "
    "(e.stream IN ('candidacy:' || c.candidacy_id, 'certification:' || c.candidacy_id, 'session:' || c.session_id, "
    "'scheme:' || s.scheme_id) OR e.stream IN (SELECT 'person:' || human.id FROM human)) "
    "AND (e.scheme_version IS NULL OR e.scheme_version = s.scheme_version) WHERE c.candidacy_id = :id "
    "ORDER BY e.position"
)


class SignedBy(msgspec.Struct, frozen=True):
    """Who signed, in which role, by which key."""

    person_id: str
    role: Role
    key_id: str


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``position`` counts from 1; ``time`` is the statement's, ``known`` the log's."""

    position: int
    stream: str
    version: int
    event_type: EventType
    time: datetime
    known: datetime
    signers: tuple[SignedBy, ...]


class History(ReadModel):
    """Every event of the log."""

    TABLES, INDEXES, RECORD = tables.TABLES, tables.INDEXES, tables.RECORD

    def of_certification(self, certification_id: str) -> list[HistoryRow]:
        """From the scheme and the nomination to the last event, in the order of the log."""
        return [_history(row) for row in self._rows(_OF_CERTIFICATION, {"id": certification_id})]


def _history(row: Any) -> HistoryRow:
    signers = msgspec.json.decode(row["signers_json"], type=tuple[tuple[str, Role, str], ...])
    return HistoryRow(
        position=row["position"],
        stream=row["stream"],
        version=row["version"],
        event_type=BY_WIRE_NAME[row["wire_name"]],
        time=datetime.fromisoformat(row["time"]),
        known=moment(row["known"]),
        signers=tuple(SignedBy(*signer) for signer in signers),
    )
