"""What is remembered of one certification: the decision, its validity, its scope and its certificates."""

from __future__ import annotations

from datetime import date

import msgspec

from ledger.domain.events.certification import (
    CertificateIssued,
    CertificateReissued,
    CertificationGranted,
)
from ledger.domain.record import Event
from ledger.domain.scope import Scopes, evolve_scopes
from ledger.domain.standing import CertificationFact, Standing, Status, evolve_standing


class Certification(msgspec.Struct, frozen=True):
    """``grant`` is None while undecided and when refused; ``issues`` counts the certificates.

    ``stated`` is the scope that the last certificate states; empty before the first.
    """

    certification_id: str
    version: int
    decided: bool
    grant: CertificationGranted | None
    standing: Standing
    scopes: Scopes
    issues: int
    stated: frozenset[str]

    def in_force(self, day: date) -> bool:
        """Granted, and neither withdrawn nor expired on that day."""
        return self.grant is not None and self.standing.on(day) not in (Status.WITHDRAWN, Status.EXPIRED)


def initial_certification(certification_id: str) -> Certification:
    """A certification before the decision on it."""
    return Certification(certification_id, 0, False, None, Standing(), (), 0, frozenset())


def evolve_certification(state: Certification, event: Event[CertificationFact]) -> Certification:
    """Remember the decision, what bears on validity, and how many certificates were issued."""
    facts = event.facts
    document = facts.certificate if isinstance(facts, CertificateIssued | CertificateReissued) else None
    return Certification(
        certification_id=state.certification_id,
        version=event.version,
        decided=True,
        grant=facts if isinstance(facts, CertificationGranted) else state.grant,
        standing=evolve_standing(state.standing, facts),
        scopes=evolve_scopes(state.scopes, facts),
        issues=state.issues + (document is not None),
        stated=state.stated if document is None else frozenset(document.scope),
    )
