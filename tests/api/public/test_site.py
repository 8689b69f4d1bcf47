"""What browsers ask of the site beside its pages: static files that they may keep, and the body's looks."""

import re

import pytest
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
