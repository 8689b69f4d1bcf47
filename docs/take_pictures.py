"""Takes the pictures of ``docs/pictures`` from a demonstration: ``python -m docs.take_pictures [FOLDER [NAME...]]``.

FOLDER is a demonstration made before (``pca-ledger demo --no-serve --in FOLDER``); without it, one is made. With names,
such as ``home``, only those pages are taken. The dev extra and Chromium are needed. Each sheet shows one page in one
language at 320, 768 and 1280 pixels, and at 320 in dark.

``python -m docs.take_pictures console`` takes those of the console while two workshops are held in it: each step once
in French, of the pilot, and in English, of a second programme.
"""

import json
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from api.demo import make
from api.looks import Looks
from api.register import Register, Settings
from ledger.store.ledger import Ledger
from ledger.words import LANGUAGES, Language
from tests.browser.conftest import FLAGS
from tests.browser.console_people import Person
from tests.browser.console_story import pilot_in
from tests.browser.programmes import rules_of_origin
from tests.programs import program
from tests.serving import serving

FOLDER = Path(__file__).parent / "pictures"
WIDTHS = ((320, "light"), (768, "light"), (1280, "light"), (320, "dark"))
TALLEST = 1500  # pixels of a page; what is below is more of the same
SCALE, QUALITY = 0.5, 36  # enough to read, and small enough to keep
CONSOLE_TALLEST, CONSOLE_SCALE, CONSOLE_CANDIDATES = 1100, 0.65, 14
CONSOLE_LOW = ("call",)  # steps at the end of a page
GAP, BACKGROUND = 24, "#8a939c"
LOCALES: dict[Language, str] = {"en": "en-GB", "fr": "fr-FR"}


class View(NamedTuple):
    """A page to look at: its path, and what somebody does on it."""

    name: str
    title: str
    path: str
    act: Callable[[Page], None] | None = None


def main() -> None:
    if sys.argv[1:] == ["console"]:
        take_console()
    else:
        take_register()


def take_register() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made) / "demonstration"
        if not folder.exists():
            make(folder / "ledger", folder / "keys", sys.stdout.write)
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        looks = Looks(contact="mailto:registrar@example.org")
        with (
            Ledger.open(folder / "ledger", lambda: datetime.now(UTC)) as ledger,
            Register(ledger, Settings(base_url=url, looks=looks)) as register,
            serving(create_app(register), listener),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=program("chromium"), args=FLAGS)
            shown = list(views(register, Path(made)))
            for view in shown:
                if view.name in (sys.argv[2:] or [view.name]):
                    take(browser, url, view)
            take_first(browser, url, register)
            browser.close()
    (FOLDER / "README.md").write_text(index(shown), encoding="utf-8")


def views(register: Register, scratch: Path) -> Iterator[View]:
    """Every kind of page, in the order in which people meet them."""
    found = numbers(register)
    valid, suspended, withdrawn = (f"/certificates/{found[kind]}" for kind in ("valid", "suspended", "withdrawn"))
    row = register.models.certificates.by_number(found["valid"])
    kept = register.documents.set_of(found["valid"])
    if row is None or kept is None:
        raise ValueError("expected a demonstration with documents")
    pdf = scratch / "diploma.pdf"
    pdf.write_bytes(register.documents.get(row.number, "pdf") or b"")
    altered = scratch / "altered.json"
    bundle = bytes(register.bundle(row))
    altered.write_bytes(bundle.replace(row.number.encode(), b"TOA-PCA-FR-2024-99-XXX"))
    genuine, trust = scratch / "bundle.json", scratch / "trust.json"
    genuine.write_bytes(bundle)
    trust.write_bytes(bytes(register.trust))

    def upload(file: Path) -> Callable[[Page], None]:
        def act(page: Page) -> None:
            form = page.locator("form:has(input[type=file])").first
            form.locator("input[type=file]").first.set_input_files(file)
            form.locator("button").first.click()
            page.wait_for_load_state()

        return act

    def offline(page: Page) -> None:
        page.locator("#trust").set_input_files(trust)
        page.locator("#bundle").set_input_files(genuine)
        page.locator("#checks li").first.wait_for()

    def unfold(page: Page) -> None:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    yield View("home", "Home", "/")
    yield View("advisors", "Advisors", "/advisors")
    yield View("advisor", "An advisor", f"/advisors/{row.person_id}")
    yield View("certificate", "A certificate in force", valid)
    yield View("certificate-unfolded", "The same, with everything unfolded", valid, unfold)
    yield View("certificate-suspended", "A suspended certificate", suspended)
    yield View("certificate-withdrawn", "A withdrawn certificate", withdrawn)
    yield View("certificate-unnamed", "A certificate whose holder is not listed", f"/certificates/{found['unnamed']}")
    yield View("history", "How a certificate came about", f"{valid}/history")
    yield View("verify", "Verify", "/verify")
    yield View("verify-in-force", "Verified: a diploma", "/verify", upload(pdf))
    yield View("verify-not-in-force", "Verified: a withdrawn number", f"/verify?number={found['withdrawn']}")
    yield View("verify-not-authentic", "Verified: an altered bundle", "/verify", upload(altered))
    yield View("verify-mistyped", "Verified: a mistyped number", f"/verify?number={found['valid'][:-1]}2")
    yield View("verify-offline", "The page that verifies offline", "/verify.html", offline)
    yield View("holder", "The holder's page", f"/holder/{kept.token}")
    yield View("scheme", "A scheme", f"/schemes/{row.content.scheme_id}")
    yield View("api", "For developers", "/api")
    yield View("privacy", "Privacy", "/privacy")
    yield View("concern", "Report a concern", f"/concern?about={row.number}")
    yield View("not-found", "An address that does not exist", "/nowhere")


def numbers(register: Register) -> dict[str, str]:
    """One certificate of each status today, and one whose holder is not named."""
    found = {}
    for row in register.models.certificates.in_use():
        with urlopen(f"{register.settings.base_url}/certificates/{row.number}") as answer:  # noqa: S310 - ours
            certificate = json.load(answer)
        found["unnamed" if certificate["holder"] is None else certificate["status"]] = row.number
    return found


def take(browser: Browser, url: str, view: View) -> None:
    """Takes the sheets of a view, one in each language."""
    for language in LANGUAGES:
        parts = [picture(browser, url, view, language, width, scheme) for width, scheme in WIDTHS]
        height = min(TALLEST, max(part.height for part in parts))
        sheet = Image.new(
            "RGB", (sum(part.width for part in parts) + GAP * (len(parts) + 1), height + 2 * GAP), BACKGROUND
        )
        left = GAP
        for part in parts:
            sheet.paste(part.crop((0, 0, part.width, min(height, part.height))), (left, GAP))
            left += part.width + GAP
        save(
            sheet.resize((round(sheet.width * SCALE), round(sheet.height * SCALE)), Image.Resampling.LANCZOS),
            f"{view.name}-{language}.webp",
        )


def picture(browser: Browser, url: str, view: View, language: Language, width: int, scheme: str) -> Image.Image:
    """Returns one page as a browser shows it."""
    context = browser.new_context(
        locale=LOCALES[language],
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{url}{view.path}{'&' if '?' in view.path else '?'}lang={language}")
    if view.act is not None:
        view.act(page)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        raise ValueError(f"{view.path} scrolls sideways at {width} pixels")
    shown = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    context.close()
    return shown


def take_first(browser: Browser, url: str, register: Register) -> None:
    """What the README begins with: the page of a certificate, sharp."""
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
    page.goto(f"{url}/certificates/{numbers(register)['valid']}?lang=en")
    save(Image.open(BytesIO(page.screenshot())).convert("RGB"), "register.webp", 80)


def take_console() -> None:
    """Takes each step of a workshop in the console."""
    taken = set[str]()

    def show(person: Person, step: str) -> None:
        name = f"console-{step}-{person.language}.webp"
        if name not in taken:
            taken.add(name)
            shown = Image.open(BytesIO(person.page.screenshot(full_page=True))).convert("RGB")
            height = min(CONSOLE_TALLEST, shown.height)
            top = shown.height - height if step in CONSOLE_LOW else 0
            part = shown.crop((0, top, shown.width, top + height))
            size = (round(part.width * CONSOLE_SCALE), round(part.height * CONSOLE_SCALE))
            save(part.resize(size, Image.Resampling.LANCZOS), name)

    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        with pilot_in(Path(made) / "ledger", browser, CONSOLE_CANDIDATES, show) as pilot:
            sys.stdout.write(f"{pilot.costs()}\n")
            pilot.on(date(2018, 1, 9))
            pilot.next(rules_of_origin(), "en").hold()
        browser.close()


def save(image: Image.Image, name: str, quality: int = QUALITY) -> None:
    FOLDER.mkdir(exist_ok=True)
    image.save(FOLDER / name, "WEBP", quality=quality, method=6)


def index(shown: list[View]) -> str:
    """Returns the page that shows all pictures."""
    lines = [
        "# Pictures",
        "",
        "Each page of the demonstration in both languages, at 320, 768 and 1280 pixels, and in dark. Everyone in them",
        "is synthetic. `./dev pictures` takes them again, in a few minutes. Those of the console are",
        "taken by `./dev pictures console`, and explained in [run a workshop](../how-to/run-a-workshop.md).",
        "",
        "## Documents",
        "",
        "![A diploma, in English](diploma-en.png)",
        "",
        "![A badge, in English](badge-en.png)",
        "",
        "![A badge, in French](badge-fr.png)",
    ]
    for view in shown:
        lines += ["", f"## {view.title}"]
        lines += ["", f"![{view.title}, in English]({view.name}-en.webp)"]
        lines += ["", f"![{view.title}, in French]({view.name}-fr.webp)"]
    lines += ["", "## The secretariat's console"]
    for path in sorted(FOLDER.glob("console-*.webp")):
        _, step, language = path.stem.split("-")
        lines += ["", f"![The step “{step}” of a workshop ({language})]({path.name})"]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
