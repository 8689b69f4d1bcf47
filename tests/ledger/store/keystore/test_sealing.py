"""Sealed values: one form for ever, opened only as what they are, by nobody once the key is destroyed."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Corrupt
from ledger.store.keystore.sealing import seal, seal_with, unseal

KEY, NONCE = bytes(range(32)), bytes(range(12))
OWNER, FIELD, VALUE = "person:zoe", "given_name", "Zoé".encode()
TEXT = st.text(st.characters(codec="utf-8"))
GOLDEN = bytes.fromhex("01000102030405060708090a0b1d6d15b257e2e8c5c6462491429f9149ab214170")


def test_the_form_never_changes() -> None:
    assert seal_with(NONCE, KEY, OWNER, FIELD, VALUE) == GOLDEN
    assert unseal(KEY, OWNER, FIELD, GOLDEN) == VALUE


def test_the_form_is_what_the_docstring_says() -> None:
    associated = b"\x01" + b"\x00\x00\x00\x0aperson:zoe" + b"\x00\x00\x00\x0agiven_name"
    assert GOLDEN[:13] == b"\x01" + NONCE
    assert AESGCM(KEY).decrypt(NONCE, GOLDEN[13:], associated) == VALUE


@pytest.mark.parametrize("position", range(len(GOLDEN)))
def test_each_altered_byte_is_found(position: int) -> None:
    altered = bytes(byte ^ (position == n) for n, byte in enumerate(GOLDEN))
    with pytest.raises(Corrupt, match="not what was sealed"):
        unseal(KEY, OWNER, FIELD, altered)


@pytest.mark.parametrize("length", [*range(len(GOLDEN)), len(GOLDEN) + 1])
def test_each_other_length_is_found(length: int) -> None:
    with pytest.raises(Corrupt):
        unseal(KEY, OWNER, FIELD, (GOLDEN + b"\x00")[:length])


@pytest.mark.parametrize(
    ("key", "owner", "field"),
    [
        (bytes(32), OWNER, FIELD),
        (KEY, "person:awa", FIELD),
        (KEY, OWNER, "family_name"),
        (KEY, "person:zoeg", "iven_name"),
    ],
)
def test_a_value_is_of_one_key_owner_and_field(key: bytes, owner: str, field: str) -> None:
    with pytest.raises(Corrupt):
        unseal(key, owner, field, GOLDEN)


def test_without_the_key_there_is_no_value() -> None:
    assert unseal(None, OWNER, FIELD, GOLDEN) is None


@given(st.binary(min_size=32, max_size=32), TEXT, TEXT, st.binary())
def test_every_value_is_read_back_and_no_two_are_sealed_alike(key: bytes, owner: str, field: str, value: bytes) -> None:
    sealed = seal(key, owner, field, value)
    assert unseal(key, owner, field, sealed) == value
    assert seal(key, owner, field, value) != sealed
