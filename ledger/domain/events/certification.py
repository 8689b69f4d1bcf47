"""Facts about a certification and its certificates, from the grant to the withdrawal."""

from datetime import date
from typing import Literal

import msgspec

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact


class CertificationGranted(Fact, frozen=True, kw_only=True):
    """``scope`` holds competency ids; ``serial`` is the seat, from 1, in the session's ranking.

    ``expires_on`` is the last day of validity; None states that the certification never expires.
    """

    certification_id: str
    person_id: str
    scheme_id: str
    scheme_version: str
    session_id: str
    scope: tuple[str, ...]
    language: str
    serial: int
    effective_from: date
    expires_on: date | None


class PreAccreditationGranted(Fact, frozen=True, kw_only=True):
    """The workshop was passed under a scheme with a field phase: a mission must follow by ``field_deadline``.

    The other fields are those of the certification that can be granted after it.
    """

    certification_id: str
    person_id: str
    scheme_id: str
    scheme_version: str
    session_id: str
    scope: tuple[str, ...]
    language: str
    serial: int
    effective_from: date
    field_deadline: date


class FieldPhasePassed(CertificationGranted, frozen=True, kw_only=True):
    """The certification is granted after a mission beside a certified lead expert, who evaluated it."""

    mission_id: str


class RecognitionGranted(Fact, frozen=True, kw_only=True):
    """After a mission the person is recognised, and not certified. A later mission can still lead to that."""

    mission_id: str
    effective_from: date


class CertificationRefused(Fact, frozen=True, kw_only=True):
    """``unmet`` names the competencies or the cells (activity/competency) behind the reason."""

    certification_id: str
    person_id: str
    session_id: str
    reason_code: Literal["not-met", "incomplete", "qualified-not-selected"]
    unmet: tuple[str, ...]


class CertificateContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a certificate states, item by item of ISO/IEC 17024 9.4.8; the name by its digests."""

    number: str
    holder: tuple[Digest, ...]
    body_en: str
    body_fr: str
    scheme_id: str
    scheme_version: str
    scheme_title_en: str
    scheme_title_fr: str
    scope: tuple[str, ...]
    language: str
    effective_from: date
    expires_on: date | None


class CertificateIssued(Fact, frozen=True, kw_only=True):
    """The first document of a certification, complete by ISO/IEC 17024 9.4.8."""

    certificate: CertificateContent


class CertificateIssuedV1(CertificateIssued, frozen=True, kw_only=True):
    """The first document of a certification, with a number of the first form."""


class CertificateReissued(Fact, frozen=True, kw_only=True):
    """The old document is superseded; the certification itself is unchanged. The reason is not public.

    Where it is ``scope-changed``, the old document states another scope than this one. Where it is
    ``new-format``, only the formats of the documents differ.
    """

    old_number: str
    reason_code: Digest
    certificate: CertificateContent


class CertificateReissuedV1(Fact, frozen=True, kw_only=True):
    """The old document is superseded by one with a number of the first form, for a reason in clear."""

    old_number: str
    reason_code: Literal["name-changed", "lost", "renewed", "translation", "scope-changed"]
    certificate: CertificateContent


Document = CertificateIssued | CertificateReissued | CertificateReissuedV1
DOCUMENTS = (CertificateIssued, CertificateReissued, CertificateReissuedV1)


class CertificationSuspended(Fact, frozen=True, kw_only=True):
    """Suspended from ``effective_from`` until lifted. The reason is not public."""

    effective_from: date
    reason_code: Digest
    reason: Digest | None


class CertificationSuspendedV1(Fact, frozen=True, kw_only=True):
    """Suspended from ``effective_from`` until lifted, for a reason in clear."""

    effective_from: date
    reason_code: Literal["under-review", "no-longer-in-service", "terms-not-met", "other"]
    reason: Digest | None


class SuspensionLifted(Fact, frozen=True, kw_only=True):
    """Valid again from ``effective_from``."""

    effective_from: date


class CertificationWithdrawn(Fact, frozen=True, kw_only=True):
    """Final: the certification never becomes valid again. The reason is not public."""

    effective_from: date
    reason_code: Digest
    reason: Digest | None


class CertificationWithdrawnV1(Fact, frozen=True, kw_only=True):
    """Final: the certification never becomes valid again, for a reason in clear."""

    effective_from: date
    reason_code: Literal["misconduct", "competence-lost", "terms-breached", "other"]
    reason: Digest | None


class CertificationRenewed(Fact, frozen=True, kw_only=True):
    """Valid for another period, to the end of ``new_expires_on``."""

    new_expires_on: date
    method: Literal["refresher-and-missions", "reassessment"]
    evidence: Digest | None


class ScopeReduced(Fact, frozen=True, kw_only=True):
    """The competencies in ``removed`` are certified no longer from ``effective_from`` on; others remain.

    The reason is not public.
    """

    removed: tuple[str, ...]
    effective_from: date
    reason_code: Digest
    reason: Digest | None


class ScopeReducedV1(Fact, frozen=True, kw_only=True):
    """The competencies in ``removed`` are certified no longer from ``effective_from`` on, for a reason in clear."""

    removed: tuple[str, ...]
    effective_from: date
    reason_code: Literal["competence-lost", "terms-not-met", "requested-by-holder", "other"]
    reason: Digest | None


class ScopeExtended(Fact, frozen=True, kw_only=True):
    """The competencies in ``added`` are certified too from ``effective_from`` on.

    ``assessed_on`` is the last day of the assessment for them, which ``evidence`` refers to.
    """

    added: tuple[str, ...]
    assessed_on: date
    effective_from: date
    evidence: Digest


class CertificationRelinquished(Fact, frozen=True, kw_only=True):
    """Final: the holder gave the certification up, as ``request`` says."""

    effective_from: date
    request: Digest


class CertificationAnnulled(Fact, frozen=True, kw_only=True):
    """Final: the certification never counted, from its first day on (``void_from``). The reason is not public."""

    void_from: date
    reason_code: Digest
    reason: Digest


class DecisionRemitted(Fact, frozen=True, kw_only=True):
    """After an appeal the refusal counts no more: it is decided again, by others."""

    appeal_id: str


AnnulledDecision = Literal["suspension", "withdrawal", "scope-reduction"]


class DecisionAnnulled(Fact, frozen=True, kw_only=True):
    """After an appeal the last decision of that kind counts as never taken."""

    appeal_id: str
    annulled: AnnulledDecision
