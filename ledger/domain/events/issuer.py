"""Facts about the body as an issuer of credentials: its address, and the keys that sign documents."""

from typing import Literal

from ledger.domain.record import Algorithm, Fact, Moment, Stream

THE_ISSUER = Stream("issuer", "body")  # there is one


class IssuerEstablished(Fact, frozen=True, kw_only=True):
    """The body issues credentials under ``url``. Each credential contains it, so it never changes.

    It is the root of a host, such as https://register.example.org, without a slash at the end.
    """

    url: str


class IssuerKeyEnrolled(Fact, frozen=True, kw_only=True):
    """A key of the body: raw Ed25519 (32 bytes), or a compressed P-256 point (33 bytes) for ES256.

    ``certificates`` is its X.509 chain in DER, leaf first, with which it may seal documents. ``proof`` is a
    signature by the key itself over the bytes that :func:`ledger.domain.decisions.issuer.possession` returns.
    """

    key_id: str
    algorithm: Algorithm
    public_key: bytes
    certificates: tuple[bytes, ...]
    proof: bytes


class IssuerKeyRetired(Fact, frozen=True, kw_only=True):
    """From here on the key signs nothing more; what it signed before stays valid."""

    key_id: str


class IssuerKeyRevoked(Fact, frozen=True, kw_only=True):
    """What the key signed after ``compromised_since`` is in doubt. None means from here on.

    Recorded of a key that is revoked already, it states a compromise that was found late.
    """

    key_id: str
    reason_code: Literal["lost", "compromised"]
    compromised_since: Moment | None
