"""The client through which every page of every test of the console is fetched: what holds for all pages is checked here.

A page is parsed as the HTML standard says, and no error is forgiven. It has a title, one h1, one main, a language,
unique ids, a label for each control, an action for each form, and neither script nor style of its own; headings skip no
level; links and buttons have a text; an alert gets the focus. No cache may keep it, and it may run our scripts only.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from httpx2 import Response
from justhtml import JustHTML, Node
from starlette.testclient import TestClient

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
_HEADINGS = ("h1", "h2", "h3", "h4")
_CONTROLS = "input:not([type=hidden]), select, textarea"


def attributes(node: Node) -> dict[str, str | None]:
    """The attributes of an element."""
    return node.attrs or {}


class Page:
    """A page that was fetched, with what tests ask of it."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.html = JustHTML(response.text, strict=True, sanitize=False)
        self.text = " ".join(self.html.to_text().split())

    @property
    def h1(self) -> str:
        return self.texts("h1")[0]

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements that a selector finds, without needless spaces."""
        return [" ".join(node.to_text().split()) for node in self.html.query(selector)]

    def values(self, selector: str, attribute: str) -> list[str]:
        """An attribute of the elements that a selector finds; empty where an element has none."""
        return [str(attributes(node).get(attribute) or "") for node in self.html.query(selector)]

    def form(self, action: str) -> dict[str, list[str]]:
        """The fields of the form with this action as a browser would send them unchanged."""
        fields: dict[str, list[str]] = {}
        (form,) = [form for form in self.html.query("form") if attributes(form).get("action") == action]
        for node in form.query("input, textarea, select"):
            attrs = attributes(node)
            if attrs.get("type") in ("checkbox", "radio") and "checked" not in attrs:
                continue
            if "name" not in attrs:
                continue
            if node.name == "select":
                options = [(attributes(option), option.to_text()) for option in node.query("option")]
                given = [of_it.get("value") or text for of_it, text in options if "selected" in of_it]
                given = given or [of_it.get("value") or "" for of_it, _ in options][:1]
            else:
                given = [node.to_text() if node.name == "textarea" else str(attrs.get("value") or "")]
            fields.setdefault(str(attrs["name"]), []).extend(map(str, given))
        return fields


class Browser:
    """Somebody at the console, without JavaScript."""

    def __init__(self, client: TestClient, language: str = "en") -> None:
        self.client, self.language = client, language
        client.headers.update({"Accept": "text/html", "Accept-Language": language})

    def enter(self, person: str) -> "Browser":
        """Enter as an officer whose key the application was given."""
        response = self.client.post(
            "/console/enter", data={"person": person}, headers=SAME_SITE, follow_redirects=False
        )
        assert response.status_code == 303, response.text
        return self

    def get(self, address: str, *, status: int = 200) -> Page:
        """Open a page of the console, and check it."""
        return self._page(self.client.get(address), status)

    def post(self, address: str, fields: Mapping[str, Any] | None = None, *, status: int = 200) -> Page:
        """Send a form, follow where it leads, and check that page."""
        return self._page(self.client.post(address, data=dict(fields or {}), headers=SAME_SITE), status)

    def _page(self, response: Response, status: int) -> Page:
        assert response.status_code == status, response.text
        page = Page(response)
        require_sound(page, self.language)
        return page


def require_sound(page: Page, language: str) -> None:
    """Require what holds for all pages."""
    html, headers = page.html, page.response.headers
    assert headers["cache-control"] == "no-store"
    assert "unsafe" not in headers["content-security-policy"]
    (root,) = html.query("html")
    assert attributes(root)["lang"] == headers["content-language"] == language
    assert len(page.texts("title")[0].split(" – ")) >= 2
    assert len(page.texts("main")) == len(page.texts("h1")) == 1
    assert page.h1
    repeated = [name for name, count in Counter(page.values("[id]", "id")).items() if count > 1]
    assert not repeated, f"ids of several elements: {repeated}"
    _require_headings_in_order(page)
    ids, labelled = {*page.values("[id]", "id")}, {*page.values("label", "for")}
    for node in html.query(_CONTROLS):
        attrs = attributes(node)
        assert attrs.get("id") in labelled or attrs.get("aria-label") or attrs.get("aria-labelledby") in ids, attrs
    for described in page.values("[aria-describedby]", "aria-describedby"):
        assert {*described.split()} <= ids, described
    assert all(page.values("form", "action")), "a form without an action"
    assert all(page.texts("a")), "a link without a text"
    assert all(page.texts("button")), "a button without a text"
    alerts = html.query("[role=alert]:not([hidden])")
    assert all({"autofocus", "tabindex"} <= attributes(alert).keys() for alert in alerts), "an alert that gets no focus"
    assert not html.query("style, [style], script:not([src])"), "style or script in the page"
    inline = [a for node in html.query("*") for a in attributes(node) if a.startswith("on")]
    assert not inline, f"script in attributes: {inline}"
    for address in (*page.values("a", "href"), *page.values("link", "href"), *page.values("script", "src")):
        assert address.startswith(("/", "#", "?", "mailto:", "http")), address
    for table in html.query("table"):
        assert table.query("caption"), "a table without a caption"


def _require_headings_in_order(page: Page) -> None:
    levels = [int(node.name[1]) for node in page.html.query("*") if node.name in _HEADINGS]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
