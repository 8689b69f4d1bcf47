"""A whole workshop through the pages, without JavaScript: ten officers, from the plan to the certificates."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from api.words.names import name_of
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser, Page
from tests.scenario import CRITERIA, END, PLAN, SESSION, START, value
from tests.support import World

HOME = f"/console/workshops/{SESSION}"
CANDIDATES = {"Awa": ("Diop", "SN", 4), "Zoé": ("N'Guessan", "CI", 2), "Moussa": ("Fall", "SN", 3)}


class Walk:
    """Officers at one console, one after the other."""

    def __init__(self, browser: Browser, world: World) -> None:
        self.browser, self.world = browser, world

    def enter(self, person: str) -> Browser:
        self.browser.client.cookies.clear()
        return self.browser.enter(person)

    def sign(self, review: Page) -> Page:
        """Sign what a page of review lists, with one gesture."""
        assert review.h1 == "Review and sign"
        return self.browser.post("/console/sign", review.form("/console/sign"))

    def fill(self, page: Page, action: str, **fields: Any) -> Page:
        """Send a form of a page with some fields filled in."""
        return self.browser.post(action, page.form(action) | {name: [given] for name, given in fields.items()})


@pytest.fixture
def walk(staffed: World) -> Iterator[Walk]:
    staffed.approve()
    with console_over(staffed) as client:
        yield Walk(Browser(client), staffed)


def test_ten_officers_take_a_workshop_from_its_plan_to_the_certificates(walk: Walk) -> None:
    world, size = walk.world, walk.world.ledger.size()
    _plan(walk)
    _nominate(walk)
    _select(walk)
    _score(walk)
    _rank(walk)
    _decide(walk)
    _issue(walk)
    assert Counter(_types(world, size)) == {
        "session-planned/v1": 1,
        "facilitator-assigned/v1": 1,
        "assessor-assigned/v1": 2,
        "person-registered/v1": 4,
        "candidate-nominated/v1": 4,
        "eligibility-confirmed/v1": 3,
        "eligibility-refused/v1": 1,
        "score-sheet-submitted/v1": 24,
        "score-sheet-revealed/v1": 24,
        "session-closed/v1": 1,
        "assessment-outcome-computed/v1": 3,
        "ranking-computed/v1": 1,
        "certification-granted/v1": 2,
        "certification-refused/v1": 1,
        "certificate-issued/v2": 2,
    }


def _types(world: World, size: int) -> list[str]:
    entries = world.ledger.entries(size, world.ledger.size())
    return [decode_payload(open_envelope(entry.state).payload).type for entry in entries]


def _plan(walk: Walk) -> None:
    walk.world.do("plan-session", start=START, end=END)
    browser = walk.enter("manager")
    assert "Assign facilitators and assessors" in browser.get("/console/workshops").text
    page = browser.get(HOME)
    for assigned in ("facilitator:facilitator", "assessor:assessor1", "assessor:assessor2"):
        walk.sign(walk.fill(page, f"{HOME}/staff", assign=assigned))
        page = browser.get(HOME)
    assert page.texts("#people ~ form td:last-child") == ["assigned"] * 3


def _nominate(walk: Walk) -> None:
    browser = walk.enter("registrar")
    for given, (family, code, _) in {**CANDIDATES, "Ibrahim": ("Sy", "SN", 0)}.items():
        page = browser.get(f"{HOME}/nominate")
        asked = {
            "details.given_name": given,
            "details.family_name": family,
            "details.years_of_pca": "8",
            "details.languages": "French, Wolof",
            "administration_id": code,
        }
        review = walk.fill(page, f"{HOME}/nominate", **asked)
        assert "You are about to sign 2 statements" in review.text
        assert walk.sign(review).text.count("Recorded entry") == 2
    assert "4 candidates" in browser.get(HOME).text


def _select(walk: Walk) -> None:
    browser = walk.enter("panel1")
    page = browser.get(f"{HOME}/selection")
    findings = {name: "met" for name in page.values("select", "name") if name.startswith("finding.")}
    assert len(findings) == 4 * len(CRITERIA)
    candidacies = walk.world.read().candidacies_in(SESSION)
    refused = next(c.candidacy_id for c in candidacies if _name(walk, c.nominated.person_id) == "Ibrahim Sy")
    findings[f"finding.{refused}.{CRITERIA[0]}"] = "not-met"
    review = walk.fill(page, f"{HOME}/selection", second="panel2", **findings)
    assert "You are about to sign 4 statements" in review.text
    assert "Waits for others" in walk.sign(review).text
    browser = walk.enter("panel2")
    page = browser.get(f"{HOME}/selection")
    assert page.text.count("not selected: criteria are not met") == 1
    numbers = page.form("/console/review")["n"]
    signed = walk.sign(browser.get("/console/review?" + "&".join(f"n={n}" for n in numbers)))
    assert signed.text.count("Recorded entry") == 4
    assert "selected" in browser.get(f"{HOME}/selection").text


def _name(walk: Walk, person: str) -> str:
    return name_of(person, walk.world.read()) or ""


def _score(walk: Walk) -> None:
    world = walk.world
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    for one in world.read().candidacies_in(SESSION):
        if one.attends:
            level = CANDIDATES[_name(walk, one.nominated.person_id).split()[0]][2]
            for activity, competencies in PLAN.items():
                for assessor in ("assessor1", "assessor2"):
                    if competencies:
                        levels = value("levels", dict.fromkeys(competencies, level))
                        sheet = f"{one.candidacy_id}-{activity}-{assessor}"
                        world.do("submit-score-sheet", assessor, candidacy_id=one.candidacy_id, sheet_id=sheet,
                                 activity=activity, commitment=levels)  # fmt: skip
    browser = walk.enter("manager")
    page = browser.get(HOME)
    assert "8 of 8" in page.text
    for one in world.read().candidacies_in(SESSION):
        for each in one.live_sheets:
            world.do("reveal-score-sheet", "registrar", candidacy_id=one.candidacy_id, sheet_id=each.sheet_id)


def _rank(walk: Walk) -> None:
    walk.world.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    browser = walk.enter("manager")
    walk.sign(walk.fill(browser.get(f"{HOME}/ranking"), f"{HOME}/close"))
    browser = walk.enter("registrar")
    review = walk.fill(browser.get(f"{HOME}/ranking"), f"{HOME}/ranking")
    assert "You are about to sign 4 statements" in review.text
    assert walk.sign(review).text.count("Recorded entry") == 4
    page = browser.get(f"{HOME}/ranking")
    rows = page.texts("#ranks ~ tbody tr")
    assert [row.split()[0:2] for row in rows] == [["1", "Awa"], ["2", "Moussa"], ["–", "Zoé"]]
    assert "16/4 (4)" in page.text


def _decide(walk: Walk) -> None:
    browser = walk.enter("decider1")
    page = browser.get(f"{HOME}/memo")
    assert "on every candidate: neither trained" in page.text
    review = walk.fill(page, f"{HOME}/memo", second="decider2", effective_from=END.isoformat())
    assert "You are about to sign 3 statements" in review.text
    walk.sign(review)
    browser = walk.enter("decider2")
    page = browser.get(f"{HOME}/memo")
    numbers = page.form("/console/review")["n"]
    signed = walk.sign(browser.get("/console/review?" + "&".join(f"n={n}" for n in numbers)))
    assert signed.text.count("Recorded entry") == 3
    page = browser.get(f"{HOME}/memo")
    assert "Refused: not every competency is met." in page.text


def _issue(walk: Walk) -> None:
    browser = walk.enter("registrar")
    numbers = browser.get(f"{HOME}/memo").form("/console/review")["n"]
    review = browser.get("/console/review?" + "&".join(f"n={n}" for n in numbers))
    assert walk.sign(review).text.count("Recorded entry") == 2
    page = browser.get("/console/certifications")
    assert page.texts("tbody th") == ["Awa Diop", "Moussa Fall"]
    address = page.values("tbody th a", "href")[0]
    page = browser.get(address)
    assert "In force" in page.text
    assert "Certificate issued" in page.text
