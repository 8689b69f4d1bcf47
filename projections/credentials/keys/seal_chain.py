"""X.509 certificates, which the seal of a PDF (PAdES) and ``x5c`` in SD-JWT VC need.

An operator with a certification authority brings a chain as PEM. One without makes a small chain here: a root,
whose key is kept offline, certifies the issuer's key, of which only the public half is needed.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.errors import Unfit, Unreadable, Unverifiable
from ledger.words import day_in_words

# RFC 9336, and what the library of poppler and Firefox (NSS) asks of a signer of documents: it knows no RFC 9336.
PURPOSES = [x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), ExtendedKeyUsageOID.EMAIL_PROTECTION]
# RFC 9608: no revocations are published. A compromised key is revoked in the ledger.
NO_REVOCATIONS = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.56"), b"\x05\x00")  # a NULL
UNDERSTOOD = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage)
WEB_PURPOSES = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
MAX_CERTIFICATES = 5
MAX_CERTIFICATE_BYTES = 8_192
MAX_CHAIN_BYTES = 2 * MAX_CERTIFICATES * MAX_CERTIFICATE_BYTES  # in PEM
MAX_NAME_BYTES = 64  # X.520, upper bound of organizationName and commonName, as it is commonly counted
ROOT_NAME = "Root of seals"
SERIAL_BYTES = 20  # RFC 5280 4.1.2.2
T = TypeVar("T", bound=x509.ExtensionType)


def make_chain(
    public: bytes, name: str, url: str, authority: EllipticCurvePrivateKey, not_before: datetime, not_after: datetime
) -> tuple[bytes, bytes]:
    """A leaf for the compressed P-256 point ``public``, and the root that issued it, both in DER.

    ``name`` becomes O= of both; ``url`` is the issuer's address, as ``iss`` has it, for wallets that look for it in
    the leaf. Both are valid in the same period. Raises ``Unfit``.
    """
    if not isinstance(authority.curve, SECP256R1):
        raise Unfit("expected an authority's key on P-256", "une clé d’autorité sur P-256 est attendue")
    if not name.strip() or len(name.encode()) > MAX_NAME_BYTES:
        raise Unfit(
            f"expected a name of at most {MAX_NAME_BYTES} bytes in UTF-8",
            f"un nom de {MAX_NAME_BYTES} octets au plus, en UTF-8, est attendu",
        )
    if not url.startswith(("https://", "http://")) or not url.isascii():  # http for a demonstration on this machine
        raise Unfit(
            "expected an http(s) address of ASCII characters", "une adresse http(s) en caractères ASCII est attendue"
        )
    if not_before >= not_after:
        raise Unfit(
            "expected an end of validity after its beginning", "la fin de validité doit être postérieure au début"
        )
    root_key, leaf_key = authority.public_key(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
    if root_key == leaf_key:
        raise Unfit(
            "expected an authority's key that is not the issuer's own",
            "une clé d’autorité distincte de celle de l’émetteur est attendue",
        )
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)
    root_name, leaf_name = (
        x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, common)]) for common in (ROOT_NAME, name)
    )
    root_id = x509.SubjectKeyIdentifier.from_public_key(root_key)

    def started(subject: x509.Name, key: EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(subject_name=subject, issuer_name=root_name, public_key=key)
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .serial_number(_serial(key, not_before, not_after))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id), critical=False)
        )

    root = (
        started(root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certify=True), critical=True)
    )
    leaf = (
        started(leaf_name, leaf_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certify=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(PURPOSES), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(url)]), critical=False)
        .add_extension(NO_REVOCATIONS, critical=False)
    )
    leaf_der, root_der = (b.sign(authority, hashes.SHA256()).public_bytes(Encoding.DER) for b in (leaf, root))
    return leaf_der, root_der


def parse_pem(pem: bytes, public: bytes, url: str, at: datetime) -> tuple[bytes, ...]:
    """The certificates of an operator's file in DER, leaf first, for the P-256 key ``public`` (compressed).

    Raises ``Unreadable`` when it is no chain, not for this key, not valid ``at`` this moment, or its leaf is named by
    addresses of which none is ``url``, the issuer's: wallets look there for ``iss``. An operator's authority may
    put none there.
    """
    if len(pem) > MAX_CHAIN_BYTES:
        raise Unreadable(
            f"expected at most {MAX_CERTIFICATES} certificates in PEM",
            f"{MAX_CERTIFICATES} certificats en PEM au plus sont attendus",
        )
    try:
        chain = tuple(c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise Unreadable(
            "expected certificates in PEM, the signer's first",
            "des certificats en PEM sont attendus, celui du signataire en tête",
        ) from None
    try:
        certified = leaf_key(chain, at)
    except Unverifiable as error:
        raise Unreadable(
            f"expected a chain of certificates: {error}", f"une chaîne de certificats est attendue : {error.fr}"
        ) from None
    if certified != public:
        raise Unreadable(
            "expected the certificate of this key first, not of another",
            "le certificat de cette clé est attendu en tête, et non celui d’une autre",
        )
    addresses = _addresses(chain[0])
    if addresses and url not in addresses:
        named = ", ".join(addresses)
        raise Unreadable(
            f"expected a certificate for {url}, not for {named}",
            f"un certificat pour {url} est attendu, et non pour {named}",
        )
    return chain


def as_pem(chain: Sequence[bytes]) -> bytes:
    """The file that ``parse_pem`` reads."""
    return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in chain)


def load_authority(pem: bytes) -> EllipticCurvePrivateKey:
    """The key of a root, as PKCS #8 in PEM without a passphrase. Raises ``Unreadable``."""
    try:
        private = load_pem_private_key(pem, None)
    except (TypeError, ValueError):
        private = None
    if not isinstance(private, EllipticCurvePrivateKey):
        raise Unreadable(
            "expected an authority's private key on P-256 in PEM, without a passphrase",
            "une clé privée d’autorité sur P-256 en PEM, sans phrase secrète, est attendue",
        )
    return private


def verify_chain(chain: Sequence[bytes], roots: Sequence[bytes], at: datetime) -> bytes:
    """The leaf's key (a compressed P-256 point), if one of ``roots`` certifies it at this moment.

    ``roots`` are DER and may be the end of the chain or its issuer. Raises ``Unverifiable``. Revocation of
    certificates is not asked about: a compromised key is revoked in the ledger.
    """
    # A chain may bring its root, or not: the root is placed at the end, once.
    below = [der for der in chain if der not in roots]
    if not below:
        raise Unverifiable(
            "chain-malformed",
            "a chain has a signer's certificate below its root",
            "une chaîne comporte un certificat de signataire sous sa racine",
        )
    failure = Unverifiable(
        "chain-untrusted", "no trusted root issued this chain", "aucune racine de confiance n’a émis cette chaîne"
    )
    for root in roots:
        try:
            return leaf_key((*below, root), at)
        except Unverifiable as error:
            if error.code != "chain-broken":  # of several roots only one has to fit
                failure = error
    raise failure


def validity(chain: Sequence[bytes]) -> tuple[datetime, datetime]:
    """The first and the last moment at which every certificate of a chain is valid. Raises ``Unverifiable``."""
    certificates = _loaded(chain)
    return max(c.not_valid_before_utc for c in certificates), min(c.not_valid_after_utc for c in certificates)


def require_valid(chain: Sequence[bytes], made: datetime) -> None:
    """Raise ``Unverifiable`` (chain-expired) unless every certificate was valid when a document was ``made``."""
    begins, ends = validity(chain)
    if not begins <= made <= ends:
        day = day_in_words(made.date())
        raise Unverifiable(
            "chain-expired",
            f"its certificate was not valid when it was made, on {day.en}",
            f"son certificat n’était pas valide lors de l’établissement, le {day.fr}",
        )


def leaf_key(chain: Sequence[bytes], at: datetime) -> bytes:
    """The leaf's key of a chain in which each certificate is issued by the next. Raises ``Unverifiable``.

    RFC 5280 6.1, for what such chains hold: names and signatures link up, issuers may issue, all are valid
    ``at`` the moment. Whether the last certificate is trusted is for the caller to decide.
    """
    certificates = _loaded(chain)
    for certificate, issuer in pairwise(certificates):
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            raise Unverifiable(
                "chain-broken",
                "a certificate was not issued by the next one",
                "un certificat n’a pas été émis par le suivant",
            ) from None
    for certificate in certificates:
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            day = day_in_words(at.date())
            raise Unverifiable(
                "chain-expired",
                f"a certificate is not valid on {day.en}",
                f"un certificat n’est pas valide au {day.fr}",
            )
        _require_understood(certificate)
    leaf, *issuers = certificates
    for below, issuer in enumerate(issuers):
        _require_authority(issuer, below)
    _require_signer(leaf)
    key = certificates[0].public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Unverifiable(
            "chain-key", "expected a certificate of a key on P-256", "un certificat de clé sur P-256 est attendu"
        )
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def without_root(chain: Sequence[bytes]) -> tuple[bytes, ...]:
    """The chain without a self-issued end: a verifier has the root already, or does not trust it."""
    last = x509.load_der_x509_certificate(chain[-1])
    return tuple(chain[:-1] if len(chain) > 1 and last.subject == last.issuer else chain)


def _addresses(der: bytes) -> list[str]:
    names = _extension(x509.load_der_x509_certificate(der), x509.SubjectAlternativeName)
    return [] if names is None else names.get_values_for_type(x509.UniformResourceIdentifier)


def _loaded(chain: Sequence[bytes]) -> list[x509.Certificate]:
    if not 1 <= len(chain) <= MAX_CERTIFICATES or any(len(der) > MAX_CERTIFICATE_BYTES for der in chain):
        raise Unverifiable(
            "chain-malformed",
            f"a chain has from 1 to {MAX_CERTIFICATES} certificates",
            f"une chaîne comporte de 1 à {MAX_CERTIFICATES} certificats",
        )
    try:
        return [x509.load_der_x509_certificate(der) for der in chain]
    except (ValueError, x509.InvalidVersion):
        raise Unverifiable("chain-malformed", "not a certificate in DER", "ce n’est pas un certificat en DER") from None


def _require_understood(certificate: x509.Certificate) -> None:
    try:
        extensions = list(certificate.extensions)
    except (ValueError, x509.DuplicateExtension):
        raise Unverifiable(
            "chain-malformed",
            "the extensions of a certificate cannot be read",
            "les extensions d’un certificat sont illisibles",
        ) from None
    for extension in extensions:  # RFC 5280 4.2
        if extension.critical and not isinstance(extension.value, UNDERSTOOD):
            raise Unverifiable(
                "chain-usage",
                f"an extension is critical but not supported: {extension.oid.dotted_string}",
                f"extension critique, mais non prise en charge : {extension.oid.dotted_string}",
            )


def _extension(certificate: x509.Certificate, kind: type[T]) -> T | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _require_authority(certificate: x509.Certificate, below: int) -> None:
    """Require that it may issue; ``below`` counts the authorities under it (RFC 5280 4.2.1.9)."""
    constraints, usage = _extension(certificate, x509.BasicConstraints), _extension(certificate, x509.KeyUsage)
    room = None if constraints is None else constraints.path_length
    if constraints is None or not constraints.ca or (room is not None and below > room):
        raise Unverifiable(
            "chain-usage",
            "a certificate in the chain may not issue others",
            "un certificat de la chaîne n’est pas autorisé à en émettre d’autres",
        )
    if usage is None or not usage.key_cert_sign:
        raise Unverifiable(
            "chain-usage",
            "a certificate in the chain may not sign certificates",
            "un certificat de la chaîne n’est pas autorisé à signer des certificats",
        )


def _require_signer(certificate: x509.Certificate) -> None:
    constraints, usage = _extension(certificate, x509.BasicConstraints), _extension(certificate, x509.KeyUsage)
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if constraints is not None and constraints.ca:
        raise Unverifiable(
            "chain-usage",
            "the first certificate is an authority's, not a signer's",
            "le premier certificat est celui d’une autorité, et non d’un signataire",
        )
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise Unverifiable(
            "chain-usage",
            "the first certificate is not one for signing",
            "le premier certificat n’autorise pas la signature",
        )
    # An authority that certifies a web server does not allow it to seal documents.
    if purposes is not None and set(purposes) <= WEB_PURPOSES:
        raise Unverifiable(
            "chain-usage",
            "the first certificate is one for the web only",
            "le premier certificat ne vaut que pour le web",
        )


def _serial(key: EllipticCurvePublicKey, not_before: datetime, not_after: datetime) -> int:
    """A serial number for a key and period that nobody can choose: a hash, positive, of at most 20 octets."""
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    digest = sha256(b"%b %b %b" % (point, not_before.isoformat().encode(), not_after.isoformat().encode())).digest()
    return int.from_bytes(digest[:SERIAL_BYTES], "big") >> 1


def _usage(*, certify: bool) -> x509.KeyUsage:
    """An authority signs certificates; a signer signs, and stands by what it signed (nonRepudiation)."""
    return x509.KeyUsage(
        digital_signature=not certify,
        content_commitment=not certify,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify,
        crl_sign=certify,
        encipher_only=False,
        decipher_only=False,
    )
