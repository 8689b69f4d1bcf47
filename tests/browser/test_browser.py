"""The pages in a browser: reachable by clicking, without a console message, and accessible."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when the browser complains."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def somebody_listed(page: Page, served: str) -> str:
    """Who is on the roster differs between demonstrations: seats are numbered in no order that means anything."""
    page.goto(f"{served}/advisors")
    return page.get_by_role("link", name="Exemple").first.inner_text()


def test_a_member_finds_an_advisor_and_reads_the_status(page: Page, served: str) -> None:
    name = somebody_listed(page, served)
    given, _, family = name.partition(" ")
    page.goto(served)
    page.get_by_label("Name or administration").fill(f"{family.lower()} {without_accents(given)}")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=name).click()
    assert page.locator(".panel .tag").inner_text() == "In force"
    assert "Entitled to act as a certified advisor" in page.locator(".panel").inner_text()
    address = page.url
    page.get_by_role("link", name="Français").click()
    assert page.locator(".panel .tag").inner_text() == "En vigueur"
    assert address.partition("?")[0] == page.url.partition("?")[0]


def test_somebody_checks_a_number_and_downloads_the_bundle(page: Page, served: str) -> None:
    page.get_by_role("link", name=somebody_listed(page, served)).click()
    number = page.locator("dd a").nth(0).inner_text()
    page.goto(served)
    page.get_by_label("Number on the certificate").fill(f" {number.lower()} ")
    page.get_by_role("button", name="Check").click()
    assert number in page.locator("h1").inner_text()
    page.get_by_text("For verifiers").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the verification bundle").click()
    assert download.value.suggested_filename == f"{number}.bundle.json"
    page.get_by_role("link", name="How this certificate came about").click()
    assert "Certification granted" in page.locator("table").inner_text()


def test_the_past_is_asked_by_form(page: Page, served: str) -> None:
    page.goto(f"{served}/advisors")
    page.get_by_text("Status on another date").click()
    page.get_by_label("Status on", exact=True).fill("2018-01-01")
    page.get_by_label("As known on").fill("2018-01-01")
    page.get_by_role("button", name="Show").click()
    assert "On 1 January 2018, as known on 1 January 2018." in page.locator("main").inner_text()
    assert page.locator("[role=status]").inner_text() == "3 certified advisors."


KINDS = ["valid", "suspended", "withdrawn", "expired", "unnamed"]
PATHS = [
    "/", "/advisors", "/advisors?q=nobody", "/advisors?on=2018-01-01&known_on=2018-01-01", *KINDS,
    *(f"certificate of the {kind}" for kind in KINDS), "history of the valid", "/verify", "/verify?number=TOA-PCA-FR-2017-01-0",
    "/schemes/toa-pca-fr", "/achievements/toa-pca-fr/1.2.0/criteria", "/api", "/privacy", "/concern", "/nowhere", "/verify.html",
]  # fmt: skip


@pytest.fixture(params=["light", "dark"])
def telephone(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """The narrowest screen that WCAG 2.2 asks for (1.4.10), in both colour schemes."""
    context = browser.new_context(
        locale="en-GB", viewport={"width": 320, "height": 640}, color_scheme=request.param, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_are_accessible_and_scroll_sideways_on_no_telephone(
    telephone: Page, served: str, holders: str, language: str
) -> None:
    """Case V16, and its siblings: every kind of page, with everything unfolded, in light and dark."""
    found = {}
    for path in [*PATHS, holders]:
        telephone.goto(served + _address(telephone, served, path, language))
        telephone.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        width = telephone.evaluate("document.documentElement.scrollWidth")
        violations = [
            f"{one['id']}: {node['target']}"
            for one in Axe().run(telephone).response["violations"]
            for node in one["nodes"]
        ]
        if width > 320 or violations:
            found[path] = width, violations
    assert found == {}


REACHABLE = "a[href], button, input:not([type=hidden]), textarea, summary, [tabindex='0']"
PLACE = """selector => {
    const on = document.activeElement, style = getComputedStyle(on);
    const all = [...document.querySelectorAll(selector)].filter(one => one.checkVisibility());
    return [all.indexOf(on), all.length, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""


@pytest.mark.parametrize("path", ["/", "certificate of the valid", "/verify", "/privacy"])
def test_the_keyboard_goes_through_a_page_in_order_and_shows_where_it_is(page: Page, served: str, path: str) -> None:
    page.goto(served + _address(page, served, path, "en"))
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    places: list[int] = []
    count = 0
    for _ in range(150):  # a date has several stops
        place, count, outline, width = page.evaluate(PLACE, REACHABLE)
        if place < 0:  # the browser's own controls
            break
        assert (outline, width) == ("solid", 3), page.evaluate("document.activeElement.outerHTML")
        if place not in places[-1:]:
            places.append(place)
        page.keyboard.press("Tab")
    assert places[: places.index(count - 1) + 1] == list(range(count))


def test_the_first_link_leads_past_the_menu(page: Page, served: str) -> None:
    page.goto(f"{served}/verify")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def _address(page: Page, served: str, path: str, language: str) -> str:
    if not path.startswith("/"):
        what, _, kind = path.rpartition(" of the ")
        advisor = _advisor(page, served, kind)
        certificate = f"/certificates/{advisor['certifications'][-1]['certificates'][-1]}"
        path = {"certificate": certificate, "history": f"{certificate}/history"}.get(what, f"/advisors/{advisor['id']}")
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def _advisor(page: Page, served: str, kind: str) -> dict[str, Any]:
    """Whoever has this status today, or is not named: in March 2025 they were all on the roster."""
    for line in page.request.get(f"{served}/advisors?on=2025-03-01&known_on=2025-03-01").json()["advisors"]:
        advisor: dict[str, Any] = page.request.get(line["url"]).json()
        if kind == ("unnamed" if advisor["name"] is None else advisor["status"]):
            return advisor
    pytest.fail(f"nobody is {kind} in the demonstration")
