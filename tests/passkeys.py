"""A small authenticator with its browser: it makes passkeys and uses them as WebAuthn says, with flags as one likes."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.domain.events.passkeys import Credential
from ledger.domain.record import Passkey, Site
from ledger.domain.states.passkeys import passkey_of
from ledger.signing.authenticator import (
    ATTESTED,
    BACKED_UP,
    CREATE,
    ELIGIBLE,
    GET,
    PRESENT,
    VERIFIED,
    read_credential,
)
from ledger.signing.envelope import Signature
from ledger.signing.keys import key_id
from ledger.signing.passkeys import Assertion, sign_challenge, signatures_of

RP_ID = "register.example.org"
SITE = Site(RP_ID, f"https://{RP_ID}")
AAGUID = "5051574e-5354-4152-4445-4d4f4b455953"
USED = PRESENT | VERIFIED
CHALLENGE = sha256(b"of an enrolment").digest()


class SoftKey:
    """One passkey; ``name`` is the seed of its private key. It is synced if it is ``eligible`` for backup."""

    def __init__(self, name: str, *, algorithm: str = "ES256", site: Site = SITE, eligible: bool = False) -> None:
        self.site, self.algorithm = site, algorithm
        self.flags = USED | (ELIGIBLE | BACKED_UP if eligible else 0)
        self.credential_id = sha256(f"credential {name}".encode()).digest()
        self._counter = count(1)
        seed = sha256(f"passkey {name}".encode()).digest()
        self._private: EllipticCurvePrivateKey | Ed25519PrivateKey = (
            derive_private_key(int.from_bytes(seed, "big") >> 1, SECP256R1())
            if algorithm == "ES256"
            else Ed25519PrivateKey.from_private_bytes(seed)
        )
        self.attestation_object = self.attested()
        self.client_data = client_data(CREATE, CHALLENGE, site.origin)
        self.transports = ("internal",)
        self.credential: Credential = read_credential(
            self.attestation_object, self.client_data, [site], self.transports
        )
        self.key: Passkey = passkey_of(self.credential)
        self.key_id = key_id(self.key.public)

    @property
    def registration(self) -> dict[str, Any]:
        """The arguments of the commands that enrol it."""
        return {
            "attestation_object": self.attestation_object,
            "client_data": self.client_data,
            "transports": self.transports,
        }

    def cose_key(self) -> bytes:
        public = self._private.public_key()
        if isinstance(public, Ed25519PublicKey):
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()})
        point = public.public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def data(self, *, flags: int | None = None, rp_id: str | None = None, rest: bytes = b"") -> bytes:
        """The data of the authenticator, each time with a greater counter."""
        hashed = sha256((self.site.rp_id if rp_id is None else rp_id).encode()).digest()
        return hashed + bytes([self.flags if flags is None else flags]) + next(self._counter).to_bytes(4, "big") + rest

    def attested(self, *, flags: int | None = None, rp_id: str | None = None) -> bytes:
        """An attestation object of format none."""
        aaguid, identifier = bytes.fromhex(AAGUID.replace("-", "")), self.credential_id
        rest = aaguid + len(identifier).to_bytes(2, "big") + identifier + self.cose_key()
        data = self.data(flags=self.flags | ATTESTED if flags is None else flags, rp_id=rp_id, rest=rest)
        return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})

    def asserted(self, challenge: bytes, *, said: bytes | None = None, **changed: Any) -> Assertion:
        """What the browser returns after one gesture; ``said`` are other client data, ``changed`` is for ``data``."""
        data = self.data(**changed)
        said = client_data(GET, challenge, self.site.origin) if said is None else said
        signed = data + sha256(said).digest()
        if isinstance(self._private, Ed25519PrivateKey):
            return Assertion(data, said, self._private.sign(signed))
        return Assertion(data, said, self._private.sign(signed, ECDSA(hashes.SHA256(), deterministic_signing=True)))

    def sign(self, origin: str, messages: Sequence[bytes], **changed: Any) -> tuple[Signature, ...]:
        """The signatures of statements of a log, in one gesture."""
        assertion = self.asserted(sign_challenge(origin, messages), **changed)
        return signatures_of(self.key, self.key_id, assertion, origin, messages)


def client_data(kind: str, challenge: bytes, origin: str, after: str = "") -> bytes:
    """The client data as browsers write them; ``after`` is what later versions add."""
    encoded = urlsafe_b64encode(challenge).decode().rstrip("=")
    said = f'{{"type":"{kind}","challenge":"{encoded}","origin":"{origin}","crossOrigin":false{after}}}'
    return said.encode()
