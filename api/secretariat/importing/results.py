"""The results of a workshop in the ledger, by candidacy."""

import msgspec

from ledger.domain.outcome import is_complete, unmet
from ledger.domain.states.candidacy import Candidacy
from ledger.reading import Draft
from ledger.store.ledger import Ledger


class CandidacyResult(msgspec.Struct, frozen=True):
    """``composite`` is an exact fraction such as ``65/4``, or empty."""

    candidacy_id: str
    result: str
    why: str = ""
    composite: str = ""


def results(ledger: Ledger, session_id: str) -> list[CandidacyResult]:
    """Return one result for each candidacy, in the order of nomination."""
    read = ledger.read()
    return [_result(read, candidacy) for candidacy in read.candidacies_in(session_id)]


def _result(read: Draft, candidacy: Candidacy) -> CandidacyResult:
    candidacy_id, outcome = candidacy.candidacy_id, candidacy.outcome
    if candidacy.withdrawn:
        return CandidacyResult(candidacy_id, "withdrawn")
    if candidacy.preparation.out:
        return CandidacyResult(candidacy_id, "no-seat" if candidacy.preparation.excluded is None else "excluded")
    if candidacy.eligible is False:
        return CandidacyResult(candidacy_id, "not-selected", ";".join(candidacy.unmet_criteria))
    if outcome is None:
        return CandidacyResult(candidacy_id, "pending")
    if outcome.outcome == "incomplete":
        why = [
            f"{cell.activity}/{cell.competency}: {len(cell.sheets)} of {cell.required} assessors"
            for cell in outcome.cells
            if not is_complete(cell)
        ]
        return CandidacyResult(candidacy_id, "incomplete", ";".join(why))
    certified = read.certification(candidacy_id).grant is not None
    met = "certified" if certified else "qualified-not-selected"
    ratio = outcome.composite
    composite = "" if ratio is None else f"{ratio.numerator}/{ratio.denominator}".removesuffix("/1")
    result = met if outcome.outcome == "met" else "not-met"
    return CandidacyResult(candidacy_id, result, ";".join(unmet(outcome)), composite)
