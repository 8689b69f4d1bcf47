"""What the ledger records: an event is one signed statement of fact, and these are its parts.

The payload of a statement is exactly one :class:`Event` in canonical JSON. It names its ledger, its
stream and version, its time, the head of the log that the signers had seen, and who signs in which
role; ``facts`` is one of the classes of :mod:`ledger.domain.events`.
"""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Generic, Literal, Self, TypeVar

import msgspec

from ledger.words import Words


class Role(StrEnum):
    """A capacity in which an officer signs; granted and revoked by logged events."""

    DIRECTOR = "secretariat-director"
    SECURITY_OFFICER = "security-officer"
    DATA_PROTECTION_OFFICER = "data-protection-officer"
    PROGRAMME_MANAGER = "programme-manager"
    REGISTRAR = "registrar"
    SELECTION_PANEL = "selection-panel"
    FACILITATOR = "facilitator"
    ASSESSOR = "assessor"
    MODERATOR = "moderator"
    DECISION_AUTHORITY = "decision-authority"
    APPEAL_PANEL = "appeal-panel"
    AUDITOR = "auditor"  # signs no statement; reads every entry
    # Not granted: whoever signs in their own name with a key of theirs, also with one that is being enrolled.
    KEY_HOLDER = "key-holder"


ROLE_LABELS: dict[Role, Words] = {
    Role.DIRECTOR: Words("Secretariat director", "Direction du Secrétariat"),
    Role.SECURITY_OFFICER: Words("Security officer", "Responsable de la sécurité"),
    Role.DATA_PROTECTION_OFFICER: Words("Data protection officer", "Responsable de la protection des données"),
    Role.PROGRAMME_MANAGER: Words("Programme manager", "Responsable du programme"),
    Role.REGISTRAR: Words("Registrar", "Responsable du registre"),
    Role.SELECTION_PANEL: Words("Member of the selection panel", "Membre du jury de sélection"),
    Role.FACILITATOR: Words("Facilitator", "Animation"),
    Role.ASSESSOR: Words("Assessor", "Évaluation"),
    Role.MODERATOR: Words("Moderator", "Modération"),
    Role.DECISION_AUTHORITY: Words("Decision authority", "Autorité de décision"),
    Role.APPEAL_PANEL: Words("Member of the appeal panel", "Membre de la commission de recours"),
    Role.AUDITOR: Words("Auditor", "Audit"),
    Role.KEY_HOLDER: Words("In their own name", "En son propre nom"),
}


Algorithm = Literal["Ed25519", "ES256"]


class PublicKey(msgspec.Struct, frozen=True, tag="key"):
    """``public`` is raw: 32 bytes of Ed25519 (RFC 8032), or for ES256 a compressed P-256 point of 33 (SEC 1, 2.3.3)."""

    algorithm: Algorithm
    public: bytes


class Passkey(msgspec.Struct, frozen=True, tag="passkey"):
    """The key of a WebAuthn credential, which signs for pages of ``rp_id`` only; ``public`` is as in a ``PublicKey``.

    ``algorithm`` may be one that only a later version of this program knows. A credential that is eligible for backup
    may be on several devices: it is synced.
    """

    algorithm: str
    public: bytes
    credential_id: bytes
    rp_id: str
    is_backup_eligible: bool


OfficerKey = PublicKey | Passkey
"""With which an officer signs: the two kinds are one for every rule, unless a role takes no synced passkey."""


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A web origin whose pages may ask for passkeys of ``rp_id`` (WebAuthn Level 3, 5.1.3)."""

    rp_id: str
    origin: str


class Accepted(msgspec.Struct, frozen=True):
    """What a passkey's signature must satisfy where it stands: ``log`` is the name of the ledger (its origin).

    ``origins`` are the web origins allowed there for its rp_id; ``synced`` is false where no synced passkey counts.
    """

    log: str
    origins: tuple[str, ...]
    synced: bool


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every fact. A published fact is never edited: add ``/v2`` and upcast on read."""


class Stream(msgspec.Struct, frozen=True, cache_hash=True):
    """The name of a stream: its kind and, within that, the id of its subject. It is written ``kind:id``."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of ``str``; a kind holds no colon. Raises ValueError."""
        kind, colon, identifier = text.partition(":")
        if not (kind and colon and identifier):
            raise ValueError(f"stream: expected KIND:ID, not {text!r}")
        return cls(kind, identifier)


class Signer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person who signs a statement, and the role in which they do."""

    person: str
    role: Role


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log as the signers saw it: ``size`` leaves under ``root`` (32 bytes, base64 on the wire)."""

    size: int
    root: bytes


Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A date and time with its zone; one without a zone is refused."""

F = TypeVar("F", bound=Fact, covariant=True)


class Event(msgspec.Struct, Generic[F], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The payload of one statement. ``version`` counts from 1 in its stream; ``time`` is aware UTC.

    ``stream`` is text, because a replay decodes many events and parses few of their streams.
    """

    ledger: str
    type: str
    stream: str
    version: int
    time: Moment
    nonce: bytes
    head: Head
    by: tuple[Signer, ...]
    facts: F

    @property
    def subject(self) -> Stream:
        """The stream, parsed. Raises ValueError."""
        return _parsed(self.stream)


# Whoever decides on an event, judges it or folds it in asks some ten times for its stream.
_parsed = lru_cache(maxsize=256)(Stream.parse)
