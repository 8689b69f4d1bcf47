"""The pages in a browser: reachable by clicking, without a console message, and accessible."""

import unicodedata
from collections.abc import Iterator

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
    page.goto(f"{served}/advisors?q=exemple")
    return page.get_by_role("link", name="Exemple").first.inner_text()


def test_a_member_finds_an_advisor_and_reads_the_status(page: Page, served: str) -> None:
    name = somebody_listed(page, served)
    given, _, family = name.partition(" ")
    page.goto(served)
    page.get_by_label("Name or administration").fill(f"{family.lower()} {without_accents(given)}")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=name).click()
    assert page.locator(".panel .tag").inner_text() == "Certified"
    assert "Entitled to act as a certified advisor" in page.locator(".panel").inner_text()
    address = page.url
    page.get_by_role("link", name="Français").click()
    assert page.locator(".panel .tag").inner_text() == "Certification en vigueur"
    assert address.partition("?")[0] == page.url.partition("?")[0]


def test_somebody_checks_a_number_and_downloads_the_bundle(page: Page, served: str) -> None:
    page.get_by_role("link", name=somebody_listed(page, served)).click()
    number = page.locator("dd a").nth(0).inner_text()
    page.goto(served)
    page.get_by_label("Number on the certificate").fill(f" {number.lower()} ")
    page.get_by_role("button", name="Check").click()
    assert number in page.locator("h1").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the verification bundle").click()
    assert download.value.suggested_filename == f"{number}.bundle.json"
    page.get_by_role("link", name="How this certificate came about").click()
    assert "Certification granted" in page.locator("table").inner_text()


def test_the_past_is_asked_by_form(page: Page, served: str) -> None:
    page.goto(f"{served}/advisors")
    page.get_by_label("Status on", exact=True).fill("2018-01-01")
    page.get_by_label("As known on").fill("2018-01-01")
    page.get_by_role("button", name="Show").click()
    assert "3 advisors on 1 January 2018, as known on 1 January 2018." in page.locator("[role=status]").inner_text()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "path",
    ["/", "/advisors", "/advisors?q=nobody", "advisor", "withdrawn", "certificate", "history", "/schemes/toa-pca-fr", "/api"],
)  # fmt: skip
def test_a_page_is_accessible_and_fits_a_telephone(page: Page, served: str, path: str, language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(served + _address(page, served, path, language))
    violations = Axe().run(page)
    assert violations.violations_count == 0, violations.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def _address(page: Page, served: str, path: str, language: str) -> str:
    if path.startswith("/"):
        return f"{path}{'&' if '?' in path else '?'}lang={language}"
    day = "2025-12-01"  # before the withdrawal, so that the one withdrawn is on the roster
    roster = page.request.get(f"{served}/advisors?on={day}&known_on={day}").json()["advisors"]
    for line in roster:
        advisor = page.request.get(line["url"]).json()
        if (advisor["status"] == "withdrawn") == (path == "withdrawn"):
            number = advisor["certifications"][-1]["certificates"][-1]
            addresses = {"certificate": f"/certificates/{number}", "history": f"/certificates/{number}/history"}
            return addresses.get(path, f"/advisors/{advisor['id']}") + f"?lang={language}"
    pytest.fail(f"no {path} in the demonstration")
