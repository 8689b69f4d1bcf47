"""A page of another site, in a browser, reads what is public as a wallet or a verifier would, and nothing else."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser
from starlette.responses import HTMLResponse

from api.app import create_app
from api.demo import ISSUER_KEYS
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.store.ledger import Ledger
from projections.credentials.keys import key_sources
from tests.serving import serving

# Fetch as the page's own script would: what was answered, or that the browser kept it back.
FETCH = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return [answer.status, (await answer.text()).length > 0];
    } catch (error) {
        return error.name;
    }
}"""
# The width of a picture that is embedded; 0 when the browser keeps it back.
IMAGE = """url => new Promise(done => {
    const image = new Image();
    image.onload = () => done(image.naturalWidth);
    image.onerror = () => done(0);
    image.src = url;
})"""
KEPT_BACK = "TypeError"


@pytest.fixture
def issuing(demonstration: Path) -> Iterator[str]:
    """The address of the demonstration with its keys and its secretariat."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    keys = [key_sources.load(f"file:{demonstration / 'keys' / name}.key") for name in ISSUER_KEYS]
    with (
        Ledger.open(demonstration / "ledger", lambda: datetime.now(UTC)) as ledger,
        Register(ledger, Settings(base_url=url), None, keys) as register,
        closing(Inbox(ledger)) as inbox,
        serving(create_app(register, Office(ledger, lambda: inbox, url)), listener),
    ):
        yield url


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """An empty page of somebody else."""
    site, listener = FastAPI(), socket.create_server(("127.0.0.1", 0))
    site.add_api_route(
        "/", lambda: HTMLResponse("<!doctype html><title>elsewhere</title>"), response_class=HTMLResponse
    )
    with serving(site, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_wallet_that_is_a_page_of_another_site_can_work(browser: Browser, issuing: str, elsewhere: str) -> None:
    page = browser.new_page()
    page.goto(elsewhere)
    number = page.request.get(f"{issuing}/changes?limit=1").json()["changes"][0]["number"]

    def fetched(path: str, **options: Any) -> Any:
        return page.evaluate(FETCH, [issuing + path, options])

    for path in (
        "/.well-known/did.json",
        "/.well-known/openid-credential-issuer",
        "/status/revocation/0",
        "/types/pca-advisor",
        "/checkpoint",
        f"/certificates/{number}.bundle.json",
    ):
        assert fetched(path) == [200, True]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert fetched("/wallet/token", method="POST", headers=form, body="a=b") == [400, True]
    # Both of these headers make the browser ask first.
    asking = {"Authorization": "Bearer guess", "Content-Type": "application/json"}
    assert fetched("/wallet/credential", method="POST", headers=asking, body="{}") == [401, True]
    assert fetched("/secretariat/statements") == KEPT_BACK
    assert fetched("/secretariat/statements", method="POST", headers=asking, body="{}") == KEPT_BACK
    page.close()


def test_another_site_may_show_a_badge_and_embed_nothing_else(browser: Browser, issuing: str, elsewhere: str) -> None:
    """Case V15."""
    page = browser.new_page()
    page.goto(elsewhere)
    changes = page.request.get(f"{issuing}/changes?limit=1000").json()["changes"]

    def width(path: str) -> int:
        return int(page.evaluate(IMAGE, issuing + path))

    number = next(c["number"] for c in changes if page.request.get(f"{issuing}/certificates/{c['number']}.png").ok)
    for shown in (".png", ".svg", "/status.svg?lang=en"):
        assert width(f"/certificates/{number}{shown}") > 0, shown
    assert width("/static/mark.svg") == 0
    page.close()
