"""The demonstration, served by uvicorn and looked at in headless Chromium."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from api.register import Register, Settings
from ledger.store.ledger import Ledger
from tests.programs import program
from tests.serving import serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def opened(demonstration: Path) -> Iterator[tuple[Register, socket.socket]]:
    """The register of the demonstration, and where it is to be served."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with (
        Ledger.open(demonstration / "ledger", lambda: datetime.now(UTC)) as ledger,
        Register(ledger, Settings(base_url=url)) as register,
    ):
        yield register, listener


@pytest.fixture(scope="session")
def served(opened: tuple[Register, socket.socket]) -> Iterator[str]:
    """The address of the served demonstration."""
    register, listener = opened
    with serving(create_app(register), listener):
        yield register.settings.base_url


@pytest.fixture(scope="session")
def holders(opened: tuple[Register, socket.socket]) -> str:
    """The path of the page of one holder."""
    register, _ = opened
    kept = register.documents.set_of(register.models.certificates.in_use()[-1].number)
    assert kept is not None
    return f"/holder/{kept.token}"
