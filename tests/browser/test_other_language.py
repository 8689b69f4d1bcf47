"""What answers a form is read in the other language by its link too, without scripts."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ledger.domain.number import CertificateNumber

NEVER_GIVEN = str(CertificateNumber("TOA-PCA-FR-2017", 99, 1))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


def test_a_report_is_shown_in_one_language_at_a_time(page: Page, served: str) -> None:
    page.goto(f"{served}/verify?lang=en")
    page.get_by_label("Or enter the number").fill(NEVER_GIVEN)
    page.get_by_role("button", name="Verify").click()
    english, french = (
        page.get_by_role("heading", name=words)
        for words in ("Result of the verification", "Résultat de la vérification")
    )
    expect(english).to_be_visible()
    expect(french).to_be_hidden()
    page.get_by_role("link", name="Français").click()
    expect(french).to_be_visible()
    expect(english).to_be_hidden()
    page.locator(".translated").get_by_role("link", name="English").click()
    expect(english).to_be_visible()
    expect(french).to_be_hidden()


@pytest.mark.parametrize("shown", ["Result of the verification", "Résultat de la vérification"])
def test_a_report_is_accessible_in_both(browser: Browser, served: str, shown: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, locale="en-GB")
    page.goto(f"{served}/verify?lang=en")
    page.get_by_label("Or enter the number").fill(NEVER_GIVEN)
    page.get_by_role("button", name="Verify").click()
    if shown.startswith("Résultat"):
        page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", name=shown)).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
