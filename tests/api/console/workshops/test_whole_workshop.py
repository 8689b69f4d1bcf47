"""A whole workshop through the pages, without JavaScript: ten officers, from the plan to the certificates."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api.words.names import name_of
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser
from tests.api.console.workshops.conftest import HOME, Walk
from tests.scenario import CRITERIA, END, PLAN, SCHEME, SESSION, START, value
from tests.support import World

CANDIDATES = {"Awa": ("Diop", "SN", 4), "Zoé": ("N'Guessan", "CI", 2)}


@pytest.fixture
def walk(staffed: World) -> Iterator[Walk]:
    """A console over a ledger with officers and an approved scheme, and nothing else."""
    staffed.approve()
    with console_over(staffed) as client:
        yield Walk(Browser(client), staffed)


def test_ten_officers_take_a_workshop_from_its_plan_to_the_certificates(walk: Walk) -> None:
    _plan(walk)
    _nominate(walk)
    _select(walk)
    _score(walk)
    _rank(walk)
    _decide(walk)
    _issue(walk)
    assert Counter(walk.recorded()) == {
        "session-planned/v1": 1,
        "facilitator-assigned/v1": 1,
        "assessor-assigned/v1": 2,
        "person-registered/v1": 3,
        "candidate-nominated/v1": 3,
        "findings-recorded/v1": 6,
        "eligibility-confirmed/v2": 2,
        "eligibility-refused/v2": 1,
        "score-sheet-submitted/v1": 16,
        "score-sheet-revealed/v1": 16,
        "session-closed/v1": 1,
        "assessment-outcome-computed/v1": 2,
        "ranking-computed/v1": 1,
        "certification-granted/v1": 1,
        "certification-refused/v1": 1,
        "certificate-issued/v2": 1,
    }


def _plan(walk: Walk) -> None:
    browser = walk.enter("manager")
    form = "/console/commands/plan-session"
    page = browser.get(f"{form}?scheme_id={SCHEME}&scheme_version=1.0.0")
    page = walk.fill(page, form, do="check", session_id=SESSION, title_en="Workshop", title_fr="Atelier",
                     start=START.isoformat(), end=END.isoformat(), place="Brussels", language="fr", funder="Fund")  # fmt: skip
    walk.sign(walk.fill(page, form, do="file"))
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
            "details__given_name": given,
            "details__family_name": family,
            "details__years_of_pca": "8",
            "details__languages": "French, Wolof",
            "administration_id": code,
        }
        review = walk.fill(page, f"{HOME}/nominate", **asked)
        assert "You are about to sign 2 statements" in review.text
        assert walk.sign(review).text.count("Recorded entry") == 2
    assert "3 candidates" in browser.get(HOME).text


def _select(walk: Walk) -> None:
    """Both members find alike on two candidates, and differ on one criterion of the third, who is not selected."""
    selection, reviewed = f"{HOME}/selection", "You are about to sign 3 statements"
    candidacies = walk.world.read().candidacies_in(SESSION)
    refused = next(c.candidacy_id for c in candidacies if _name(walk, c.nominated.person_id) == "Ibrahim Sy")
    for member, unmet in (("panel1", ()), ("panel2", (f"record-findings.{refused}.{CRITERIA[0]}",))):
        page = walk.enter(member).get(selection)
        asked = [name for name in page.values("select", "name") if name.startswith("record-findings.")]
        assert len(asked) == 3 * len(CRITERIA)
        found = {name.replace(".", "__"): "not-met" if name in unmet else "met" for name in asked}
        review = walk.fill(page, f"{HOME}/findings", **found)
        assert reviewed in review.text
        assert walk.sign(review).text.count("Recorded entry") == 3
    page = walk.enter("panel1").get(selection)
    assert page.text.count("They differ.") == 1
    differing = f"decide-eligibility.{refused}.{CRITERIA[0]}"
    chosen = {name: values for name, values in page.form(selection).items() if name.startswith("decide-eligibility.")}
    assert chosen == {name: ["" if name == differing else "met"] for name in chosen}, "what all agree on"
    decided = {"second": "panel2", differing.replace(".", "__"): "not-met"}
    page = walk.refused(page, selection, **decided)
    assert "give the reason for the decision" in page.texts(f"#at-{refused} .problem")[0]
    review = walk.fill(page, selection, **{f"decide-eligibility-reason__{refused}": "Another field."})
    assert reviewed in review.text
    assert "Another field." in review.text
    assert "Waits for others" in walk.sign(review).text
    page = walk.enter("panel2").get(selection)
    assert page.text.count("not selected: criteria are not met") == 1
    assert walk.sign(walk.review(page)).text.count("Recorded entry") == 3
    (row,) = [row for row in walk.browser.get(selection).texts("tbody tr") if "Ibrahim" in row]
    assert "not met Panel1 Exemple: met Panel2 Exemple: not met They differ." in row
    assert "decided by Panel1 Exemple, Panel2 Exemple Another field." in row


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
    assert "You are about to sign 3 statements" in review.text
    assert walk.sign(review).text.count("Recorded entry") == 3
    page = browser.get(f"{HOME}/ranking")
    rows = page.texts("#ranks ~ tbody tr")
    assert [row.split()[0:2] for row in rows] == [["1", "Awa"], ["–", "Zoé"]]
    assert "16/4 (4)" in page.text


def _decide(walk: Walk) -> None:
    browser = walk.enter("decider1")
    page = browser.get(f"{HOME}/memo")
    assert "on every candidate: neither trained" in page.text
    review = walk.fill(page, f"{HOME}/memo", second="decider2", effective_from=END.isoformat())
    assert "You are about to sign 2 statements" in review.text
    walk.sign(review)
    browser = walk.enter("decider2")
    assert walk.sign(walk.review(browser.get(f"{HOME}/memo"))).text.count("Recorded entry") == 2
    page = browser.get(f"{HOME}/memo")
    assert "Refused: not every competency is met." in page.text


def _issue(walk: Walk) -> None:
    browser = walk.enter("registrar")
    assert "Recorded entry" in walk.sign(walk.review(browser.get(f"{HOME}/memo"))).text
    page = browser.get("/console/certifications")
    assert page.texts("tbody th") == ["Awa Diop"]
    address = page.values("tbody th a", "href")[0]
    page = browser.get(address)
    assert "In force" in page.text
    assert "Certificate issued" in page.text
