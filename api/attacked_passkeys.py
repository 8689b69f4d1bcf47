"""Attacks with a passkey, by whoever has the log and an authenticator that says what it is told to."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.attacked import ORIGIN, Attack, Victim
from ledger.domain.events.office import PasskeyRegistered
from ledger.domain.record import Event, Fact, Role, Signer, Site
from ledger.domain.states.passkeys import passkey_of
from ledger.domain.subjects import BY_FACT
from ledger.signing.authenticator import ATTESTED, CREATE, GET, PRESENT, VERIFIED, read_credential
from ledger.signing.envelope import STATEMENT_TYPE, Signature, pae, seal
from ledger.signing.keys import key_id
from ledger.signing.passkeys import (
    RANDOM_BYTES,
    Assertion,
    PasskeySignature,
    enrol_challenge,
    sign_challenge,
    signatures_of,
)
from ledger.signing.statement import payload_of
from ledger.store.submission import Submission

SITE = Site("attacked.example", "https://attacked.example")
ELSEWHERE = "https://elsewhere.attacked.example"
_MODEL = bytes(16)


class Authenticator:
    """An authenticator with one passkey of Ed25519, and the browser before it."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        public, identifier = self._private.public_key().public_bytes_raw(), secrets.token_bytes(32)
        cose = cbor2.dumps({1: 1, 3: -8, -1: 6, -2: public})  # RFC 9053 7.2: OKP, EdDSA, Ed25519
        attested = _MODEL + len(identifier).to_bytes(2, "big") + identifier + cose
        data = _data(PRESENT | VERIFIED | ATTESTED) + attested
        challenge = enrol_challenge(ORIGIN, secrets.token_bytes(RANDOM_BYTES))
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = _client_data(CREATE, challenge, SITE.origin)
        self.credential = read_credential(attestation, said, [SITE], ("usb",))
        self.key = passkey_of(self.credential)
        self.key_id = key_id(public)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of one statement."""
        return self.gesture([message])[0].sig

    def gesture(self, messages: Sequence[bytes], origin: str = SITE.origin) -> tuple[Signature, ...]:
        """Return the signatures of statements by one gesture on a page of an origin."""
        data = _data(PRESENT | VERIFIED)
        said = _client_data(GET, sign_challenge(ORIGIN, messages), origin)
        made = Assertion(data, said, self._private.sign(data + sha256(said).digest()))
        return signatures_of(self.key, self.key_id, made, ORIGIN, messages)


def _data(flags: int) -> bytes:
    return sha256(SITE.rp_id.encode()).digest() + bytes([flags]) + bytes(4)


def _client_data(kind: str, challenge: bytes, origin: str) -> bytes:
    encoded = urlsafe_b64encode(challenge).decode().rstrip("=")
    return f'{{"type":"{kind}","challenge":"{encoded}","origin":"{origin}","crossOrigin":false}}'.encode()


def _enrolled(folder: Path) -> tuple[Victim, Authenticator]:
    """Return a ledger whose director has a passkey, as the rules want it."""
    victim, passkey = Victim(folder), Authenticator()
    director, made = victim.person(Role.DIRECTOR), passkey.credential
    site = {"rp_id": SITE.rp_id, "origin": SITE.origin}
    victim.do(victim.proposal("allow-origin", Role.DIRECTOR, Role.SECURITY_OFFICER, **site))
    victim.do(victim.proposal("agree-to-key", Role.DIRECTOR, person_id=director, key_id=passkey.key_id))
    wanted = victim.proposal(
        "register-passkey",
        Role.SECURITY_OFFICER,
        Role.DIRECTOR,
        person_id=director,
        attestation_object=made.attestation_object,
        client_data=made.client_data,
        transports=made.transports,
    )
    prepared = victim.ledger.prepare(wanted.command, wanted.signers)
    proof = Signature(passkey.key_id, passkey.sign(prepared.to_sign))
    signatures = (prepared.signed_by(victim.key(Role.SECURITY_OFFICER)), proof)
    victim.ledger.record(Submission(wanted.command, seal(prepared.payload, signatures)))
    return victim, passkey


def _message(event: Event[Fact]) -> bytes:
    return pae(STATEMENT_TYPE, payload_of(event))


def tampered_assertion(folder: Path) -> set[str]:
    """What an authenticator said is changed after it signed that."""
    victim, passkey = _enrolled(folder)
    event = victim.prepare(victim.grant(Role.MODERATOR))
    made = PasskeySignature.parse(passkey.sign(_message(event)))
    data = made.authenticator_data[:-1] + b"\1"
    changed = msgspec.structs.replace(made, authenticator_data=data)
    return victim.append(event, Signature(passkey.key_id, bytes(changed)))


def another_page(folder: Path) -> set[str]:
    """The director is led to a page that looks like the register, which has a statement signed there."""
    victim, passkey = _enrolled(folder)
    event = victim.prepare(victim.grant(Role.MODERATOR))
    return victim.append(event, *passkey.gesture([_message(event)], ELSEWHERE))


def replayed_gesture(folder: Path) -> set[str]:
    """A gesture over two statements, of which one was recorded, is given out as one over a third."""
    victim, passkey = _enrolled(folder)
    events = [victim.prepare(victim.grant(role)) for role in (Role.MODERATOR, Role.ASSESSOR, Role.FACILITATOR)]
    signed = passkey.gesture([_message(event) for event in events[:2]])
    return victim.append(events[2], signed[1])


def key_of_somebody_else(folder: Path) -> set[str]:
    """A security officer enrols one more key of the director, which they made: every signature is valid."""
    victim, _ = _enrolled(folder)
    own, director = Authenticator(), victim.person(Role.DIRECTOR)
    enrolled = PasskeyRegistered(person_id=director, key_id=own.key_id, credential=own.credential)
    return victim.forge(
        victim.prepare(victim.grant(Role.MODERATOR)),
        victim.key(Role.SECURITY_OFFICER),
        own,
        type=BY_FACT[PasskeyRegistered].wire_name,
        stream=f"officer:{director}",
        version=victim.ledger.read().officer(director).version + 1,
        by=(Signer(victim.person(Role.SECURITY_OFFICER), Role.SECURITY_OFFICER), Signer(director, Role.KEY_HOLDER)),
        facts=enrolled,
    )


PASSKEY_ATTACKS: tuple[Attack, ...] = (
    Attack(
        "an assertion of a passkey changed afterwards",
        "l’assertion d’une clé d’accès modifiée après coup",
        "passkey-signature",
        tampered_assertion,
    ),
    Attack(
        "a passkey used on another page", "une clé d’accès utilisée sur une autre page", "passkey-origin", another_page
    ),
    Attack("a gesture used again", "un geste réutilisé", "passkey-challenge", replayed_gesture),
    Attack(
        "one more key of somebody who did not agree to it",
        "une clé de plus au nom d’une personne qui n’a pas donné son accord",
        "rule-broken",
        key_of_somebody_else,
    ),
)
