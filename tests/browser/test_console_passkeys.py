"""Two officers at the console, each with a browser and a passkey: they enrol, sign in, and sign two statements at once."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from api.secretariat.proposals import proposal
from api.secretariat.together import sign_ready
from ledger.auditing import audit
from ledger.domain.record import Stream
from ledger.signing.envelope import open_envelope
from ledger.signing.passkeys import PasskeySignature
from ledger.store.submission import Receipt
from tests.browser.authenticators import Authenticator, person
from tests.scenario import CRITERIA, key_of, value
from tests.serving import serving
from tests.support import World

PANEL = ("panel1", "panel2")
CANDIDATES = ("awa", "zoe")


@pytest.fixture
def console(staffed: World) -> Iterator[tuple[str, Inbox]]:
    """The address of the console, which only the security officer can enter with a key file, and its inbox.

    Two candidates are nominated.
    """
    staffed.plan()
    for name in CANDIDATES:
        staffed.person(name)
        details = [value("years_of_pca", 8)]
        staffed.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=details)
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"  # an address in numbers has no passkeys
    staffed.do("allow-origin", rp_id="localhost", origin=url)
    demonstrated = {"security": key_of("security")}
    with (
        closing(Inbox(staffed.ledger)) as inbox,
        Register(staffed.ledger, Settings(base_url=url)) as register,
        serving(create_app(register, Office(staffed.ledger, lambda: inbox, url), demonstrated=demonstrated), listener),
    ):
        yield url, inbox


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_everything(page: Page, url: str, button: str) -> None:
    """Review all that waits, and sign it with one gesture."""
    page.goto(f"{url}/console")
    press(page, "Review and sign")
    press(page, button)
    expect(page.get_by_role("heading", level=1)).to_have_text("What you signed")


def enrol(officer: Page, security: Page, url: str, name: str, agree: Callable[[], object]) -> None:
    """Enrol an officer's passkey by a link of the security officer, who signs the enrolment; they have a key file."""
    security.goto(f"{url}/console/keys")
    press(security, f"Link for a passkey of {name}")
    officer.goto(security.locator(".notice code").inner_text())
    press(officer, "Make a passkey")
    expect(officer.get_by_role("heading", level=2)).to_have_text("Step 2 of 3: agree to it")
    agree()
    officer.reload()
    press(officer, "Sign with the new passkey")
    expect(officer.get_by_role("heading", level=1)).to_have_text("Passkey made")
    sign_everything(security, url, "Sign with the demonstration’s key")


def sign_with_key_file(inbox: Inbox, world: World, person: str) -> None:
    signed, *_ = sign_ready(inbox, world.ledger, person, key_of(person))
    assert isinstance(signed.result, Receipt)


def sign_in(officer: Page, url: str) -> None:
    officer.goto(f"{url}/console/sign-in")
    press(officer, "Sign in with a passkey")
    expect(officer.get_by_role("heading", level=1)).to_have_text("To do")


def test_two_officers_enrol_sign_in_and_sign_two_statements_with_one_gesture_each(
    browser: Browser, console: tuple[str, Inbox], staffed: World
) -> None:
    url, inbox = console
    with ExitStack() as stack:
        security, _ = stack.enter_context(person(browser, locale="en-GB"))
        officers = [stack.enter_context(person(browser, synced=synced, locale="en-GB")) for synced in (False, True)]
        security.goto(f"{url}/console")
        press(security, "security Exemple")
        for name, (page, _) in zip(PANEL, officers, strict=True):
            agree = partial(sign_with_key_file, inbox, staffed, name)
            enrol(page, security, url, f"{name.title()} Exemple", agree)

        findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
        inbox.file(
            [proposal("decide-eligibility", *PANEL, candidacy_id=f"c-{c}", findings=findings) for c in CANDIDATES],
            "test",
            by="panel1",
        )
        for page, authenticator in officers:
            sign_in(page, url)
            before = counted(authenticator)
            sign_everything(page, url, "Sign with my passkey")
            assert counted(authenticator) == before + 1

    decided = [staffed.ledger.signed_events(Stream("candidacy", f"c-{name}"))[-1] for name in CANDIDATES]
    assert [e.event.type for e in decided] == ["eligibility-confirmed/v2"] * 2
    signatures = [PasskeySignature.parse(s.sig) for e in decided for s in open_envelope(e.envelope).signatures]
    assert [(s.index, s.size) for s in signatures] == [(0, 2), (0, 2), (1, 2), (1, 2)]
    assert len({s.signature for s in signatures}) == 2
    assert audit(staffed.ledger.folder).clean


def counted(authenticator: Authenticator) -> int:
    """How often the passkey was used, as its authenticator counts."""
    (credential,) = authenticator.credentials()
    return int(credential["signCount"])
