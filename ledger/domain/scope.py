"""The scope of a certification: which of its scheme's competencies it covers, a function of the day.

Changes take effect in the order in which they are recorded, so the last effective one decides. Documents and the
verification of bundles use the same function.
"""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from ledger.domain.events.certification import (
    CertificationGranted,
    DecisionAnnulled,
    ScopeExtended,
    ScopeReduced,
    ScopeReducedV1,
)
from ledger.domain.standing import CertificationFact

Scopes = tuple[tuple[date, frozenset[str]], ...]
"""From which day which competencies, in the order of recording; empty until granted."""


def evolve_scopes(state: Scopes, facts: CertificationFact) -> Scopes:
    """The scopes after one more fact."""
    # A bundle is folded before it is checked that it begins with a grant.
    held = state[-1][1] if state else frozenset[str]()
    match facts:
        case CertificationGranted():
            return ((facts.effective_from, frozenset(facts.scope)),)
        case ScopeExtended():
            return (*state, (facts.effective_from, held | frozenset(facts.added)))
        case ScopeReduced() | ScopeReducedV1():
            return (*state, (facts.effective_from, held - frozenset(facts.removed)))
        case DecisionAnnulled() if facts.annulled == "scope-reduction":
            return (*state, (state[-1][0], state[-2][1]))  # from the same day on, so that the reduction never counts
        case _:
            return state  # nothing else changes the scope, a renewal included


def scopes_of(facts: Iterable[CertificationFact]) -> Scopes:
    """The scopes that a certification's facts, in the order of recording, add up to."""
    state: Scopes = ()
    for fact in facts:
        state = evolve_scopes(state, fact)
    return state


def scope_on(scopes: Scopes, day: date) -> frozenset[str]:
    """The scope on a day. Before the first day of validity it is the granted one."""
    held = scopes[0][1]
    for effective_from, scope in scopes:
        if effective_from <= day:
            held = scope
    return held


def taken_out_on(scopes: Scopes, competency: str) -> date:
    """The day since which a competency is not in the scope; the day of the grant if it never was."""
    out = (day for (_, before), (day, after) in pairwise(scopes) if competency in before - after)
    return max(out, default=scopes[0][0])
