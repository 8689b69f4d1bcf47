"""Keys, canonical JSON, envelopes and statements: one encoding each, and strict at the door."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.record import Head
from ledger.errors import Corrupt, Unverifiable
from ledger.signing.canonical import encode, encode_untyped
from ledger.signing.envelope import STATEMENT_TYPE, Envelope, Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey, verify_ed25519
from ledger.signing.statement import decode_payload, match_signatures, read_stored
from tests.support import World, key_of

KEYS = st.text(st.characters(max_codepoint=126), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(VALUES)
def test_canonical_json_equals_rfc_8785(value: Any) -> None:
    assert encode_untyped(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "path"), [(1.5, "$"), ({"a": [2**53]}, "$.a[0]"), ({"é": 1}, "$"), ({1: 1}, "$"), ([b"x"], "$[0]")]
)
def test_what_has_no_single_form_is_refused_with_its_path(value: Any, path: str) -> None:
    with pytest.raises(ValueError, match="expected") as error:
        encode_untyped(value)
    assert str(error.value).startswith(f"{path}:")


def test_the_pae_is_that_of_dsse() -> None:
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_a_key_file_is_read_back_and_never_overwritten(tmp_path: Path) -> None:
    key, path = SigningKey.generate(), tmp_path / "officer.key"
    key.save(path, b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(path, b"secret").public == key.public
    with pytest.raises(FileExistsError):
        key.save(path)
    with pytest.raises(ValueError, match=r"officer\.key: expected"):
        SigningKey.load(path)
    key.save(tmp_path / "plain.key")
    assert SigningKey.load(tmp_path / "plain.key").key_id == key.key_id


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p256.key"
    path.write_bytes(generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="a key of another kind"):
        SigningKey.load(path)


def test_a_signature_holds_for_its_key_and_message_only() -> None:
    key = key_of("a")
    assert verify_ed25519(key.public, b"m", key.sign(b"m"))
    assert not verify_ed25519(key.public, b"n", key.sign(b"m"))
    assert not verify_ed25519(b"short", b"m", key.sign(b"m"))


def test_a_payload_that_is_nested_without_end_is_no_statement() -> None:
    for payload in (b"[" * 65_000, b'{"x":' * 13_000, b'{"type":' + b"[" * 65_000):
        with pytest.raises(Unverifiable, match="not a statement"):
            decode_payload(payload)


def test_an_envelope_opens_only_in_its_one_form(world: World) -> None:
    data = world.ledger.entries(0, 1)[0].state
    assert seal(open_envelope(data).payload, open_envelope(data).signatures) == data
    other = encode(Envelope(b"{}", "text/plain", ()))
    for wrong in (data + b" ", data.replace(b'","', b'", "', 1), b"{}", b"\xff", other, b" " * 70_000):
        with pytest.raises(Unverifiable):
            open_envelope(wrong)


def test_a_payload_opens_only_in_its_one_form(world: World) -> None:
    payload = open_envelope(world.ledger.entries(0, 1)[0].state).payload
    assert encode(decode_payload(payload)) == payload
    for wrong in (
        payload + b" ",
        payload.replace(b"ledger-founded/v1", b"ledger-founded/v9"),
        b"{}",
        b"\xff",
        payload[:-1],
    ):
        with pytest.raises(Unverifiable):
            decode_payload(wrong)


@pytest.mark.parametrize("size", [1111111111111111, 2**53 - 1])
def test_a_number_that_every_reader_knows_is_in_a_payload(world: World, size: int) -> None:
    event = decode_payload(open_envelope(world.ledger.entries(0, 1)[0].state).payload)
    stated = msgspec.structs.replace(event, head=Head(size, bytes(32)))
    assert decode_payload(encode(stated)) == stated


@pytest.mark.parametrize("size", [2**53, -(2**53), 2**63])
def test_a_number_that_some_readers_round_is_in_no_payload(world: World, size: int) -> None:
    event = decode_payload(open_envelope(world.ledger.entries(0, 1)[0].state).payload)
    with pytest.raises(Unverifiable, match="expected an integer below 2"):
        decode_payload(encode(msgspec.structs.replace(event, head=Head(size, bytes(32)))))


def test_a_stored_row_is_read_back_under_the_names_of_the_library(world: World) -> None:
    (entry,) = world.ledger.entries(0, 1)
    signed = read_stored(entry.topic, entry.state)
    assert (signed.originator_id, signed.originator_version) == (entry.originator_id, entry.originator_version)


def test_a_stored_row_of_an_unknown_topic_or_state_is_corrupt() -> None:
    with pytest.raises(Corrupt):
        read_stored("nothing/v1", b"{}")
    with pytest.raises(Corrupt):
        read_stored("role-granted/v1", b"{}")


def test_signatures_pair_with_distinct_signers(world: World) -> None:
    envelope = open_envelope(world.ledger.entries(0, 1)[0].state)
    event = decode_payload(envelope.payload)
    first, second = envelope.signatures
    assert [signature for _, signature in match_signatures(envelope, event)] == [first, second]
    twice = msgspec.structs.replace(event, by=(event.by[0], event.by[0]))
    for signatures, signed, code in (
        ((first,), event, "signature-missing"),
        ((first, second, second), event, "signature-extra"),
        ((first, second), twice, "signers-not-distinct"),
    ):
        with pytest.raises(Unverifiable) as error:
            match_signatures(Envelope(envelope.payload, STATEMENT_TYPE, signatures), signed)
        assert error.value.code == code


def test_a_signature_without_its_key_is_not_a_signature() -> None:
    assert Signature("00", b"").keyid == "00"
