"""Selective disclosure: the examples of RFC 9901, and perturbations of them with one fault each."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from ledger.signing.keys import low_s
from projections.credentials.proofs.disclosures import conceal, digest_of, reveal
from projections.credentials.proofs.jws import decode, encode, parse, read_json, write_json

# RFC 9901, appendix A.5: the key of the issuer of all its examples.
X, Y = "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"
# RFC 9901, section 5.1: the issuer-signed JWT, and its ten disclosures with their digests.
ISSUED = (
    "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0."
    "eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVFkxc1VfTS1QZ2tq"
    "UEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIs"
    "ICJQb3JGYnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwgIlRH"
    "ZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQ"
    "S3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJYekZyendzY002"
    "R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3"
    "LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8z"
    "Smx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVy"
    "LmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAw"
    "LCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5k"
    "amtaX1ZDem15VGE2VWpsWm8zZGgta284YUlLUWM5RGxHemhhVllvIn0sIHsiLi4uIjog"
    "IjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJf"
    "c2RfYWxnIjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJj"
    "cnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9ISVAxSUxp"
    "bERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVj"
    "Q0U2dDRqVDlGMkhaUSJ9fX0."
    "MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz"
    "-CXo6R04b7jYrpj9mNRAvVssXou1iw"
)
GIVEN_NAME = "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd"
FAMILY_NAME = "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd"
ADDRESS = (
    "WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0Iiwg"
    "ImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0"
)
US = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0"
DE = "WyJuUHVvUW5rUkZxM0JJZUFtN0FuWEZBIiwgIkRFIl0"


def rfc_payload() -> dict[str, Any]:
    x, y = (int.from_bytes(decode(c), "big") for c in (X, Y))
    point = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    signed, _, signature = ISSUED.rpartition(".")
    token = f"{signed}.{encode(low_s(decode(signature)))}"  # the example's s is high, which is not accepted here
    return read_json(parse(token, "typ").verified_by(point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)))


def test_the_digests_of_rfc_9901_are_ours() -> None:
    assert digest_of(FAMILY_NAME) == "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo"
    assert digest_of(US) == "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo"


def test_the_presentation_of_rfc_9901_section_5_shows_what_it_says() -> None:
    shown = reveal(rfc_payload(), [FAMILY_NAME, ADDRESS, GIVEN_NAME, US])
    assert shown.pop("cnf")["jwk"]["kty"] == "EC"
    assert shown == {
        "iss": "https://issuer.example.com",
        "iat": 1683000000,
        "exp": 1883000000,
        "sub": "user_42",
        "nationalities": ["US"],
        "given_name": "John",
        "family_name": "Doe",
        "address": {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"},
    }


def test_what_is_not_disclosed_is_not_shown() -> None:
    assert reveal(rfc_payload(), []).keys() == {"iss", "iat", "exp", "sub", "nationalities", "cnf"}
    assert reveal(rfc_payload(), [])["nationalities"] == []
    assert reveal(rfc_payload(), [DE, US])["nationalities"] == ["US", "DE"]


def test_a_disclosure_may_hold_others() -> None:
    inner, inner_digest = conceal(bytes(16), "country", "BE")
    outer, outer_digest = conceal(bytes(16), "address", {"_sd": [inner_digest], "city": "Bruxelles"})
    assert reveal({"_sd": [outer_digest]}, [inner, outer]) == {"address": {"country": "BE", "city": "Bruxelles"}}
    assert reveal({"_sd": [outer_digest]}, [outer]) == {"address": {"city": "Bruxelles"}}
    with pytest.raises(Unverifiable) as refused:
        reveal({"_sd": [outer_digest]}, [inner])  # what would hold it is not disclosed
    assert refused.value.code == "disclosure-unused"


def written(*content: Any) -> str:
    return encode(write_json(list(content)))


def holding(*disclosures: str, **claims: Any) -> dict[str, Any]:
    return {**claims, "_sd": [digest_of(disclosure) for disclosure in disclosures]}


A = written("salt", "a", 1)
NESTED: Any = 1
for _ in range(40):
    NESTED = [NESTED]
DEEP: list[str] = [written("salt", "x", 1)]
for _ in range(40):
    DEEP.append(written("salt", "x", {"_sd": [digest_of(DEEP[-1])]}))
FLAWS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("disclosure-unused", {}, [A]),
    ("disclosure-unused", holding(A), [A, written("salt", "b", 1)]),
    ("disclosure-repeated", holding(A), [A, A]),
    ("digest-repeated", holding(A, A), [A]),
    ("digest-repeated", holding(A, b=holding(A)), [A]),
    ("digest-repeated", holding(A, b=[{"...": digest_of(A)}]), [A]),
    ("digest-repeated", holding(A, A), []),
    ("digest-malformed", {"_sd": digest_of(A)}, []),
    ("digest-malformed", {"_sd": [1]}, []),
    ("digest-malformed", {"a": [{"...": 1}]}, []),
    ("digest-malformed", {"a": {"...": digest_of(A)}}, []),
    ("digest-malformed", {"a": [{"...": digest_of(A), "b": 1}]}, []),
    ("digest-malformed", {"a": {"_sd_alg": "sha-256"}}, []),
    ("disclosure-hash", {"_sd_alg": "sha-512"}, []),
    ("disclosure-hash", {"_sd_alg": ["sha-256"]}, []),
    ("claim-repeated", holding(A, a=2), [A]),
    ("claim-repeated", holding(A, written("other", "a", 1)), [A, written("other", "a", 1)]),
    ("disclosure-malformed", holding(written("salt", "_sd", [])), [written("salt", "_sd", [])]),
    ("disclosure-malformed", holding(written("salt", "...", "x")), [written("salt", "...", "x")]),
    ("disclosure-malformed", holding(written("salt", 1)), [written("salt", 1)]),
    ("disclosure-malformed", {"a": [{"...": digest_of(A)}]}, [A]),
    ("disclosure-malformed", holding(written("salt")), [written("salt")]),
    ("disclosure-malformed", holding(written(1, "a", 1)), [written(1, "a", 1)]),
    ("disclosure-malformed", holding(written("salt", "a", 1, 1)), [written("salt", "a", 1, 1)]),
    ("disclosure-malformed", holding(encode(b'{"a":1}')), [encode(b'{"a":1}')]),
    ("disclosure-malformed", holding(A + "="), [A + "="]),
    ("disclosure-malformed", holding("A"), ["A"]),
    ("disclosure-malformed", holding(""), [""]),
    ("disclosure-malformed", {}, ["A" * 10_000]),
    ("disclosure-malformed", {}, [A] * 65),
    ("disclosure-malformed", {"a": NESTED}, []),
    ("disclosure-malformed", {"_sd": [digest_of(DEEP[-1])]}, DEEP),
]


@pytest.mark.parametrize(("code", "payload", "disclosures"), FLAWS)
def test_one_fault_has_one_code(code: str, payload: dict[str, Any], disclosures: list[str]) -> None:
    with pytest.raises(Unverifiable) as refused:
        reveal(payload, disclosures)
    assert refused.value.code == code


@given(st.dictionaries(st.text().filter(lambda n: n not in ("_sd", "...", "_sd_alg")), st.text(), max_size=10))
def test_what_is_concealed_is_revealed(claims: dict[str, str]) -> None:
    made = [conceal(bytes([n] * 16), name, value) for n, (name, value) in enumerate(claims.items())]
    payload = {"_sd": sorted(digest for _, digest in made)}
    assert reveal(payload, [disclosure for disclosure, _ in made]) == claims
    assert reveal(payload, []) == {}
