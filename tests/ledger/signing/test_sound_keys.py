"""Public keys and signatures, each wrong in one way: no door takes a key under which anybody can sign. Case R4."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.domain.decisions.office import require_founding
from ledger.domain.events.office import Founder, LedgerFounded
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.points import P256_ORDER, P256_PRIME, is_ed25519, is_p256
from ledger.signing.keys import low_s, verify_ed25519, verify_es256
from ledger.signing.note import COSIGNATURE, ML_DSA_44, VerifierKey
from projections.credentials.keys.issuer_key import LocalKey
from tests.ledger.domain.rules import Rules
from tests.support import key_of

L = 2**252 + 27742317777372353535851937790883648493  # the order of Ed25519's base point
IDENTITY = (1).to_bytes(32, "little")
P256 = LocalKey(derive_private_key(7, SECP256R1()))
M = b"anything"

# Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020), table 6.
SMALL_ORDER = {
    "the identity": IDENTITY.hex(),
    "order 2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order 4, the other": "0000000000000000000000000000000000000000000000000000000000000080",
    "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, the second": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "order 8, the third": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order 8, the fourth": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "the identity, x negative": "0100000000000000000000000000000000000000000000000000000000000080",
    "order 2, x negative": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "the identity, y not reduced": "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "the identity, neither": "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "order 4, y not reduced": "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 4, the other, y not reduced": "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}
NO_ED25519 = (
    {name: bytes.fromhex(encoded) for name, encoded in SMALL_ORDER.items()}
    | {
        "not on the curve": (2).to_bytes(32, "little"),
        "a point whose y is not reduced": (2**255 - 19 + 3).to_bytes(32, "little"),  # y = 3 is one
        "31 bytes": key_of("a").public[:-1],
        "33 bytes": key_of("a").public + b"\0",
        "none": b"",
    }
)
NO_P256 = {
    "uncompressed": b"\x04" + P256.public[1:],
    "not on the curve": b"\x02" + (1).to_bytes(32, "big"),
    "x not reduced": b"\x02" + (P256_PRIME + 5).to_bytes(32, "big"),  # x = 5 is on the curve
    "32 bytes": P256.public[:-1],
    "infinity": b"\0",
    "none": b"",
}
no_ed25519 = pytest.mark.parametrize("public", NO_ED25519.values(), ids=NO_ED25519)


def test_keys_that_are_made_are_points() -> None:
    assert all(is_ed25519(key_of(name).public) for name in "abcdefgh")
    points = [LocalKey(derive_private_key(secret, SECP256R1())).public for secret in range(1, 9)]
    assert all(map(is_p256, points))
    assert is_ed25519((3).to_bytes(32, "little"))
    assert is_p256(b"\x02" + (5).to_bytes(32, "big"))


@no_ed25519
def test_no_door_takes_such_a_key_of_ed25519(public: bytes) -> None:
    rules = Rules()
    rules.appoint(["manager"])
    old = key_of("manager").key_id
    by = ("security", "manager")
    rules.refused("malformed", "register-key", *by, person_id="manager", public_key=public)
    rules.refused("malformed", "rotate-key", *by, person_id="manager", public_key=public, old_key_id=old)
    rules.do("establish-issuer", "director", url="https://register.example.org")
    enrolment: dict[str, Any] = {"algorithm": "Ed25519", "certificates": [], "proof": IDENTITY + bytes(32)}
    rules.refused("malformed", "enrol-issuer-key", "security", "director", public_key=public, **enrolment)
    with pytest.raises(Refused) as refused:
        require_founding(
            LedgerFounded(
                body_en="Body",
                body_fr="Organisme",
                founders=(
                    Founder("director", Role.DIRECTOR, key_of("director").public, ()),
                    Founder("security", Role.SECURITY_OFFICER, public, ()),
                ),
            )
        )
    assert refused.value.words.en.startswith("founders[1].public_key: ")


@no_ed25519
@pytest.mark.parametrize("kind", [1, COSIGNATURE])
def test_no_log_or_witness_has_such_a_key(public: bytes, kind: int) -> None:
    with pytest.raises(ValueError, match="expected a verifier key"):
        VerifierKey.parse(str(VerifierKey("example.org/log", public, kind)), kind)


def test_a_key_of_ml_dsa_44_has_its_length() -> None:
    for length in (1311, 1313, 32):
        with pytest.raises(ValueError, match="expected a verifier key"):
            VerifierKey.parse(str(VerifierKey("example.org/log", bytes(length), ML_DSA_44)), ML_DSA_44)


@pytest.mark.parametrize("public", NO_P256.values(), ids=NO_P256)
def test_no_door_takes_such_a_key_of_es256(public: bytes) -> None:
    rules = Rules()
    rules.do("establish-issuer", "director", url="https://register.example.org")
    enrolment: dict[str, Any] = {"algorithm": "ES256", "certificates": [], "proof": bytes(64)}
    rules.refused("malformed", "enrol-issuer-key", "security", "director", public_key=public, **enrolment)
    assert not verify_es256(public, M, P256.sign(M))


@no_ed25519
def test_nothing_is_signed_under_such_a_key(public: bytes) -> None:
    assert not verify_ed25519(public, M, IDENTITY + bytes(32))


def test_nobody_signs_with_the_identity_though_the_library_would_have_it() -> None:
    Ed25519PublicKey.from_public_bytes(IDENTITY).verify(IDENTITY + bytes(32), M)  # raises nothing
    assert not verify_ed25519(IDENTITY, M, IDENTITY + bytes(32))


def test_a_signature_of_ed25519_has_one_form() -> None:
    key = key_of("a")
    signature = key.sign(M)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    assert verify_ed25519(key.public, M, signature)
    assert not verify_ed25519(key.public, M, r + (s + L).to_bytes(32, "little"))
    assert not verify_ed25519(key.public, M, signature + b"\0")
    assert not verify_ed25519(key.public, M, b"")
    for encoded in SMALL_ORDER.values():
        assert not verify_ed25519(key.public, M, bytes.fromhex(encoded) + signature[32:])


def test_a_signature_of_es256_has_the_lower_s() -> None:
    for message in (b"%d" % n for n in range(20)):
        signature = P256.sign(message)
        s = int.from_bytes(signature[32:], "big")
        assert s <= P256_ORDER // 2
        assert verify_es256(P256.public, message, signature)
        high = signature[:32] + (P256_ORDER - s).to_bytes(32, "big")
        assert low_s(high) == signature
        assert not verify_es256(P256.public, message, high)
    assert not verify_es256(P256.public, M, P256.sign(M)[:32] + (2**256 - 1).to_bytes(32, "big"))
    assert not verify_es256(P256.public, M, P256.sign(M) + b"\0")
