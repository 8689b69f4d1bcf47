"""Which decisions on a candidacy or a certification can be appealed: when each was made, by whom and in which event."""

from datetime import date
from typing import Any

import msgspec

from ledger.domain.events import candidacy, certification
from ledger.domain.events.appeal import Disputed
from ledger.domain.events.attendance import CandidateExcluded
from ledger.domain.events.development import RecertificationRefused
from ledger.domain.record import Event, Fact


class Decision(msgspec.Struct, frozen=True):
    """A decision as the event ``version`` of its stream, made on a day by those who signed it.

    ``disputed`` is None where it is in the person's favour: nobody appeals against it, but who made it had a part.
    """

    disputed: Disputed | None
    version: int
    day: date
    by: tuple[str, ...]


_DISPUTED: dict[type[Fact], Disputed | None] = {
    candidacy.EligibilityRefused: "eligibility-refused",
    candidacy.EligibilityRefusedV1: "eligibility-refused",
    candidacy.EligibilityConfirmed: None,
    candidacy.EligibilityConfirmedV1: None,
    CandidateExcluded: "candidate-excluded",
    certification.CertificationGranted: None,
    certification.PreAccreditationGranted: None,
    certification.FieldPhasePassed: None,
    certification.RecognitionGranted: None,
    certification.CertificationAnnulled: None,
    certification.CertificationRefused: "certification-refused",
    certification.CertificationSuspended: "certification-suspended",
    certification.CertificationSuspendedV1: "certification-suspended",
    certification.SuspensionLifted: None,
    certification.CertificationWithdrawn: "certification-withdrawn",
    certification.CertificationWithdrawnV1: "certification-withdrawn",
    certification.CertificationRenewed: None,
    certification.ScopeReduced: "scope-reduced",
    certification.ScopeReducedV1: "scope-reduced",
    certification.ScopeExtended: None,
    RecertificationRefused: "recertification-refused",
}


def decisions_with(decisions: tuple[Decision, ...], event: Event[Any]) -> tuple[Decision, ...]:
    """Return the decisions after one more event."""
    if type(event.facts) not in _DISPUTED:
        return decisions
    by = tuple(signer.person for signer in event.by)
    return (*decisions, Decision(_DISPUTED[type(event.facts)], event.version, event.time.date(), by))
