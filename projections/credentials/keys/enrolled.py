"""The body's keys: those that the record names, and those at hand, which sign now."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

import msgspec

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.domain.refusal import Refused
from ledger.domain.states.issuer import Issuer
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.credentials.facts import IssuerIdentity
from projections.credentials.keys import seal_chain
from projections.credentials.keys.issuer_key import IssuerKey


class IssuerKeys(msgspec.Struct, frozen=True):
    """Every key that the body ever enrolled, as ``recorded``, and the names by which documents refer to them."""

    issuer: IssuerIdentity
    recorded: Issuer

    @property
    def published(self) -> list[IssuerKeyEnrolled]:
        """The keys whose signatures count: those that are not revoked, active ones before retired ones."""
        keys = [key for key in self.recorded.keys.values() if not self.is_revoked(key)]
        return sorted(keys, key=lambda key: key.key_id in self.recorded.ended)

    def is_revoked(self, key: IssuerKeyEnrolled) -> bool:
        return key.key_id in self.recorded.revoked

    def named(self, name: str) -> IssuerKeyEnrolled | None:
        """The key of a verification method or of the address of a JWK; None when the body has none."""
        for key_id, key in self.recorded.keys.items():
            if name in (self.issuer.verification_method(key_id), self.issuer.jwk(key_id)):
                return key
        return None

    def public(self, name: str) -> bytes | None:
        """The raw public key under this name; None when the body has none."""
        key = self.named(name)
        return None if key is None else key.public_key

    def certified(self, leaf: bytes) -> IssuerKeyEnrolled | None:
        """The key that the body enrolled with this certificate (DER); None when there is none."""
        return next((key for key in self.recorded.keys.values() if key.certificates[:1] == (leaf,)), None)


def established(ledger: Ledger) -> Issuer:
    """The body as the record has it as an issuer. Raises ``Refused`` before it is established."""
    issuer = ledger.read().issuer()
    if not issuer.version:
        raise Refused("issuer-not-established")
    return issuer


class NoKey(Refused):
    """No key of the issuer can sign a document now."""

    texts: ClassVar = {
        "issuer-key-missing": Words(
            "no active key of the issuer is available: {kind}",
            "aucune clé active de l’émetteur n’est disponible : {kind}",
        ),
        "issuer-chain-not-valid": Words(
            "the certificate of key {key} is valid from {begins} to {ends}: enrol a key whose certificate is valid now",
            "le certificat de la clé {key} est valide du {begins} au {ends} : enregistrez une clé dont le "
            "certificat est valide actuellement",
        ),
    }


class Signers(msgspec.Struct, frozen=True):
    """The active keys at hand, one of each kind, and the X.509 chain of the one that seals, in DER."""

    ed25519: IssuerKey
    p256: IssuerKey
    chain: tuple[bytes, ...]

    @classmethod
    def of(cls, issuer: Issuer, keys: Iterable[IssuerKey], now: datetime) -> Self:
        """The latest active key of each kind. The key that seals must have a chain that is valid ``now``.

        Raises ``NoKey`` with the missing kind, or with the dates of the chain.
        """
        held = tuple(keys)
        ed25519 = badge_key(issuer, held)
        sealing = [(enrolled, key) for enrolled, key in _active(issuer, held) if enrolled.certificates]
        if not sealing:
            raise NoKey("issuer-key-missing", kind="ES256, X.509")
        for enrolled, key in sealing:
            begins, ends = seal_chain.validity(enrolled.certificates)
            if begins <= now <= ends:
                return cls(ed25519, key, enrolled.certificates)
        latest, _ = sealing[0]
        begins, ends = seal_chain.validity(latest.certificates)
        raise NoKey("issuer-chain-not-valid", key=latest.key_id, begins=begins.date(), ends=ends.date())


def badge_key(issuer: Issuer, keys: Iterable[IssuerKey]) -> IssuerKey:
    """The latest active key for Open Badges and status lists. Raises ``NoKey`` when it is not at hand."""
    key = next((key for enrolled, key in _active(issuer, keys) if enrolled.algorithm == "Ed25519"), None)
    if key is None:
        raise NoKey("issuer-key-missing", kind="Ed25519")
    return key


def _active(issuer: Issuer, keys: Iterable[IssuerKey]) -> list[tuple[IssuerKeyEnrolled, IssuerKey]]:
    """The active keys at hand, the latest first."""
    held = {key.key_id: key for key in keys}
    return [(key, held[key.key_id]) for key in reversed(issuer.active) if key.key_id in held]
