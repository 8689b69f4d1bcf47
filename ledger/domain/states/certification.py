"""What is remembered of one certification: the decision, its validity, its scope and its certificates."""

from datetime import date

import msgspec

from ledger.domain.events import certification as facts
from ledger.domain.record import Event
from ledger.domain.scope import Scopes, evolve_scopes
from ledger.domain.standing import ENDED, CertificationFact, Standing, Status, evolve_standing
from ledger.domain.states.disputed import Decision, decisions_with


class Certification(msgspec.Struct, frozen=True):
    """``grant`` is None while undecided and when refused; ``issues`` counts the certificates.

    ``pre_accreditation`` stays where a certification is granted after it. ``number`` and ``stated`` are the number of
    the last certificate and the scope that it states; empty before it.
    ``decisions`` are all that were made, with who made them.
    """

    certification_id: str
    version: int = 0
    decided: bool = False
    grant: facts.CertificationGranted | None = None
    pre_accreditation: facts.PreAccreditationGranted | None = None
    standing: Standing = Standing()
    scopes: Scopes = ()
    issues: int = 0
    number: str = ""
    stated: frozenset[str] = frozenset()
    decisions: tuple[Decision, ...] = ()

    def in_force(self, day: date) -> bool:
        """Granted, and neither withdrawn nor expired on that day."""
        return self.grant is not None and self.standing.on(day) not in (*ENDED, Status.EXPIRED)

    def stands(self, day: date) -> bool:
        """In force, or in or after a field phase that gave an award which has not ended: nobody is erased meanwhile."""
        if self.in_force(day):
            return True
        return self.pre_accreditation is not None and self.standing.on(day) in (
            Status.NOT_YET_VALID, Status.PRE_ACCREDITED, Status.RECOGNISED,
        )  # fmt: skip


def evolve_certification(state: Certification, event: Event[CertificationFact]) -> Certification:
    """Remember the decision, what bears on validity, and how many certificates were issued."""
    fact = event.facts
    document = fact.certificate if isinstance(fact, facts.DOCUMENTS) else None
    return Certification(
        certification_id=state.certification_id,
        version=event.version,
        decided=not isinstance(fact, facts.DecisionRemitted),
        grant=fact if isinstance(fact, facts.CertificationGranted) else state.grant,
        pre_accreditation=fact if isinstance(fact, facts.PreAccreditationGranted) else state.pre_accreditation,
        standing=evolve_standing(state.standing, fact),
        scopes=evolve_scopes(state.scopes, fact),
        issues=state.issues + (document is not None),
        number=state.number if document is None else document.number,
        stated=state.stated if document is None else frozenset(document.scope),
        decisions=decisions_with(state.decisions, event),
    )
