"""The adapter over real HTTPS: what it issues it verifies, and each fault is refused."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from projections.credentials.forms import open_badge
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs.data_integrity import RDFC, prove
from projections.credentials.proofs.json_ld import CREDENTIALS
from tests.conformance.vc_api import EXAMPLES, VERSION_1, app, did_key, method_of, serving
from tests.projections.credentials.certified import FACTS, ISSUER, KEY, STATUS

HOLDER = LocalKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
NOW = datetime(2022, 6, 3, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

Document = dict[str, Any]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    with serving(app(KEY, lambda: NOW)) as (url, trusting), httpx2.Client(base_url=url, verify=trusting) as client:
        yield client


@pytest.fixture(scope="module")
def issued(client: httpx2.Client) -> Document:
    answer = client.post("/credentials/issue", json={"credential": open_badge.document(FACTS, ISSUER, STATUS)})
    assert answer.status_code == 201
    credential: Document = answer.json()["verifiableCredential"]
    return credential


HOLDER_DID = method_of(HOLDER).partition("#")[0]


def presented(credential: Document, holder: str | None = HOLDER_DID, **options: str) -> Document:
    method = method_of(HOLDER)
    presentation: Document = {
        "@context": [CREDENTIALS],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential],
    }
    if holder is not None:
        presentation["holder"] = holder
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": RDFC,
        "created": "2022-06-03T12:00:00Z",
        "verificationMethod": method,
        "proofPurpose": "authentication",
        **options,
    }
    return presentation | {"proof": prove(presentation, proof, HOLDER)}


def code(answer: httpx2.Response) -> str:
    body = answer.json()
    assert (answer.status_code, body["verified"]) == (400, False)
    return str(body["problemDetails"][0]["type"])


def test_what_it_issues_it_verifies(client: httpx2.Client, issued: Document) -> None:
    assert issued["issuer"]["id"] == method_of(KEY).partition("#")[0]
    answer = client.post("/credentials/verify", json={"verifiableCredential": issued})
    assert (answer.status_code, answer.json()) == (200, {"verified": True})


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda credential: credential | {"name": "Another"}, "proof-invalid"),
        (lambda credential: credential | {"unheardOf": "x"}, "json-ld-unsigned"),
        (lambda credential: {k: v for k, v in credential.items() if k != "proof"}, "proof-missing"),
        (
            lambda credential: credential | {"proof": credential["proof"] | {"verificationMethod": "x#y"}},
            "proof-key-unknown",
        ),
    ],
)
def test_an_altered_credential_is_refused(
    client: httpx2.Client, issued: Document, fault: Callable[[Document], Document], expected: str
) -> None:
    answer = client.post("/credentials/verify", json={"verifiableCredential": fault(issued)})
    assert code(answer) == f"urn:pca-ledger:{expected}"


def test_what_cannot_be_signed_is_not_issued(client: httpx2.Client) -> None:
    unsignable = open_badge.document(FACTS, ISSUER, STATUS) | {"unheardOf": "x"}
    assert code(client.post("/credentials/issue", json={"credential": unsignable})) == "urn:pca-ledger:json-ld-unsigned"
    assert client.post("/credentials/issue", json={"credential": []}).status_code == 422


def test_a_credential_that_is_over_is_refused(client: httpx2.Client) -> None:
    over = open_badge.document(FACTS, ISSUER, STATUS) | {"validUntil": "2022-06-02T00:00:00Z"}
    issued = client.post("/credentials/issue", json={"credential": over}).json()["verifiableCredential"]
    answer = client.post("/credentials/verify", json={"verifiableCredential": issued})
    assert code(answer) == "urn:pca-ledger:credential-dates"


def test_a_presentation_is_for_whom_it_was_made(client: httpx2.Client, issued: Document) -> None:
    presentation = presented(issued, challenge="abc", domain="verifier.example")
    asked = {"challenge": "abc", "domain": "verifier.example"}
    question = {"verifiablePresentation": presentation, "options": asked}
    answer = client.post("/presentations/verify", json=question)
    assert (answer.status_code, answer.json()) == (200, {"verified": True})
    replayed = client.post("/presentations/verify", json=question | {"options": asked | {"challenge": "abd"}})
    assert code(replayed) == "urn:pca-ledger:presentation-replayed"
    stolen = client.post(
        "/presentations/verify", json=question | {"verifiablePresentation": presentation | {"holder": "did:key:x"}}
    )
    assert code(stolen) == "urn:pca-ledger:proof-invalid"


def test_a_presentation_need_not_name_its_holder(client: httpx2.Client, issued: Document) -> None:
    answer = client.post("/presentations/verify", json={"verifiablePresentation": presented(issued, None)})
    assert (answer.status_code, answer.json()) == (200, {"verified": True})
    other = client.post("/presentations/verify", json={"verifiablePresentation": presented(issued, "did:key:x")})
    assert code(other) == "urn:pca-ledger:proof-issuer"


LITTLE: Document = {
    "@context": [CREDENTIALS],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "urn:subject"},
}


@pytest.mark.parametrize(
    "more",
    [
        {"name": {"@value": "x", "@language": "ar", "@direction": "rtl"}},
        {"@context": [CREDENTIALS, {"Own": "urn:x:own"}], "type": ["VerifiableCredential", "Own"]},
        {"@context": [CREDENTIALS, EXAMPLES], "anything": "at all"},
        {"@context": [VERSION_1], "issuanceDate": "2020-01-01T00:00:00Z"},
    ],
)
def test_what_conforms_is_issued_and_verified(client: httpx2.Client, more: Document) -> None:
    answer = client.post("/credentials/issue", json={"credential": LITTLE | more})
    assert answer.status_code == 201
    assert client.post("/credentials/verify", json=answer.json()).json() == {"verified": True}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"issuer": "not-a-url"}, "credential-malformed"),
        ({"credentialSubject": {}}, "credential-malformed"),
        ({"validFrom": "yesterday"}, "credential-malformed"),
        ({"@context": [CREDENTIALS, {"VerifiableCredential": "urn:x:other"}]}, "json-ld-malformed"),
        ({"@context": [CREDENTIALS, "https://elsewhere.example/"]}, "json-ld-context"),
        ({"type": ["VerifiableCredential", "Unheard"]}, "json-ld-unsigned"),
    ],
)
def test_what_does_not_conform_is_not_issued(client: httpx2.Client, more: Document, expected: str) -> None:
    assert code(client.post("/credentials/issue", json={"credential": LITTLE | more})) == f"urn:pca-ledger:{expected}"


def test_of_several_proofs_one_is_the_issuers(client: httpx2.Client, issued: Document) -> None:
    """Data Integrity 1.0, 2.1.1 and 2.1.2: a set, and a chain whose second proof signs the first."""
    unsecured = {name: value for name, value in issued.items() if name != "proof"}
    options = {name: value for name, value in issued["proof"].items() if name != "proofValue"}
    first = prove(unsecured, options | {"id": "urn:uuid:1"}, KEY)
    by_other = options | {"verificationMethod": method_of(HOLDER)}
    second = prove(unsecured, by_other, HOLDER)
    after = prove(unsecured | {"proof": [first]}, by_other | {"previousProof": "urn:uuid:1"}, HOLDER)

    def verified(*proofs: Document) -> httpx2.Response:
        return client.post("/credentials/verify", json={"verifiableCredential": unsecured | {"proof": list(proofs)}})

    for proofs in ((first, second), (first, after), (second, first)):
        assert verified(*proofs).json() == {"verified": True}
    assert code(verified(second)) == "urn:pca-ledger:proof-issuer"
    assert code(verified(after)) == "urn:pca-ledger:proof-malformed"


def test_a_status_entry_leads_to_its_list(client: httpx2.Client) -> None:
    answer = client.post("/status/credentials/issue", json={"credential": LITTLE})
    assert client.post("/credentials/verify", json=answer.json()).json() == {"verified": True}
    for entry in answer.json()["verifiableCredential"]["credentialStatus"]:
        listed = client.get(entry["statusListCredential"]).json()
        assert listed["credentialSubject"]["statusPurpose"] == entry["statusPurpose"]
        assert client.post("/credentials/verify", json={"verifiableCredential": listed}).json() == {"verified": True}


def test_a_presentation_of_an_altered_credential_is_refused(client: httpx2.Client, issued: Document) -> None:
    answer = client.post(
        "/presentations/verify", json={"verifiablePresentation": presented(issued | {"name": "Another"})}
    )
    assert code(answer) == "urn:pca-ledger:proof-invalid"


@pytest.mark.parametrize("method", ["", "did:key:z6Mk#z6Mk", "did:web:x#y", method_of(KEY).partition("#")[0]])
def test_no_other_method_is_a_did_key(method: str) -> None:
    assert did_key(method) is None


def test_the_product_does_not_reach_it() -> None:
    for folder in ("api", "ledger", "projections"):
        for module in (ROOT / folder).rglob("*.py"):
            assert "tests.conformance" not in module.read_text("utf-8")
            assert "vc_api" not in module.read_text("utf-8")
