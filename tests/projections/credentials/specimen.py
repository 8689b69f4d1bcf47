"""A certificate of an invented person, and keys that sign it."""

from datetime import UTC, date, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ledger.domain.events.scheme import RubricLevel
from ledger.words import Words
from projections.credentials.facts import Achievement, CertificateFacts, IssuerIdentity, Signatory
from projections.credentials.forms.diploma import diploma
from projections.credentials.gathering import DECIDER
from projections.credentials.keys.issuer_key import LocalKey
from tests.projections.credentials.certified import FACTS as AWA
from tests.projections.credentials.certified import with_changes

ISSUER = IssuerIdentity(url="https://register.example", name=Words("Example", "Exemple"))
CREDENTIAL = '{"name":"Aïssatou N’Diaye","closing":"]]>"}'.encode()
FACTS = with_changes(
    AWA,
    number="TOA-PCA-FR-2024-10-1",
    holder="Aïssatou N’Diaye",
    body=Words("Example Customs Organisation", "Organisation douanière d’exemple"),
    id="toa-pca-fr",
    version="2.0.0",
    title=Words(
        "PCA Technical and Operational Advisor (Francophone)",
        "Conseiller technique et opérationnel en contrôle a posteriori (francophone)",
    ),
    scope=tuple(
        Achievement(id=english.lower().replace(" ", "-"), name=Words(english, french), required=3)
        for english, french in (
            ("Theoretical knowledge", "Connaissances théoriques"),
            ("Practical skills", "Compétences pratiques"),
            ("Communication", "Communication"),
            ("Advisory capacity", "Capacité de conseil"),
        )
    ),
    levels=tuple(RubricLevel(level, f"Level {level}", f"Niveau {level}") for level in range(1, 6)),
    place="Abidjan",
    start=date(2024, 10, 14),
    end=date(2024, 10, 18),
    effective_from=date(2024, 11, 1),
    expires_on=date(2027, 10, 31),
    issued=datetime(2024, 10, 30, 9, tzinfo=UTC),
    signatories=(Signatory("Marie-Claire Dembélé", DECIDER), Signatory("Jonas Lindqvist", DECIDER)),
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def facts_with(**changes: object) -> CertificateFacts:
    return with_changes(FACTS, **changes)


@cache
def unsealed() -> bytes:
    """The diploma of ``FACTS``, before its seal."""
    return diploma(FACTS, ISSUER, CREDENTIAL, official=False)


class Chain:
    """A key, its certificate, and the root that issued it; valid to the end of ``until``, a year.

    ``subject`` is whom the certificate names, when that is more or other than a common name.
    """

    def __init__(self, name: str, until: int = 2040, subject: x509.Name | None = None) -> None:
        root, private = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.key = LocalKey(private)
        by, subject = _common_name(f"{name} root"), subject or _common_name(name)
        self.root = _certificate(by, root, by, root, until=2045, ca=True)
        self.certificates = [_certificate(subject, private, by, root, until=until, ca=False), self.root]


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    named: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    until: int,
    ca: bool,
) -> bytes:
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    usage |= dict.fromkeys(("digital_signature", "content_commitment"), not ca)
    usage |= dict.fromkeys(("key_cert_sign", "crl_sign"), ca)
    return (
        x509.CertificateBuilder(by, named, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 12, 31, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, SHA256())
        .public_bytes(Encoding.DER)
    )
