"""Every page of the console that is linked in a demonstration: accessible, without a complaint of the browser, and no
wider than a small telephone. One address is looked at for each route."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Error, Page

from api.app import create_app
from api.console import routers
from api.console.access.demonstrating import keys_of_demonstration
from api.register import DEMONSTRATION, Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.store.ledger import Ledger
from tests.engines import copy_ledger
from tests.serving import serving

WIDTH = 320  # pixels of a small telephone
GETS = [r for router in routers for r in router.routes if isinstance(r, APIRoute) and "GET" in (r.methods or ())]
# Reached with a link that is sent out, from a form, in an open workshop, or to download: none is in the demonstration.
NOT_LINKED = {
    "access.enrol",
    "access.sign-in",
    "history.compared",
    "history.file",
    "history.list",
    "history.proof",
    "history.statement",
    "history.what-if",
    "holders.document",
    "holders.entry",
    "holders.home",
    "holders.link",
    "imports.check",
    "inbox.review",
    "inbox.signed",
    "members.entry",
    "members.home",
    "members.link",
    "members.nominate",
    "schemes.draft",
    "sheets.moderation",
    "sheets.sign",
    "workshops.nominate",
}


@pytest.fixture(scope="module")
def entered(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The address of a demonstration that can be entered, and as whom."""
    folder = tmp_path_factory.mktemp("entered") / "ledger"
    copy_ledger(demonstration / "ledger", folder)
    (folder / DEMONSTRATION).write_bytes((demonstration / "ledger" / DEMONSTRATION).read_bytes())
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with (
        Ledger.open(folder, lambda: datetime.now(UTC)) as ledger,
        Register(ledger, Settings(base_url=url)) as register,
        closing(Inbox(ledger)) as inbox,
    ):
        keys = keys_of_demonstration(ledger, demonstration / "keys")
        office = Office(ledger, lambda: inbox, url)
        with serving(create_app(register, office, demonstrated=keys), listener):
            yield url, list(keys)


def enter(page: Page, url: str, person: str) -> None:
    page.goto(f"{url}/console/sign-in?lang=fr")
    page.locator(f"button[value='{person}']").click()
    page.wait_for_url(f"{url}/console")


def route_of(path: str) -> str | None:
    return next((route.name for route in GETS if route.path_regex.match(path)), None)


def looked_at(page: Page, url: str, seen: dict[str, str], files: set[str], problems: list[str]) -> None:
    """Follow the links from page to page, and note what is wrong at one address of each route."""
    waiting = [("/console", path) for path in ["/console/sessions", *linked(page, url)]]
    while waiting:
        before, path = waiting.pop(0)
        name = route_of(path.partition("?")[0])
        if name is None or name in seen or name in files:
            continue
        try:
            response = page.goto(url + path)
        except Error as error:
            assert "Download is starting" in error.message  # noqa: PT017 - what else it says is a fault
            files.add(name)
            continue
        assert response is not None
        if response.status != 200:
            problems.append(f"{path}, linked from {before}: {response.status}")
            continue
        seen[name] = path
        if (width := page.evaluate("document.documentElement.scrollWidth")) > WIDTH:
            problems.append(f"{path} is {width} pixels wide")
        found = Axe().run(page)
        problems += [f"{path}: {one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]
        waiting += [(path, one) for one in linked(page, url)]


def linked(page: Page, url: str) -> list[str]:
    """The addresses of the console to which a page leads, by links and by forms that only ask."""
    links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)")
    inside = [urlsplit(link) for link in links if link.startswith(f"{url}/console")]
    return [one.path + (f"?{one.query}" if one.query else "") for one in inside if "lang=" not in one.query]


def test_each_page_is_accessible_fits_a_telephone_and_makes_no_complaint(
    browser: Browser, entered: tuple[str, list[str]]
) -> None:
    url, people = entered
    seen: dict[str, str] = {}
    files: set[str] = set()
    problems: list[str] = []
    asked: list[str] = []
    for person in people:
        context = browser.new_context(locale="fr-FR", viewport={"width": WIDTH, "height": 700})
        page = context.new_page()
        page.on("console", lambda message: problems.append(f"{message.text} ({message.location})"))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        enter(page, url, person)
        looked_at(page, url, seen, files, problems)
        context.close()
    assert not problems, "\n".join(problems)
    assert [address for address in asked if not address.startswith(url)] == [], "no request leaves the register"
    left = {route.name for route in GETS} - NOT_LINKED - files - seen.keys()
    assert not left, f"not looked at: {sorted(left)}"
