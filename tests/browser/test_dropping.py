"""/verify takes what is dropped on it or pasted; without scripts it is a form like any other."""

import re
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.register import Register

Opened = tuple[Register, object]
FILES = """([kind, data]) => {
    const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0)), files = new DataTransfer();
    files.items.add(new File([bytes], "photo.png", {type: "image/png"}));
    const target = document.querySelector(kind === "drop" ? "form.drop" : "body");
    const event = kind === "drop" ? new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true})
        : new ClipboardEvent(kind, {clipboardData: files, bubbles: true, cancelable: true});
    target.dispatchEvent(event);
}"""


@pytest.fixture
def number(opened: Opened) -> str:
    return opened[0].models.certificates.in_use()[-1].number


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 320, "height": 740}, locale="en-GB")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{served}/verify?lang=en")
    yield page
    assert complaints == []
    page.close()


def photo(served: str, number: str) -> bytes:
    picture = BytesIO()
    segno.make(f"{served}/certificates/{number}", error="m").save(picture, kind="png", scale=6)
    return picture.getvalue()


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_that_is_dropped_or_pasted_is_checked(page: Page, served: str, number: str, kind: str) -> None:
    page.evaluate(FILES, [kind, b64encode(photo(served, number)).decode()])
    expect(page.get_by_role("heading", name="Result of the verification")).to_be_visible()
    expect(page.locator(".original .verdict")).to_contain_text(f"Number {number}")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_text_that_is_dropped_is_in_the_field(page: Page, number: str) -> None:
    page.evaluate(
        """number => {
        const text = new DataTransfer();
        text.setData("text/plain", number);
        const options = {dataTransfer: text, bubbles: true, cancelable: true};
        document.querySelector("form.drop").dispatchEvent(new DragEvent("drop", options));
    }""",
        number,
    )
    expect(page.get_by_label("Or enter the number")).to_have_value(number)


def test_the_form_works_without_scripts_and_from_the_keyboard(browser: Browser, served: str, number: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{served}/verify?lang=fr")
    page.get_by_label("Choisissez un fichier").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": photo(served, number)}
    )
    page.get_by_role("button", name="Vérifier").press("Enter")
    expect(page.locator(".original .verdict")).to_contain_text(f"Le numéro {number}")
    context.close()


def test_a_phone_offers_its_camera(browser: Browser, served: str, number: str) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{served}/verify?lang=en")
    camera = page.get_by_label("Photograph the QR code")
    expect(camera).to_be_visible()
    camera.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": photo(served, number)})
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(".original .verdict")).to_contain_text(f"Number {number}")
    context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_mistyped_number_is_announced_with_its_field(page: Page, served: str, number: str, language: str) -> None:
    """Case V3."""
    page.goto(f"{served}/verify?lang={language}&number={number.replace('-20', '-30')}")
    field = page.locator("#text")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    said = {"en": "one character looks mistyped", "fr": "un caractère semble mal saisi"}[language]
    expect(field).to_have_accessible_description(re.compile(said))
    assert Axe().run(page).response["violations"] == []
