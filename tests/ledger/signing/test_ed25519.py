"""Every verifier here accepts the same signatures of Ed25519: those of RFC 8032 without the cofactor, of large order.

The twelve known answers are of Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs" (2020), table 5.
"""

from collections.abc import Iterator
from hashlib import sha256, sha512
from itertools import count

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.points import ED25519_D, ED25519_PRIME, is_ed25519
from ledger.signing import libsodium
from ledger.signing.keys import verify_ed25519
from tests.support import key_of

L = 2**252 + 27742317777372353535851937790883648493  # the order of the base point
Point = tuple[int, int]
Case = tuple[bytes, bytes, bytes]
"""Key, message and signature."""

TAMING = [
    tuple(map(bytes.fromhex, case.split()))
    for case in (
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa 8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6 c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa 9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79 f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43 aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d 9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79 9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c 160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c 21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623 85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40 e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623 85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40 8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43 9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41 ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43 9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41 ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff 39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    )
]
OURS = (3,)  # the paper's table, rows "LibSodium" and "Dalek strict"
OPENSSL = (0, 1, 2, 3, 11)  # rows "BoringSSL", "Go", "OpenSSL" and "PyCA", which take keys of small order


@pytest.fixture(autouse=True)
def _asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libsodium, "FEW", 0)


def by_openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize("number", range(12))
def test_the_twelve_known_answers_are_the_papers(number: int) -> None:
    key, message, signature = TAMING[number]
    assert verify_ed25519(key, message, signature) == (number in OURS)
    assert libsodium.surely_holds(key, message, signature) == (number in OURS)
    assert by_openssl(key, message, signature) == (number in OPENSSL)


def _added(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    k = ED25519_D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, ED25519_PRIME)
    return x % ED25519_PRIME, (y1 * y2 + x1 * x2) * pow(1 - k, -1, ED25519_PRIME) % ED25519_PRIME


def _times(count: int, point: Point) -> Point:
    result = (0, 1)
    for bit in bin(count)[2:]:
        result = _added(result, result)
        result = _added(result, point) if bit == "1" else result
    return result


BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
ORDER_8 = (
    43496726750457979451437558183816721346016168361625936758514574428539776020131,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
)


def _encoded(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def mixed(key_torsion: int, r_torsion: int, message: bytes, secret: int = 7, nonce: int = 11) -> Case:
    """A signature by somebody who knows their key, whose key and R each have a part of small order."""
    public = _encoded(_added(_times(secret, BASE), _times(key_torsion, ORDER_8)))
    r = _encoded(_added(_times(nonce, BASE), _times(r_torsion, ORDER_8)))
    k = int.from_bytes(sha512(r + public + message).digest(), "little") % L
    return public, message, r + ((nonce + k * secret) % L).to_bytes(32, "little")


def every_mixture() -> Iterator[Case]:
    """Each pair of parts of small order; about one in eight holds without the cofactor, and each with it."""
    for number in range(64):
        yield mixed(number // 8, number % 8, f"message {number}\n".encode())


def test_of_keys_of_mixed_order_no_verifier_accepts_what_another_refuses() -> None:
    cases = list(every_mixture())
    verdicts = [verify_ed25519(*case) for case in cases]
    assert verdicts == [libsodium.surely_holds(*case) for case in cases]
    assert verdicts == [by_openssl(*case) for case in cases]
    assert 1 < sum(verdicts) < 32
    assert all(is_ed25519(public) for public, _, _ in cases)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.binary(max_size=4), message=st.binary(max_size=300), place=st.integers(0, 95), flip=st.integers(0, 255))
def test_a_changed_byte_of_key_or_signature_gets_the_same_verdict_of_both_libraries(
    seed: bytes, message: bytes, place: int, flip: int
) -> None:
    key = key_of(sha256(seed).hexdigest()[:8])
    changed = bytearray(key.public + key.sign(message))
    changed[place] ^= flip
    case = bytes(changed[:32]), message, bytes(changed[32:])
    assert libsodium.surely_holds(*case) == by_openssl(*case) == verify_ed25519(*case) == (flip == 0)


def test_a_library_that_multiplies_by_the_cofactor_is_not_relied_on(monkeypatch: pytest.MonkeyPatch) -> None:
    key, message, signature = TAMING[4]
    monkeypatch.setattr(libsodium, "_opens", lambda *_: True)
    libsodium._accepts_no_more_than_we.cache_clear()
    try:
        assert not verify_ed25519(key, message, signature)
        assert verify_ed25519(*TAMING[3])
    finally:
        libsodium._accepts_no_more_than_we.cache_clear()


def test_what_the_faster_library_refuses_is_asked_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libsodium, "_opens", lambda *_: False)
    assert verify_ed25519(*TAMING[3])
    assert not verify_ed25519(*TAMING[4])


@pytest.mark.parametrize("length", [0, 1, 31, 63, 65, 128])
def test_no_byte_of_a_message_counts_as_one_of_the_signature(length: int) -> None:
    key, message = key_of("a"), b"message"
    whole = key.sign(message) + message
    assert not verify_ed25519(key.public, whole[length:], whole[:length])
    assert not verify_ed25519(key.public[:31], message, whole[:64])


def test_for_a_few_signatures_the_library_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libsodium, "FEW", 2)
    monkeypatch.setattr(libsodium, "_asked", count())
    monkeypatch.setattr(libsodium, "_opens", lambda *_: pytest.fail("it was asked"))
    assert verify_ed25519(*TAMING[3])
    assert not verify_ed25519(*TAMING[4])
