"""What every decision is given and answers: who acts and when, and the fact that would be recorded."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from ledger.domain.record import Fact, Signer, Stream
from ledger.domain.refusal import Refused


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every command: what an officer asks for, in the imperative."""


class Act(msgspec.Struct, frozen=True):
    """Who signs in which role, and the time that the statement carries (aware UTC)."""

    by: tuple[Signer, ...]
    time: datetime

    @property
    def day(self) -> date:
        return self.time.date()


class Decided(msgspec.Struct, frozen=True):
    """The fact that would be recorded, and in which stream."""

    stream: Stream
    fact: Fact


def require_new(kind: str, identifier: str, version: int) -> None:
    """Refuse when the subject is recorded already."""
    if version:
        raise Refused("already-exists", kind=kind, id=identifier)


def require_known(kind: str, identifier: str, version: int) -> None:
    """Refuse when the subject was never recorded."""
    if not version:
        raise Refused("unknown", kind=kind, id=identifier)


def require_not_in_own_case(act: Act, person_id: str) -> None:
    """Refuse when a signer is the person concerned."""
    for signer in act.by:
        if signer.person == person_id:
            raise Refused("own-case", person=person_id)
