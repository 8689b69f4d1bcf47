"""Statements signed with a passkey: one gesture signs many, and each can be verified alone, for ever.

The challenge of a gesture is a hash over the root of its statements (RFC 9162). The ``sig`` of each envelope holds what
the authenticator signed, the signature, and the statement's path to that root. Two other challenges, of signing in and
of enrolment, begin otherwise: none can be taken for another, nor for one of another log (docs/decisions/0062).
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Self

import msgspec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ledger.domain.events.passkeys import Credential
from ledger.domain.record import Accepted, Passkey, Site
from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES, RightEdge, inclusion_path, leaf_hash, path_length, root_of_inclusion
from ledger.signing.authenticator import (
    CREATE,
    GET,
    MAX_AUTHENTICATOR_DATA,
    MAX_CLIENT_DATA,
    AuthenticatorData,
    read_client_data,
    read_credential,
)
from ledger.signing.envelope import Signature
from ledger.signing.keys import COORDINATE_BYTES, SIGNATURE_BYTES, low_s, verify_ed25519, verify_es256
from ledger.signing.passkey_faults import fault

SIGN, SIGN_IN, ENROL = b"pca-ledger/sign/v1", b"pca-ledger/sign-in/v1", b"pca-ledger/enrol/v1"
RANDOM_BYTES = 32  # of a challenge to sign in or to enrol
MOST_STATEMENTS = 10_000  # of one gesture
VERSION = 1  # of the encoding: another one is another version
HEADER_BYTES = 1 + 4 + 4
LENGTH_BYTES = 2
MIN_SIG_BYTES = HEADER_BYTES + 2 * LENGTH_BYTES + SIGNATURE_BYTES
MAX_SIG_BYTES = (
    MIN_SIG_BYTES + MAX_AUTHENTICATOR_DATA + MAX_CLIENT_DATA + HASH_BYTES * (MOST_STATEMENTS - 1).bit_length()
)
_VERIFY: dict[str, Callable[[bytes, bytes, bytes], bool]] = {"Ed25519": verify_ed25519, "ES256": verify_es256}

ALGORITHMS = frozenset(_VERIFY)


def sign_challenge(origin: str, messages: Sequence[bytes]) -> bytes:
    """Return the challenge (32 bytes) of a gesture over statements, each as it is signed (DSSE), in order.

    ``origin`` is the name of the log, here and in the two others. Raises ValueError for none, or for too many.
    """
    if not 1 <= len(messages) <= MOST_STATEMENTS:
        raise ValueError(f"expected 1 to {MOST_STATEMENTS} statements, not {len(messages)}")
    edge, _ = RightEdge().append([leaf_hash(message) for message in messages])
    return _sign_challenge(origin, edge.size, edge.root())


def _sign_challenge(origin: str, size: int, root: bytes) -> bytes:
    return sha256(b"%b\n%b\n%d\n%b" % (SIGN, origin.encode(), size, root)).digest()


def sign_in_challenge(origin: str, random: bytes) -> bytes:
    """Return the challenge of signing in; ``random`` is 32 bytes, used once."""
    return _random_challenge(SIGN_IN, origin, random)


def enrol_challenge(origin: str, random: bytes) -> bytes:
    """Return the challenge of an enrolment; ``random`` is 32 bytes, used once."""
    return _random_challenge(ENROL, origin, random)


def _random_challenge(purpose: bytes, origin: str, random: bytes) -> bytes:
    assert len(random) == RANDOM_BYTES
    return sha256(b"%b\n%b\n%b" % (purpose, origin.encode(), random)).digest()


class Assertion(msgspec.Struct, frozen=True):
    """What a browser returns when a passkey was used (WebAuthn 5.2.2); the signature of ES256 is in DER."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def sign_count(self) -> int:
        """How often the authenticator signed, or 0 for ever. Raises ``Unverifiable``."""
        return AuthenticatorData.parse(self.authenticator_data).sign_count


class PasskeySignature(msgspec.Struct, frozen=True):
    """A passkey's signature of one statement: the ``index``-th of ``size`` of one gesture, and its path to the root."""

    index: int
    size: int
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    path: tuple[bytes, ...]

    def __bytes__(self) -> bytes:
        """Return its one encoding: what the numbers announce, in this order, and nothing after."""
        parts = [bytes([VERSION]), self.index.to_bytes(4, "big"), self.size.to_bytes(4, "big")]
        for data in (self.authenticator_data, self.client_data):
            parts += [len(data).to_bytes(LENGTH_BYTES, "big"), data]
        return b"".join([*parts, self.signature, *self.path])

    @classmethod
    def parse(cls, sig: bytes) -> Self:
        """Read what ``bytes`` wrote. Raises ``Unverifiable``; a later version is not false (``LATER_VERSION``)."""
        if sig[:1] not in (b"", bytes([VERSION])):
            raise fault("passkey-version")
        index, size = int.from_bytes(sig[1:5], "big"), int.from_bytes(sig[5:HEADER_BYTES], "big")
        authenticator_data, rest = _delimited(sig[HEADER_BYTES:], MAX_AUTHENTICATOR_DATA)
        client_data, rest = _delimited(rest, MAX_CLIENT_DATA)
        signature, nodes = rest[:SIGNATURE_BYTES], rest[SIGNATURE_BYTES:]
        if not index < size <= MOST_STATEMENTS or len(rest) != SIGNATURE_BYTES + HASH_BYTES * path_length(index, size):
            raise fault("passkey-encoding")
        path = tuple(nodes[at : at + HASH_BYTES] for at in range(0, len(nodes), HASH_BYTES))
        return cls(index, size, authenticator_data, client_data, signature, path)


def _delimited(data: bytes, most: int) -> tuple[bytes, bytes]:
    """Return the bytes whose length comes first, and what follows them."""
    length = int.from_bytes(data[:LENGTH_BYTES], "big")
    found, rest = data[LENGTH_BYTES : LENGTH_BYTES + length], data[LENGTH_BYTES + length :]
    if len(data) < LENGTH_BYTES or len(found) != length or length > most:
        raise fault("passkey-encoding")
    return found, rest


def signatures_of(
    key: Passkey, key_id: str, assertion: Assertion, origin: str, messages: Sequence[bytes]
) -> tuple[Signature, ...]:
    """Return the signature of each statement of a gesture, in order. Raises ``Unverifiable``.

    It is required here that the gesture was for these statements of this log; whoever takes the signatures verifies
    them (:func:`require_signed`).
    """
    _require_challenge(assertion.client_data, sign_challenge(origin, messages))
    signature, size = _raw(key, assertion.signature), len(messages)
    _, nodes = RightEdge().append([leaf_hash(message) for message in messages])
    by_place = {(level, index): digest for level, index, digest in nodes}
    AuthenticatorData.parse(assertion.authenticator_data)
    return tuple(
        Signature(
            key_id,
            bytes(
                PasskeySignature(
                    index,
                    size,
                    assertion.authenticator_data,
                    assertion.client_data,
                    signature,
                    tuple(inclusion_path(index, size, lambda *place: by_place[place])),
                )
            ),
        )
        for index in range(size)
    )


def _raw(key: Passkey, signature: bytes) -> bytes:
    """Return a signature in its one form of 64 bytes: of ES256 r || s with the lower s, from DER."""
    if key.algorithm == "ES256":
        try:
            r, s = decode_dss_signature(signature)
            signature = low_s(r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big"))
        except (ValueError, OverflowError):
            raise fault("passkey-signature") from None
    if len(signature) != SIGNATURE_BYTES:
        raise fault("passkey-signature")
    return signature


def require_signed(key: Passkey, accepted: Accepted, message: bytes, sig: bytes) -> None:
    """Require that the passkey signed the statement, as is accepted where it stands. Raises ``Unverifiable``."""
    given = PasskeySignature.parse(sig)
    root = root_of_inclusion(leaf_hash(message), given.index, given.size, list(given.path))
    challenge = _sign_challenge(accepted.log, given.size, root)
    assertion = Assertion(given.authenticator_data, given.client_data, given.signature)
    data = _require_asserted(key, challenge, assertion, accepted.origins)
    if data.is_eligible and not accepted.synced:
        raise fault("passkey-synced")
    _require_signature(key, assertion, given.signature)


def require_sign_in(key: Passkey, challenge: bytes, assertion: Assertion, sites: Sequence[Site]) -> None:
    """Require that the passkey was used for this challenge on a page of one of the sites. Raises ``Unverifiable``."""
    signature = _raw(key, assertion.signature)
    _require_asserted(key, challenge, assertion, [site.origin for site in sites if site.rp_id == key.rp_id])
    _require_signature(key, assertion, signature)


def read_registration(
    attestation_object: bytes,
    client_data: bytes,
    challenge: bytes,
    sites: Sequence[Site],
    transports: tuple[str, ...] = (),
) -> Credential:
    """Return the credential that a browser made for this challenge, on a page of one of the sites.

    Raises ``Unverifiable``. That its holder can sign with it, their signature of the enrolment proves.
    """
    _require_challenge(client_data, challenge, CREATE)
    return read_credential(attestation_object, client_data, sites, transports)


def _require_challenge(client_data: bytes, challenge: bytes, kind: str = GET) -> str:
    """Require client data for a challenge; return the origin of the page. Raises ``Unverifiable``."""
    stated, origin = read_client_data(client_data, kind)
    if stated != urlsafe_b64encode(challenge).decode().rstrip("="):
        raise fault("passkey-challenge")
    return origin


def _require_asserted(
    key: Passkey, challenge: bytes, assertion: Assertion, origins: Sequence[str]
) -> AuthenticatorData:
    if _require_challenge(assertion.client_data, challenge) not in origins:
        raise fault("passkey-origin")
    data = AuthenticatorData.parse(assertion.authenticator_data)
    data.require(key.rp_id)
    if data.is_eligible != key.is_backup_eligible:
        raise fault("passkey-backup-eligibility")
    return data


def _require_signature(key: Passkey, assertion: Assertion, signature: bytes) -> None:
    verify = _VERIFY.get(key.algorithm)
    if verify is None:
        raise fault("passkey-algorithm")
    signed = assertion.authenticator_data + sha256(assertion.client_data).digest()  # WebAuthn 7.2, step 23
    if not verify(key.public, signed, signature):
        raise fault("passkey-signature")


def fault_of(key: Passkey, accepted: Accepted, message: bytes, sig: bytes) -> Unverifiable | None:
    """Return what is wrong with a passkey's signature of a statement, or None."""
    try:
        require_signed(key, accepted, message, sig)
    except Unverifiable as error:
        return error
    return None
