"""Where documents are: by extension, by media type, for everyone or behind the holder's address; who issued them."""

import re
import time
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typst
from starlette.testclient import TestClient

from api.checking import qr
from projections.credentials.forms.catalogue import FORMS
from projections.credentials.forms.form import Form
from projections.credentials.proofs import data_integrity
from projections.credentials.status import status_list
from tests.issued import ED25519, KEYS, P256, URL, become_issuer, follow, make_documents, suspend, withdraw
from tests.programs import printed_by
from tests.serving import client_of
from tests.support import World

HTML = {"Accept": "text/html"}
FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


@FORM
def test_the_exact_bytes_are_served_by_extension_and_by_media_type(
    client: TestClient, issued: World, number: str, form: Form
) -> None:
    kept = issued.ledger.documents.get(number, form.name)
    for answer in (
        client.get(f"/certificates/{number}.{form.name}"),
        client.get(f"/certificates/{number}?format={form.name}"),
        *(client.get(f"/certificates/{number}", headers={"Accept": asked}) for asked in form.media_types),
    ):
        assert answer.status_code == 200
        assert answer.content == kept
        assert answer.headers["content-type"].startswith(form.media_types[0])


def test_the_page_names_every_form_in_both_languages(client: TestClient, number: str) -> None:
    english = client.get(f"/certificates/{number}?lang=en", headers=HTML).text
    french = client.get(f"/certificates/{number}?lang=fr", headers=HTML).text
    for form in FORMS:
        assert f"{URL}/certificates/{number}.{form.name}" in english
        if form.name != "pdf":
            assert form.label.en in english
            assert form.label.fr in french
    assert "Download the diploma (PDF)" in english
    assert f'src="/certificates/{number}/diploma.png"' in english
    assert "Télécharger le diplôme (PDF)" in french


def test_documents_of_who_is_not_listed_are_the_holders_to_show(client: TestClient, issued: World, number: str) -> None:
    issued.do("withdraw-listing-consent", "registrar", person_id="awa")
    _followed(client, issued)
    token = issued.ledger.documents.sets()[0].token
    address = f"/certificates/{number}.pdf"
    assert client.get(address).json()["code"] == "holder-not-listed"
    assert client.get(f"{address}?token=guess").status_code == 403
    found = client.get(f"{address}?token={token}")
    assert found.status_code == 200
    assert found.headers["cache-control"] == "private, no-cache"
    page = client.get(f"/certificates/{number}", headers=HTML).text
    assert "Ask the holder for them" in page
    assert address not in page


def test_levels_that_the_holder_no_longer_shows_are_theirs_to_show(
    client: TestClient, issued: World, number: str
) -> None:
    def consents(given: str) -> None:
        issued.do(f"{given}-results-consent", "registrar", person_id="awa")
        _followed(client, issued)

    def reissue() -> str:
        issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
        assert make_documents(issued) == 1
        _followed(client, issued)
        return issued.ledger.documents.sets()[-1].number

    consents("give")
    stated = reissue()
    address = f"/certificates/{stated}"
    assert '"Result"' in client.get(f"{address}.jsonld").text
    consents("withdraw")
    for form in FORMS:
        for asked in (f"{address}.{form.name}", f"{address}?format={form.name}"):
            answer = client.get(asked)
            assert (answer.status_code, answer.json()["code"]) == (403, "levels-not-shown")
    assert (
        "niveaux que la personne titulaire ne rend plus publics"
        in client.get(f"{address}.pdf?lang=fr").json()["detail"]
    )
    token = issued.ledger.documents.sets()[-1].token
    private = client.get(f"{address}.pdf?token={token}")
    assert (private.status_code, private.headers["cache-control"]) == (200, "private, no-cache")
    for lang, why in (
        ("en", "levels that the holder no longer makes public"),
        ("fr", "la personne titulaire ne rend plus publics"),
    ):
        page = client.get(f"{address}?lang={lang}", headers=HTML).text
        assert why in page
        assert f"{address}.pdf" not in page
    assert "levels that you no longer make public" in client.get(f"/holder/{token}?lang=en", headers=HTML).text
    found = client.get(address).json()
    assert (found["documents"], found["documents_private_because"]) == ([], "levels-not-shown")
    assert client.get(f"/certificates/{number}.jsonld").status_code == 200, "made before, without levels"
    assert client.get(f"/certificates/{reissue()}.jsonld").status_code == 200, "made since, without levels"
    assert client.get(f"{address}.jsonld").status_code == 403, "a superseded document is no less private"
    consents("give")
    assert client.get(f"{address}.jsonld").status_code == 200


def test_the_holder_finds_everything_behind_one_address(client: TestClient, issued: World, number: str) -> None:
    token = issued.ledger.documents.sets()[0].token
    page = client.get(f"/holder/{token}", headers=HTML)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    for form in FORMS:
        assert f"/certificates/{number}.{form.name}?token={token}" in page.text
    assert client.get("/holder/guess").status_code == 404
    # What is printed, and what a preview shows, is the public address.
    printed = re.findall(r'<p class="printed">(.*?)</p>|property="og:url" content="(.*?)"', page.text)
    assert {one or other for one, other in printed} == {
        f"{URL}/certificates/{number}",
        f"Example Customs Organisation: {URL}/certificates/{number}",
    }


def test_a_wallet_takes_the_document_that_was_signed(
    client: TestClient, issued: World, number: str, tmp_path: Path
) -> None:
    token = issued.ledger.documents.sets()[0].token
    page = client.post(f"/holder/{token}/wallet", headers=HTML).text
    (link,) = re.findall(r'href="(openid-credential-offer://\?credential_offer=[^"]+)"', page)
    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    (tmp_path / "code.svg").write_bytes(b64decode(picture))
    (tmp_path / "page.typ").write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("code.svg")')
    drawn = typst.compile(tmp_path / "page.typ", format="png")
    assert isinstance(drawn, bytes)
    assert next(qr.texts(drawn)) == [link]
    assert client.post("/holder/guess/wallet").status_code == 404
    metadata = client.get("/.well-known/openid-credential-issuer").json()
    assert metadata["credential_issuer"] == URL


def test_an_offer_is_made_again_in_the_other_language(client: TestClient, issued: World) -> None:
    token = issued.ledger.documents.sets()[0].token
    page = client.post(f"/holder/{token}/wallet?lang=en", headers=HTML).text
    assert '<form method="post" action="?lang=fr"><button lang="fr">Français</button></form>' in page
    assert "hreflang" not in page, "what answers a POST stands at no address"
    french = client.post(f"/holder/{token}/wallet?lang=fr", headers=HTML).text
    assert "Ajouter à votre portefeuille" in french
    assert 'action="?lang=en"' in french
    unknown = client.post("/holder/guess/wallet?lang=en", headers=HTML).text
    assert '<a href="/?lang=fr" hreflang="fr" lang="fr">Français</a>' in unknown


def test_what_is_erased_is_gone_and_says_so(client: TestClient, issued: World, number: str) -> None:
    token = issued.ledger.documents.sets()[0].token
    issued.now = datetime(2030, 1, 1, tzinfo=UTC)
    issued.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    _followed(client, issued)
    answer = client.get(f"/certificates/{number}.pdf?token={token}")
    assert (answer.status_code, answer.json()["code"]) == (410, "document-erased")
    assert client.get(f"/holder/{token}").status_code == 404
    assert client.get(f"/certificates/{number}", headers=HTML).status_code == 200


def test_what_is_not_made_yet_says_so(client: TestClient, issued: World) -> None:
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    _followed(client, issued)
    superseding = client.get("/advisors/awa").json()["certifications"][0]["certificates"][-1]
    answer = client.get(f"/certificates/{superseding}.pdf")
    assert (answer.status_code, answer.json()["code"]) == (404, "document-missing")


def test_the_issuer_is_who_the_documents_name(client: TestClient) -> None:
    document = client.get("/.well-known/did.json").json()
    assert document["id"] == "did:web:register.example.org"
    assert client.get("/did.json").status_code == 404
    methods = [f"did:web:register.example.org#{key.key_id}" for key in (ED25519, P256)]
    assert sorted(document["assertionMethod"]) == sorted(methods)
    assert {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]} == {ED25519.key_id, P256.key_id}
    assert client.get(f"/keys/{P256.key_id}.jwk").json()["crv"] == "P-256"
    assert client.get(f"/keys/{'0' * 32}.jwk").status_code == 404
    assert client.get("/keys/x.jwk").status_code == 400
    assert client.get("/.well-known/jwt-vc-issuer").json()["issuer"] == URL
    assert client.get("/issuer").json()["id"] == "did:web:register.example.org"
    assert client.get("/types/pca-advisor").json()["vct"] == f"{URL}/types/pca-advisor"


def test_a_revoked_key_leaves_what_is_published(client: TestClient, issued: World) -> None:
    issued.do("revoke-issuer-key", key_id=P256.key_id, reason_code="compromised", compromised_since=issued.now)
    assert P256.key_id not in client.get("/.well-known/did.json").text
    assert client.get(f"/keys/{P256.key_id}.jwk").status_code == 404


def test_what_is_achieved_and_by_which_criteria(client: TestClient, number: str) -> None:
    badge = client.get(f"/certificates/{number}.jsonld").json()
    achievement = badge["credentialSubject"]["achievement"]
    found = client.get(achievement["id"].removeprefix(URL)).json()
    assert {k: v for k, v in achievement.items() if k != "inLanguage"} == {
        k: v for k, v in found.items() if k != "@context"
    }
    page = client.get(achievement["id"].removeprefix(URL), headers=HTML)
    assert page.url.path == achievement["criteria"]["id"].removeprefix(URL)
    assert "theoretical-knowledge" in page.text
    assert client.get("/achievements/none/1.0.0").status_code == 404


@pytest.mark.parametrize(
    "path", ["/.well-known/did.json", "/.well-known/jwks.json", "/issuer", "/status/revocation/0", "/types/pca-advisor"]
)
def test_a_body_that_issues_nothing_has_no_identity(workshop: World, path: str) -> None:
    with client_of(workshop.ledger, URL) as client:
        assert client.get(path).status_code == 404
        assert client.get("/.well-known/openid-credential-issuer").status_code == 404


def test_who_becomes_an_issuer_while_serving_offers_to_wallets_at_once(workshop: World) -> None:
    with client_of(workshop.ledger, URL, KEYS) as client:
        assert client.get("/.well-known/openid-credential-issuer").status_code == 404
        become_issuer(workshop)
        make_documents(workshop)
        for name in ("openid-credential-issuer", "oauth-authorization-server"):
            assert client.get(f"/.well-known/{name}").status_code == 200
        token = workshop.ledger.documents.sets()[0].token
        page = client.post(f"/holder/{token}/wallet", headers={"Accept": "text/html"})
        assert "openid-credential-offer://" in page.text


def _list(client: TestClient, purpose: str, timestamp: str = "") -> dict[str, Any]:
    follow(client)
    asked = {"timestamp": timestamp} if timestamp else {}
    answer = client.get(f"/status/{purpose}/0", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    method = data_integrity.verify_proof(found, lambda _: ED25519.public)
    assert method == f"did:web:register.example.org#{ED25519.key_id}"
    return found


def _is_set(found: dict[str, Any], index: int) -> bool:
    return status_list.is_set(status_list.decode(found["credentialSubject"]["encodedList"]), index)


def test_status_lists_are_signed_and_name_the_head_that_they_are_not_older_than(
    client: TestClient, issued: World, number: str
) -> None:
    index = issued.ledger.documents.place(number).index
    entry = client.get(f"/certificates/{number}.jsonld").json()["credentialStatus"]
    assert entry["statusListCredential"] == f"{URL}/status/revocation/0"
    assert entry["statusListIndex"] == str(index)
    assert not _is_set(_list(client, "revocation"), index)
    issued.now = datetime(2018, 1, 20, 12, tzinfo=UTC)
    suspend(issued)
    found = _list(client, "suspension")
    assert found["urn:pca-ledger:log-head"]["urn:pca-ledger:log-size"] == issued.ledger.size()
    assert _is_set(found, index)
    issued.now = datetime(2018, 3, 2, tzinfo=UTC)
    withdraw(issued)
    assert _is_set(_list(client, "revocation"), index)
    assert not _is_set(_list(client, "suspension"), index)


def test_a_list_is_answered_as_it_was(client: TestClient, issued: World, number: str) -> None:
    index = issued.ledger.documents.place(number).index
    issued.now = datetime(2018, 3, 2, tzinfo=UTC)
    withdraw(issued)
    issued.now = datetime(2018, 3, 3, tzinfo=UTC)
    assert not _is_set(_list(client, "revocation", "2018-02-28T12:00:00Z"), index)
    assert not _is_set(_list(client, "revocation", "2018-03-01T12:00:00+00:00"), index), "not known yet"
    assert _is_set(_list(client, "revocation", "2018-03-02T00:00:02Z"), index)


def test_a_superseded_document_is_revoked_and_its_page_says_so(client: TestClient, issued: World, number: str) -> None:
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="name-changed")
    make_documents(issued)
    assert _is_set(_list(client, "revocation"), issued.ledger.documents.place(number).index)
    page = client.get(f"/certificates/{number}", headers=HTML)
    assert page.status_code == 200
    assert "superseded by" in page.text
    assert client.get(f"/certificates/{number}.pdf").status_code == 200


def test_without_a_key_at_hand_no_list_is_signed(issued: World) -> None:
    with client_of(issued.ledger, URL) as client:
        answer = client.get("/status/revocation/0")
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer-key-missing")


def test_levels_stand_in_the_badge_only_with_consent(issuer: World) -> None:
    make_documents(issuer)
    (first,) = issuer.ledger.documents.sets()
    assert b'"Result"' not in (issuer.ledger.documents.get(first.number, "jsonld") or b"")
    issuer.do("give-results-consent", "registrar", person_id="awa")
    issuer.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    make_documents(issuer)
    second = issuer.ledger.documents.sets()[-1]
    assert (issuer.ledger.documents.get(second.number, "jsonld") or b"").count(b'"Result"') == 4


def _followed(client: TestClient, world: World) -> None:
    """Wait until the pages know what was recorded."""
    for _ in range(200):
        if client.get("/health").json()["read_models"] == world.ledger.size():
            return
        time.sleep(0.05)
    pytest.fail("the read models do not follow")


def test_poppler_trusts_the_seal_under_the_published_root(
    client: TestClient, issued: World, number: str, tmp_path: Path
) -> None:
    """As the README does it, with a program that knows nothing of this project."""
    (tmp_path / "roots.pem").write_bytes(client.get("/seal-roots.pem").content)
    (tmp_path / "diploma.pdf").write_bytes(issued.ledger.documents.get(number, "pdf") or b"")
    trusted = f"sql:{tmp_path}"
    printed_by("certutil", "-d", trusted, "-N", "--empty-password")
    printed_by("certutil", "-d", trusted, "-A", "-n", "body", "-t", ",C,", "-i", tmp_path / "roots.pem")
    said = printed_by("pdfsig", "-nssdir", trusted, tmp_path / "diploma.pdf")
    assert "Signature Validation: Signature is Valid." in said
    assert "Certificate Validation: Certificate is Trusted." in said
