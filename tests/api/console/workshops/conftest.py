"""A workshop that is planned, with two candidates nominated; and officers who act at its console one after the other."""

from collections.abc import Iterator

import pytest

from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser, Page
from tests.scenario import SESSION, value
from tests.support import World, copied

HOME = f"/console/workshops/{SESSION}"


class Walk:
    """Officers at one console, one after the other."""

    def __init__(self, browser: Browser, world: World) -> None:
        self.browser, self.world = browser, world
        self._begun = world.ledger.size()

    def enter(self, person: str) -> Browser:
        self.browser.client.cookies.clear()
        return self.browser.enter(person)

    def sign(self, review: Page) -> Page:
        """Sign what a page of review lists, with one gesture."""
        assert review.h1 == "Review and sign"
        return self.browser.post("/console/sign", review.form("/console/sign"))

    def review(self, page: Page) -> Page:
        """Follow the form of a page that leads to the review of what waits for whoever is signed in."""
        numbers = page.form("/console/review")["n"]
        return self.browser.get("/console/review?" + "&".join(f"n={number}" for number in numbers))

    def fill(self, page: Page, action: str, **fields: str) -> Page:
        """Send a form of a page with some fields filled in; __ is for a dot."""
        return self.browser.post(action, page.form(action) | _given(fields))

    def refused(self, page: Page, action: str, **fields: str) -> Page:
        """The same for what is refused: the page comes back."""
        return self.browser.post(action, page.form(action) | _given(fields), status=422)

    def recorded(self) -> list[str]:
        """The wire names of what was recorded since the console was opened."""
        entries = self.world.ledger.entries(self._begun, self.world.ledger.size())
        return [decode_payload(open_envelope(entry.state).payload).type for entry in entries]

    def waiting(self) -> list[str]:
        """The commands that wait."""
        return [item.proposal.name for item in self.browser.client.app.state.console.office.inbox.waiting()]  # type: ignore[attr-defined]  # of the application


def _given(fields: dict[str, str]) -> dict[str, list[str]]:
    return {name.replace("__", "."): [text] for name, text in fields.items()}


@pytest.fixture(scope="session")
def nominated_workshop(appointed: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Awa and Zoé are nominated, and not selected yet. Closed, to be copied."""
    world = appointed.copy(tmp_path_factory.mktemp("nominated") / "ledger")
    world.plan()
    for name in ("awa", "zoe"):
        world.person(name)
        world.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=[value("years_of_pca", 8)])
    world.ledger.close()
    return world


nominated = copied("nominated_workshop")


@pytest.fixture
def walk(nominated: World) -> Iterator[Walk]:
    """The console over the workshop with its nominations."""
    with console_over(nominated) as client:
        yield Walk(Browser(client), nominated)


@pytest.fixture
def past(workshop: World) -> Iterator[Walk]:
    """The console over a workshop that was held."""
    with console_over(workshop) as client:
        yield Walk(Browser(client), workshop)
