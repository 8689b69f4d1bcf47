"""The body as an issuer: one permanent address, and keys that are enrolled, retired and revoked.

The keys belong to the body, not to a person: two officers enrol each key, and its own signature proves possession.
"""

import re
from typing import Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import issuer as facts
from ledger.domain.events.issuer import THE_ISSUER
from ledger.domain.form import require_key
from ledger.domain.reader import Reader
from ledger.domain.record import Algorithm, Fact, Moment, PublicKey, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.issuer import Issuer, evolve_issuer
from ledger.words import Words

NONE_BUT_OF_ES256 = Words("none: only an ES256 key seals documents", "aucun : seule une clé ES256 scelle des documents")
# Without TLS, browsers and did:web trust only an address of this machine: it is for demonstrations.
_URL = re.compile(r"(https://[a-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[1-9][0-9]{0,4})?")


class IssuerCommand(Command, frozen=True, kw_only=True):
    @property
    def subject(self) -> Stream:
        return THE_ISSUER


class EstablishIssuer(IssuerCommand, frozen=True, kw_only=True):
    url: str


class EnrolIssuerKey(IssuerCommand, frozen=True, kw_only=True):
    algorithm: Algorithm
    public_key: bytes
    certificates: tuple[bytes, ...]
    proof: bytes


class RetireIssuerKey(IssuerCommand, frozen=True, kw_only=True):
    key_id: str


class RevokeIssuerKey(IssuerCommand, frozen=True, kw_only=True):
    key_id: str
    reason_code: Literal["lost", "compromised"]
    compromised_since: Moment | None = None


def possession(url: str, key_id: str) -> bytes:
    """The bytes that a key signs to prove possession, for this issuer only."""
    return f"pca-ledger issuer key\n{url}\n{key_id}\n".encode()


def establish_issuer(command: EstablishIssuer, act: Act, read: Reader) -> Fact:
    """A director states the public address once. It is the root of a host."""
    issuer = read.issuer()
    if issuer.version:
        raise Refused("already-exists", kind="issuer", id=issuer.url)
    if not _URL.fullmatch(command.url):
        raise Refused("issuer-address")
    return command.stated_as(facts.IssuerEstablished)


def enrol_issuer_key(command: EnrolIssuerKey, act: Act, read: Reader) -> Fact:
    """A security officer and a director enrol a key, whose own signature proves possession."""
    issuer = read.issuer()
    if not issuer.version:
        raise Refused("issuer-not-established")
    key = PublicKey(command.algorithm, command.public_key)
    require_key(key)
    if command.certificates and command.algorithm != "ES256":
        raise Refused("malformed", field="certificates", expected=NONE_BUT_OF_ES256)
    key_id = read.key_id(command.public_key)
    if key_id in issuer.keys or read.key_holder(key_id) is not None:
        raise Refused("key-already-enrolled", key=key_id)
    message = possession(issuer.url, key_id)
    if not read.signed_by(key, message, command.proof):
        raise Refused("possession-not-proved", key=key_id)
    return command.stated_as(facts.IssuerKeyEnrolled, key_id=key_id)


def retire_issuer_key(command: RetireIssuerKey, act: Act, read: Reader) -> Fact:
    """A security officer ends a key that another has replaced."""
    if command.key_id not in {key.key_id for key in read.issuer().active}:
        raise Refused("issuer-key-not-active", key=command.key_id)
    return command.stated_as(facts.IssuerKeyRetired)


def revoke_issuer_key(command: RevokeIssuerKey, act: Act, read: Reader) -> Fact:
    """A security officer revokes a key that is lost or compromised, even if it is retired.

    Of a revoked key, they can still record that it was compromised, or earlier than was known.
    """
    issuer = read.issuer()
    revoked = issuer.revoked.get(command.key_id)
    if command.key_id not in issuer.keys or (revoked is not None and command.compromised_since is None):
        raise Refused("issuer-key-not-active", key=command.key_id)
    require.compromise(command.compromised_since, None if revoked is None else revoked.compromised_since, act)
    return command.stated_as(facts.IssuerKeyRevoked)


# fmt: off
ISSUER = Subject(
    kind="issuer",
    initial=lambda *_: Issuer(),
    evolve=evolve_issuer,
    commands=(
        command_type("establish-issuer", EstablishIssuer, establish_issuer,
            EventType("issuer-established/v1", facts.IssuerEstablished, (Role.DIRECTOR,), "public",
                      Words("Issuer of credentials established", "Émetteur des attestations établi"))),
        command_type("enrol-issuer-key", EnrolIssuerKey, enrol_issuer_key,
            EventType("issuer-key-enrolled/v1", facts.IssuerKeyEnrolled, (Role.SECURITY_OFFICER, Role.DIRECTOR),
                      "public", Words("Issuer's key enrolled", "Clé de l’émetteur enregistrée"))),
        command_type("retire-issuer-key", RetireIssuerKey, retire_issuer_key,
            EventType("issuer-key-retired/v1", facts.IssuerKeyRetired, (Role.SECURITY_OFFICER,), "public",
                      Words("Issuer's key retired", "Clé de l’émetteur mise hors service"))),
        command_type("revoke-issuer-key", RevokeIssuerKey, revoke_issuer_key,
            EventType("issuer-key-revoked/v1", facts.IssuerKeyRevoked, (Role.SECURITY_OFFICER,), "public",
                      Words("Issuer's key revoked", "Clé de l’émetteur révoquée"))),
    ),
)
# fmt: on
