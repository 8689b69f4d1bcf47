"""The body's keys: as the record has them, and those at hand that sign now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.domain.refusal import Refused
from ledger.domain.states.issuer import Issuer
from ledger.words import Words
from projections.credentials.keys import seal_chain
from projections.credentials.keys.issuer_key import Algorithm, IssuerKey


class EnrolledKey(msgspec.Struct, frozen=True, kw_only=True):
    """An issuer key as the ledger knows it. ``public`` is raw: see ``IssuerKey``; ``certificates`` are DER, leaf first.

    ``compromised_since`` is given with a revocation: what it signed from then on is not believed.
    """

    key_id: str
    algorithm: Algorithm
    public: bytes
    certificates: tuple[bytes, ...] = ()
    retired: bool = False
    revoked: bool = False
    compromised_since: datetime | None = None


def enrolled_keys(issuer: Issuer) -> tuple[EnrolledKey, ...]:
    """Every key that was ever enrolled, in that order, with what became of it."""
    return tuple(
        EnrolledKey(
            key_id=key.key_id,
            algorithm=key.algorithm,
            public=key.public_key,
            certificates=key.certificates,
            retired=key.key_id in issuer.ended,
            revoked=key.key_id in issuer.revoked,
            compromised_since=None
            if key.key_id not in issuer.revoked
            else issuer.revoked[key.key_id].compromised_since,
        )
        for key in issuer.keys.values()
    )


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
    """The body's active keys that are at hand: one of each kind, and the chain of the one that seals, in DER."""

    ed25519: IssuerKey
    p256: IssuerKey
    chain: tuple[bytes, ...]

    @classmethod
    def of(cls, issuer: Issuer, keys: Iterable[IssuerKey], now: datetime) -> Signers:
        """The latest active key of each kind; of those that seal, the latest whose chain is valid ``now``.

        Raises ``Refused`` naming the kind that is missing, or the dates of the chain.
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
    """The latest active key for Open Badges and status lists. Raises ``Refused`` when it is not at hand."""
    found = next((key for enrolled, key in _active(issuer, keys) if enrolled.algorithm == "Ed25519"), None)
    if found is None:
        raise NoKey("issuer-key-missing", kind="Ed25519")
    return found


def _active(issuer: Issuer, keys: Iterable[IssuerKey]) -> list[tuple[IssuerKeyEnrolled, IssuerKey]]:
    """Active keys that are at hand, the latest first."""
    held = {key.key_id: key for key in keys}
    return [(key, held[key.key_id]) for key in reversed(issuer.active) if key.key_id in held]
