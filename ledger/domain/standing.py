"""The standing of a certification: a function of when it was true and of when it was known.

The caller chooses what was known, and folds only the events recorded until then. What was true on a day follows from
their effective dates. Expiry is derived from the day and never recorded.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec

from ledger.domain.events import certification as facts

CertificationFact = (
    facts.CertificationGranted
    | facts.CertificationRefused
    | facts.CertificateIssued
    | facts.CertificateReissued
    | facts.CertificateReissuedV1
    | facts.CertificationSuspended
    | facts.CertificationSuspendedV1
    | facts.SuspensionLifted
    | facts.CertificationWithdrawn
    | facts.CertificationWithdrawnV1
    | facts.CertificationRenewed
    | facts.ScopeReduced
    | facts.ScopeReducedV1
    | facts.ScopeExtended
    | facts.PreAccreditationGranted
    | facts.RecognitionGranted
    | facts.CertificationRelinquished
    | facts.CertificationAnnulled
    | facts.DecisionRemitted
    | facts.DecisionAnnulled
)


class Status(StrEnum):
    """What a certification is on a day. Only ``VALID`` entitles to act as a certified advisor."""

    NONE = "none"
    NOT_YET_VALID = "not-yet-valid"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELINQUISHED = "relinquished"
    ANNULLED = "annulled"
    PRE_ACCREDITED = "pre-accredited"
    RECOGNISED = "recognised"
    LAPSED = "lapsed"


ENDED = frozenset({Status.WITHDRAWN, Status.RELINQUISHED, Status.ANNULLED})
"""Whatever comes later, the certification is never in force again."""
NOT_CERTIFIED_YET = frozenset({Status.PRE_ACCREDITED, Status.RECOGNISED, Status.LAPSED})
"""In the field phase, or after it: nothing was granted of which there is a certificate."""


class Standing(msgspec.Struct, frozen=True):
    """What the events say about validity. Days are inclusive; ``expires_on`` None never expires.

    ``pauses`` holds (effective day, suspended?) in the order of recording, ``ended`` the day of an end and its status.
    ``pre_accredited`` are the first day of a pre-accreditation, and the last on which a mission may end.
    """

    effective_from: date | None = None
    expires_on: date | None = None
    pauses: tuple[tuple[date, bool], ...] = ()
    ended: tuple[date, Status] | None = None
    pre_accredited: tuple[date, date] | None = None
    recognised_from: date | None = None

    @property
    def first_day(self) -> date | None:
        """The first day of whatever was granted; None while nothing was."""
        return self.effective_from if self.pre_accredited is None else self.pre_accredited[0]

    @property
    def annulled(self) -> bool:
        return self.ended is not None and self.ended[1] is Status.ANNULLED

    def on(self, day: date) -> Status:
        """The status on a day. What was annulled never counted, whatever the day."""
        if self.ended is not None and (self.annulled or day >= self.ended[0]):
            return self.ended[1]
        if self.effective_from is None or day < self.effective_from:
            return self._before_the_grant(day)
        if self.expires_on is not None and day > self.expires_on:
            return Status.EXPIRED
        return Status.SUSPENDED if self._paused(day) else Status.VALID

    def _before_the_grant(self, day: date) -> Status:
        """The status while nothing was granted that has a certificate. A lapse is derived from the day, like expiry."""
        if self.first_day is None:
            return Status.NONE
        if self.pre_accredited is None or day < self.first_day:
            return Status.NOT_YET_VALID
        if self.recognised_from is not None and day >= self.recognised_from:
            return Status.RECOGNISED
        return Status.LAPSED if day > self.pre_accredited[1] else Status.PRE_ACCREDITED

    def _paused(self, day: date) -> bool:
        """Whether the latest effective change is a suspension; on the same day, the one recorded last decides."""
        paused, decided_from = False, date.min
        for effective_from, suspended in self.pauses:
            if decided_from <= effective_from <= day:
                paused, decided_from = suspended, effective_from
        return paused


def evolve_standing(state: Standing, fact: CertificationFact) -> Standing:
    """The standing after one more fact."""
    match fact:
        case facts.CertificationGranted():
            return msgspec.structs.replace(state, effective_from=fact.effective_from, expires_on=fact.expires_on)
        case facts.PreAccreditationGranted():
            return msgspec.structs.replace(state, pre_accredited=(fact.effective_from, fact.field_deadline))
        case facts.RecognitionGranted():
            return msgspec.structs.replace(state, recognised_from=fact.effective_from)
        case facts.CertificationSuspended() | facts.CertificationSuspendedV1():
            return msgspec.structs.replace(state, pauses=(*state.pauses, (fact.effective_from, True)))
        case facts.SuspensionLifted():
            return msgspec.structs.replace(state, pauses=(*state.pauses, (fact.effective_from, False)))
        case facts.CertificationWithdrawn() | facts.CertificationWithdrawnV1():
            return msgspec.structs.replace(state, ended=(fact.effective_from, Status.WITHDRAWN))
        case facts.CertificationRelinquished():
            return msgspec.structs.replace(state, ended=(fact.effective_from, Status.RELINQUISHED))
        case facts.CertificationAnnulled():
            return msgspec.structs.replace(state, ended=(fact.void_from, Status.ANNULLED))
        case facts.CertificationRenewed():
            return msgspec.structs.replace(state, expires_on=fact.new_expires_on)
        case facts.DecisionAnnulled():
            if fact.annulled == "withdrawal":
                return msgspec.structs.replace(state, ended=None)
            if fact.annulled == "suspension":
                return msgspec.structs.replace(state, pauses=(*state.pauses, (state.pauses[-1][0], False)))
            return state
        case facts.CertificationRefused() | facts.DecisionRemitted() | facts.CertificateIssued():
            return state
        case facts.CertificateReissued() | facts.CertificateReissuedV1():
            return state
        case facts.ScopeReduced() | facts.ScopeReducedV1() | facts.ScopeExtended():
            return state  # what is certified (ledger/domain/scope.py), not when
        case _:
            assert_never(fact)


def standing_of(recorded: Iterable[CertificationFact]) -> Standing:
    """The standing that a certification's fact, in the order of recording, add up to."""
    state = Standing()
    for fact in recorded:
        state = evolve_standing(state, fact)
    return state
