"""Whatever a client or a proxy states about the address, no response leads off the public address; pages may ask."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.doors.guard import SECURITY_HEADERS
from api.register import Register, Settings
from tests.serving import client_of
from tests.support import World

BASE = "https://register.example.org"
ELSEWHERE = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Prefix": "//evil.example",
    "Forwarded": "host=evil.example;proto=http",
    "X-Original-URL": "//evil.example/",
}
ORDINARY = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Type",
    "DPoP",
    "Idempotency-Key",
    "If-None-Match",
    "Pragma",
    "Range",
    "X-Requested-With",
)


@pytest.fixture
def client(workshop: World) -> Iterator[TestClient]:
    with client_of(workshop.ledger, BASE) as client:
        yield client


@pytest.mark.parametrize("path", ["/advisors/", "/verify/?number=1", "/changes/", "/trust.json/", "/static/"])
@pytest.mark.parametrize("headers", [{name: value} for name, value in ELSEWHERE.items()] + [ELSEWHERE])
def test_a_slash_at_the_end_leads_to_the_public_address(client: TestClient, path: str, headers: dict[str, str]) -> None:
    """Case V14."""
    answer = client.get(path, headers=headers, follow_redirects=False)
    if answer.status_code != 404:
        assert answer.status_code == 307
        assert answer.headers["Location"] == path.replace("/?", "?").removesuffix("/")


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/advisors/", "/\\evil.example/", "/%2f/evil.example/"]
)
def test_no_path_leads_elsewhere(client: TestClient, path: str) -> None:
    answer = client.get(f"{BASE}{path}", headers=ELSEWHERE, follow_redirects=False)
    assert re.match(r"/(?![/\\])|https://register\.example\.org/", answer.headers.get("Location", "/x"))


def test_no_page_names_another_host(client: TestClient) -> None:
    for path in ("/", "/advisors", "/verify", "/changes.atom", "/openapi.json", "/none"):
        for accept in ("text/html", "application/json"):
            answer = client.get(path, headers={**ELSEWHERE, "Accept": accept})
            assert "evil" not in answer.text + str(dict(answer.headers)), path


@pytest.mark.parametrize("path", ["/broken", "/secretariat/broken"])
def test_a_failure_of_the_program_is_answered_like_anything_else(workshop: World, path: str) -> None:
    def broken() -> None:
        raise KeyError("Awa Diop")

    with Register(workshop.ledger, Settings(base_url=BASE)) as register:
        app = create_app(register)
        app.add_api_route(path, broken)
        client = TestClient(app, base_url=BASE, raise_server_exceptions=False)
        for accept in ("text/html", "application/json"):
            answer = client.get(path, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")
            assert "Awa" not in answer.text
            assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
            assert ("Access-Control-Allow-Origin" in answer.headers) == (path == "/broken")
            assert "Internal error" in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("header", ORDINARY)
def test_a_page_of_another_site_may_send_ordinary_headers(client: TestClient, header: str, method: str) -> None:
    """Case V14."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header.lower()}
    answer = client.options("/verify", headers={"Origin": "https://wallet.example", **asked})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert header.lower() in answer.headers["Access-Control-Allow-Headers"]
    assert method in answer.headers["Access-Control-Allow-Methods"]
