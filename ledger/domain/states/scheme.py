"""What is remembered of a certification scheme: its versions, and from which day each counts."""

from __future__ import annotations

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events.scheme import (
    SchemeEstablished,
    SchemeVersionApproved,
    SchemeVersionDrafted,
)
from ledger.domain.record import Event
from ledger.domain.refusal import Refused

SchemeFact = SchemeEstablished | SchemeVersionDrafted | SchemeVersionApproved


class Scheme(msgspec.Struct, frozen=True):
    """``drafts`` holds every version by its number; ``approved`` the day each takes effect."""

    version: int
    title_en: str
    title_fr: str
    drafts: dict[str, SchemeVersionDrafted]
    approved: dict[str, date]

    def in_force(self, number: str, day: date) -> SchemeVersionDrafted:
        """That version, which must be approved with effect on or before ``day``."""
        effective_from = self.approved.get(number)
        if effective_from is None or effective_from > day:
            raise Refused("version-not-in-force", version=number, date=day)
        return self.drafts[number]


NO_SCHEME = Scheme(0, "", "", {}, {})


def evolve_scheme(state: Scheme, event: Event[SchemeFact]) -> Scheme:
    """Remember the versions and from when each counts."""
    facts, version = event.facts, event.version
    match facts:
        case SchemeEstablished():
            return msgspec.structs.replace(state, version=version, title_en=facts.title_en, title_fr=facts.title_fr)
        case SchemeVersionDrafted():
            drafts = {**state.drafts, facts.version: facts}
            return msgspec.structs.replace(state, version=version, drafts=drafts)
        case SchemeVersionApproved():
            approved = {**state.approved, facts.version: facts.effective_from}
            return msgspec.structs.replace(state, version=version, approved=approved)
        case _:
            assert_never(facts)
