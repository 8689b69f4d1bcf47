"""Founding in browsers: two links, two passkeys, two signatures, and a ledger that was not there before."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.cli.common import Wrong
from api.cli.founding import site_of
from api.founding.app import PREFIX, create_app
from api.founding.ceremony import Founding
from ledger.auditing import audit
from ledger.domain.record import Passkey, Role, Site
from ledger.signing.envelope import Signature
from ledger.signing.keys import SigningKey
from ledger.store.founding import LeafZero, found_signed
from ledger.store.ledger import Ledger
from tests.api.console.pages import Page
from tests.api.console.test_passkeys import answer, begun, challenge_of, made
from tests.passkeys import SITE, SoftKey

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
NAMES = {Role.DIRECTOR: "Ada Exemple", Role.SECURITY_OFFICER: "Luc Exemple"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@pytest.fixture
def founding(folder: Path) -> Founding:
    def complete(leaf: LeafZero, signatures: list[Signature]) -> None:
        found_signed(folder, leaf, signatures, log_key=SigningKey.generate())

    return Founding("ledger.example.org/pca", ("Body", "Organisme"), SITE, NAMES, lambda: NOW, complete)


@pytest.fixture
def client(founding: Founding) -> TestClient:
    return TestClient(create_app(founding, official=False), base_url=SITE.origin, headers={"Accept": "text/html"})


def page(client: TestClient, secret: str, language: str = "en") -> Page:
    found = Page(client.get(f"{PREFIX}/{secret}?lang={language}"))
    assert found.response.headers["content-language"] == language
    assert "unsafe" not in found.response.headers["content-security-policy"]
    return found


def make(client: TestClient, secret: str, key: SoftKey) -> None:
    challenge = challenge_of(begun(client, f"{PREFIX}/{secret}/make/begin"))
    response = client.post(f"{PREFIX}/{secret}/make", data={"credential": made(key, challenge)})
    assert response.status_code == 200, response.text


def sign(client: TestClient, secret: str, key: SoftKey, *, status: int = 200, flags: int | None = None) -> str:
    fields = page(client, secret).form(f"{PREFIX}/{secret}/sign")
    challenge = challenge_of(begun(client, f"{PREFIX}/{secret}/sign/begin", fields))
    credential = answer(key, key.asserted(challenge, flags=flags))
    response = client.post(f"{PREFIX}/{secret}/sign", data={"credential": credential})
    assert response.status_code == status, response.text
    return response.text


def test_two_founders_make_passkeys_and_sign_and_the_ledger_is_there(
    client: TestClient, founding: Founding, folder: Path
) -> None:
    one, other = founding.founders
    keys = {secret: SoftKey(secret) for secret in (one, other)}
    assert "Step 1 of 2" in page(client, one).text
    make(client, one, keys[one])
    assert "has not made theirs yet: Luc Exemple" in page(client, one).text
    make(client, other, keys[other])
    shown = page(client, one).text
    assert "Step 2 of 2" in shown
    assert "Ada Exemple" in shown
    assert "Étape 2 sur 2" in page(client, other, "fr").text
    sign(client, one, keys[one])
    assert "has not signed yet: Luc Exemple" in page(client, one).text
    assert not folder.exists()
    sign(client, other, keys[other])
    assert "The register is founded." in page(client, one).text
    with Ledger.open(folder, lambda: NOW) as ledger:
        founded = ledger.read().founding()
        assert [founder.role for founder in founded.founders] == list(NAMES)
        assert founded.sites == (SITE,)
        enrolled = [key for f in founded.founders for key in ledger.read().officer(f.person_id).keys.values()]
        assert [key.rp_id for key in enrolled if isinstance(key, Passkey)] == [SITE.rp_id] * 2
    assert audit(folder).clean


def test_a_founder_makes_another_passkey_until_somebody_has_signed(client: TestClient, founding: Founding) -> None:
    one, other = founding.founders
    make(client, one, SoftKey("first"))
    make(client, other, SoftKey("other"))
    make(client, one, SoftKey("second"))
    sign(client, one, SoftKey("second"))
    response = client.post(f"{PREFIX}/{other}/make/begin", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "signed already" in response.json()["detail"]


def test_a_founder_signs_what_they_were_shown_only(client: TestClient, founding: Founding) -> None:
    one, other = founding.founders
    make(client, one, SoftKey("one"))
    make(client, other, SoftKey("other"))
    shown = page(client, one).form(f"{PREFIX}/{one}/sign")
    make(client, other, SoftKey("another"))
    response = client.post(f"{PREFIX}/{one}/sign/begin", data=shown, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "read the page again" in response.json()["detail"]


def test_a_signature_that_does_not_hold_founds_nothing(client: TestClient, founding: Founding, folder: Path) -> None:
    one, other = founding.founders
    keys = {secret: SoftKey(secret) for secret in (one, other)}
    for secret, key in keys.items():
        make(client, secret, key)
    sign(client, one, keys[one])
    assert "did not work" in sign(client, other, keys[other], status=400, flags=1)
    sign(client, other, keys[one], status=400)
    assert not folder.exists()


@pytest.mark.parametrize("path", ["", "/make/begin", "/sign/begin"])
def test_a_link_that_was_not_given_is_not_found(path: str, client: TestClient) -> None:
    response = client.post(f"{PREFIX}/guessed{path}", data={"shown": "00"}) if path else client.get(f"{PREFIX}/guessed")
    assert response.status_code == 404


def test_nothing_is_signed_before_both_have_passkeys(client: TestClient, founding: Founding) -> None:
    one, _ = founding.founders
    make(client, one, SoftKey("one"))
    assert client.post(f"{PREFIX}/{one}/sign/begin", data={"shown": "00"}).status_code == 400
    assert client.post(f"{PREFIX}/{one}/sign", data={"credential": "{}"}).status_code == 400


def test_an_answer_to_another_challenge_makes_nothing(client: TestClient, founding: Founding) -> None:
    one, other = founding.founders
    challenge = challenge_of(begun(client, f"{PREFIX}/{one}/make/begin"))
    begun(client, f"{PREFIX}/{other}/make/begin")
    response = client.post(f"{PREFIX}/{other}/make", data={"credential": made(SoftKey("x"), challenge)})
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("url", "rp_id", "site"),
    [
        ("https://register.example.org", None, Site("register.example.org", "https://register.example.org")),
        ("https://register.example.org/", "example.org", Site("example.org", "https://register.example.org")),
        ("http://localhost:8000", None, Site("localhost", "http://localhost:8000")),
    ],
)
def test_the_site_is_that_of_the_public_address(url: str, rp_id: str | None, site: Site) -> None:
    assert site_of(url, rp_id) == site


@pytest.mark.parametrize(
    ("url", "rp_id", "names"),
    [
        ("register.example.org", None, "--url"),
        ("http://register.example.org", None, "--url"),
        ("https://register.example.org/console", None, "--url"),
        ("https://register.example.org", "example.com", "--rp-id"),
    ],
)
def test_an_address_at_which_no_passkey_works_is_refused(url: str, rp_id: str | None, names: str) -> None:
    with pytest.raises(Wrong, match=names):
        site_of(url, rp_id)
