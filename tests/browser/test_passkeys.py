"""static/passkeys.js in a real browser: a form is sent with what a passkey answers, and refusals are said in words."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib.resources import files
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import load_der_private_key
from fastapi import FastAPI, Request
from playwright.sync_api import Browser, Page, Route, expect
from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.browser.authenticators import Authenticator
from tests.serving import serving

PAGE = """<!doctype html><html lang="fr"><title>Signer</title><main><h1>Signer</h1>
<form method="post" action="/sent" data-passkey="{kind}" data-begin="/begin?{what}" data-busy="Un instant…"
  data-not-allowed-error="Rien n’a été signé." data-security-error="Pas à cette adresse." data-failed="Échec"
  data-invalid-state-error="Déjà enrôlée." data-unreachable="Pas de réponse." data-unsupported="Pas de clé ici.">
<p data-passkey-error role="alert" hidden></p><label for="code">Code</label><input id="code" name="code" value="é&amp;1">
<input type="hidden" name="credential"><button>Signer</button></form></main>
<script src="/static/passkeys.js" defer></script>"""
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'"
CHALLENGE = bytes(range(200, 232))


def in_url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


ENROL = {
    "rp": {"id": "localhost", "name": "Registre"},
    "user": {"id": in_url(b"awa"), "name": "awa", "displayName": "Awa"},
    "challenge": in_url(CHALLENGE),
    "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in (-8, -7)],
    "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
    "excludeCredentials": [],
}
SIGN = {"rpId": "localhost", "challenge": in_url(CHALLENGE), "userVerification": "required"}


class Site:
    """What a server does: ``publicKey`` is what it asks, or ``answer`` what it says instead."""

    def __init__(self) -> None:
        self.public_key: dict[str, Any] = {}
        self.answer: Response | None = None
        self.begun: list[dict[str, Any]] = []

    async def begin(self, request: Request) -> Response:
        self.begun.append({"accept": request.headers["accept"], **await request.form()})
        return self.answer or JSONResponse({"publicKey": self.public_key})

    def app(self) -> FastAPI:
        app, script = FastAPI(), files("api").joinpath("static", "passkeys.js").read_bytes()

        @app.get("/{kind}")
        def page(kind: str) -> HTMLResponse:
            return HTMLResponse(PAGE.format(kind=kind, what=kind), headers={"Content-Security-Policy": POLICY})

        @app.post("/sent")
        async def sent(request: Request) -> HTMLResponse:
            said = escape(json.dumps(dict(await request.form())))
            return HTMLResponse(f"<!doctype html><html lang=fr><title>Reçu</title><pre>{said}</pre>")

        app.add_api_route("/begin", self.begin, methods=["POST"])
        app.add_api_route("/static/passkeys.js", lambda: Response(script, media_type="text/javascript"))
        return app


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with serving(site.app()) as url:
        yield url.replace("127.0.0.1", "localhost")  # an address has no relying party


@contextmanager
def visit(browser: Browser) -> Iterator[Page]:
    """A page of a browser of its own, that had nothing to complain about."""
    page = browser.new_context().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    site.answer, site.begun = None, []
    with visit(browser) as page:
        yield page


@pytest.fixture(scope="module")
def refused(browser: Browser) -> Iterator[Page]:
    """One page for all refusals. It has an authenticator, and that no passkey."""
    with visit(browser) as page:
        Authenticator(page)
        yield page


def press(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button").click()


def sent(page: Page) -> dict[str, Any]:
    """What the form sent, with the credential read."""
    expect(page).to_have_title("Reçu")
    form = json.loads(page.locator("pre").inner_text())
    return {**form, "credential": json.loads(form["credential"])}


def enrolled(page: Page, site: Site, address: str, **changes: object) -> dict[str, Any]:
    site.public_key = {**ENROL, **changes}
    press(page, f"{address}/enrol")
    return sent(page)


def holds(private: str, response: dict[str, str]) -> bool:
    """Whether an assertion is signed with the key that the authenticator keeps."""
    key = load_der_private_key(urlsafe_b64decode(private), None)
    assert isinstance(key, Ed25519PrivateKey)
    hashed = Hash(SHA256())
    hashed.update(from_url(response["clientDataJSON"]))
    key.public_key().verify(
        from_url(response["signature"]), from_url(response["authenticatorData"]) + hashed.finalize()
    )
    return True


def test_a_passkey_is_enrolled_and_signs(page: Page, site: Site, address: str) -> None:
    officer = Authenticator(page)
    form = enrolled(page, site, address)
    (kept,) = officer.credentials()
    data = json.loads(from_url(form["credential"]["response"]["clientDataJSON"]))
    assert (data["type"], data["challenge"]) == ("webauthn.create", in_url(CHALLENGE))
    assert form["credential"]["response"]["transports"] == ["internal"]
    assert from_url(form["credential"]["rawId"]) in from_url(form["credential"]["response"]["attestationObject"])

    allowed = [{"type": "public-key", "id": form["credential"]["id"], "transports": ["internal"]}]
    site.public_key = {**SIGN, "allowCredentials": allowed}
    press(page, f"{address}/sign")
    form = sent(page)
    assert form["code"] == "é&1"
    assert site.begun[-1] == {"accept": "application/json", "code": "é&1", "credential": ""}
    answer = form["credential"]["response"]
    data = json.loads(from_url(answer["clientDataJSON"]))
    assert (data["type"], data["challenge"], data["origin"]) == ("webauthn.get", in_url(CHALLENGE), address)
    assert from_url(answer["userHandle"]) == b"awa"
    assert holds(kept["privateKey"], answer)


@pytest.mark.parametrize(
    ("kind", "asked", "says"),
    [
        ("sign", SIGN, "Rien n’a été signé."),  # nobody has a passkey here
        ("sign", {**SIGN, "rpId": "other.example"}, "Pas à cette adresse."),
        ("sign", {**SIGN, "userVerification": "preferred"}, "Échec (TypeError)"),
        ("sign", {"rpId": "localhost", "challenge": SIGN["challenge"]}, "Échec (TypeError)"),
        ("enrol", {**ENROL, "authenticatorSelection": {}}, "Échec (TypeError)"),
        ("sign", {"userVerification": "required", "challenge": "é"}, "Échec (InvalidCharacterError)"),
    ],
)
def test_what_the_browser_refuses_is_said(
    refused: Page, site: Site, address: str, kind: str, asked: dict[str, Any], says: str
) -> None:
    site.public_key, site.answer = asked, None
    press(refused, f"{address}/{kind}")
    expect(refused.get_by_role("alert")).to_have_text(says)
    assert_usable(refused)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            JSONResponse({"detail": "La session a expiré."}, 401, media_type="application/problem+json"),
            "La session a expiré.",
        ),
        (JSONResponse({"title": "?"}, 500), "Échec"),
        (HTMLResponse("<h1>502</h1>", 502), "Pas de réponse."),
        (JSONResponse({}), "Échec (TypeError)"),
        (JSONResponse(None), "Échec (TypeError)"),
    ],
)
def test_what_the_server_refuses_is_said(refused: Page, site: Site, address: str, answer: Response, says: str) -> None:
    site.answer = answer
    press(refused, f"{address}/sign")
    expect(refused.get_by_role("alert")).to_have_text(says)
    assert_usable(refused)


def assert_usable(page: Page) -> None:
    expect(page.get_by_role("button", name="Signer")).to_be_enabled()
    expect(page.get_by_role("button")).to_be_focused()
    expect(page).to_have_title("Signer")


def test_after_a_refusal_the_same_page_signs(page: Page, site: Site, address: str) -> None:
    officer = Authenticator(page)
    enrolled(page, site, address)
    officer.recognise(False)
    site.public_key = SIGN
    press(page, f"{address}/sign")
    expect(page.get_by_role("alert")).to_have_text("Rien n’a été signé.")
    assert Axe().run(page).response["violations"] == []
    officer.recognise(True)
    page.get_by_role("button").press("Enter")
    assert sent(page)["credential"]["type"] == "public-key"
    page.go_back()
    expect(page.get_by_role("button", name="Signer")).to_be_enabled()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button").click()
    sent(page)


def test_a_second_click_does_nothing_twice(page: Page, site: Site, address: str) -> None:
    Authenticator(page)
    enrolled(page, site, address)
    held: list[Route] = []
    page.route("**/begin?*", lambda route: held.append(route))
    site.public_key, site.begun = SIGN, []
    page.goto(f"{address}/sign")
    with page.expect_request("**/begin?*"):
        page.get_by_role("button").dblclick()
    expect(page.get_by_role("button", name="Un instant…")).to_be_disabled()
    page.get_by_label("Code").press("Enter")
    page.evaluate("document.forms[0].requestSubmit()")
    held[0].continue_()
    sent(page)
    assert (len(held), len(site.begun)) == (1, 1)


def test_a_passkey_that_is_held_is_not_enrolled_again(page: Page, site: Site, address: str) -> None:
    Authenticator(page)
    held = enrolled(page, site, address)["credential"]["id"]
    site.public_key = {**ENROL, "excludeCredentials": [{"type": "public-key", "id": held}]}
    press(page, f"{address}/enrol")
    expect(page.get_by_role("alert")).to_have_text("Déjà enrôlée.")


def test_without_a_network_or_passkeys_the_page_says_so(page: Page, site: Site, address: str) -> None:
    Authenticator(page)
    site.public_key = SIGN
    page.goto(f"{address}/sign")
    page.context.set_offline(True)
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_text("Pas de réponse.")
    page.context.set_offline(False)
    page.evaluate("delete window.PublicKeyCredential")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_text("Pas de clé ici.")
    assert len(site.begun) == 0
