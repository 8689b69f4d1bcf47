"""What a passkey signs is verified for ever, statement by statement; what a browser returns is read byte for byte.

The passkeys here are made by an authenticator of the tests, which another library's verifier takes too. Those that
Chromium made, with one fault each, are in ``tests/vectors/passkeys``.
"""

import io
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

import cbor2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_attestation_object
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from ledger.domain.record import Accepted, Site
from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES, RightEdge, inclusion_path, leaf_hash, path_length
from ledger.points import P256_ORDER
from ledger.signing.authenticator import (
    ATTESTED,
    BACKED_UP,
    CREATE,
    ELIGIBLE,
    EXTENDED,
    GET,
    MAX_ATTESTATION,
    MAX_AUTHENTICATOR_DATA,
    MAX_CLIENT_DATA,
    PRESENT,
    VERIFIED,
)
from ledger.signing.keys import SIGNATURE_BYTES, low_s
from ledger.signing.passkey_faults import FAULTS, fault
from ledger.signing.passkeys import (
    MAX_SIG_BYTES,
    MIN_SIG_BYTES,
    MOST_STATEMENTS,
    Assertion,
    PasskeySignature,
    enrol_challenge,
    fault_of,
    read_registration,
    require_sign_in,
    require_signed,
    sign_challenge,
    sign_in_challenge,
    signatures_of,
)
from ledger.signing.second_process import verify
from ledger.signing.verifying import Claim
from tests.passkeys import CHALLENGE, SITE, SoftKey, client_data
from tests.scenario import ORIGIN

KEYS = {
    "ES256 of one device": SoftKey("one"),
    "ES256, synced": SoftKey("two", eligible=True),
    "Ed25519 of one device": SoftKey("three", algorithm="Ed25519"),
    "Ed25519, synced": SoftKey("four", algorithm="Ed25519", eligible=True),
}
ONE = KEYS["ES256 of one device"]
ACCEPTED = Accepted(ORIGIN, (SITE.origin,), synced=True)
MESSAGES = [b"first", b"second", b"third"]


def code_of(failing: Callable[[], object]) -> str:
    with pytest.raises(Unverifiable) as refused:
        failing()
    assert refused.value.fr, refused.value
    return refused.value.code


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_one_gesture_signs_many_statements_and_each_is_verified_alone(name: str, count: int) -> None:
    key, messages = KEYS[name], [str(number).encode() for number in range(count)]
    signatures = key.sign(ORIGIN, messages)
    for place, (message, signature) in enumerate(zip(messages, signatures, strict=True)):
        assert signature.keyid == key.key_id
        require_signed(key.key, ACCEPTED, message, signature.sig)
        for other in (*messages[:place], *messages[place + 1 :], b"other"):
            assert fault_of(key.key, ACCEPTED, other, signature.sig) is not None


@pytest.mark.parametrize("count", [0, MOST_STATEMENTS + 1])
def test_a_gesture_signs_at_least_one_statement_and_no_more_than_can_be_written(count: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 10000 statements"):
        sign_challenge(ORIGIN, [b"m"] * count)


def test_no_challenge_can_be_taken_for_another() -> None:
    random = bytes(32)
    logs, statements = (ORIGIN, "other.example"), ([b"a"], [b"a", b"b"])
    made = [sign_challenge(log, messages) for log in logs for messages in statements]
    made += [challenge(log, random) for log in logs for challenge in (sign_in_challenge, enrol_challenge)]
    assert len({*made}) == len(made) == 8
    root = RightEdge().append([leaf_hash(b"a"), leaf_hash(b"b")])[0].root()
    assert sign_challenge(ORIGIN, [b"a", b"b"]) == sha256(f"pca-ledger/sign/v1\n{ORIGIN}\n2\n".encode() + root).digest()
    assert sign_in_challenge(ORIGIN, random) == sha256(f"pca-ledger/sign-in/v1\n{ORIGIN}\n".encode() + random).digest()
    assert enrol_challenge(ORIGIN, random) == sha256(f"pca-ledger/enrol/v1\n{ORIGIN}\n".encode() + random).digest()


# The encoding


@st.composite
def encodings(draw: st.DrawFn) -> PasskeySignature:
    size = draw(st.integers(1, MOST_STATEMENTS))
    index = draw(st.integers(0, size - 1))
    node = st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES)
    length = path_length(index, size)
    return PasskeySignature(
        index,
        size,
        draw(st.binary(max_size=60) | st.just(bytes(MAX_AUTHENTICATOR_DATA))),
        draw(st.binary(max_size=60) | st.just(bytes(MAX_CLIENT_DATA))),
        draw(st.binary(min_size=SIGNATURE_BYTES, max_size=SIGNATURE_BYTES)),
        tuple(draw(st.lists(node, min_size=length, max_size=length))),
    )


@settings(max_examples=60)
@given(encodings())
def test_what_is_written_is_read_back(given: PasskeySignature) -> None:
    data = bytes(given)
    assert MIN_SIG_BYTES <= len(data) <= MAX_SIG_BYTES
    assert PasskeySignature.parse(data) == given


@settings(max_examples=60)
@given(encodings(), st.data())
def test_what_is_read_has_one_encoding(given: PasskeySignature, data: st.DataObject) -> None:
    """Anything that is read is written as it was; whatever is cut off or added is not read."""
    sig = bytearray(bytes(given))
    sig[data.draw(st.integers(0, len(sig) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    for changed in (bytes(sig), bytes(given)[:-1], bytes(given) + b"\0", bytes(given)[: data.draw(st.integers(0, 20))]):
        code, read = None, None
        try:
            read = PasskeySignature.parse(changed)
        except Unverifiable as error:
            code = error.code
        assert code in ("passkey-encoding", "passkey-version") if read is None else bytes(read) == changed


@settings(max_examples=60)
@given(st.integers(1, 300), st.data())
def test_a_path_has_as_many_nodes_as_its_place_demands(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert len(inclusion_path(index, size, lambda *_: bytes(HASH_BYTES))) == path_length(index, size)


def test_the_longest_signature_has_the_most_bytes() -> None:
    size = MOST_STATEMENTS
    longest = max(path_length(index, size) for index in range(size))
    path = (bytes(HASH_BYTES),) * longest
    whole = PasskeySignature(0, size, bytes(MAX_AUTHENTICATOR_DATA), bytes(MAX_CLIENT_DATA), bytes(64), path)
    assert len(bytes(whole)) == MAX_SIG_BYTES


def test_a_signature_of_es256_is_taken_in_with_the_lower_s() -> None:
    """Authenticators make both, and of what is stored there is one form."""
    for number in range(6):
        (signature,) = ONE.sign(ORIGIN, [str(number).encode()])
        raw = PasskeySignature.parse(signature.sig).signature
        assert low_s(raw) == raw
        s = int.from_bytes(raw[32:], "big")
        high = raw[:32] + (P256_ORDER - s).to_bytes(32, "big")
        other = bytes(msgspec.structs.replace(PasskeySignature.parse(signature.sig), signature=high))
        error = fault_of(ONE.key, ACCEPTED, str(number).encode(), other)
        assert error is not None
        assert error.code == "passkey-signature"


@pytest.mark.parametrize(
    "signature", [b"", b"\x30", bytes(64), cbor2.dumps(1), bytes.fromhex("3026022100") + b"\xff" * 33 + b"\x02\x01\x01"]
)
def test_what_is_no_signature_in_der_is_refused(signature: bytes) -> None:
    assertion = msgspec.structs.replace(ONE.asserted(sign_challenge(ORIGIN, MESSAGES)), signature=signature)
    assert code_of(lambda: signatures_of(ONE.key, ONE.key_id, assertion, ORIGIN, MESSAGES)) == "passkey-signature"


def test_a_gesture_for_something_else_makes_no_signatures() -> None:
    key = KEYS["Ed25519 of one device"]

    def code(assertion: Assertion) -> str:
        return code_of(lambda: signatures_of(key.key, key.key_id, assertion, ORIGIN, MESSAGES))

    for challenge in (sign_challenge("other.example", MESSAGES), sign_challenge(ORIGIN, MESSAGES[:2]), bytes(32)):
        assert code(key.asserted(challenge)) == "passkey-challenge"
    genuine = key.asserted(sign_challenge(ORIGIN, MESSAGES))
    assert code(msgspec.structs.replace(genuine, signature=bytes(63))) == "passkey-signature"
    assert code(msgspec.structs.replace(genuine, authenticator_data=bytes(36))) == "passkey-authenticator-data"


def test_the_counter_of_an_assertion_can_be_read() -> None:
    key = SoftKey("counted")
    assert [key.asserted(CHALLENGE).sign_count for _ in range(3)] == [2, 3, 4]  # it signed once when it was made


# Claims


@pytest.mark.parametrize("name", KEYS)
def test_a_claim_on_a_passkey_says_what_is_wrong_and_reaches_a_second_process(name: str) -> None:
    key = KEYS[name]
    (signature,) = key.sign(ORIGIN, [b"m"])
    claim = Claim(1, "awa", key.key, b"m", signature.sig, ACCEPTED)
    wrong = msgspec.structs.replace(claim, accepted=Accepted(ORIGIN, (), synced=True))
    assert claim.holds()
    assert claim.fault() is None
    assert not wrong.holds()
    error = wrong.fault()
    assert error is not None
    assert error.code == "passkey-origin"
    assert str(error) == f"awa: {FAULTS['passkey-origin'].en}"
    assert error.fr == f"awa\N{NO-BREAK SPACE}: {FAULTS['passkey-origin'].fr}"
    data, said = msgspec.msgpack.encode([claim, wrong]), io.BytesIO()
    verify(io.BytesIO(bytes(16) + len(data).to_bytes(4, "big") + data), said)
    assert said.getvalue() == bytes(16) + bytes([1, 0])


def test_every_fault_has_words_in_both_languages() -> None:
    assert all(en and fr and en != fr for en, fr in FAULTS.values())
    assert str(fault("passkey-type")) == FAULTS["passkey-type"].en


# Signing in


SIGN_IN: dict[str, tuple[str, Callable[[SoftKey, bytes], Assertion]]] = {
    "another type": ("passkey-type", lambda key, c: key.asserted(c, said=client_data(CREATE, c, SITE.origin))),
    "no client data": ("passkey-type", lambda key, c: key.asserted(c, said=b"{}")),
    "another challenge": ("passkey-challenge", lambda key, c: key.asserted(c[::-1])),
    "the challenge of a statement": ("passkey-challenge", lambda key, c: key.asserted(sign_challenge(ORIGIN, [c]))),
    "another origin": (
        "passkey-origin",
        lambda key, c: key.asserted(c, said=client_data(GET, c, "https://evil.example")),
    ),
    "a page within another": (
        "passkey-cross-origin",
        lambda key, c: key.asserted(c, said=client_data(GET, c, SITE.origin).replace(b"false", b"true")),
    ),
    "a page on top": (
        "passkey-cross-origin",
        lambda key, c: key.asserted(c, said=client_data(GET, c, SITE.origin, ',"topOrigin":"https://evil.example"')),
    ),
    "another order": (
        "passkey-client-data",
        lambda key, c: key.asserted(c, said=client_data(GET, c, SITE.origin).replace(b'"origin"', b'"other"')),
    ),
    "something after the end": (
        "passkey-client-data",
        lambda key, c: key.asserted(c, said=client_data(GET, c, SITE.origin) + b" "),
    ),
    "no end": (
        "passkey-client-data",
        lambda key, c: key.asserted(c, said=client_data(GET, c, SITE.origin, ',"more":1')[:-1]),
    ),
    "too many client data": (
        "passkey-client-data",
        lambda key, c: key.asserted(c, said=client_data(GET, c, SITE.origin, f',"more":"{"x" * MAX_CLIENT_DATA}"')),
    ),
    "an origin of other letters": (
        "passkey-client-data",
        lambda key, c: key.asserted(c, said=client_data(GET, c, "https://régistre.example")),
    ),
    "another rp_id": ("passkey-rp-id", lambda key, c: key.asserted(c, rp_id="example.org")),
    "nobody present": ("passkey-user-presence", lambda key, c: key.asserted(c, flags=VERIFIED)),
    "nobody verified": ("passkey-user-verification", lambda key, c: key.asserted(c, flags=PRESENT)),
    "backed up, not eligible": (
        "passkey-backup-state",
        lambda key, c: key.asserted(c, flags=PRESENT | VERIFIED | BACKED_UP),
    ),
    "eligible, unlike the enrolment": (
        "passkey-backup-eligibility",
        lambda key, c: key.asserted(c, flags=PRESENT | VERIFIED | ELIGIBLE),
    ),
    "too few data of the authenticator": (
        "passkey-authenticator-data",
        lambda key, c: msgspec.structs.replace(key.asserted(c), authenticator_data=bytes(36)),
    ),
    "too many data of the authenticator": (
        "passkey-authenticator-data",
        lambda key, c: key.asserted(c, rest=bytes(MAX_AUTHENTICATOR_DATA)),
    ),
    "the signature of something else": (
        "passkey-signature",
        lambda key, c: msgspec.structs.replace(key.asserted(c), signature=key.asserted(c).signature),
    ),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_passkey_signs_in(name: str) -> None:
    key, challenge = KEYS[name], sign_in_challenge(ORIGIN, bytes(32))
    require_sign_in(key.key, challenge, key.asserted(challenge), [Site("other.example", SITE.origin), SITE])
    later = key.asserted(challenge, said=client_data(GET, challenge, SITE.origin, ',"other":{"a":"}"}'))
    require_sign_in(key.key, challenge, later, [SITE])
    other = Site("example.org", SITE.origin)  # passkeys of another rp_id may be used there
    assert code_of(lambda: require_sign_in(key.key, challenge, key.asserted(challenge), [other])) == "passkey-origin"


@pytest.mark.parametrize("case", SIGN_IN)
def test_a_sign_in_with_one_fault_is_refused(case: str) -> None:
    code, made = SIGN_IN[case]
    challenge = sign_in_challenge(ORIGIN, bytes(32))
    assertion = made(ONE, challenge)
    assert code_of(lambda: require_sign_in(ONE.key, challenge, assertion, [SITE])) == code


def test_a_synced_passkey_signs_nothing_where_it_does_not_count() -> None:
    for name, code in (("ES256, synced", "passkey-synced"), ("ES256 of one device", None)):
        key = KEYS[name]
        (signature,) = key.sign(ORIGIN, [b"m"])
        error = fault_of(key.key, Accepted(ORIGIN, (SITE.origin,), synced=False), b"m", signature.sig)
        assert (error and error.code) == code


def test_a_key_of_a_later_algorithm_is_not_false_but_not_checked() -> None:
    later = msgspec.structs.replace(ONE.key, algorithm="ML-DSA-44")
    (signature,) = ONE.sign(ORIGIN, [b"m"])
    assert code_of(lambda: require_signed(later, ACCEPTED, b"m", signature.sig)) == "passkey-algorithm"


# Enrolment


def object_with(data: bytes) -> bytes:
    return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})


def attested(key: SoftKey, *, flags: int = 0, rest: bytes | None = None, **changed: str) -> bytes:
    data = parse_attestation_object(key.attestation_object).auth_data
    assert data.attested_credential_data is not None
    usual = bytes(16) + len(key.credential_id).to_bytes(2, "big") + key.credential_id + key.cose_key()
    used = PRESENT | VERIFIED | ATTESTED | flags
    return object_with(key.data(flags=used, rest=usual if rest is None else rest, **changed))


def with_key(cose: bytes, *, flags: int = 0) -> bytes:
    return attested(ONE, flags=flags, rest=bytes(16) + b"\0\x01x" + cose)


P256 = {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}
FAULTY: dict[str, tuple[str, bytes]] = {
    "nothing": ("passkey-attestation", b""),
    "no CBOR": ("passkey-attestation", b"\xff"),
    "no map": ("passkey-attestation", cbor2.dumps([1])),
    "another key": ("passkey-attestation", cbor2.dumps({"fmt": "none", "attStmt": {}, "other": b""})),
    "a key twice": ("passkey-attestation", b"\xa4" + ONE.attestation_object[1:] + ONE.attestation_object[1:10]),
    "a text for the data": ("passkey-attestation", cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": "x"})),
    "something after it": ("passkey-attestation", ONE.attestation_object + b"\0"),
    "too large": ("passkey-attestation", ONE.attestation_object + bytes(MAX_ATTESTATION)),
    "too deep": ("passkey-attestation", b"\x81" * 4000 + b"\0"),
    "of no length": ("passkey-attestation", b"\xbf\xff"),
    "data too short": ("passkey-authenticator-data", object_with(bytes(36))),
    "another rp_id": ("passkey-rp-id", ONE.attested(rp_id="example.org")),
    "nobody present": ("passkey-user-presence", ONE.attested(flags=VERIFIED | ATTESTED)),
    "nobody verified": ("passkey-user-verification", ONE.attested(flags=PRESENT | ATTESTED)),
    "backed up, not eligible": ("passkey-backup-state", ONE.attested(flags=PRESENT | VERIFIED | ATTESTED | BACKED_UP)),
    "no credential said": ("passkey-credential", ONE.attested(flags=PRESENT | VERIFIED)),
    "no credential there": ("passkey-credential", attested(ONE, rest=b"")),
    "a credential cut short": ("passkey-credential", attested(ONE, rest=bytes(16) + b"\0\x20x")),
    "no id of a credential": ("passkey-credential", attested(ONE, rest=bytes(18) + ONE.cose_key())),
    "something after the key": ("passkey-credential", with_key(ONE.cose_key() + b"\xa0")),
    "extensions that are not there": ("passkey-credential", with_key(ONE.cose_key(), flags=EXTENDED)),
    "a point that is not on the curve": ("passkey-credential", with_key(cbor2.dumps(P256))),
    "a point cut short": ("passkey-credential", with_key(cbor2.dumps(P256)[:-1])),
    "a point of small order": ("passkey-credential", with_key(cbor2.dumps({1: 1, 3: -8, -1: 6, -2: bytes(32)}))),
    "RS256": ("passkey-algorithm", with_key(cbor2.dumps({1: 3, 3: -257, -1: b"n", -2: b"e"}))),
    "ESP256": ("passkey-algorithm", with_key(cbor2.dumps(P256 | {3: -9}))),
    "P-384": ("passkey-algorithm", with_key(cbor2.dumps(P256 | {-1: 2}))),
    "x of another length": ("passkey-algorithm", with_key(cbor2.dumps(P256 | {-2: bytes(31)}))),
}


@pytest.mark.parametrize("case", FAULTY)
def test_an_attestation_with_one_fault_is_refused(case: str) -> None:
    code, attestation_object = FAULTY[case]
    assert code_of(lambda: read_registration(attestation_object, ONE.client_data, CHALLENGE, [SITE])) == code


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("passkey-type", client_data(GET, CHALLENGE, SITE.origin)),
        ("passkey-challenge", client_data(CREATE, bytes(32), SITE.origin)),
        ("passkey-origin", client_data(CREATE, CHALLENGE, "https://evil.example")),
    ],
)
def test_an_enrolment_on_another_page_or_for_another_challenge_is_refused(code: str, said: bytes) -> None:
    assert code_of(lambda: read_registration(ONE.attestation_object, said, CHALLENGE, [SITE])) == code


def test_an_enrolment_may_have_extensions_and_other_rp_ids_on_its_page() -> None:
    extended = with_key(ONE.cose_key() + cbor2.dumps({"credProtect": 2}), flags=EXTENDED)
    sites = [Site("example.org", SITE.origin), SITE]
    credential = read_registration(extended, ONE.client_data, CHALLENGE, sites, ("usb",))
    assert (credential.rp_id, credential.public_key, credential.transports) == (SITE.rp_id, ONE.key.public, ("usb",))


@pytest.mark.parametrize("name", KEYS)
def test_another_library_takes_what_our_authenticator_makes(name: str) -> None:
    key = KEYS[name]
    identifier = urlsafe_b64encode(key.credential_id).decode().rstrip("=")
    registered = verify_registration_response(
        credential=RegistrationCredential(
            identifier, key.credential_id, AuthenticatorAttestationResponse(key.client_data, key.attestation_object)
        ),
        expected_challenge=CHALLENGE,
        expected_rp_id=SITE.rp_id,
        expected_origin=SITE.origin,
        require_user_verification=True,
    )
    assert registered.credential_id == key.credential.credential_id
    assert registered.aaguid == key.credential.aaguid
    assertion = key.asserted(CHALLENGE)
    verify_authentication_response(
        credential=AuthenticationCredential(
            identifier,
            key.credential_id,
            AuthenticatorAssertionResponse(assertion.client_data, assertion.authenticator_data, assertion.signature),
        ),
        expected_challenge=CHALLENGE,
        expected_rp_id=SITE.rp_id,
        expected_origin=SITE.origin,
        credential_public_key=registered.credential_public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
