"""Proofs: against the vectors of the specification, against one fault at a time, and against any other value."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from projections.credentials.forms import open_badge
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs import multikey
from projections.credentials.proofs.data_integrity import (
    JCS,
    MAX_PROOFS,
    RDFC,
    hashes,
    prove,
    sign,
    timestamp,
    verify_proof,
    verify_proofs,
)
from projections.credentials.proofs.json_ld import PACKAGED, Contexts
from tests.projections.credentials.altering import altered, bytes_altered
from tests.projections.credentials.certified import BRIEF, FACTS, ISSUED, ISSUER, KEY, METHOD, STATUS, public_key

HERE = Path(__file__).parent / "vectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
# Data Integrity EdDSA Cryptosuites 1.0, B.1 and B.3: the hash of the proof's options, that of the document.
STATED = {
    "eddsa-rdfc-2022": (
        "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0",
        "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017",
    ),
    "eddsa-jcs-2022": (
        "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db",
        "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19",
    ),
}
CONTEXTS = PACKAGED.with_documents(
    {EXAMPLES: msgspec.json.decode((HERE / "credentials-examples-v2.json").read_bytes())}
)
W3C_KEYS: dict[str, str] = msgspec.json.decode((HERE / "key-pair.json").read_bytes())
BADGE = sign(open_badge.document(BRIEF, ISSUER, STATUS), KEY, METHOD, ISSUED)

Document = dict[str, Any]


def vector(suite: str) -> Document:
    return msgspec.json.decode((HERE / f"{suite}.json").read_bytes(), type=Document)


def w3c_key(method: str) -> bytes | None:
    return multikey.decode_key(method.partition("#")[2])[1]


def with_jcs(document: Document) -> Document:
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    options |= {"cryptosuite": JCS, "@context": document["@context"]}
    return unsigned | {"proof": prove(unsigned, options, KEY)}


@pytest.mark.parametrize("suite", STATED)
def test_the_hashes_and_the_signature_of_the_specification_come_out(suite: str) -> None:
    signed = vector(suite)
    proof = signed.pop("proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    assert hashes(signed, options, CONTEXTS).hex() == "".join(STATED[suite])
    seed = multikey.decode(W3C_KEYS["privateKeyMultibase"])[2:]
    key = LocalKey(Ed25519PrivateKey.from_private_bytes(seed))
    assert multikey.encode_key("Ed25519", key.public) == W3C_KEYS["publicKeyMultibase"]
    assert prove(signed, options, key, CONTEXTS) == proof


@pytest.mark.parametrize("suite", STATED)
def test_the_vectors_of_the_specification_verify(suite: str) -> None:
    signed = vector(suite)
    assert verify_proof(signed, w3c_key, contexts=CONTEXTS) == signed["proof"]["verificationMethod"]


def accepted(signed: Document, public: bytes, contexts: Contexts = PACKAGED) -> list[str]:
    """What can be altered in a document and nobody notices, though its key is taken for granted."""
    unnoticed = []
    for what, other in chain(altered(signed), bytes_altered(signed, every=9)):
        try:
            verify_proof(other, lambda _: public, contexts=contexts)
        except Unverifiable:
            continue
        unnoticed.append(what)
    return unnoticed


@pytest.mark.parametrize("suite", STATED)
def test_the_vectors_with_any_fault_do_not(suite: str) -> None:
    public = multikey.decode_key(W3C_KEYS["publicKeyMultibase"])[1]
    assert accepted(vector(suite), public, CONTEXTS) == []


def test_a_context_that_is_not_packaged_is_not_fetched() -> None:
    with pytest.raises(Unverifiable) as refused:
        verify_proof(vector("eddsa-rdfc-2022"), w3c_key)
    assert refused.value.code == "json-ld-context"


def test_a_badge_is_signed_and_verified() -> None:
    assert verify_proof(BADGE, public_key) == METHOD
    assert list(BADGE)[-1] == "proof"
    assert verify_proof(with_jcs(BADGE), public_key) == METHOD


@pytest.mark.parametrize("badge", [BADGE, with_jcs(BADGE)], ids=["rdfc", "jcs"])
def test_a_badge_with_any_value_altered_or_taken_away_is_refused(badge: Document) -> None:
    assert accepted(badge, KEY.public) == []


@given(st.data())
def test_any_text_in_place_of_another_is_refused(data: st.DataObject) -> None:
    other = deepcopy(BADGE)
    name = data.draw(st.sampled_from(["id", "name", "validFrom", "validUntil", "awardedDate", "description"]))
    other[name] = data.draw(st.text().filter(lambda text: text != BADGE[name]))
    with pytest.raises(Unverifiable):
        verify_proof(other, public_key)


def test_many_threads_sign_and_verify_the_same() -> None:
    unsigned = open_badge.document(BRIEF, ISSUER, STATUS)
    with ThreadPoolExecutor(8) as threads:
        signed = list(threads.map(lambda _: sign(unsigned, KEY, METHOD, ISSUED), range(64)))
    assert all(one == BADGE for one in signed)


def edited(**proof: Any) -> Callable[[Document], Document]:
    return lambda document: {**document, "proof": {**document["proof"], **proof}}


def lacking(name: str) -> Callable[[Document], Document]:
    return lambda document: {**document, "proof": {k: v for k, v in document["proof"].items() if k != name}}


FAULTS: list[tuple[str, Callable[[Document], Document]]] = [
    ("proof-missing", lambda document: {k: v for k, v in document.items() if k != "proof"}),
    ("proof-unsupported", lambda document: {**document, "proof": []}),
    ("proof-unsupported", lambda document: {**document, "proof": [document["proof"], "x"]}),
    ("proof-unsupported", lambda document: {**document, "proof": [document["proof"]] * (MAX_PROOFS + 1)}),
    ("proof-unsupported", edited(type="Ed25519Signature2020")),
    ("proof-unsupported", edited(cryptosuite="ecdsa-rdfc-2019")),
    ("proof-unsupported", edited(cryptosuite=["eddsa-rdfc-2022"])),
    ("proof-unsupported", edited(expires="2000-01-01T00:00:00Z")),
    ("proof-malformed", edited(previousProof="urn:uuid:1")),
    ("json-ld-unsigned", edited(previousProof=[])),
    ("proof-malformed", edited(previousProof=["urn:uuid:1", 1])),
    ("proof-malformed", lacking("proofValue")),
    ("proof-malformed", lacking("verificationMethod")),
    ("proof-malformed", edited(verificationMethod={"id": METHOD})),
    ("proof-malformed", edited(created="yesterday")),
    ("proof-malformed", edited(created="2022-13-01T00:00:00Z")),
    ("proof-malformed", edited(created="2022-06-01T14:30:00")),
    ("proof-malformed", edited(**{"@context": BADGE["@context"]})),
    ("proof-malformed", edited(proofValue=BADGE["proof"]["proofValue"][1:])),
    ("proof-malformed", edited(proofValue="u" + BADGE["proof"]["proofValue"][1:])),
    ("proof-malformed", edited(proofValue=multikey.encode(bytes(63)))),
    ("proof-purpose", edited(proofPurpose="authentication")),
    ("proof-key-unknown", edited(verificationMethod=METHOD + "0")),
    ("proof-invalid", edited(proofValue=multikey.encode(bytes(64)))),
    ("proof-invalid", edited(created="2022-06-01T14:30:01Z")),
    ("proof-invalid", edited(nonce="1")),
    ("proof-invalid", lambda document: {**document, "name": "Another"}),
    ("json-ld-unsigned", lambda document: {**document, "unheardOf": "x"}),
    ("json-ld-context", lambda document: {**document, "@context": [*document["@context"], {"x": "urn:x"}]}),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[f"{n}-{code}" for n, (code, _) in enumerate(FAULTS)])
def test_each_fault_has_its_name(code: str, fault: Callable[[Document], Document]) -> None:
    with pytest.raises(Unverifiable) as refused:
        verify_proof(fault(BADGE), public_key)
    assert refused.value.code == code


def test_contexts_of_a_jcs_proof_are_those_of_the_document() -> None:
    signed = with_jcs(BADGE)
    with pytest.raises(Unverifiable) as refused:
        verify_proof(edited(**{"@context": signed["@context"][:1]})(signed), public_key)
    assert refused.value.code == "proof-malformed"


def test_what_has_no_canonical_json_is_refused() -> None:
    with pytest.raises(Unverifiable) as refused:
        verify_proof({**with_jcs(BADGE), "name": 1.5}, public_key)
    assert refused.value.code == "json-malformed"


def test_only_an_ed25519_key_signs() -> None:
    with pytest.raises(ValueError, match="ES256"):
        sign(open_badge.document(FACTS, ISSUER, STATUS), LocalKey(generate_private_key(SECP256R1())), METHOD, ISSUED)


def test_a_signed_document_is_not_signed_again() -> None:
    with pytest.raises(ValueError, match="already"):
        sign(BADGE, KEY, METHOD, ISSUED)


@pytest.mark.parametrize(
    "moment",
    [datetime(2022, 6, 1), datetime(2022, 6, 1, tzinfo=timezone(timedelta(hours=2))), ISSUED.replace(microsecond=1)],  # noqa: DTZ001
)
def test_a_moment_is_utc_in_whole_seconds(moment: datetime) -> None:
    assert timestamp(datetime(2022, 6, 1, 14, 30, tzinfo=UTC)) == "2022-06-01T14:30:00Z"
    with pytest.raises(ValueError, match="UTC"):
        timestamp(moment)


OTHER = LocalKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ENDORSER = "did:web:endorser.example#key"
UNSECURED = {name: value for name, value in BADGE.items() if name != "proof"}


def key_of_either(method: str) -> bytes | None:
    return OTHER.public if method == ENDORSER else public_key(method)


def chained(suite: str = RDFC, *, named: str | list[str] = "urn:uuid:1") -> Document:
    """A badge with a proof of its issuer, and one of an endorser over the badge and that proof (4.4)."""
    made = [{**BADGE["proof"], "id": "urn:uuid:1"}]
    made[0] = prove(UNSECURED, {name: value for name, value in made[0].items() if name != "proofValue"}, KEY)
    options = {**BADGE["proof"], "verificationMethod": ENDORSER, "cryptosuite": suite, "previousProof": named}
    del options["proofValue"]
    if suite == JCS:
        options["@context"] = BADGE["@context"]
    return {**UNSECURED, "proof": [made[0], prove({**UNSECURED, "proof": made}, options, OTHER)]}


def test_of_several_proofs_each_must_hold() -> None:
    first = BADGE["proof"]
    options = {name: value for name, value in first.items() if name != "proofValue"}
    second = prove(UNSECURED, {**options, "verificationMethod": ENDORSER}, OTHER)
    for proofs, methods in (
        ([first], [METHOD]),
        ([first, second], [METHOD, ENDORSER]),
        ([second, first], [ENDORSER, METHOD]),
    ):
        assert verify_proofs({**UNSECURED, "proof": proofs}, key_of_either) == methods
    for proofs, code in (
        ([first, {**second, "proofValue": first["proofValue"]}], "proof-invalid"),
        ([{**first, "nonce": "1"}, second], "proof-invalid"),
        ([first, {**second, "verificationMethod": "did:web:x#y"}], "proof-key-unknown"),
        ([first, {**second, "proofPurpose": "authentication"}], "proof-purpose"),
    ):
        with pytest.raises(Unverifiable) as refused:
            verify_proofs({**UNSECURED, "proof": proofs}, key_of_either)
        assert refused.value.code == code


@pytest.mark.parametrize("suite", [RDFC, JCS])
@pytest.mark.parametrize("named", ["urn:uuid:1", ["urn:uuid:1"]], ids=["one", "a list"])
def test_a_proof_signs_the_proofs_that_it_names(suite: str, named: str | list[str]) -> None:
    signed = chained(suite, named=named)
    assert verify_proofs(signed, key_of_either) == [METHOD, ENDORSER]
    first, second = signed["proof"]
    again = prove(UNSECURED, {**{n: v for n, v in first.items() if n != "proofValue"}, "nonce": "1"}, KEY)
    bare = {name: value for name, value in second.items() if name != "previousProof"}
    for proofs, code in (
        ([again, second], "proof-invalid"),  # another proof of the issuer, which holds by itself
        ([first, bare], "proof-invalid"),
        ([second], "proof-malformed"),
        ([{**first, "id": "urn:uuid:2"}, second], "proof-invalid"),
        ([first, first, second], "proof-malformed"),  # which of them is named?
    ):
        with pytest.raises(Unverifiable) as refused:
            verify_proofs({**UNSECURED, "proof": proofs}, key_of_either)
        assert refused.value.code == code


def test_a_chain_with_any_fault_is_refused() -> None:
    unnoticed = []
    for what, other in altered(chained()):
        if not what.startswith("proof"):
            continue
        try:
            verify_proofs(other, key_of_either)
        except Unverifiable:
            continue
        unnoticed.append(what)
    assert unnoticed == ["proof.1: taken away"]  # the first proof says nothing of those that come after it
