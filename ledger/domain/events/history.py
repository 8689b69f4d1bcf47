"""Facts about old records that were taken in long after what they tell of."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

EvidenceGrade = Literal["grade-a", "grade-b", "grade-c"]
"""A: the original, or a certified copy. B: a copy, or a list of that time. C: an account given later."""


class HistoricalRecordImported(Fact, frozen=True, kw_only=True):
    """What a document of the past says about a person. It is recorded when it is, never earlier, and grants nothing.

    ``source_hash`` is the SHA-256 of the document, in hexadecimal.
    """

    person_id: str
    session_id: str | None
    administration_id: str | None
    record_kind: Literal[
        "workshop-attended", "assessment-result", "certificate-issued", "mission-done", "training-given", "other-record"
    ]
    original_on: date
    evidence_grade: EvidenceGrade
    source_hash: str
    account: Digest
