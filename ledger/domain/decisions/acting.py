"""The arguments and the result of every decision: a command, who acts and when, and the fact to be recorded."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, TypeVar

import msgspec

from ledger.domain.record import Fact, Signer, Stream

F = TypeVar("F", bound=Fact)


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every command: what an officer asks for, in the imperative.

    ``sealed_codes`` are the fields that are given in clear, as a code, and stated by digest, under these names;
    ``sealed_names`` are fields whose digests have other names than usual (``SEALED_NAMES`` of the forms).
    """

    kind: ClassVar[str]
    sealed_codes: ClassVar[Mapping[str, str]] = {}
    sealed_names: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @property
    def subject(self) -> Stream:
        """The stream that the resulting fact belongs to. Its id is the first field of the command."""
        return Stream(self.kind, getattr(self, self.__struct_fields__[0]))

    def stated_as(self, fact: type[F], **computed: object) -> F:
        """The fact with the fields of the command, by name, and those that the rules computed."""
        asked = {field: getattr(self, field) for field in fact.__struct_fields__ if field not in computed}
        return fact(**asked, **computed)


class SessionCommand(Command, frozen=True, kw_only=True):
    kind = "session"
    session_id: str


class CandidacyCommand(Command, frozen=True, kw_only=True):
    kind = "candidacy"
    candidacy_id: str


class CertificationCommand(Command, frozen=True, kw_only=True):
    kind = "certification"
    certification_id: str


class Act(msgspec.Struct, frozen=True):
    """Who signs in which role, and the time that the statement carries (aware UTC)."""

    by: tuple[Signer, ...]
    time: datetime

    @property
    def day(self) -> date:
        return self.time.date()


class Decided(msgspec.Struct, frozen=True):
    """The fact to be recorded, and its stream."""

    stream: Stream
    fact: Fact
