"""Keys from files, from the environment and from a device (SoftHSM) sign alike."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from urllib.parse import quote

import pkcs11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from pkcs11 import Attribute, KeyType, Mechanism

from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.keys.key_sources import load
from projections.credentials.keys.token_key import TokenKey
from projections.credentials.keys.token_uri import TokenUri
from tests.programs import program

MESSAGE = b"what is signed"
PIN = "5678 & more"
LIBRARIES = (Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/local/lib/softhsm/libsofthsm2.so"))


def pem(private: Ed25519PrivateKey | EllipticCurvePrivateKey, passphrase: bytes | None = None) -> bytes:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def require_signature(key: IssuerKey) -> None:
    """Require that another library verifies what the key signs."""
    signature = key.sign(MESSAGE)
    if key.algorithm == "Ed25519":
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, MESSAGE)
        return
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public)
    public.verify(encode_dss_signature(r, s), MESSAGE, ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("private", [Ed25519PrivateKey.generate(), generate_private_key(SECP256R1())])
def test_a_key_is_read_from_a_file_or_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: Ed25519PrivateKey | EllipticCurvePrivateKey
) -> None:
    (tmp_path / "key.pem").write_bytes(pem(private))
    monkeypatch.setenv("ISSUER_KEY", pem(private).decode())
    for source in (f"file:{tmp_path}/key.pem", "env:ISSUER_KEY"):
        key = load(source)
        assert key.public == LocalKey(private).public
        assert key.key_id == LocalKey(private).key_id
        require_signature(key)


def test_the_passphrase_of_a_file_comes_from_the_variable_that_the_source_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = generate_private_key(SECP256R1())
    (tmp_path / "key.pem").write_bytes(pem(private, b"correct horse"))
    source = f"file:{tmp_path}/key.pem?passphrase-env=ISSUER_PASSPHRASE"
    with pytest.raises(ValueError, match="environment variable ISSUER_PASSPHRASE: expected it to be set"):
        load(source)
    monkeypatch.setenv("ISSUER_PASSPHRASE", "wrong horse")
    with pytest.raises(ValueError, match="and its passphrase") as refused:
        load(source)
    assert "horse" not in str(refused.value)
    monkeypatch.setenv("ISSUER_PASSPHRASE", "correct horse")
    assert load(source).public == LocalKey(private).public
    with pytest.raises(ValueError, match=r"or its passphrase \(\?passphrase-env=NAME\)"):
        load(f"file:{tmp_path}/key.pem")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "in PEM"),
        (b"\x00" * 100_000, "at most 65536 bytes"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "in PEM"),
        (pem(generate_private_key(SECP384R1())), "on P-256"),
    ],
)
def test_what_is_no_issuer_key_is_refused_in_one_line(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(ValueError, match=expected) as refused:
        load(f"file:{tmp_path}/key.pem")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("source", ["", "key.pem", "http://example.org/key.pem", "FILE:key.pem"])
def test_a_source_is_one_of_three(source: str) -> None:
    with pytest.raises(ValueError, match="expected a key source: file:PATH, env:NAME or a pkcs11: URI"):
        load(source)


def test_a_missing_file_and_a_missing_variable_are_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"/nowhere/key\.pem"):
        load("file:/nowhere/key.pem")
    with pytest.raises(ValueError, match="environment variable NO_SUCH_KEY"):
        load("env:NO_SUCH_KEY")


def test_without_the_extra_the_error_names_it() -> None:
    text = """
import sys
sys.modules["pkcs11"] = None
from projections.credentials.keys.key_sources import load
load("pkcs11:object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so")
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Unfit: " in done.stderr
    assert "the extra pkcs11: pip install 'pca-ledger[pkcs11]'" in done.stderr


def test_a_uri_is_read_as_rfc_7512_has_it() -> None:
    uri = "pkcs11:token=The%20Office;object=seal;id=%01%ff;type=private?module-path=/lib/x.so&pin-source=file:/etc/pin"
    assert TokenUri.parse(uri) == TokenUri(
        module_path="/lib/x.so",
        token="The Office",  # noqa: S106 - a device's label
        serial=None,
        object="seal",
        id=b"\x01\xff",
        pin_source="/etc/pin",
        pin_value=None,
    )


def test_a_uri_does_not_show_its_pin() -> None:
    uri = TokenUri.parse("pkcs11:object=seal?module-path=/lib/x.so&pin-value=5678")
    assert uri.pin() == "5678"
    assert repr(uri) == "TokenUri(/lib/x.so, None, 'seal')"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("pkcs11:object=seal", "module-path"),
        ("pkcs11:token=t?module-path=/x.so", "object= or id="),
        ("pkcs11:object=a;object=b?module-path=/x.so", "object: expected object=VALUE, once"),
        ("pkcs11:object?module-path=/x.so", "object: expected object=VALUE, once"),
        ("pkcs11:object=a;colour=blue?module-path=/x.so", "colour: expected one of id, object"),
        ("pkcs11:object=a?module-path=/x.so&module-name=x", "module-name: expected one of module-path"),
        ("pkcs11:object=a;type=cert?module-path=/x.so", "type: expected private"),
        ("pkcs11:object=%ff?module-path=/x.so", "object: expected UTF-8"),
        ("pkcs11:object=é?module-path=/x.so", "ASCII"),
        ("pkcs11:object=a?module-path=/x.so&pin-value=1&pin-source=/p", "not both"),
        ("pkcs11:object=a?module-path=/x.so&pin-source=|cat /etc/pin", "expected file:/PATH"),
        ("pkcs11:object=a?module-path=/" + "x" * 5_000, "expected a pkcs11: URI"),
    ],
)
def test_any_other_uri_is_refused(uri: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        TokenUri.parse(uri)


@given(st.text(min_size=1), st.binary(min_size=1), st.text())
def test_any_label_and_id_and_pin_can_be_written(label: str, identity: bytes, pin: str) -> None:
    written = [quote(part, safe="") for part in (label, identity, pin)]
    uri = "pkcs11:object={};id={}?module-path=/x.so&pin-value={}".format(*written)
    if len(uri) <= 4_096:
        parsed = TokenUri.parse(uri)
        assert (parsed.object, parsed.id, parsed.pin()) == (label, identity, pin)


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The library of a device that holds the keys seal (P-256), proof (Ed25519) and mixed (two halves of two keys)."""
    library = next((path for path in LIBRARIES if path.exists()), LIBRARIES[0])
    softhsm = program("softhsm2-util", library)
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        for label in ("The Office", "Spare"):
            command = (softhsm, "--init-token", "--free", "--label", label, "--so-pin", "1234", "--pin", PIN)
            subprocess.run(command, check=True, capture_output=True)
        _fill(pkcs11.lib(str(library)))
        (folder / "pin").write_text(f"{PIN}\n")
        yield f"?module-path={library}&pin-source=file:{folder}/pin"


def _fill(library: object) -> None:
    token = library.get_token(token_label="The Office")  # type: ignore[attr-defined]  # noqa: S106 - a label
    p_256, edwards = bytes.fromhex("06082a8648ce3d030107"), b"\x13\x0cedwards25519"
    with token.open(rw=True, user_pin=PIN) as session:
        curve = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: p_256}, local=True)
        curve.generate_keypair(store=True, label="seal", id=b"\x01")
        public, _ = curve.generate_keypair(store=True, label="mixed", id=b"\x03")
        public.destroy()
        _, private = curve.generate_keypair(store=True, label="mixed", id=b"\x03")
        private.destroy()
        other = bytes.fromhex("06052b81040022")  # P-384
        curve = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: other}, local=True)
        curve.generate_keypair(store=True, label="large", id=b"\x04")
        curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: edwards}, local=True)
        curve.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label="proof", id=b"\x02")


def test_what_the_device_signs_verifies_elsewhere(device: str) -> None:
    seal, proof = (load(f"pkcs11:token=The%20Office;{name}{device}") for name in ("object=seal", "id=%02"))
    assert (seal.algorithm, len(seal.public)) == ("ES256", 33)
    assert (proof.algorithm, len(proof.public)) == ("Ed25519", 32)
    for key in (seal, proof):  # both are open at once
        require_signature(key)


@pytest.mark.parametrize(
    "uri",
    [
        "pkcs11:object=nothing",
        "pkcs11:token=Elsewhere;object=seal",
        "pkcs11:token=The%20Office;object=mixed",
        "pkcs11:token=The%20Office;object=large",
    ],
)
def test_a_key_that_is_not_there_is_said_to_be_missing(device: str, uri: str) -> None:
    with pytest.raises(ValueError, match=r"^key \w+ in token [^\n]+: expected") as refused:
        load(uri + device)
    assert PIN not in str(refused.value)


def test_a_device_that_fails_says_so(device: str) -> None:
    key = load(f"pkcs11:token=The%20Office;object=seal{device}")

    class Gone:
        def sign(self, data: bytes, mechanism: object) -> bytes:
            raise pkcs11.DeviceRemoved

    assert key.sign(MESSAGE)
    gone = TokenKey(Gone(), key.public, key.algorithm, Lock())
    with pytest.raises(OSError, match="the device does not sign: DeviceRemoved"):
        gone.sign(MESSAGE)


def test_a_wrong_pin_a_wrong_library_and_a_missing_pin_file_are_said_to_be_wrong(device: str) -> None:
    module, _, _ = device.partition("&")
    with pytest.raises(ValueError, match=r"expected a device that opens and signs \(PinIncorrect\)"):
        load(f"pkcs11:token=Spare;object=seal{module}&pin-value=4321")
    with pytest.raises(ValueError, match="expected a device that opens"):
        load("pkcs11:object=seal?module-path=/nowhere.so&pin-value=1")
    with pytest.raises(ValueError, match="/nowhere: expected a readable file with the PIN"):
        load(f"pkcs11:object=seal{module}&pin-source=/nowhere")
