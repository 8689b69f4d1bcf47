"""The body as an issuer: one address for ever, and keys that are enrolled, retired and revoked.

They are the body's, not a person's: two officers enrol each, and the key itself proves that it is held.
"""

from __future__ import annotations

import re
from typing import Literal

from ledger.domain.decisions.acting import Act, Command, Decided
from ledger.domain.events.issuer import (
    ISSUER,
    Algorithm,
    IssuerEstablished,
    IssuerKeyEnrolled,
    IssuerKeyRetired,
    IssuerKeyRevoked,
)
from ledger.domain.form import of_bytes
from ledger.domain.reader import Reader
from ledger.domain.record import Moment
from ledger.domain.refusal import Refused
from ledger.words import Words

KEY_BYTES: dict[Algorithm, int] = {"Ed25519": 32, "ES256": 33}  # RFC 8032 5.1.5; SEC 1 2.3.3, compressed
NONE_BUT_OF_ES256 = Words("none: only an ES256 key seals documents", "aucun : seule une clé ES256 scelle des documents")
# A browser trusts no other address without TLS, and neither does did:web: such a one is for demonstrations.
_URL = re.compile(r"(https://[a-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[1-9][0-9]{0,4})?")


class EstablishIssuer(Command, frozen=True, kw_only=True):
    url: str


class EnrolIssuerKey(Command, frozen=True, kw_only=True):
    algorithm: Algorithm
    public_key: bytes
    certificates: tuple[bytes, ...]
    proof: bytes


class RetireIssuerKey(Command, frozen=True, kw_only=True):
    key_id: str


class RevokeIssuerKey(Command, frozen=True, kw_only=True):
    key_id: str
    reason_code: Literal["lost", "compromised"]
    compromised_since: Moment | None = None


def possession(url: str, key_id: str) -> bytes:
    """What a key signs to prove that it is held: for this issuer, and nothing else."""
    return f"pca-ledger issuer key\n{url}\n{key_id}\n".encode()


def establish_issuer(command: EstablishIssuer, act: Act, read: Reader) -> Decided:
    """A director states the public address, once: that of a whole host."""
    issuer = read.issuer()
    if issuer.version:
        raise Refused("already-exists", kind="issuer", id=issuer.url)
    if not _URL.fullmatch(command.url):
        raise Refused("issuer-address")
    return Decided(ISSUER, IssuerEstablished(url=command.url))


def enrol_issuer_key(command: EnrolIssuerKey, act: Act, read: Reader) -> Decided:
    """A security officer and a director enrol a key, which proves that it is held."""
    issuer = read.issuer()
    if not issuer.version:
        raise Refused("issuer-not-established")
    expected = KEY_BYTES[command.algorithm]
    if len(command.public_key) != expected:
        raise Refused("malformed", field="public_key", expected=of_bytes(expected, command.algorithm))
    if command.certificates and command.algorithm != "ES256":
        raise Refused("malformed", field="certificates", expected=NONE_BUT_OF_ES256)
    key_id = read.key_id(command.public_key)
    if key_id in issuer.keys or read.key_holder(key_id) is not None:
        raise Refused("key-already-enrolled", key=key_id)
    message = possession(issuer.url, key_id)
    if not read.signed_by(command.algorithm, command.public_key, message, command.proof):
        raise Refused("possession-not-proved", key=key_id)
    fact = IssuerKeyEnrolled(
        key_id=key_id,
        algorithm=command.algorithm,
        public_key=command.public_key,
        certificates=command.certificates,
        proof=command.proof,
    )
    return Decided(ISSUER, fact)


def retire_issuer_key(command: RetireIssuerKey, act: Act, read: Reader) -> Decided:
    """A security officer ends a key that another has replaced."""
    if command.key_id not in {key.key_id for key in read.issuer().active}:
        raise Refused("issuer-key-not-active", key=command.key_id)
    return Decided(ISSUER, IssuerKeyRetired(key_id=command.key_id))


def revoke_issuer_key(command: RevokeIssuerKey, act: Act, read: Reader) -> Decided:
    """A security officer ends a key that is lost or in other hands, retired or not."""
    issuer = read.issuer()
    if command.key_id not in issuer.keys or command.key_id in issuer.revoked:
        raise Refused("issuer-key-not-active", key=command.key_id)
    if command.compromised_since is not None and command.compromised_since > act.time:
        raise Refused("in-the-future", field="compromised_since")
    fact = IssuerKeyRevoked(
        key_id=command.key_id, reason_code=command.reason_code, compromised_since=command.compromised_since
    )
    return Decided(ISSUER, fact)
