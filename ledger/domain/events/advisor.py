"""Facts about an advisor in service: who is in the pool, what they can advise on, in which languages and when."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

AdviceDomain = Literal["audit-efficiency", "risk-identification", "resource-allocation", "trade-compliance"]
Cefr = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
MissionMode = Literal["on-site", "remote"]
Pledge = Literal["collaboration-pledge/v1"]


class AdvisorRegistered(Fact, frozen=True, kw_only=True):
    """Somebody with a certification in force joins the pool of advisors for missions."""

    person_id: str
    certification_id: str


class LanguageProficiencyRecorded(Fact, frozen=True, kw_only=True):
    """``language`` is an ISO 639-1 code, ``cefr`` a level of the Common European Framework. The last record counts."""

    language: str
    cefr: Cefr
    since: date
    evidence: Digest | None


class AdviceDomainsRecorded(Fact, frozen=True, kw_only=True):
    """All domains that the advisor can advise on; it replaces what was recorded before."""

    topics: tuple[AdviceDomain, ...]


class AvailabilityDeclared(Fact, frozen=True, kw_only=True):
    """The advisor says when and how they could go, both days included. It promises no release by their employer."""

    start: date
    end: date
    modes: tuple[MissionMode, ...]


class CollaborationPledged(Fact, frozen=True, kw_only=True):
    """The advisor signs the pledge of continued collaboration; its texts are in ``ledger/papers.py``."""

    text: Pledge


class AdvisorDeactivated(Fact, frozen=True, kw_only=True):
    """The advisor goes on no mission for the time being. Their certification stays as it is."""

    reason_code: Digest


class AdvisorReactivated(Fact, frozen=True, kw_only=True):
    """The advisor can go on missions again."""
