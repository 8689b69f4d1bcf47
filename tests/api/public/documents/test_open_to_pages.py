"""Pages of any site may read what is public, whoever asked a cache first; what people sign for is not for them."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from api.doors.guard import SECURITY_HEADERS
from api.secretariat.inbox import Inbox
from projections.credentials.forms.catalogue import by_name
from tests.api.secretariat.test_http import Officer
from tests.issued import KEYS, P256, URL
from tests.serving import client_of
from tests.support import World

ALLOW = "Access-Control-Allow-Origin"
PAGE = {"Origin": "https://wallet.example"}
FORM_NAMES = sorted(by_name())
READ_BY_PROGRAMS = [
    "/.well-known/did.json",
    "/.well-known/jwks.json",
    "/.well-known/jwt-vc-issuer",
    "/seal-roots.pem",
    "/.well-known/openid-credential-issuer",
    "/.well-known/oauth-authorization-server",
    f"/keys/{P256.key_id}.jwk",
    "/issuer",
    "/types/pca-advisor",
    "/status/revocation/0",
    "/status/suspension/0?timestamp=2018-01-01T00:00:00Z",
    "/achievements/toa-pca-fr/1.0.0",
    "/schemes/toa-pca-fr",
    "/checkpoint",
    "/policy",
    "/trust.json",
    "/tile/0/000.p/1",
    "/proof/0.tlog-proof",
    "/changes",
    "/changes.atom",
    "/openapi.json",
    "/certificates/{number}",
    "/certificates/{number}/history",
    "/certificates/{number}/status.svg",
    *(f"/certificates/{{number}}.{form}" for form in (*FORM_NAMES, "bundle.json", "zip")),
    *(f"/certificates/{{number}}?format={form}" for form in FORM_NAMES),
]


# Nothing here is recorded, so that all tests have the same register.
@pytest.fixture(scope="module")
def issued(made_documents: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = made_documents.copy(tmp_path_factory.mktemp("open") / "ledger")
    yield world
    world.ledger.close()


@pytest.fixture(scope="module")
def number(issued: World) -> str:
    return issued.ledger.documents.sets()[-1].number


@pytest.fixture(scope="module")
def client(issued: World) -> Iterator[TestClient]:
    with client_of(issued.ledger, URL, KEYS) as client:
        yield client


@pytest.mark.parametrize("path", READ_BY_PROGRAMS)
def test_what_programs_read_is_open_even_to_who_names_no_origin(client: TestClient, number: str, path: str) -> None:
    address = path.format(number=number)
    plain, asked = client.get(address), client.get(address, headers=PAGE)
    assert (plain.status_code, asked.status_code) == (200, 200), plain.text
    assert plain.headers[ALLOW] == asked.headers[ALLOW] == "*"
    assert "Origin" not in plain.headers.get("Vary", ""), "one answer for everybody"
    again = client.get(address, headers={"If-None-Match": plain.headers.get("ETag", "")})
    assert again.headers[ALLOW] == "*"
    assert client.head(address).headers[ALLOW] == "*"


@pytest.mark.parametrize(
    ("form", "policy"),
    [("png", "cross-origin"), ("svg", "cross-origin"), ("pdf", "same-origin"), ("jwt", "same-origin")],
)
def test_a_page_may_show_the_badge(client: TestClient, number: str, form: str, policy: str) -> None:
    """Case V15."""
    answer = client.get(f"/certificates/{number}.{form}")
    assert (answer.status_code, answer.headers["Cross-Origin-Resource-Policy"]) == (200, policy)


@pytest.mark.parametrize(
    ("path", "status"), [("/certificates/X", 400), ("/status/revocation/9", 404), ("/keys/x.jwk", 400), ("/none", 404)]
)
def test_a_page_may_read_why_it_is_refused(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, headers=PAGE)
    assert (answer.status_code, answer.headers[ALLOW]) == (status, "*")
    assert answer.json()["status"] == status


@pytest.mark.parametrize("path", ["/wallet/token", "/wallet/credential"])
def test_a_wallet_in_a_browser_may_ask(client: TestClient, path: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    answer = client.options(path, headers={**PAGE, **asked})
    assert (answer.status_code, answer.headers[ALLOW]) == (200, "*")
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    refused = client.post(path, headers=PAGE)
    assert refused.headers[ALLOW] == "*"
    assert "error" in refused.json()
    too_large = client.post(path, content=b"x" * 20_000, headers=PAGE)
    assert (too_large.status_code, too_large.headers[ALLOW]) == (413, "*")
    assert too_large.json()["code"] == "http-413"


@pytest.fixture
def office(issued: World) -> Iterator[TestClient]:
    with closing(Inbox(issued.ledger)) as inbox, client_of(issued.ledger, URL, KEYS, inbox) as client:
        yield client


def test_what_officers_and_auditors_sign_for_is_closed(office: TestClient) -> None:
    for path in ("/secretariat/statements", "/tile/entries/000.p/1"):
        for answer in (
            office.get(path, headers=PAGE),
            Officer(office, "director").send("GET", path),
            office.options(path, headers={**PAGE, "Access-Control-Request-Method": "POST"}),
        ):
            assert ALLOW not in answer.headers
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert office.get("/tile/0/000.p/1").headers[ALLOW] == "*"
