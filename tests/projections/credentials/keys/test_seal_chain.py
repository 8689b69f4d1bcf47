"""The X.509 chain: its contents, its verification by OpenSSL, and a refusal for each fault."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import derive_private_key as derive
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from projections.credentials.keys.seal_chain import (
    PURPOSES,
    leaf_key,
    make_chain,
    parse_pem,
    validity,
    verify_chain,
    without_root,
)
from tests.programs import program
from tests.projections.credentials.jose import AUTHORITY, CHAIN, ISSUER, KEY, NOT_AFTER, NOT_BEFORE, NOW, OTHER

LEAF, ROOT = map(x509.load_der_x509_certificate, CHAIN)
OTHER_AUTHORITY = derive(11, SECP256R1())
OTHER_CHAIN = make_chain(OTHER.public, "Elsewhere", "https://elsewhere.example", OTHER_AUTHORITY, NOT_BEFORE, NOT_AFTER)
SIGNING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
END = x509.BasicConstraints(ca=False, path_length=None)


def pem(*chain: bytes) -> bytes:
    return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in chain)


def certificate(
    *extensions: tuple[x509.ExtensionType, bool],
    key: EllipticCurvePrivateKey | None = None,
    issuer: x509.Name = ROOT.subject,
    by: EllipticCurvePrivateKey = AUTHORITY,
) -> bytes:
    """A certificate for ``KEY``, or another key, as a root of whatever habits would issue it."""
    public = key.public_key() if key else LEAF.public_key()
    builder = x509.CertificateBuilder(issuer, LEAF.subject, public, 5, NOT_BEFORE, NOT_AFTER)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.DER)


def value(certificate: x509.Certificate, kind: type[Any]) -> Any:
    return certificate.extensions.get_extension_for_class(kind).value


def test_the_leaf_is_one_for_sealing_documents() -> None:
    assert LEAF.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == ISSUER.name.en
    assert (LEAF.not_valid_before_utc, LEAF.not_valid_after_utc) == (NOT_BEFORE, NOT_AFTER)
    usage = value(LEAF, x509.KeyUsage)
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert list(value(LEAF, x509.ExtendedKeyUsage)) == PURPOSES
    assert not value(LEAF, x509.BasicConstraints).ca
    uris = value(LEAF, x509.SubjectAlternativeName).get_values_for_type(x509.UniformResourceIdentifier)
    assert uris == ["https://register.example.org"]
    assert value(LEAF, x509.AuthorityKeyIdentifier).key_identifier == value(ROOT, x509.SubjectKeyIdentifier).digest


def test_l4_the_leaf_says_that_no_revocations_are_published() -> None:
    (extension,) = (e for e in LEAF.extensions if e.oid.dotted_string == "2.5.29.56")
    assert (extension.critical, extension.value.public_bytes()) == (False, b"\x05\x00")
    assert "2.5.29.56" not in {e.oid.dotted_string for e in ROOT.extensions}, "RFC 9608, 2: never an authority's"


def test_the_root_issues_leaves_and_nothing_else() -> None:
    constraints, usage = value(ROOT, x509.BasicConstraints), value(ROOT, x509.KeyUsage)
    assert (constraints.ca, constraints.path_length) == (True, 0)
    assert usage.key_cert_sign
    assert not usage.digital_signature
    assert LEAF.serial_number != ROOT.serial_number


def test_the_same_key_and_period_give_the_same_serial_number() -> None:
    again = make_chain(KEY.public, ISSUER.name.en, ISSUER.url, AUTHORITY, NOT_BEFORE, NOT_AFTER)
    assert x509.load_der_x509_certificate(again[0]).serial_number == LEAF.serial_number


@given(st.text(min_size=1, max_size=64).filter(str.strip))
def test_any_name_makes_a_chain_that_verifies_or_is_refused_in_words(name: str) -> None:
    try:
        chain = make_chain(KEY.public, name, ISSUER.url, AUTHORITY, NOT_BEFORE, NOT_AFTER)
    except ValueError as error:
        assert "expected" in str(error)  # noqa: PT017 - both outcomes are right
        return
    assert verify_chain(chain, [chain[1]], NOW) == KEY.public


def test_openssl_verifies_the_chain(tmp_path: Path) -> None:
    for name, der in zip(("leaf", "root"), CHAIN, strict=True):
        (tmp_path / name).write_bytes(pem(der))
    at = str(int(NOW.timestamp()))
    command = (program("openssl"), "verify", "-x509_strict", "-attime", at, "-CAfile", "root", "leaf")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "leaf: OK\n", done.stderr


def test_a_chain_is_read_from_pem_leaf_first() -> None:
    assert parse_pem(pem(*CHAIN), KEY.public, ISSUER.url, NOW) == CHAIN
    assert without_root(CHAIN) == CHAIN[:1]
    assert without_root(CHAIN[:1]) == CHAIN[:1]


@pytest.mark.parametrize(
    ("data", "public", "at", "expected"),
    [
        (pem(*CHAIN), OTHER.public, NOW, "the certificate of this key first"),
        (pem(*reversed(CHAIN)), KEY.public, NOW, "not issued by the next"),
        (pem(CHAIN[0], OTHER_CHAIN[1]), KEY.public, NOW, "not issued by the next"),
        (pem(*CHAIN), KEY.public, NOT_AFTER.replace(year=2035), "not valid on 1 January 2035"),
        (pem(*CHAIN), KEY.public, NOT_BEFORE.replace(year=2023), "not valid on 1 January 2023"),
        (pem(CHAIN[1]), KEY.public, NOW, "an authority's, not a signer's"),
        (pem(*CHAIN[:1] * 6), KEY.public, NOW, "from 1 to 5 certificates"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", KEY.public, NOW, "certificates in PEM"),
        (b"", KEY.public, NOW, "certificates in PEM"),
        (b"x" * 100_000, KEY.public, NOW, "at most 5 certificates"),
    ],
)
def test_what_is_no_chain_for_this_key_is_refused(data: bytes, public: bytes, at: datetime, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        parse_pem(data, public, ISSUER.url, at)


def test_a_leaf_that_is_named_by_addresses_must_be_of_the_issuer() -> None:
    with pytest.raises(ValueError, match="not for https:"):
        parse_pem(pem(*CHAIN), KEY.public, "https://other.example", NOW)
    for names, url in (
        ([x509.UniformResourceIdentifier("urn:x:y"), x509.UniformResourceIdentifier(ISSUER.url)], ISSUER.url),
        ([x509.DNSName("register.example.org")], "https://other.example"),
        ([], "https://other.example"),
    ):
        named = [(x509.SubjectAlternativeName(names), False)] if names else []
        leaf = certificate((END, True), (SIGNING, True), *named)
        assert parse_pem(pem(leaf, CHAIN[1]), KEY.public, url, NOW) == (leaf, CHAIN[1])


def test_a_chain_is_valid_while_all_of_it_is() -> None:
    assert validity(CHAIN) == (NOT_BEFORE, NOT_AFTER)
    year = timedelta(days=365)
    late = make_chain(KEY.public, ISSUER.name.en, ISSUER.url, AUTHORITY, NOT_BEFORE + year, NOT_AFTER + year)
    assert validity((late[0], CHAIN[1])) == (NOT_BEFORE + year, NOT_AFTER)
    assert validity((CHAIN[0], late[1])) == (NOT_BEFORE + year, NOT_AFTER)


def test_a_trusted_root_vouches_with_or_without_being_in_the_chain() -> None:
    roots = [OTHER_CHAIN[1], CHAIN[1]]
    assert verify_chain(CHAIN, roots, NOW) == KEY.public
    assert verify_chain(CHAIN[:1], roots, NOW) == KEY.public


CRITICAL = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
WEB = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
UNREADABLE = x509.UnrecognizedExtension(x509.KeyUsage.oid, b"\x05\x00")
# An authority whose certificate does not say that it signs certificates.
LAX = certificate((x509.BasicConstraints(ca=True, path_length=None), True), key=derive(12, SECP256R1()))
BELOW = certificate((END, True), (SIGNING, True), issuer=LEAF.subject, by=derive(12, SECP256R1()))
FROM_A_LEAF = certificate((END, True), (SIGNING, True), issuer=LEAF.subject, by=derive(7, SECP256R1()))
FLAWS: list[tuple[str, tuple[bytes, ...]]] = [
    ("chain-untrusted", OTHER_CHAIN),
    ("chain-malformed", ()),
    ("chain-malformed", CHAIN[1:]),
    ("chain-untrusted", (certificate((END, True), (SIGNING, True), by=OTHER_AUTHORITY),)),
    ("chain-usage", (certificate((END, True)),)),
    ("chain-usage", (certificate((END, True), (SIGNING, True), (WEB, False)),)),
    ("chain-usage", (certificate((END, True), (SIGNING, True), (CRITICAL, True)),)),
    ("chain-usage", (FROM_A_LEAF, CHAIN[0])),
    ("chain-usage", (BELOW, LAX)),
    ("chain-malformed", (certificate((END, True), (UNREADABLE, True)),)),
    ("chain-key", (certificate((END, True), (SIGNING, True), key=derive(5, SECP384R1())),)),
    ("chain-malformed", (b"\x30\x00",)),
    ("chain-malformed", (b"\x30" * 10_000,)),
]


@pytest.mark.parametrize(("code", "chain"), FLAWS)
def test_one_fault_has_one_code(code: str, chain: tuple[bytes, ...]) -> None:
    with pytest.raises(Unverifiable) as refused:
        verify_chain(chain, [CHAIN[1]], NOW)
    assert refused.value.code == code


def test_nobody_is_trusted_where_no_root_is() -> None:
    with pytest.raises(Unverifiable, match="no trusted root"):
        verify_chain(CHAIN, [], NOW)


@given(st.integers(0, len(CHAIN[0]) - 1), st.integers(1, 255))
def test_any_altered_byte_of_the_leaf_is_refused(place: int, change: int) -> None:
    altered = bytearray(CHAIN[0])
    altered[place] ^= change
    with pytest.raises(Unverifiable):
        leaf_key((bytes(altered), CHAIN[1]), NOW)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((KEY.public, "é" * 33, ISSUER.url, AUTHORITY, NOT_BEFORE, NOT_AFTER), "at most 64 bytes"),
        ((KEY.public, " ", ISSUER.url, AUTHORITY, NOT_BEFORE, NOT_AFTER), "expected a name"),
        ((KEY.public, "x", "https://exämple.org", AUTHORITY, NOT_BEFORE, NOT_AFTER), "address of ASCII"),
        ((KEY.public, "x", "example.org", AUTHORITY, NOT_BEFORE, NOT_AFTER), "address of ASCII"),
        ((KEY.public, "x", ISSUER.url, AUTHORITY, NOT_AFTER, NOT_BEFORE), "after its beginning"),
        ((KEY.public, "x", ISSUER.url, derive(7, SECP256R1()), NOT_BEFORE, NOT_AFTER), "not the issuer's own"),
        ((KEY.public, "x", ISSUER.url, derive(7, SECP384R1()), NOT_BEFORE, NOT_AFTER), "authority's key on P-256"),
    ],
)
def test_what_makes_no_chain_is_refused(arguments: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        make_chain(*arguments)
