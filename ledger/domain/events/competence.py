"""Facts about an officer's impartiality and competence: undertakings, conflicts of interest, qualifications."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

UndertakingText = Literal["impartiality/v1"]
QualificationBasis = Literal["own-certification", "equivalence"]


class ImpartialityUndertakingSigned(Fact, frozen=True, kw_only=True):
    """The officer undertakes to be impartial and to keep confidences. It counts until the same day of the next year."""

    text: UndertakingText


class ConflictOfInterestDeclared(Fact, frozen=True, kw_only=True):
    """The officer has a tie to a person or to an administration; exactly one of the two is named."""

    conflict_id: str
    relation_code: Digest
    counterpart_id: str | None
    counterpart_administration: str | None
    since: date
    reason: Digest | None


class NoConflictDeclared(Fact, frozen=True, kw_only=True):
    """The officer states that they know of no tie to anybody in this workshop."""

    session_id: str


class ConflictOfInterestEnded(Fact, frozen=True, kw_only=True):
    """The tie no longer exists: from here on it is no reason to stay away."""

    conflict_id: str
    reason: Digest


class AssessorQualified(Fact, frozen=True, kw_only=True):
    """The person may train and assess under the scheme, in these languages and competencies, until ``valid_to``."""

    scheme_id: str
    competencies: tuple[str, ...]
    languages: tuple[str, ...]
    basis: QualificationBasis
    evidence: Digest
    valid_to: date


class AssessorQualificationEnded(Fact, frozen=True, kw_only=True):
    """The qualification for the scheme ends before its last day."""

    scheme_id: str
    reason_code: Digest
    reason: Digest | None
