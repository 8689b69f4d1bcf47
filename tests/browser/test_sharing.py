"""A page of somebody else shows the badge, with its words, and nothing else of the register."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

IMAGES = "[...document.images].map(image => image.naturalWidth > 0)"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_snippet_works_on_a_page_of_another_site(
    browser: Browser, served: str, tmp_path: Path, language: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/advisors?lang={language}")
    page.locator("th a").first.click()
    page.locator("dd a").nth(0).click()
    snippet = page.locator("#snippet").input_value()
    page.locator("#share > summary").click()
    page.locator("#share img").wait_for()
    context.close()
    other = tmp_path / "other.html"
    other.write_text(f"<!doctype html><title>x</title>{snippet}<img src='{served}/static/mark.svg'>", encoding="utf-8")
    page = browser.new_page()
    page.goto(other.as_uri())
    page.wait_for_load_state("networkidle")
    assert page.evaluate(IMAGES) == [True, False]  # the badge, and no other picture of the register
    page.get_by_role("link", name="TOA-PCA-FR").click()
    assert page.locator("h1 .number").inner_text() in snippet
    page.close()


def test_every_word_of_the_badge_has_its_room(browser: Browser, served: str) -> None:
    page = browser.new_page()
    for change in page.request.get(f"{served}/changes?limit=1000").json()["changes"]:
        for language in ("en", "fr"):
            page.goto(f"{served}/certificates/{change['number']}/status.svg?lang={language}")
            label, value = page.evaluate(
                "[...document.querySelectorAll('text')].map(t => t.getBBox()).map(b => [b.x, b.x + b.width])"
            )
            width = page.evaluate("document.documentElement.width.baseVal.value")
            assert label[0] >= 5
            assert label[1] < value[0] - 20
            assert value[1] < width - 5
    page.close()
