"""Status lists: as the standard encodes them, bounded whatever is sent, and signed with the log head they come from."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from gzip import compress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from projections.credentials.proofs.data_integrity import sign, verify_proof
from projections.credentials.status.status_list import MAX_BYTES, SIZE, StatusList, decode, encode, is_set
from tests.projections.credentials.altering import altered
from tests.projections.credentials.certified import ISSUER, KEY, METHOD, public_key

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HEAD = Checkpoint("log.pca.example", 1234, bytes(range(32)))
# Bitstring Status List 1.0, example 4: nothing is set.
W3C_EMPTY = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def status_list(positions: list[int], head: Checkpoint | None = HEAD) -> dict[str, Any]:
    return StatusList(issuer=ISSUER, purpose="revocation", number=0, moment=NOW, head=head).document(positions)


def packed(data: bytes) -> str:
    return "u" + urlsafe_b64encode(compress(data, mtime=0)).decode().rstrip("=")


@given(st.sets(st.integers(0, SIZE - 1), max_size=50))
def test_exactly_the_positions_are_set(positions: set[int]) -> None:
    bits = decode(encode(positions))
    assert all(is_set(bits, n) for n in positions)
    assert sum(byte.bit_count() for byte in bits) == len(positions)


def test_the_first_bit_is_the_most_significant() -> None:
    assert decode(encode([0]))[:2] == b"\x80\x00"
    assert decode(encode([7, 8]))[:2] == b"\x01\x80"
    assert decode(encode([SIZE - 1]))[-1] == 1


def test_the_same_positions_are_the_same_text() -> None:
    assert encode([5, 3, 5]) == encode([3, 5])
    assert encode([]).startswith("uH4sIAAAAAAA"), "gzip, without a time"


def test_the_list_of_the_specification_is_read() -> None:
    assert decode(W3C_EMPTY) == bytes(SIZE // 8)


@pytest.mark.parametrize("position", [-1, SIZE])
def test_a_position_outside_is_refused(position: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        encode([position])
    with pytest.raises(Unverifiable) as refused:
        is_set(bytes(SIZE // 8), position)
    assert refused.value.code == "status-list-range"


@pytest.mark.parametrize("size", [SIZE - 8, SIZE + 1])
def test_a_list_hides_whose_entry_is_asked_for(size: int) -> None:
    with pytest.raises(ValueError, match="entries"):
        encode([], size)


@pytest.mark.parametrize(
    "text",
    {
        "empty": "",
        "no multibase": encode([])[1:],
        "another multibase": "z" + encode([])[1:],
        "padded": encode([]) + "==",
        "no base64url": encode([])[:-1] + "+",
        "a newline": encode([]) + "\n",
        "no gzip": "u" + urlsafe_b64encode(bytes(100)).decode().rstrip("="),
        "cut short": encode([])[:-8],
        "two streams": packed(bytes(SIZE // 8)) + packed(bytes(1))[1:],
        "too short a list": packed(bytes(SIZE // 8 - 1)),
        "a byte too many": packed(bytes(MAX_BYTES + 1)),
        "a bomb": packed(bytes(100_000_000)),
        "endless": "u" + "A" * 2_000_000,
    }.items(),
    ids=lambda item: item[0],
)
def test_anything_else_is_no_list(text: tuple[str, str]) -> None:
    with pytest.raises(Unverifiable) as refused:
        decode(text[1])
    assert refused.value.code == "status-list-malformed"


def test_a_list_is_signed_with_the_log_head_that_it_comes_from() -> None:
    signed = sign(status_list([3, 94567]), KEY, METHOD, NOW)
    assert verify_proof(signed, public_key) == METHOD
    assert signed["urn:pca-ledger:log-head"] == {
        "urn:pca-ledger:log-origin": "log.pca.example",
        "urn:pca-ledger:log-size": 1234,
        "urn:pca-ledger:log-root": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    }
    assert signed["credentialSubject"]["ttl"] == 60_000
    assert is_set(decode(signed["credentialSubject"]["encodedList"]), 94567)


def test_a_list_from_before_any_published_head_names_none() -> None:
    signed = sign(status_list([3], head=None), KEY, METHOD, NOW)
    assert verify_proof(signed, public_key) == METHOD
    assert "urn:pca-ledger:log-head" not in signed


def test_a_list_with_any_value_altered_is_refused() -> None:
    accepted = []
    for what, other in altered(sign(status_list([1]), KEY, METHOD, NOW)):
        try:
            verify_proof(other, lambda _: KEY.public)
        except Unverifiable:
            continue
        accepted.append(what)
    assert accepted == []
