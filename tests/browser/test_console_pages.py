"""Every page of the console and of its guests: axe finds nothing, it fits a small telephone, makes the browser complain of
nothing, and asks nobody else. A page is known by its template and its route. A keyboard is enough to work in them."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, Request, expect

import api
from api.app import create_app
from api.console import routers
from api.console.application import Console
from api.founding.app import PREFIX
from api.founding.app import create_app as create_founding
from api.founding.ceremony import Founding
from api.notices.people import People
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.domain.record import Role
from tests.api.console.conftest import OFFICERS
from tests.api.console.imports.conftest import pilot
from tests.browser.authenticators import Authenticator
from tests.browser.looking import Looking, looking
from tests.issued import established_issuer, made_documents
from tests.passkeys import SITE
from tests.scenario import CRITERIA, PLAN, value
from tests.serving import serving
from tests.support import World

__all__ = ["established_issuer", "made_documents"]

RUNNING, COMING = "TOA-PCA-FR-2018", "TOA-PCA-FR-2019"
WORKSHOP = f"/console/workshops/{RUNNING}"
TEMPLATES = Path(api.__file__).parent / "templates" / "console"
EXTENDS = re.compile(r'{% extends "(.*?)" %}')
GETS = [r for router in routers for r in router.routes if isinstance(r, APIRoute) and "GET" in (r.methods or ())]
NO_PAGES = {
    "history.file",
    "history.proof",
    "history.statement",
    "holders.document",
    "imports.template",
    "schemes.file",
    "sheets.sign",
    "sheets.worker",
}
"""Routes that answer with a file, or lead to another page."""
PAGES = {f"console/{path.name}" for path in TEMPLATES.iterdir() if EXTENDS.search(path.read_text(encoding="utf-8"))}
PAGES -= {name for path in TEMPLATES.iterdir() for name in EXTENDS.findall(path.read_text(encoding="utf-8"))}
"""The templates that extend another, and that no other extends."""


class Opened(NamedTuple):
    """A register that is served, and its console."""

    world: World
    console: Console
    url: str


@pytest.fixture(scope="module")
def opened(made_documents: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """One workshop was held, one is on its second day, and one is to come."""
    world = made_documents.copy(tmp_path_factory.mktemp("pages") / "ledger")
    tell(world)
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"  # an address in numbers has no passkeys
    world.do("allow-origin", rp_id="localhost", origin=url)
    with (
        closing(world.ledger),
        closing(Inbox(world.ledger)) as inbox,
        Register(world.ledger, Settings(base_url=url)) as register,
    ):
        app = create_app(register, Office(world.ledger, lambda: inbox, url), demonstrated=OFFICERS)
        with serving(app, listener):
            yield Opened(world, app.state.console, url)


def tell(world: World) -> None:
    for person in ("mariam", "kofi", "ida", "late"):
        world.person(person)
    for person in ("awa", "mariam"):
        world.do("update-person-details", "registrar", person_id=person, details=[value("email", f"{person}@e.org")])
    world.do("grant-role", "director", person_id="late", role=Role.FACILITATOR)
    world.do("appoint-contact-point", "registrar", administration_id="SN", person_id="mariam", since=date(2018, 1, 15))
    for session, start in ((RUNNING, date(2018, 5, 14)), (COMING, date(2019, 5, 13))):
        world.do("plan-session", session_id=session, start=start, end=start + timedelta(days=4))
    for assessor in ("assessor1", "assessor2"):
        world.do("assign-assessor", "manager", session_id=RUNNING, person_id=assessor)
    for person, session in (("kofi", RUNNING), ("ida", RUNNING), ("late", COMING)):
        years = [value("years_of_pca", 8)]
        world.do("nominate-candidate", candidacy_id=f"c-{person}", person_id=person, session_id=session, details=years)
    findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    for person in ("kofi", "ida"):
        world.do("decide-eligibility", candidacy_id=f"c-{person}", findings=findings)
    world.now = datetime(2018, 5, 15, 9, tzinfo=UTC)
    for activity, competencies in PLAN.items():
        for assessor, level in (("assessor1", 4), ("assessor2", 2)):
            if competencies:
                levels, sheet = value("levels", dict.fromkeys(competencies, level)), f"{activity}-{assessor}"
                told = {"candidacy_id": "c-kofi", "sheet_id": sheet, "activity": activity}
                world.do("submit-score-sheet", assessor, **told, commitment=levels)
    for one in world.read().candidacy("c-kofi").live_sheets:
        world.do("reveal-score-sheet", "registrar", candidacy_id="c-kofi", sheet_id=one.sheet_id)
    tell_of_later(world)


def tell_of_later(world: World) -> None:
    """A mission is asked for, somebody appeals, and somebody complains."""
    day, grounds = date(2018, 5, 14), value("grounds", "the levels do not say what I showed")
    asked = {"topic": "risk-identification", "start": date(2018, 9, 3), "end": date(2018, 9, 7), "mode": "on-site"}
    world.do("request-mission", mission_id="m-1", administration_id="CI", language="fr", **asked)
    appeal = {"candidacy_id": "c-zoe", "disputed": "certification-refused", "lodged_on": day, "grounds": grounds}
    world.do("lodge-appeal", "registrar", appeal_id="a-1", person_id="zoe", **appeal)
    about = {"concerns": "workshop", "answerable_id": "facilitator", "about": RUNNING}
    world.do(
        "lodge-complaint", "registrar", complaint_id="k-1", person_id="ida", **about, received_on=day, grounds=grounds
    )


def test_each_page_is_accessible_fits_a_telephone_and_makes_no_complaint(browser: Browser, opened: Opened) -> None:
    with looking(browser, opened.url) as looked:
        for person, work in WORK.items():
            with looked.opened() as page:
                looked.open(page, "/console/sign-in")
                looked.press(page, f"button[value='{person}']")
                work(looked, page)
                follow_links(looked, page, "/console")
        for kind, guest in (("holder", "awa"), ("member", "mariam")):
            with looked.opened() as page:
                looked.open(page, f"/console/{kind}/link/{opened.console.links.make(kind, guest, ())}")
                looked.press(page, "main button")
                follow_links(looked, page, f"/console/{kind}/me")
                looked.press(page, ".masthead form button")
        with looked.opened() as page:
            looked.open(page, f"/notices/{People(opened.world.ledger).token('registrar')}")
            looked.press(page, "main button", anyhow=True)
    assert not looked.problems, "\n".join(looked.problems)
    assert {route.name for route in GETS} - looked.routes == NO_PAGES
    assert {template for template, _ in looked.seen} >= PAGES


def draft_import_and_err(looked: Looking, page: Page) -> None:
    """The manager checks a version and files, sends an empty form, and opens what is not for them."""
    looked.open(page, "/console/schemes/toa-pca-fr/draft?from=1.0.0")
    looked.press(page, ".actions button[value=check]")
    looked.open(page, "/console/imports")
    files = [{"name": name, "mimeType": "text/csv", "buffer": data} for name, data in pilot().items()]
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]  # what they are
    looked.press(page, "main form button")
    looked.open(page, "/console/commands/plan-session?scheme_id=toa-pca-fr&scheme_version=1.0.0")
    looked.press(page, ".actions button[value=check]", anyhow=True)
    looked.open(page, "/console/keys", anyhow=True)
    looked.open(page, "/console/statements/9999", anyhow=True)


def file_and_sign(looked: Looking, page: Page) -> None:
    """The registrar signs a nomination, and files a consent that waits; what is empty comes back with what is wrong."""
    looked.open(page, f"/console/workshops/{COMING}/nominate")
    looked.press(page, "main form button", anyhow=True)
    page.locator("[name='details.given_name']").fill("Aïssatou")
    page.locator("[name=administration_id]").select_option("CI")
    looked.press(page, "main form button")
    looked.press(page, "form[action='/console/sign'] button")
    looked.open(page, "/console/officers/appoint")
    looked.press(page, "main form button", anyhow=True)
    looked.open(page, "/console/commands/give-results-consent?person_id=awa&signers.0=registrar&since=2018-05-15")
    looked.press(page, ".actions button[value=check]", anyhow=True)
    looked.press(page, ".actions button[value=file]")
    number = page.locator("form[action='/console/sign'] [name=n]").first.input_value()
    looked.open(page, f"/console/statements/{number}")


def enrol(looked: Looking, page: Page) -> None:
    """The security officer gives out a link, and somebody without a key makes a passkey with it."""
    looked.open(page, "/console/keys")
    looked.press(page, "button[value=late]", anyhow=True)
    link = page.locator(".notice code").inner_text().removeprefix(looked.url)
    with looked.opened() as other:
        Authenticator(other)
        looked.open(other, link)
        looked.press(other, "main form button", anyhow=True)
        looked.press(other, "main form[action$='/prove'] button")


def select(looked: Looking, page: Page) -> None:
    """The panel has a candidate before it."""
    looked.open(page, f"/console/workshops/{COMING}/selection")


def save_a_sheet(looked: Looking, page: Page) -> None:
    """The assessor fills in one sheet, and reviews it."""
    looked.open(page, f"{WORKSHOP}/sheets#c-ida.case-study", anyhow=True)
    sheet = page.locator("[id='c-ida.case-study']")
    for competency in PLAN["case-study"]:
        sheet.locator(f"label[for='c-ida.case-study.{competency}.4']").click()
    sheet.get_by_role("button").click()
    expect(sheet.locator("[data-state]")).to_have_text("envoyée, à signer")
    looked.open(page, f"{WORKSHOP}/sheets", anyhow=True)
    looked.open(page, f"{WORKSHOP}/sheets/correct?candidacy=c-kofi&activity=case-study")


def moderate(looked: Looking, page: Page) -> None:
    """The moderator settles a cell."""
    looked.open(page, f"{WORKSHOP}/moderation")
    page.locator("form details summary").first.click()
    page.locator("form select").first.select_option(index=2)
    page.locator("form textarea").first.fill("Vu ensemble.")
    looked.press(page, "main section form > button")


def compare(looked: Looking, page: Page) -> None:
    """The director compares what was on two days and in two versions, and has a result computed again."""
    looked.open(page, "/console/history/lists/advisors/compared?with_on=2017-01-01")
    looked.open(page, "/console/schemes/toa-pca-fr/compare")
    looked.open(page, "/console/history/candidacies/c-awa")


def nothing(looked: Looking, page: Page) -> None:
    """There are pages that others do not open, and those of candidates, which are in the menu of candidates only."""
    for path in ("own", "own-missions", "own-renewal"):
        looked.open(page, f"/console/{path}")


WORK = {
    "manager": draft_import_and_err,
    "registrar": file_and_sign,
    "security": enrol,
    "panel1": select,
    "assessor1": save_a_sheet,
    "moderator": moderate,
    "decider1": nothing,
    "director": compare,
}


def test_whoever_has_a_keyboard_only_nominates_and_signs_once(browser: Browser, opened: Opened) -> None:
    page, sign = browser.new_page(locale="en-GB"), "form[action='/console/sign'] button"
    page.goto(f"{opened.url}/console/sign-in")
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    tab_to(page, "button[value=registrar]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")
    page.goto(f"{opened.url}/console/workshops/{COMING}/nominate")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.locator(".problems")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name='details.family_name']")).to_be_focused()
    page.keyboard.type("Clavier")
    tab_to(page, "[name=administration_id]")
    page.keyboard.type("Sen")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    tab_to(page, sign)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.route("**/console/sign", lambda route: route.fulfill(status=204))  # the page stays as it is on the way
    page.keyboard.press("Enter")
    expect(page.locator(sign)).to_have_text("Statements being signed: 2…")
    page.keyboard.press("Enter")
    page.unroute_all()
    page.reload()
    assert len(sent) == 1
    tab_to(page, sign)
    page.keyboard.press("Enter")
    page.wait_for_url("**/signed?*")
    page.context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until the focus is there, and can be seen."""
    page.wait_for_selector(selector, state="attached")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    where = page.locator(":focus")
    assert where.evaluate("(one, selector) => one.matches(selector)", selector), selector
    assert where.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_the_pages_of_a_founding_are_accessible(browser: Browser) -> None:
    names = {Role.DIRECTOR: "Ada Exemple", Role.SECURITY_OFFICER: "Luc Exemple"}
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    founding = Founding("ledger.example.org/pca", ("Body", "Organisme"), SITE, names, lambda: now, lambda *_: None)
    with (
        serving(create_founding(founding, official=False)) as url,
        looking(browser, url) as looked,
        looked.opened() as page,
    ):
        for secret in (next(iter(founding.founders)), "x" * 43):
            looked.open(page, f"{PREFIX}/{secret}", anyhow=True)
    assert not looked.problems, "\n".join(looked.problems)


def follow_links(looked: Looking, page: Page, home: str) -> None:
    """Open one address of each route to which pages lead, by links and by forms that only ask."""
    looked.open(page, home)
    waiting = ["/console/sessions", *linked(page, looked.url)]
    while waiting:
        path = waiting.pop(0)
        name = next((one.name for one in GETS if one.path_regex.match(path.partition("?")[0])), None)
        if name is not None and name not in looked.routes | NO_PAGES:
            looked.open(page, path)
            looked.routes.add(name)  # it may lead on to another
            waiting += linked(page, looked.url)


LINKS = """() => [
    ...[...document.querySelectorAll("a[href]:not([download])")].map(one => one.href),
    ...[...document.querySelectorAll("form[method=get]:valid")].map(one => `${one.action}?${new URLSearchParams(new FormData(one))}`),
]"""


def linked(page: Page, url: str) -> list[str]:
    links = [urlsplit(link) for link in page.evaluate(LINKS) if link.startswith(f"{url}/console")]
    return [one.path + (f"?{one.query}" if one.query else "") for one in links if "lang=" not in one.query]
