"""Compact JWS: the vector of the standard verifies, and any altered character or second spelling is refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from ledger.signing.keys import low_s
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs.jws import (
    decode,
    encode,
    jwk,
    parse,
    read_json,
    require_type,
    sign_token,
    write_json,
)
from tests.projections.credentials.jose import KEY, OTHER, resigned

# RFC 7515, appendix A.3: an example of a JWS using ECDSA P-256 SHA-256.
RFC_7515_A_3 = (
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
RFC_7515_A_3_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
TOKEN = sign_token({"typ": "JWT"}, b'{"sub":"awa"}', KEY)
FLAWS: list[tuple[str, str]] = [
    ("jws-malformed", TOKEN + "."),
    ("jws-malformed", TOKEN + "="),
    ("jws-malformed", TOKEN.replace(".", " .", 1)),
    ("jws-malformed", TOKEN.partition(".")[2]),
    ("jws-malformed", TOKEN[:-2]),
    ("jws-malformed", resigned(TOKEN, header=b'{"alg":"ES256","alg":"ES256"}')),
    ("jws-malformed", resigned(TOKEN, header=b'["ES256"]')),
    ("jws-malformed", resigned(TOKEN, header=b"\xff")),
    ("jws-malformed", resigned(TOKEN, header=b"[" * 9_000)),
    ("jws-malformed", resigned(TOKEN, header=b" " * 30_000)),
    ("jws-too-large", TOKEN + "A" * 140_000),
    ("jws-algorithm", resigned(TOKEN, header=b'{"typ":"JWT"}')),
    ("jws-algorithm", resigned(TOKEN, header=b'{"alg":"none"}')),
    ("jws-algorithm", resigned(TOKEN, header=b'{"alg":"HS256"}')),
    ("jws-algorithm", resigned(TOKEN, header=b'{"alg":"EdDSA"}')),
    ("jws-algorithm", resigned(TOKEN, header=b'{"alg":["ES256"]}')),
    ("jws-header-unknown", resigned(TOKEN, header=b'{"alg":"ES256","typ":"JWT","crit":["exp"]}')),
    ("jws-header-unknown", resigned(TOKEN, header=b'{"alg":"ES256","typ":"JWT","jwk":{}}')),
    ("jws-header-unknown", resigned(TOKEN, header=b'{"alg":"ES256","typ":"JWT","b64":false}')),
]


def test_the_example_of_rfc_7515_verifies() -> None:
    x, y = (int.from_bytes(decode(RFC_7515_A_3_KEY[c]), "big") for c in "xy")
    point = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    public = point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert jwk(public) == RFC_7515_A_3_KEY
    with pytest.raises(Unverifiable, match="is not valid"):
        parse(RFC_7515_A_3).verified_by(public)  # its s is the higher one, of which this body makes none
    signed, _, signature = RFC_7515_A_3.rpartition(".")
    payload = parse(f"{signed}.{encode(low_s(decode(signature)))}").verified_by(public)
    assert payload == b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    with pytest.raises(Unverifiable, match="is not valid"):
        parse(RFC_7515_A_3).verified_by(KEY.public)


@pytest.mark.parametrize(("code", "token"), FLAWS)
def test_one_fault_has_one_code(code: str, token: str) -> None:
    with pytest.raises(Unverifiable) as refused:
        parse(token, "typ").verified_by(KEY.public)
    assert refused.value.code == code


def test_another_key_and_another_purpose_are_refused() -> None:
    with pytest.raises(Unverifiable) as refused:
        parse(TOKEN, "typ").verified_by(OTHER.public)
    assert refused.value.code == "jws-signature-invalid"
    with pytest.raises(Unverifiable) as refused:
        require_type(parse(TOKEN, "typ"), "dc+sd-jwt")
    assert refused.value.code == "jws-type"


def test_a_signature_of_zeros_is_refused() -> None:
    forged = f"{TOKEN.rpartition('.')[0]}.{encode(bytes(64))}"
    with pytest.raises(Unverifiable) as refused:
        parse(forged, "typ").verified_by(KEY.public)
    assert refused.value.code == "jws-signature-invalid"


def test_only_a_key_on_p_256_signs() -> None:
    with pytest.raises(ValueError, match="expected a key on P-256 for ES256, not Ed25519"):
        sign_token({}, b"{}", LocalKey(Ed25519PrivateKey.generate()))


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_any_altered_character_is_refused(place: int, character: str) -> None:
    altered = TOKEN[:place] + character + TOKEN[place + 1 :]
    if altered != TOKEN:
        with pytest.raises(Unverifiable):
            parse(altered, "typ").verified_by(KEY.public)


@pytest.mark.parametrize("last", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
def test_the_unused_bits_of_the_signature_are_not_free(last: str) -> None:
    if last != TOKEN[-1]:
        with pytest.raises(Unverifiable):
            parse(TOKEN[:-1] + last, "typ").verified_by(KEY.public)


@given(st.binary())
def test_base64url_is_reversible(data: bytes) -> None:
    assert decode(encode(data)) == data


@given(st.text(st.sampled_from("AQgwZ_-=+/ \n\u00e9")))
def test_what_decodes_is_what_would_be_written(text: str) -> None:
    try:
        data = decode(text)
    except ValueError:
        return
    assert encode(data) == text


@pytest.mark.parametrize(
    "text",
    ["null", "[]", "{", '{"a":1,"a":1}', '{"a":NaN}', '{"a":"\\ud800"}', '{"a":Infinity}', '{"a":1e999}', "[" * 5_000],
)
def test_json_that_two_readers_could_take_differently_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_json(text.encode())


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(1 - 2**53, 2**53 - 1), st.text())))
def test_json_is_reversible(value: dict[str, object]) -> None:
    assert read_json(write_json(value)) == value


@given(st.text())
def test_any_text_is_a_token_or_is_refused(text: str) -> None:
    with pytest.raises(Unverifiable):
        parse(text)
