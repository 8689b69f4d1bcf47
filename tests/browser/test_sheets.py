"""Score sheets while the connection is cut: never lost, never doubled, with fingers and with the keyboard alone."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Error, Page, Route, ViewportSize, expect

from api.app import create_app
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from tests.scenario import SESSION, key_of, value
from tests.serving import serving
from tests.support import World

COPY = "[data-copy]"
QUEUE = f"/console/workshops/{SESSION}/sheets"
COPIED = f"caches.open('pca-sheets').then(kept => kept.match('{QUEUE}')).then(Boolean)"
ASSESSORS = ("assessor1", "assessor2")
PHONE, TABLET = ViewportSize(width=360, height=740), ViewportSize(width=820, height=1180)


class Room:
    """A workshop room: the console's address, its inbox, and a candidate for each test."""

    def __init__(self, inbox: Inbox, world: World) -> None:
        self.inbox, self.world = inbox, world
        self._count, self._server, self._port = count(1), ExitStack(), 0
        self.serve()

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port}"

    def serve(self) -> None:
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        register = self._server.enter_context(Register(self.world.ledger, Settings(base_url=self.url)))
        office = Office(self.world.ledger, lambda: self.inbox, self.url)
        keys = {name: key_of(name) for name in ASSESSORS}
        self._server.enter_context(serving(create_app(register, office, demonstrated=keys), listener))

    def close(self) -> None:
        self._server.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server has ended, and serves again afterwards."""
        self.close()
        try:
            yield
        finally:
            self.serve()

    def candidate(self) -> str:
        return self.world.candidate(f"candidate{next(self._count)}")

    def filed(self, candidacy: str) -> list[tuple[str, dict[str, int]]]:
        """What was filed of a candidate and not withdrawn: activity and levels."""
        found = []
        for item in self.inbox.waiting():
            command: Any = item.proposal.command
            if command.candidacy_id == candidacy:
                found.append((command.activity, item.proposal.disclosures[0].value))
        return sorted(found, key=lambda sheet: sheet[0])


@pytest.fixture(scope="module")
def room(appointed: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    world = appointed.copy(tmp_path_factory.mktemp("room") / "ledger")
    world.plan()
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    with closing(world.ledger), closing(Inbox(world.ledger)) as inbox, closing(Room(inbox, world)) as room:
        yield room


@pytest.fixture(scope="module")
def device(browser: Browser, room: Room) -> Iterator[Page]:
    """A tablet of the first assessor, used by one test after the other. What a worker fetches cannot be cut by a test."""
    with opened(browser, room, viewport=TABLET, locale="en-GB", service_workers="block") as page:
        yield page


@pytest.fixture
def page(device: Page, room: Room) -> Iterator[Page]:
    """The tablet, which keeps nothing of an earlier test."""
    device.evaluate("localStorage.clear()")
    yield device
    device.unroute_all()
    device.context.set_offline(False)
    if not device.context.cookies():
        enter_as(device, room, "assessor1")


@contextmanager
def opened(browser: Browser, room: Room, **options: Any) -> Iterator[Page]:
    """The sheets of the first assessor in a browser of its own, in whose scripts nothing went wrong."""
    context, errors = browser.new_context(**options), list[str]()
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    enter_as(page, room, "assessor1")
    yield page
    context.close()
    assert errors == []


def candidate_on(page: Page, room: Room) -> str:
    """A new candidate, on the page."""
    candidacy = room.candidate()
    page.goto(f"{room.url}{QUEUE}")
    return candidacy


def enter_as(page: Page, room: Room, person: str) -> None:
    page.goto(f"{room.url}/console/sign-in?next={QUEUE}")
    page.get_by_role("button", name=f"{person} Exemple", exact=False).click()
    expect(page.locator("[data-sheets]")).to_be_visible()


def begin(page: Page, candidacy: str, activity: str = "case-study") -> None:
    page.locator(f'.queue a[href="#{candidacy}.{activity}"]').click()
    expect(section(page, candidacy, activity)).to_be_focused()


def section(page: Page, candidacy: str, activity: str = "case-study") -> Any:
    return page.locator(f'[id="{candidacy}.{activity}"]')


def state(page: Page, candidacy: str, activity: str = "case-study") -> Any:
    return section(page, candidacy, activity).locator("[data-state]")


def score(page: Page, candidacy: str, levels: str, activity: str = "case-study") -> None:
    """With the keyboard alone, from the list on."""
    page.evaluate("location.hash = 'queue'; document.activeElement.blur()")
    begin(page, candidacy, activity)
    for digit in levels:
        page.keyboard.press(digit)
    page.keyboard.press("Enter")


def kept(page: Page) -> dict[str, Any]:
    """What the browser keeps of sheets that were not sent, by cell."""
    found: dict[str, str] = page.evaluate("({...localStorage})")
    return {name.split(" ")[-1]: entry for name, text in found.items() if "key" in (entry := json.loads(text))}


def cut_after(route: Route) -> None:
    """The server gets the request, and the browser no answer."""
    route.fetch()
    route.abort()


def test_sheets_filled_in_without_a_connection_are_sent_once_it_is_back(page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    page.context.set_offline(True)
    score(page, candidacy, "43")
    expect(section(page, candidacy, "simulation")).to_be_focused()  # the next one
    page.keyboard.press("2")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    expect(state(page, candidacy)).to_have_text("kept on this device")
    expect(page.locator("[data-kept-list] li")).to_have_count(2)
    assert room.filed(candidacy) == []
    page.context.set_offline(False)
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    filed = [
        ("case-study", {"theoretical-knowledge": 4, "practical-skills": 3}),
        ("simulation", {"practical-skills": 2, "advisory-capacity": 5}),
    ]
    assert room.filed(candidacy) == filed
    assert kept(page) == {}
    page.reload()
    assert page.evaluate("localStorage.length") == 0
    expect(state(page, candidacy)).to_have_text("to be signed")
    score(page, candidacy, "11")  # changed before it is signed
    expect(section(page, candidacy, "group-discussion")).to_be_focused()  # the next one on which nothing is saved
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    assert room.filed(candidacy)[0] == ("case-study", {"theoretical-knowledge": 1, "practical-skills": 1})
    page.evaluate("location.hash = 'queue'")
    page.get_by_role("button", name="Review and sign what is saved").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review and sign")


def test_an_answer_that_is_lost_files_nothing_twice(page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    page.route(f"**{QUEUE}", cut_after, times=1)
    with page.expect_event("requestfailed"):
        score(page, candidacy, "43")
    expect(state(page, candidacy)).to_have_text("kept on this device")
    assert (len(kept(page)), len(room.filed(candidacy))) == (1, 1)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    assert room.filed(candidacy) == [("case-study", {"theoretical-knowledge": 4, "practical-skills": 3})]


def test_what_is_kept_survives_a_page_that_is_closed_while_the_connection_is_away(page: Page, room: Room) -> None:
    candidacy = room.candidate()
    closed = page.context.new_page()
    closed.goto(f"{room.url}{QUEUE}")
    page.goto("about:blank")
    page.context.set_offline(True)
    score(closed, candidacy, "43")
    expect(state(closed, candidacy)).to_have_text("kept on this device")
    closed.close()
    page.route(f"**{QUEUE}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.context.set_offline(False)
    page.goto(f"{room.url}{QUEUE}")
    expect(state(page, candidacy)).to_have_text("kept on this device")
    assert section(page, candidacy).locator("input:checked").evaluate_all("all => all.map(one => one.value)") == [
        "4",
        "3",
    ]
    assert room.filed(candidacy) == []
    page.unroute(f"**{QUEUE}")
    page.reload()
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    assert len(room.filed(candidacy)) == 1


def test_two_windows_send_each_sheet_once_and_the_last_one_saved_counts(page: Page, room: Room) -> None:
    candidacy, first = candidate_on(page, room), page
    second = first.context.new_page()
    second.goto(f"{room.url}{QUEUE}")
    first.context.set_offline(True)
    score(first, candidacy, "43")
    score(first, candidacy, "22", "simulation")
    score(second, candidacy, "55")
    expect(state(first, candidacy)).to_have_text("kept on this device")
    first.context.set_offline(False)
    for page in (first, second):
        expect(page.locator("[data-kept-list]")).to_be_hidden()
        expect(state(page, candidacy)).to_have_text("sent, to be signed")
    assert room.filed(candidacy) == [
        ("case-study", {"theoretical-knowledge": 5, "practical-skills": 5}),
        ("simulation", {"practical-skills": 2, "advisory-capacity": 2}),
    ]
    score(first, candidacy, "11")  # its form was made before the other window's was sent
    expect(first.locator("[data-kept-list]")).to_be_hidden()
    expect(second.locator("[data-kept-list]")).to_be_hidden()
    assert room.filed(candidacy)[0] == ("case-study", {"theoretical-knowledge": 1, "practical-skills": 1})
    second.close()


def test_a_session_that_ended_keeps_the_sheet_for_whoever_filled_it_in(page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    page.context.clear_cookies()
    score(page, candidacy, "43")
    expect(page.locator("[data-kept-list]")).to_contain_text("Your session has ended.")
    enter_as(page, room, "assessor2")
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    assert (list(kept(page)), room.filed(candidacy)) == ([f"{candidacy}.case-study"], [])
    page.context.clear_cookies()
    enter_as(page, room, "assessor1")
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    assert len(room.filed(candidacy)) == 1


def test_what_the_rules_refuse_is_kept_with_the_reason_until_it_is_discarded(page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    room.world.do("recuse-assessor", "assessor1", candidacy_id=candidacy, reason_code="family")
    score(page, candidacy, "43")
    expect(state(page, candidacy)).to_contain_text("refused: assessor1 declared a conflict of interest")
    page.reload()
    expect(page.locator("[data-kept-list] li")).to_contain_text("refused: assessor1 declared")  # no form is left of it
    assert list(kept(page)) == [f"{candidacy}.case-study"]
    page.get_by_role("button", name="Discard what is kept here").click()
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    assert (kept(page), room.filed(candidacy)) == ({}, [])


@pytest.mark.parametrize("confirmed", [False, True], ids=["stays", "leaves"])
def test_who_signs_out_is_asked_about_what_was_not_sent(confirmed: bool, page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    page.route(f"**{QUEUE}", lambda route: route.abort())
    score(page, candidacy, "43")
    expect(state(page, candidacy)).to_have_text("kept on this device")
    page.goto(f"{room.url}/console")  # on any page
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if confirmed else dialog.dismiss()

    page.once("dialog", answer)
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in" if confirmed else "To do")
    assert "have not been sent" in asked[0]
    assert bool(kept(page)) is not confirmed


@pytest.mark.parametrize("keeps_own", [True, False], ids=["this-device", "the-other"])
def test_of_a_sheet_edited_on_two_devices_the_person_chooses(
    keeps_own: bool, browser: Browser, page: Page, room: Room
) -> None:
    candidacy = candidate_on(page, room)
    page.context.set_offline(True)
    score(page, candidacy, "43")
    with opened(browser, room, service_workers="block") as other:
        score(other, candidacy, "55")
        expect(state(other, candidacy)).to_have_text("sent, to be signed")
    page.context.set_offline(False)
    expect(state(page, candidacy)).to_contain_text("refused: you saved this sheet otherwise in another window")
    for _ in range(2):  # before the page is loaded again, and after: nothing takes the place of the other unseen
        score(page, candidacy, "44")
        expect(page.locator("[data-kept-list] li")).to_contain_text("theoretical-knowledge 4, practical-skills 4")
        page.goto(f"{room.url}{QUEUE}?")
    theirs, own = ({"theoretical-knowledge": n, "practical-skills": n} for n in (5, 4))
    assert room.filed(candidacy) == [("case-study", theirs)]
    page.goto(f"{room.url}/console")  # the choice is offered on any page
    page.get_by_role("button", name="Compare and choose").click()
    both = [f"{competency}: {level}" for level in (4, 5) for competency in theirs]
    expect(page.locator(".problems li")).to_have_text(both)
    if keeps_own:
        page.get_by_role("link", name="Go to the sheet as you filled it in").click()
        page.get_by_role("button", name="Save and next").locator("visible=true").click()
        expect(state(page, candidacy)).to_have_text("sent, to be signed")
    else:
        page.get_by_role("button", name="Leave it as it is saved").click()
        expect(state(page, candidacy)).to_have_text("to be signed")
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    assert (kept(page), room.filed(candidacy)) == ({}, [("case-study", own if keeps_own else theirs)])


def test_what_is_kept_is_sent_from_any_page_of_the_console(page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    page.route(f"**{QUEUE}", lambda route: route.abort())
    score(page, candidacy, "43")
    page.goto(f"{room.url}/console")
    expect(page.locator("[data-kept-list] a")).to_have_attribute("href", f"{QUEUE}#{candidacy}.case-study")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    assert len(room.filed(candidacy)) == 1


@pytest.fixture
def copied(browser: Browser, room: Room) -> Iterator[tuple[Page, str]]:
    """The sheets of the first assessor in a browser that has a copy of them, with a new candidate."""
    candidacy = room.candidate()
    with opened(browser, room, viewport=TABLET, locale="en-GB") as page:
        page.wait_for_function(COPIED)
        yield page, candidacy


def copies(page: Page) -> list[str]:
    """The paths that the browser has copied, but for files."""
    script = (
        "caches.open('pca-sheets').then(kept => kept.keys()).then(all => all.map(one => new URL(one.url).pathname))"
    )
    paths: list[str] = page.evaluate(script)
    return [path for path in paths if not path.startswith("/static/")]


def test_the_sheets_load_without_a_connection_with_all_that_was_saved(copied: tuple[Page, str], room: Room) -> None:
    page, candidacy = copied
    expect(page.locator(COPY)).to_be_hidden()
    score(page, candidacy, "43")
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    page.context.set_offline(True)
    page.goto(f"{room.url}{QUEUE}?order=candidate")  # another address of the same sheets
    expect(page.locator(COPY)).to_contain_text(re.compile(r"the copy of \d\d:\d\d on this device"))
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).display") == "none"  # it has its styles
    chosen = section(page, candidacy).locator("input:checked")
    assert chosen.evaluate_all("all => all.map(one => one.value)") == ["4", "3"]
    score(page, candidacy, "55")
    score(page, candidacy, "22", "simulation")
    page.reload()
    expect(page.locator("[data-kept-list] li")).to_have_count(2)
    assert len(room.filed(candidacy)) == 1
    page.context.set_offline(False)
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    assert room.filed(candidacy) == [
        ("case-study", {"theoretical-knowledge": 5, "practical-skills": 5}),
        ("simulation", {"practical-skills": 2, "advisory-capacity": 2}),
    ]
    page.reload()
    expect(page.locator(COPY)).to_be_hidden()
    expect(state(page, candidacy)).to_have_text("to be signed")


def test_a_server_that_answers_is_shown_as_it_answers(copied: tuple[Page, str], room: Room) -> None:
    page, _ = copied
    later = room.candidate()
    page.goto(f"{room.url}{QUEUE}")
    expect(section(page, later)).to_have_count(1)
    expect(page.locator(COPY)).to_be_hidden()
    assert copies(page) == [QUEUE]
    page.context.clear_cookies(name="__Host-pca-ledger")  # the session has ended on the server
    page.goto(f"{room.url}{QUEUE}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert copies(page) == []


def test_a_server_that_has_stopped_is_as_no_connection(copied: tuple[Page, str], room: Room) -> None:
    page, candidacy = copied
    with room.stopped():
        page.reload()
        expect(page.locator(COPY)).to_be_visible()
        score(page, candidacy, "43")
        expect(state(page, candidacy)).to_have_text("kept on this device")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    assert len(room.filed(candidacy)) == 1


@pytest.mark.parametrize("runs", [True, False], ids=["with-the-script", "without"])
def test_nobody_sees_the_copy_of_who_signed_out(runs: bool, copied: tuple[Page, str], room: Room) -> None:
    page, _ = copied
    if runs:
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    else:
        page.context.request.post(f"{room.url}/console/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert copies(page) == ([] if runs else [QUEUE])
    assert page.context.cookies() == []
    # A worker that starts again is cut off too late by ``set_offline``: it would still reach a server that serves.
    with room.stopped(), pytest.raises(Error, match="net::ERR_"):
        page.goto(f"{room.url}{QUEUE}")
    page.wait_for_url("chrome-error://**")
    page.goto(f"{room.url}/console/sign-in")
    assert copies(page) == []


def test_the_next_person_at_a_tablet_has_a_copy_of_their_own_sheets_only(copied: tuple[Page, str], room: Room) -> None:
    page, candidacy = copied
    score(page, candidacy, "43")
    expect(state(page, candidacy)).to_have_text("sent, to be signed")
    enter_as(page, room, "assessor2")
    page.wait_for_function(COPIED)
    assert page.evaluate("localStorage.length") == 0
    with room.stopped():
        page.reload()
        expect(page.locator(COPY)).to_be_visible()
        assert page.locator("[data-kept-list]").get_attribute("data-person") == "assessor2"
        assert page.locator("input:checked").count() == 0


@pytest.mark.parametrize(("viewport", "locale"), [(PHONE, "fr-FR"), (TABLET, "en-GB")], ids=["phone", "tablet"])
def test_fingers_reach_everything_on_a_phone_and_a_tablet(
    viewport: ViewportSize, locale: str, browser: Browser, room: Room
) -> None:
    candidacy = room.candidate()
    with opened(browser, room, viewport=viewport, locale=locale, has_touch=True, is_mobile=True) as page:
        fill_in_by_finger(page, candidacy)
    assert room.filed(candidacy) == [("case-study", {"theoretical-knowledge": 3, "practical-skills": 4})]


def fill_in_by_finger(page: Page, candidacy: str) -> None:
    page.locator(f'.queue a[href="#{candidacy}.case-study"]').tap()
    sheet = section(page, candidacy)
    expect(sheet).to_be_visible()
    expect(page.locator(".queue")).to_be_hidden()
    heights = sheet.locator("label, button, .actions a").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 48
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
    for scale in range(2):
        sheet.locator(".scale").nth(scale).locator("label").nth(scale + 2).tap()
    sheet.get_by_role("button").tap()
    expect(section(page, candidacy, "simulation")).to_be_visible()
    expect(page.locator("[data-kept-list]")).to_be_hidden()


def test_a_sheet_without_any_level_is_not_saved(page: Page, room: Room) -> None:
    candidacy = candidate_on(page, room)
    begin(page, candidacy)
    for scale in range(2):
        section(page, candidacy).locator(".scale").nth(scale).get_by_text("Not observed").click()
    page.get_by_role("button", name="Save and next").click()
    expect(section(page, candidacy)).to_be_visible()
    assert (kept(page), room.filed(candidacy)) == ({}, [])


def test_the_correction_of_a_sheet_fits_a_phone_and_is_accessible(page: Page, room: Room) -> None:
    candidacy = room.candidate()
    sheet = {"candidacy_id": candidacy, "sheet_id": f"{candidacy}-1", "activity": "case-study"}
    room.world.do("submit-score-sheet", "assessor1", **sheet, commitment=value("levels", {"practical-skills": 3}))
    page.set_viewport_size(PHONE)
    page.goto(f"{room.url}{QUEUE}")
    begin(page, candidacy)
    section(page, candidacy).get_by_role("link", name="Correct this sheet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Correct this sheet")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size(TABLET)
