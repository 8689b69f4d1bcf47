"""What browsers ask of the site beside its pages: static files that they may keep, and the body's looks."""

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from starlette.testclient import TestClient

from api.app import create_app
from api.looks import Looks, Picture
from api.register import Register, Settings
from ledger.words import Words
from tests.api.public.conftest import BASE
from tests.support import World

HTML = {"Accept": "text/html"}
LOGO = Picture("svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')


def linked(text: str) -> set[str]:
    return set(re.findall(r'["(](/static/[^")]+)[")]', text))


def test_a_page_links_to_files_that_may_be_kept(client: TestClient) -> None:
    files = linked(client.get("/", headers=HTML).text)
    assert {name.split(".")[0] for name in files} >= {"/static/style", "/static/looks", "/static/mark"}
    for name in list(files):
        files |= linked(client.get(name).text) if name.endswith(".css") else set()
    assert any(name.endswith(".woff2") for name in files)
    for name in files:
        answer = client.get(name)
        assert answer.status_code == 200, name
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_without_its_hash_is_not_kept_for_long(client: TestClient) -> None:
    assert client.get("/static/style.css").headers["Cache-Control"] == "public, max-age=300"
    for nowhere in ("/static/style.0123456789ab.css", "/static/nothing.css", "/static/..%2Fapp.py", "/static/logo.svg"):
        assert client.get(nowhere).status_code == 404


@pytest.fixture
def dressed(listed: World) -> TestClient:
    name = Words("Body of the Settings", "Organisme des réglages")
    looks = Looks(logo=LOGO, colour="#7a1f3d", contact="mailto:registrar@example.org", name=name)
    register = Register(listed.ledger, Settings(base_url=BASE, looks=looks))
    register.models.catch_up()
    return TestClient(create_app(register), base_url=BASE)


def test_pages_wear_what_the_body_chose(dressed: TestClient) -> None:
    page = dressed.get("/", headers=HTML).text
    assert '<meta name="theme-color" content="#7a1f3d">' in page
    assert 'href="mailto:registrar@example.org"' in page
    assert "Body of the Settings" in page
    assert "Organisme des réglages" in dressed.get("/?lang=fr", headers=HTML).text
    (logo,) = [name for name in linked(page) if "logo" in name]
    answer = dressed.get(logo)
    assert (answer.content, answer.headers["Content-Type"]) == (LOGO.data, "image/svg+xml")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    (colours,) = [name for name in linked(page) if "looks" in name]
    assert dressed.get(colours).text == ":root { --brand: #7a1f3d; }\n"


def test_a_demonstration_is_not_for_search_engines(client: TestClient, dressed: TestClient, listed: World) -> None:
    assert "Disallow: /\n" in client.get("/robots.txt").text
    register = Register(listed.ledger, Settings(base_url=BASE, official=True))
    robots = TestClient(create_app(register), base_url=BASE).get("/robots.txt").text
    assert "Disallow: /\n" not in robots
    assert "Disallow: /*?*on=\n" in robots


def test_security_txt_names_the_contact_for_half_a_year(client: TestClient, dressed: TestClient, listed: World) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    answer = dressed.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:registrar@example.org"
    assert fields["Canonical"] == f"{BASE}/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en, fr"
    left = datetime.fromisoformat(fields["Expires"]) - listed.now
    assert timedelta(days=179) < left < timedelta(days=180)


def test_icons_are_where_browsers_look(client: TestClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.headers["Content-Type"] == "image/vnd.microsoft.icon"
    with Image.open(BytesIO(answer.content)) as icon:
        assert {(16, 16), (32, 32), (48, 48)} <= set(icon.info["sizes"])


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Names appear only with consent"), ("fr", "qu’avec un consentement")]
)
def test_privacy_is_explained(client: TestClient, dressed: TestClient, language: str, says: str) -> None:
    page = client.get(f"/privacy?lang={language}", headers=HTML).text
    assert says in page
    assert "mailto:" not in page
    assert 'href="mailto:registrar@example.org"' in dressed.get(f"/privacy?lang={language}", headers=HTML).text


def test_a_peer_that_is_asked_is_told_of(listed: World) -> None:
    says = "is sent to that body"
    for peers in ((), ("https://other.example",)):
        register = Register(listed.ledger, Settings(base_url=BASE, peers=peers))
        page = TestClient(create_app(register), base_url=BASE).get("/privacy", headers=HTML).text
        assert (says in page) == bool(peers)


def test_a_concern_is_about_a_certificate(client: TestClient, dressed: TestClient, listed: World) -> None:
    assert "nobody receives reports" in client.get("/concern", headers=HTML).text
    page = dressed.get("/concern?about=TOA-PCA-FR-2017-02-K", headers=HTML).text
    assert 'href="mailto:registrar@example.org?subject=TOA-PCA-FR-2017-02-K"' in page
    official = Register(listed.ledger, Settings(base_url=BASE, official=True))
    assert "states no contact" in TestClient(create_app(official), base_url=BASE).get("/concern", headers=HTML).text
    assert dressed.get("/concern?about=%3Cscript%3E").status_code == 400


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "path", ["/", "/advisors", "/advisors/awa", "/verify", "/privacy", "/concern", "/api", "/nowhere"]
)
def test_a_page_asks_no_other_site_for_anything(dressed: TestClient, path: str, language: str) -> None:
    page = dressed.get(f"{path}?lang={language}", headers=HTML).text
    loaded = re.findall(r'<(?:img|script|iframe|source|video)[^>]*(?:src|srcset)="([^"]+)"', page)
    loaded += re.findall(r'<link rel="(?:stylesheet|icon|apple-touch-icon)"[^>]*href="([^"]+)"', page)
    assert loaded
    assert [address for address in loaded if not address.startswith("/")] == []
    assert re.findall(r'<meta property="og:(?:url|image)" content="(?!https://register\.example\.org/)', page) == []
    assert re.findall(r"<script(?! src=\"/static/)", page) == []
    assert " style=" not in page


def test_the_menu_shows_where_one_is(client: TestClient) -> None:
    assert 'aria-current="page">Advisors' in client.get("/advisors", headers=HTML).text
    assert 'aria-current="true">Advisors' in client.get("/advisors/awa", headers=HTML).text
    assert "aria-current" not in client.get("/", headers=HTML).text


def test_an_error_says_what_one_can_do(client: TestClient) -> None:
    page = client.get("/certificates/TOA-PCA-FR-2017-09-0", headers=HTML).text
    assert 'href="/verify?lang=en"' in page
    page = client.get("/nowhere?lang=fr", headers=HTML).text
    assert page.count("Page introuvable") == 3  # the titles of the window, of a link to it, and of the page
    assert "un seul caractère erroné" in page
