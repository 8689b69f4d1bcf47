"""What every decision is given and returns: a command, who acts and when, and the fact that would be recorded."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime

import msgspec

from ledger.domain.record import Fact, Signer, Stream


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every command: what an officer asks for, in the imperative."""

    @property
    @abstractmethod
    def subject(self) -> Stream:
        """The stream that what follows from it belongs to."""


class CandidacyCommand(Command, frozen=True, kw_only=True):
    candidacy_id: str

    @property
    def subject(self) -> Stream:
        return Stream("candidacy", self.candidacy_id)


class CertificationCommand(Command, frozen=True, kw_only=True):
    certification_id: str

    @property
    def subject(self) -> Stream:
        return Stream("certification", self.certification_id)


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
