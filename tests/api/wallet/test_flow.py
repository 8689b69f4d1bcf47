"""The flow of OpenID4VCI 1.0 from the scanned offer to the credential, with a wallet written here; and its refusals."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import problems
from api.public.wallet import router
from api.wallet import flow as wallet
from api.wallet.codes import Codes
from api.wallet.flow import Format, WalletError
from ledger.domain.refusal import Refused
from ledger.domain.states.issuer import Issuer
from ledger.store.port import Database
from projections.credentials.facts import IssuerIdentity
from projections.credentials.forms import sd_jwt
from projections.credentials.forms.sd_jwt import TYPE_NAME
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.keys.seal_chain import verify_chain
from projections.credentials.proofs import vc_jwt
from projections.credentials.proofs.jws import write_json
from tests.api.wallet.test_codes import drawn
from tests.projections.credentials.jose import CHAIN, FACTS, ISSUER, KEY, NOW, STATUS
from tests.projections.credentials.proofs.test_vc_jwt import DOCUMENT, KID, key_of
from tests.records import record

__all__ = ["record"]

FORMATS: tuple[Format, ...] = ("sd-jwt", "vc-jwt", "open-badge")
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# As bytes that no JSON library would write: they must come through as they are.
OPEN_BADGE = b'{ "id" : "urn:x",  "name":"\xc3\xa9", "proof": {"type":"DataIntegrityProof"} }'
KEPT: dict[tuple[str, str], bytes] = {
    (FACTS.number, "sd-jwt"): sd_jwt.issue(FACTS, ISSUER, STATUS, KEY, CHAIN).encode(),
    (FACTS.number, "jwt"): vc_jwt.sign(DOCUMENT, KEY, KID).encode(),
    (FACTS.number, "jsonld"): OPEN_BADGE,
}


class Documents:
    """The documents of a body, which is not an issuer while ``issuer`` is None."""

    def __init__(self, issuer: IssuerIdentity | None = ISSUER) -> None:
        self.issuer = issuer

    def keys(self) -> IssuerKeys:
        if self.issuer is None:
            raise Refused("unknown", kind="issuer", id="")
        return IssuerKeys(self.issuer, Issuer())

    def get(self, number: str, form: str) -> bytes | None:
        return KEPT.get((number, form))


@pytest.fixture
def codes(record: Database) -> Codes:
    return Codes(record, lambda: datetime(2025, 1, 1, tzinfo=UTC), drawn())


def client_of(codes: Codes, documents: Documents) -> TestClient:
    app = FastAPI()
    app.state.codes, app.state.register = (
        codes,
        SimpleNamespace(documents=documents, models=SimpleNamespace(current=int)),
    )
    problems.install(app)
    app.include_router(router)
    return TestClient(app, base_url=ISSUER.url)


@pytest.fixture
def client(codes: Codes) -> TestClient:
    return client_of(codes, Documents())


class Wallet:
    """A wallet that follows the standard, clause by clause, and uses nothing of the issuer's code."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def accept(self, offer_uri: str) -> dict[str, Any]:
        """Every credential that the offer names, by configuration id."""
        scanned = urlsplit(offer_uri)
        assert scanned.scheme == "openid-credential-offer"
        offer = json.loads(parse_qs(scanned.query, strict_parsing=True)["credential_offer"][0])
        issuer = offer["credential_issuer"]
        metadata = self._metadata(issuer, "openid-credential-issuer")
        assert metadata["credential_issuer"] == issuer  # 12.2.4: identical, or not used
        # 12.2.4: without authorization_servers the issuer is its own.
        server = self._metadata(metadata.get("authorization_servers", [issuer])[0], "oauth-authorization-server")
        assert server["issuer"] == issuer
        assert server["pre-authorized_grant_anonymous_access_supported"] is True
        grant = offer["grants"][PRE_AUTHORIZED]
        assert grant.keys() == {"pre-authorized_code"}
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": grant["pre-authorized_code"]}
        answer = self._client.post(server["token_endpoint"], data=form)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        token = answer.json()
        assert token["token_type"] == "Bearer"  # noqa: S105 - the name of a kind
        return {
            wanted: self._credential(metadata, wanted, token["access_token"])
            for wanted in offer["credential_configuration_ids"]
        }

    def _metadata(self, issuer: str, name: str) -> dict[str, Any]:
        parts = urlsplit(issuer)
        answer = self._client.get(f"{parts.scheme}://{parts.netloc}/.well-known/{name}{parts.path}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def _credential(self, metadata: dict[str, Any], wanted: str, token: str) -> Any:
        configuration = metadata["credential_configurations_supported"][wanted]
        # 8.2: a proof where proof_types_supported is present. A wallet that cannot do without binding stops here.
        assert "proof_types_supported" not in configuration
        assert "cryptographic_binding_methods_supported" not in configuration
        answer = self._client.post(
            metadata["credential_endpoint"],
            json={"credential_configuration_id": wanted},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        (issued,) = answer.json()["credentials"]
        return issued["credential"]


def uri(code: str) -> str:
    return wallet.offer_uri(wallet.offer(ISSUER, code, FORMATS))


def test_a_wallet_gets_every_form_as_it_was_signed(codes: Codes, client: TestClient) -> None:
    got = Wallet(client).accept(uri(codes.offer(FACTS.number, FORMATS)))
    assert got["sd-jwt"].encode() == KEPT[FACTS.number, "sd-jwt"]
    assert got["vc-jwt"].encode() == KEPT[FACTS.number, "jwt"]
    assert got["open-badge"] == json.loads(OPEN_BADGE)
    shown = sd_jwt.verify_sd_jwt(got["sd-jwt"], lambda chain: verify_chain(chain, [CHAIN[1]], NOW))
    assert shown["name"] == FACTS.holder
    assert vc_jwt.verify_vc_jwt(got["vc-jwt"], key_of) == DOCUMENT


@pytest.mark.parametrize("name", ["openid-credential-issuer", "oauth-authorization-server"])
def test_the_metadata_are_at_one_address_once_somebody_issues(codes: Codes, name: str) -> None:
    documents = Documents(None)
    client = client_of(codes, documents)
    assert client.get(f"/.well-known/{name}").status_code == 404
    documents.issuer = ISSUER
    assert client.get(f"/.well-known/{name}").status_code == 200
    for path in ("/elsewhere", "x"):
        assert client.get(f"/.well-known/{name}{path}").status_code == 404


def test_an_offer_fits_a_qr_code_that_a_telephone_reads(codes: Codes) -> None:
    link = uri(codes.offer(FACTS.number, FORMATS))
    version = segno.make(link, error="m", micro=False).version
    assert isinstance(version, int)
    assert version <= 22
    assert link.isascii()


def test_the_metadata_speak_both_languages(client: TestClient) -> None:
    metadata = client.get("/.well-known/openid-credential-issuer").json()
    assert [entry["locale"] for entry in metadata["display"]] == ["en", "fr"]
    supported = metadata["credential_configurations_supported"]
    assert {name: entry["format"] for name, entry in supported.items()} == {
        "sd-jwt": "dc+sd-jwt",
        "vc-jwt": "jwt_vc_json",
        "open-badge": "ldp_vc",
    }
    for entry in supported.values():
        assert entry["credential_metadata"]["display"] == [
            {"name": TYPE_NAME.en, "locale": "en"},
            {"name": TYPE_NAME.fr, "locale": "fr"},
        ]
    assert supported["sd-jwt"]["vct"] == sd_jwt.credential_type(ISSUER)
    assert "nonce_endpoint" not in metadata


GRANT = f"grant_type={PRE_AUTHORIZED}"


@pytest.mark.parametrize(
    ("media_type", "body", "error"),
    [
        ("application/json", b"{}", "invalid_request"),
        ("", b"", "invalid_request"),
        ("application/x-www-form-urlencoded", b"", "invalid_request"),
        ("application/x-www-form-urlencoded", b"\xff", "invalid_request"),
        ("application/x-www-form-urlencoded", b"a=%ff", "invalid_request"),
        ("application/x-www-form-urlencoded", GRANT.encode(), "invalid_request"),
        ("application/x-www-form-urlencoded", f"{GRANT}&pre-authorized_code=".encode(), "invalid_request"),
        ("application/x-www-form-urlencoded", f"{GRANT}&pre-authorized_code=x&tx_code=1".encode(), "invalid_request"),
        ("application/x-www-form-urlencoded", f"{GRANT}&{GRANT}&pre-authorized_code=x".encode(), "invalid_request"),
        ("application/x-www-form-urlencoded", b"grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("application/x-www-form-urlencoded", f"{GRANT}&pre-authorized_code=x".encode(), "invalid_grant"),
    ],
)
def test_a_token_request_with_one_fault_is_refused(
    client: TestClient, media_type: str, body: bytes, error: str
) -> None:
    answer = client.post("/wallet/token", content=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error_description"].isascii()


def token_for(codes: Codes, *formats: Format, number: str = FACTS.number) -> str:
    token, _ = codes.redeem(codes.offer(number, formats))
    return token


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "invalid_credential_request"),
        (b"[]", 400, "invalid_credential_request"),
        (
            b'{"credential_configuration_id":"sd-jwt","credential_configuration_id":"x"}',
            400,
            "invalid_credential_request",
        ),
        (b'{"format":"dc+sd-jwt"}', 400, "invalid_credential_request"),
        (b'{"credential_configuration_id":["sd-jwt"]}', 400, "invalid_credential_request"),
        (b'{"credential_configuration_id":"mdoc"}', 400, "unknown_credential_configuration"),
        (b'{"credential_identifier":"sd-jwt"}', 400, "unknown_credential_identifier"),
        (b'{"credential_configuration_id":"vc-jwt"}', 403, "insufficient_scope"),
        (
            b'{"credential_configuration_id":"sd-jwt","credential_response_encryption":{}}',
            400,
            "invalid_encryption_parameters",
        ),
    ],
)
def test_a_credential_request_with_one_fault_is_refused(
    codes: Codes, client: TestClient, body: bytes, status: int, error: str
) -> None:
    headers = {"Authorization": f"Bearer {token_for(codes, 'sd-jwt')}", "Content-Type": "application/json"}
    answer = client.post("/wallet/credential", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_credential_request_is_json(codes: Codes, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token_for(codes, 'sd-jwt')}", **FORM}
    answer = client.post("/wallet/credential", content=b"credential_configuration_id=sd-jwt", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer a b", "Bearer é"])
def test_without_a_token_nothing_is_given(client: TestClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    answer = client.post("/wallet/credential", json={"credential_configuration_id": "sd-jwt"}, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_certificate_without_the_form_is_denied(codes: Codes, client: TestClient) -> None:
    headers = {"Authorization": f"bearer {token_for(codes, 'sd-jwt', number='TOA-NONE')}"}
    answer = client.post("/wallet/credential", json={"credential_configuration_id": "sd-jwt"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")


def test_a_proof_that_comes_unasked_changes_nothing(codes: Codes, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token_for(codes, 'sd-jwt')}"}
    asked = {"credential_configuration_id": "sd-jwt", "proofs": {"jwt": ["eyJ0eXAiOiJvcGVuaWQ0dmNpLXByb29mK2p3dCJ9"]}}
    answer = client.post("/wallet/credential", json=asked, headers=headers)
    assert answer.json() == {"credentials": [{"credential": KEPT[FACTS.number, "sd-jwt"].decode()}]}


def test_a_request_that_is_too_large_is_not_read(codes: Codes, client: TestClient) -> None:
    answer = client.post("/wallet/token", content=b"x" * 20_000, headers=FORM)
    assert answer.status_code == 413


def test_json_goes_into_the_answer_byte_for_byte() -> None:
    assert OPEN_BADGE in wallet.credential_response("open-badge", OPEN_BADGE)
    assert wallet.credential_response("sd-jwt", b"a~") == write_json({"credentials": [{"credential": "a~"}]})


def test_every_error_is_ascii_without_what_the_standard_excludes() -> None:
    """8.3.1.2: "MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E"."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: wallet.token_request("é", b""),
        lambda: wallet.bearer("é"),
        lambda: wallet.credential_request("application/json", b'"\xc3\xa9"'),
        lambda: wallet.authorised_format("é", FORMATS),
    )
    for call in calls:
        with pytest.raises(WalletError) as refused:
            call()
        assert all(" " <= character <= "~" and character not in '"\\' for character in refused.value.expected)
