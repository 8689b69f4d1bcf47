"""People at the console: each with a browser and a passkey of their own, and a count of what the work costs them.

They name what is on a page in English; it is looked for in the language in which their browser shows it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_server
from time import sleep

from playwright.sync_api import Browser, Locator, expect

from api.app import create_app
from api.founding.app import PREFIX
from api.founding.app import create_app as create_founding
from api.founding.ceremony import Founding
from api.notices.mailing import Mailing
from api.notices.outbox import Outbox, Place
from api.pages import translations_into
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.domain.record import Role, Site
from ledger.signing.envelope import Signature
from ledger.signing.keys import SigningKey
from ledger.store.founding import LeafZero, found_signed
from ledger.store.leases import alone
from ledger.store.ledger import Ledger
from ledger.words import Language
from tests.api.notices.postbox import listening
from tests.browser.authenticators import Authenticator
from tests.scenario import ORIGIN
from tests.serving import serving

LOCALES: dict[Language, str] = {"en": "en-GB", "fr": "fr-FR"}
BODY = ("Example Customs Organisation", "Organisation douanière d’exemple")


class Person:
    """Somebody at the console. ``clicks`` counts pages opened, buttons pressed and choices made; not what is typed."""

    def __init__(self, browser: Browser, url: str, name: str, language: Language) -> None:
        self.name, self.language, self.clicks = name, language, 0
        self.page = browser.new_context(locale=LOCALES[language], viewport={"width": 1100, "height": 800}).new_page()
        self.authenticator = Authenticator(self.page)
        self._url = url

    def begin_anew(self, language: Language) -> None:
        """Read the console in this language from now on, and be counted from nothing."""
        self.page.goto(f"{self._url}/console/sign-in?lang={language}")
        self.language, self.clicks, self.authenticator.gestures = language, 0, 0

    def says(self, text: str, **parts: str) -> str:
        """A text of the pages, as this person reads it."""
        shown = translations_into(self.language).gettext(text)
        return shown % parts if parts else shown

    def open(self, path: str) -> None:
        """Follow a link to a page of the register."""
        self.clicks += 1
        self.page.goto(path if path.startswith("http") else f"{self._url}{path}")

    def button(self, text: str, **parts: str) -> Locator:
        return self.page.get_by_role("button", name=self.says(text, **parts), exact=True)

    def press(self, button: str | Locator) -> None:
        """Press a button that leads to another page, with a gesture if it asks for one."""
        found = self.button(button) if isinstance(button, str) else button
        self.clicks += 1
        with self.page.expect_navigation():
            found.click()

    def press_link(self, text: str, **parts: str) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=self.says(text, **parts), exact=True).click()

    def enter(self, **texts: str) -> None:
        """Fill in fields by their names; of a list, what is chosen is given by its value or by its label."""
        for name, text in texts.items():
            field = self.page.locator(f'[name="{name}"]:not([type=hidden])').first
            match field.evaluate("field => field.type"):
                case "radio" | "checkbox":
                    self.clicks += 1
                    self.page.locator(f'[name="{name}"][value="{text}"]').check()
                case "select-one":
                    self.clicks += 1
                    field.select_option(text)
                case _:
                    field.fill(text)

    def file(self, command: str, **texts: str) -> None:
        """File a statement on its form; it waits for signatures then."""
        self.open(f"/console/commands/{command}")
        self.enter(**texts)
        self.press("Check")
        self.press("File it")

    def sign_in(self) -> None:
        self.open("/console/sign-in")
        self.press("Sign in with a passkey")
        self.reads("To do")

    def sign(self) -> None:
        """Sign what is reviewed on this page, with one gesture."""
        self.press("Sign with my passkey")
        self.reads("What you signed")

    def sign_everything(self) -> None:
        """Review all that waits, and sign it with one gesture."""
        self.open("/console")
        self.press("Review and sign")
        self.sign()

    def reads(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.says(heading))


class House:
    """A register whose clock is set as the story goes on. It is founded in the browser, then served, and sends mail."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self._now = folder, now
        listener = create_server(("127.0.0.1", 0))
        self._port = listener.getsockname()[1]
        self._listener, self._letters = listener, 0
        self.url = f"http://localhost:{self._port}"  # an address in numbers has no passkeys

    def clock(self) -> datetime:
        """The time, which goes on by a second whenever somebody looks."""
        self._now += timedelta(seconds=1)
        return self._now

    def set_clock(self, now: datetime) -> None:
        self._now = max(now, self._now)

    @contextmanager
    def founding(self, director: str, security: str) -> Iterator[list[str]]:
        """Serve the pages of the founding; yields the links of the two founders."""

        def complete(leaf: LeafZero, signatures: list[Signature]) -> None:
            found_signed(self.folder, leaf, signatures, log_key=SigningKey.generate(), ml_dsa_key=None)

        names = {Role.DIRECTOR: director, Role.SECURITY_OFFICER: security}
        founding = Founding(ORIGIN, BODY, Site("localhost", self.url), names, self.clock, complete)
        with serving(create_founding(founding, official=False), self._listener):
            yield [f"{self.url}{PREFIX}/{secret}" for secret in founding.founders]

    @contextmanager
    def register(self) -> Iterator[None]:
        """Serve the register with its console."""
        with (
            Ledger.open(self.folder, self.clock, is_simulated=True) as ledger,
            closing(Inbox(ledger)) as inbox,
            Register(ledger, Settings(base_url=self.url)) as register,
            listening() as self._postbox,
            serving(
                create_app(register, Office(ledger, lambda: inbox, self.url, sends_mail=True)),
                create_server(("127.0.0.1", self._port)),
            ),
        ):
            Outbox(ledger).queue([], self.clock(), Place(ledger.size()))
            self._mailing = Mailing(register, ledger, self._postbox.server, lambda: inbox, self.clock, alone)
            yield

    def linked_in_mail(self, address: str) -> str:
        """Send what is due, over SMTP, until another letter to an address has come; return the link in it."""
        before, letters = self._letters, list[str]()
        while len(letters) <= before:  # a link to sign in is queued after the page that says so
            sleep(0.2)  # to look moves the clock on, and links are good for half an hour
            self._mailing.deliver()
            letters = [str(mail.get_content()) for mail in self._postbox.mails if address in mail["To"]]
        self._letters = len(letters)
        return next(line for line in letters[-1].splitlines() if line.startswith(f"{self.url}/console/"))
