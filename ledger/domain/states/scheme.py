"""What is remembered of a certification scheme: its versions, and from which day each counts."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import scheme as facts
from ledger.domain.record import Event
from ledger.domain.refusal import Refused

SchemeFact = (
    facts.SchemeEstablished | facts.SchemeVersionDrafted | facts.SchemeVersionDraftedV1 | facts.SchemeVersionApproved
)


class Scheme(msgspec.Struct, frozen=True):
    """``drafts`` holds every version by its number; ``approved`` the day each takes effect."""

    version: int = 0
    title_en: str = ""
    title_fr: str = ""
    drafts: dict[str, facts.SchemeVersionDrafted] = {}
    approved: dict[str, date] = {}

    def in_force(self, number: str, day: date) -> facts.SchemeVersionDrafted:
        """The version of that number. Raises ``Refused`` unless it is approved with effect on or before ``day``."""
        effective_from = self.approved.get(number)
        if effective_from is None or effective_from > day:
            raise Refused("version-not-in-force", version=number, date=day)
        return self.drafts[number]


def as_current(fact: facts.SchemeVersionDrafted | facts.SchemeVersionDraftedV1) -> facts.SchemeVersionDrafted:
    """A version as one that is drafted now; an earlier one asks for nothing that could not be asked for then."""
    if isinstance(fact, facts.SchemeVersionDrafted):
        return fact
    return facts.SchemeVersionDrafted(
        **{field: getattr(fact, field) for field in fact.__struct_fields__},
        field_phase_months=None,
        recognises=False,
        renewal_hours=None,
        renewal_missions=None,
        renewal_refreshers=None,
        surveillance_months=None,
        steps=(),
        qualified_assessors=False,
        appeal_days=None,
        acknowledgement_days=None,
        decision_days=None,
        retention_months=None,
    )


def evolve_scheme(state: Scheme, event: Event[SchemeFact]) -> Scheme:
    """Remember the versions and from when each counts."""
    fact, version = event.facts, event.version
    match fact:
        case facts.SchemeEstablished():
            return msgspec.structs.replace(state, version=version, title_en=fact.title_en, title_fr=fact.title_fr)
        case facts.SchemeVersionDrafted() | facts.SchemeVersionDraftedV1():
            drafts = {**state.drafts, fact.version: as_current(fact)}
            return msgspec.structs.replace(state, version=version, drafts=drafts)
        case facts.SchemeVersionApproved():
            approved = {**state.approved, fact.version: fact.effective_from}
            return msgspec.structs.replace(state, version=version, approved=approved)
        case _:
            assert_never(fact)
