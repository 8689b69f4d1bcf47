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
)


class Status(StrEnum):
    """What a certification is on a day. Only ``VALID`` entitles to act as a certified advisor."""

    NONE = "none"
    NOT_YET_VALID = "not-yet-valid"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Standing(msgspec.Struct, frozen=True):
    """What the events say about validity. Days are inclusive; ``expires_on`` None never expires.

    ``pauses`` holds (effective day, suspended?) in the order of recording.
    """

    effective_from: date | None = None
    expires_on: date | None = None
    pauses: tuple[tuple[date, bool], ...] = ()
    withdrawn_from: date | None = None

    def on(self, day: date) -> Status:
        """The status on a day."""
        if self.effective_from is None:
            return Status.NONE
        if day < self.effective_from:
            return Status.NOT_YET_VALID
        if self.withdrawn_from is not None and day >= self.withdrawn_from:
            return Status.WITHDRAWN
        if self.expires_on is not None and day > self.expires_on:
            return Status.EXPIRED
        return Status.SUSPENDED if self._paused(day) else Status.VALID

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
            return Standing(effective_from=fact.effective_from, expires_on=fact.expires_on)
        case facts.CertificationSuspended() | facts.CertificationSuspendedV1():
            return msgspec.structs.replace(state, pauses=(*state.pauses, (fact.effective_from, True)))
        case facts.SuspensionLifted():
            return msgspec.structs.replace(state, pauses=(*state.pauses, (fact.effective_from, False)))
        case facts.CertificationWithdrawn() | facts.CertificationWithdrawnV1():
            return msgspec.structs.replace(state, withdrawn_from=fact.effective_from)
        case facts.CertificationRenewed():
            return msgspec.structs.replace(state, expires_on=fact.new_expires_on)
        case facts.CertificationRefused() | facts.CertificateIssued():
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
