"""Looks at pages as they are shown: axe once for each template and route, and no page wider than a small telephone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import Request
from playwright.sync_api import Browser, BrowserContext, Page

from api.pages import Pages
from ledger.words import Language

WIDTH = 320  # pixels of a small telephone
# Of long tables and lists the first rows are looked at: what follows is more of the same, and takes the most time.
REST = {"exclude": [["tr:nth-child(n+6)"], ["li:nth-child(n+6)"]]}


class Looking:
    """What was looked at, and what is wrong with it. ``rendered`` names templates and routes since the last look."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.rendered: list[tuple[str, str]] = []
        self.seen: set[tuple[str, str]] = set()
        self.routes: set[str] = set()
        self.problems: list[str] = []

    @contextmanager
    def opened(self, **options: Any) -> Iterator[Page]:
        """A page on a small telephone in French, which may ask this register only, and may not complain."""
        context: BrowserContext = self.browser.new_context(
            locale="fr-FR", viewport={"width": WIDTH, "height": 700}, **options
        )
        page = context.new_page()
        page.on("console", lambda message: self._complain(message.type, message.text, str(message.location)))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._require_here(request.url))
        yield page
        context.close()

    def open(self, page: Page, path: str, *, anyhow: bool = False) -> None:
        page.goto(self.url + path)
        self.look(page, anyhow=anyhow)

    def press(self, page: Page, selector: str, *, anyhow: bool = False) -> None:
        """Press a button that leads to another page."""
        with page.expect_navigation():
            page.locator(selector).first.click()
        self.look(page, anyhow=anyhow)

    def look(self, page: Page, *, anyhow: bool = False) -> None:
        """Look at what is shown, if nothing like it was looked at; or ``anyhow``, for a state of its own."""
        new, self.rendered = {*self.rendered} - self.seen, []
        if not new and not anyhow:
            return
        self.seen |= new
        self.routes |= {route for _, route in new}
        if (width := page.evaluate("document.documentElement.scrollWidth")) > WIDTH:
            self.problems.append(f"{page.url} is {width} pixels wide")
        if (language := page.locator("html").get_attribute("lang")) != "fr":
            self.problems.append(f"{page.url} is in {language}")
        found = Axe().run(page, REST).response["violations"]
        self.problems += [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]

    def _complain(self, kind: str, text: str, location: str) -> None:
        if kind == "error" and "responded with a status of 4" not in text:  # that of a form with errors
            self.problems.append(f"{text} ({location})")

    def _require_here(self, address: str) -> None:
        if not address.startswith(self.url):
            self.problems.append(f"{address} was asked")


@contextmanager
def looking(browser: Browser, url: str) -> Iterator[Looking]:
    """Look at pages which this process serves."""
    looking, render = Looking(browser, url), Pages.render

    def rendering(pages: Pages, template: str, request: Request, chosen: Language, **context: Any) -> bytes:
        looking.rendered.append((template, getattr(request.scope.get("route"), "name", "")))
        return render(pages, template, request, chosen, **context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pages, "render", rendering)
        yield looking
