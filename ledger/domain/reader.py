"""What a decision may read: states folded from streams, and nothing else.

An implementation records which streams were read at which version (the read set), so that a decision
can be refused at the append when one of them moved on. Every method answers a state; a subject
that was never recorded has ``version`` 0.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from ledger.domain.record import PublicKey
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification
from ledger.domain.states.issuer import Issuer
from ledger.domain.states.office import Founding, Officer
from ledger.domain.states.persons import Administration, Person
from ledger.domain.states.scheme import Scheme
from ledger.domain.states.session import Session


class Disclosed(msgspec.Struct, frozen=True):
    """A value that stands in the vault, or comes with the statement, behind a salted digest."""

    name: str
    value: object
    salt: str


class Reader(Protocol):
    """The record as it stands at one position of the log."""

    def founding(self) -> Founding: ...
    def officer(self, person_id: str) -> Officer: ...
    def issuer(self) -> Issuer: ...
    def person(self, person_id: str) -> Person: ...
    def administration(self, administration_id: str) -> Administration: ...
    def scheme(self, scheme_id: str) -> Scheme: ...
    def session(self, session_id: str) -> Session: ...
    def candidacy(self, candidacy_id: str) -> Candidacy: ...
    def certification(self, certification_id: str) -> Certification: ...

    def candidacies_of(self, person_id: str) -> tuple[Candidacy, ...]:
        """Every candidacy of a person, in log order. Pins the size of the log."""

    def candidacies_in(self, session_id: str) -> tuple[Candidacy, ...]:
        """Every candidacy of a session, in log order. Pins the size of the log."""

    def key_holder(self, key_id: str) -> str | None:
        """The person for whom a key was ever enrolled. Pins the size of the log."""

    def key_id(self, public_key: bytes) -> str:
        """The id of a raw public key."""

    def signed_by(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        """Whether the key signed the message (64 bytes: RFC 8032, or r || s of RFC 7518 3.4)."""

    def disclosure(self, digest: str) -> Disclosed | None:
        """The value behind a digest; None when it was never given, or was erased."""
