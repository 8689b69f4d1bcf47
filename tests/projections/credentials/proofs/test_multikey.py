"""Multibase base58btc and Multikey, against published values and as properties."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.record import Algorithm
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs.multikey import ALPHABET, MAX_CHARACTERS, decode, decode_key, encode, encode_key

# draft-msporny-base58-03, 5, and Controlled Identifiers 1.0, examples 2.4.
KNOWN = [
    (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
    (b"The quick brown fox jumps over the lazy dog.", "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"),
    (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    (b"", "z"),
]
W3C_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


@pytest.mark.parametrize(("data", "text"), KNOWN)
def test_published_values_hold_both_ways(data: bytes, text: str) -> None:
    assert encode(data) == text
    assert decode(text) == data


@given(st.binary(max_size=64))
def test_whatever_is_encoded_is_decoded(data: bytes) -> None:
    assert decode(encode(data)) == data


@given(st.text(ALPHABET, max_size=64))
def test_each_text_is_the_only_one_of_its_bytes(digits: str) -> None:
    assert encode(decode("z" + digits)) == "z" + digits


@pytest.mark.parametrize(
    "text", ["", "2NEpo7TZRRrLZSi2U", "uAQID", "z0", "zI", "zO", "zl", "z 1", "z1\n", "zé", "z" * 201]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base58btc"):
        decode(text)
    assert len("z" + "1" * (MAX_CHARACTERS - 1)) == MAX_CHARACTERS


def test_the_key_of_the_w3c_vectors_is_read() -> None:
    algorithm, public = decode_key(W3C_KEY)
    assert (algorithm, len(public)) == ("Ed25519", 32)
    assert encode_key(algorithm, public) == W3C_KEY


def test_a_p256_key_begins_with_zDn() -> None:  # noqa: N802 - as the specification writes it
    key = LocalKey(generate_private_key(SECP256R1()))
    text = encode_key("ES256", key.public)
    assert text.startswith("zDn")
    assert decode_key(text) == ("ES256", key.public)


@pytest.mark.parametrize(
    ("algorithm", "public"),
    [("Ed25519", bytes(31)), ("Ed25519", bytes(33)), ("ES256", b"\x04" + bytes(32)), ("ES256", b"\x02" + bytes(31))],
)
def test_no_other_key_is_a_multikey(algorithm: Algorithm, public: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        encode_key(algorithm, public)


@pytest.mark.parametrize(
    "data", [b"", b"\xed", b"\xed\x01" + bytes(31), b"\x80\x24\x05" + bytes(32), b"\xec\x01" + bytes(32)]
)
def test_other_headers_and_lengths_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        decode_key(encode(data))
