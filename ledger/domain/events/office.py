"""Facts about officers: the founding of the ledger, roles and keys with their start and end."""

from typing import Literal

import msgspec

from ledger.domain.events.common import Digest
from ledger.domain.events.passkeys import Credential
from ledger.domain.record import Fact, Moment, Role, Site, Stream


class Founder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person whose role and key (raw Ed25519, 32 bytes) the founding itself establishes."""

    person_id: str
    role: Role
    public_key: bytes
    details: tuple[Digest, ...]


FOUNDING = Stream("ledger", "founding")  # it holds nothing but leaf 0


class LedgerFounded(Fact, frozen=True, kw_only=True):
    """Leaf 0: the founders, who may appoint others, and the body that keeps this ledger. Each founder signs it."""

    body_en: str
    body_fr: str
    founders: tuple[Founder, ...]


class FounderV2(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person whose role and key the founding itself establishes: a raw Ed25519 key (32 bytes), or a passkey."""

    person_id: str
    role: Role
    key: bytes | Credential
    details: tuple[Digest, ...]


class LedgerFoundedV2(Fact, frozen=True, kw_only=True):
    """Leaf 0 of a ledger whose founders may have passkeys: also says on which web origins these sign.

    A founding by key files alone, without a site, is still ``ledger-founded/v1``.
    """

    body_en: str
    body_fr: str
    sites: tuple[Site, ...]
    founders: tuple[FounderV2, ...]


AnyFounding = LedgerFounded | LedgerFoundedV2


class RoleGranted(Fact, frozen=True, kw_only=True):
    """From here on the person may sign in this role."""

    person_id: str
    role: Role


class RoleRevoked(Fact, frozen=True, kw_only=True):
    """From here on the person may no longer sign in this role."""

    person_id: str
    role: Role


class KeyRegistered(Fact, frozen=True, kw_only=True):
    """``public_key`` is a raw Ed25519 key; ``key_id`` the first 16 bytes of its SHA-256, in hex."""

    person_id: str
    key_id: str
    public_key: bytes


class KeyRotated(Fact, frozen=True, kw_only=True):
    """The old key stays valid for earlier signatures; later ones are refused."""

    person_id: str
    old_key_id: str
    key_id: str
    public_key: bytes


class PasskeyRegistered(Fact, frozen=True, kw_only=True):
    """The person signs with this passkey too; ``key_id`` is made of its public key as that of a key file."""

    person_id: str
    key_id: str
    credential: Credential


class KeyAgreed(Fact, frozen=True, kw_only=True):
    """The person agrees that this key is enrolled for them too. They sign that with a key that they have already."""

    person_id: str
    key_id: str


class PasskeyRecovered(Fact, frozen=True, kw_only=True):
    """A new passkey takes the place of keys that the person lost; earlier signatures of those stay valid."""

    person_id: str
    lost_key_ids: tuple[str, ...]
    key_id: str
    credential: Credential


def credentials_of(fact: Fact) -> tuple[Credential, ...]:
    """Return the credentials that a fact enrols."""
    match fact:
        case PasskeyRegistered() | PasskeyRecovered():
            return (fact.credential,)
        case LedgerFoundedV2():
            return tuple(founder.key for founder in fact.founders if isinstance(founder.key, Credential))
        case _:
            return ()


class KeyRevoked(Fact, frozen=True, kw_only=True):
    """Later signatures are refused; earlier ones dated after ``compromised_since`` are flagged.

    Recorded of a key that has ended already, it states a compromise that was found late.
    """

    person_id: str
    key_id: str
    reason_code: Literal["lost", "compromised", "left-service", "superseded"]
    compromised_since: Moment | None
