"""The registrar reveals what is complete, and a moderator settles what differs, knowing what it changes."""

import pytest
from starlette.testclient import TestClient

from tests.api.console.pages import SAME_SITE, Browser
from tests.api.console.sheets.conftest import MODERATION, leave, sign_all
from tests.scenario import PLAN, value
from tests.support import World

REVEAL = MODERATION.replace("moderation", "reveal")
CELL = "case-study.practical-skills"


def differing(world: World, candidacy: str = "c-awa", **levels: int) -> None:
    """Both assessors score every cell: each all at one level."""
    for activity, competencies in PLAN.items():
        for assessor, level in ({"assessor1": 4, "assessor2": 2} | levels).items():
            if competencies:
                world.do(
                    "submit-score-sheet",
                    assessor,
                    candidacy_id=candidacy,
                    sheet_id=f"{candidacy}-{activity}-{assessor}",
                    activity=activity,
                    commitment=value("levels", dict.fromkeys(competencies, level)),
                )


def revealed(world: World, candidacy: str = "c-awa") -> int:
    return sum(sheet.levels is not None for sheet in world.read().candidacy(candidacy).live_sheets)


@pytest.fixture
def scored(running: World) -> World:
    """Awa's sheets are in, and differ; Zoé's are not."""
    differing(running)
    return running


@pytest.fixture
def opened(scored: World) -> World:
    """Awa's sheets are revealed."""
    for sheet in scored.read().candidacy("c-awa").live_sheets:
        scored.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    return scored


def test_what_is_complete_is_revealed_with_one_gesture(browser: Browser, scored: World) -> None:
    page = browser.enter("registrar").get(MODERATION)
    assert page.texts("tbody tr")[0].startswith("awa Exemple 8 0 nothing, can be revealed")
    assert "case-study / practical-skills" in page.texts("tbody tr")[1]
    review = browser.post(REVEAL)
    again = browser.post(REVEAL)
    assert review.form("/console/sign")["n"] == again.form("/console/sign")["n"]  # filed once
    assert "You are about to sign 8 statements with one gesture" in again.text
    sign_all(browser, again)
    assert (revealed(scored), revealed(scored, "c-zoe")) == (8, 0)
    page = browser.get(MODERATION)
    assert "Sheets are revealed once all of a candidate are in" in page.text
    assert browser.post(REVEAL).h1 == "Moderation"  # nothing is left to reveal


def test_what_is_sealed_when_the_workshop_is_closed_is_revealed_incomplete(browser: Browser, running: World) -> None:
    sheet = {"candidacy_id": "c-awa", "sheet_id": "s-1", "commitment": value("levels", {"practical-skills": 3})}
    running.do("submit-score-sheet", "assessor1", **sheet)
    running.now = running.now.replace(day=19)
    running.do("close-session", "manager")
    sign_all(browser.enter("registrar"), browser.post(REVEAL))
    assert revealed(running) == 1


def test_levels_stand_beside_each_other_and_a_level_is_settled(browser: Browser, opened: World) -> None:
    page = browser.enter("moderator").get(MODERATION)
    assert page.texts("dl")[0] == "Assessor1 Exemple 4 Assessor2 Exemple 2"
    form = page.form(MODERATION)
    form |= {
        f"level.{CELL}": ["4"],
        f"rationale.{CELL}": ["seen again"],
        f"dissent.{CELL}": ["Assessor 2: too much help"],
    }
    effect = browser.post(MODERATION, form)
    assert effect.h1 == "What changes"
    (practical,) = [row for row in effect.texts("tbody tr") if row.startswith("practical-skills")]
    assert practical == "practical-skills 3 12/4 met 14/4 met"
    review = browser.post(MODERATION, effect.form(MODERATION))
    assert "Dissenting view: Assessor 2: too much help" in review.text
    assert browser.post(MODERATION, effect.form(MODERATION)).h1 == "Moderation"  # the page sent again files nothing
    sign_all(browser, review)
    ((moderator, held),) = opened.read().candidacy("c-awa").moderations
    assert (moderator, held.competency, held.level) == ("moderator", "practical-skills", 4)
    assert "Counts for each of them, by moderation 4" in browser.get(MODERATION).texts("dl")[1]


def test_the_effect_is_what_the_rule_computes_afterwards(browser: Browser, opened: World) -> None:
    differing(opened, "c-zoe", assessor1=2, assessor2=2)
    form = browser.enter("moderator").get(MODERATION).form(MODERATION)
    cells = [f"{activity}.{one}" for activity, competencies in PLAN.items() for one in competencies]
    form |= {f"level.{cell}": ["2"] for cell in cells} | {f"rationale.{cell}": ["agreed"] for cell in cells}
    effect = browser.post(MODERATION, form)
    assert effect.texts("tbody tr")[-1] == "Outcome met not met"
    sign_all(browser, browser.post(MODERATION, effect.form(MODERATION)))
    opened.now = opened.now.replace(day=19)
    opened.do("close-session", "manager")
    opened.do("compute-outcome", "registrar", candidacy_id="c-awa")
    outcome = opened.read().candidacy("c-awa").outcome
    assert outcome is not None
    assert outcome.outcome == "not-met"
    page = leave(browser, "moderator").get(MODERATION)  # days later
    assert "nothing can be settled any more" in page.text
    assert page.values("form", "action").count(MODERATION) == 0


def test_what_cannot_be_settled_is_refused_before_anything_is_filed(browser: Browser, opened: World) -> None:
    form = browser.enter("moderator").get(MODERATION).form(MODERATION)
    form |= {f"level.{CELL}": ["4"], f"rationale.{CELL}": ["seen again"]}
    headers = {**SAME_SITE, "Accept": "application/json"}  # the problem as programs read it
    for field, given, status, says in (
        (f"rationale.{CELL}", "", 422, "rationale"),
        (f"level.{CELL}", "9", 422, "level: expected"),
        (f"level.{CELL}", "x", 400, "expected a whole number"),
        ("candidacy", "c-zoe", 404, "there is no candidacy"),
        (f"level.{CELL}", "", 422, "choose the level that counts"),
    ):
        answer = browser.client.post(MODERATION, data=form | {field: [given], "confirmed": ["yes"]}, headers=headers)
        assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert browser.get("/console").values("input[name=n]", "value") == []


def test_what_a_moderator_wrote_is_still_there_after_a_refusal(browser: Browser, opened: World) -> None:
    form = browser.enter("moderator").get(MODERATION).form(MODERATION)
    written = {f"level.{CELL}": ["4"], f"rationale.{CELL}": [""], f"dissent.{CELL}": ["<b>nobody\r\nagrees</b>"]}
    again = browser.post(MODERATION, form | written, status=422).form(MODERATION)
    assert again[f"level.{CELL}"] == ["4"]
    assert [text.split() for text in again[f"dissent.{CELL}"]] == [["<b>nobody", "agrees</b>"]]


def test_a_moderator_who_scored_settles_nothing(browser: Browser, opened: World) -> None:
    opened.do("grant-role", "director", person_id="assessor1", role="moderator")
    page = browser.enter("assessor1").get(MODERATION)
    assert "scored this candidate and may not moderate" in page.text
    assert "Settle this cell" not in page.text
    form = {"candidacy": "c-awa", f"level.{CELL}": ["4"], f"rationale.{CELL}": ["seen again"]}
    assert "scored this candidate and may not moderate" in browser.post(MODERATION, form, status=422).text


def test_a_candidate_of_the_workshop_sees_nothing_of_it_as_an_officer(browser: Browser, opened: World) -> None:
    opened.nominate("decider1")
    for role in ("moderator", "registrar", "assessor"):
        opened.do("grant-role", "director", person_id="decider1", role=role)
    browser.enter("decider1")
    for address in (MODERATION, MODERATION.replace("moderation", "sheets")):
        assert "may not act as an officer in it" in browser.client.get(address).text
    headers = {**SAME_SITE, "Accept": "application/json"}
    for address in (MODERATION, REVEAL):
        assert browser.client.post(address, headers=headers).json()["code"] == "officer-is-candidate"


def test_after_a_recusal_the_page_says_who_can_take_over(browser: Browser, running: World) -> None:
    running.do("grant-role", "director", person_id="decider2", role="assessor")
    running.do("recuse-assessor", "assessor1", candidacy_id="c-awa", reason_code="family")
    row = browser.enter("manager").get(MODERATION).texts("tbody tr")[0]
    assert "Recused: Assessor1 Exemple" in row
    assert "Fewer than 2 assessors of this workshop may score this candidate." in row
    assert "A programme manager can assign: Decider2 Exemple" in row
    running.do("revoke-role", "director", person_id="decider2", role="assessor")
    assert "No other assessor may score this candidate either." in browser.get(MODERATION).texts("tbody tr")[0]


def test_all_cells_are_shown_on_request_and_the_page_is_in_french(client: TestClient, opened: World) -> None:
    browser = Browser(client, "fr").enter("moderator")
    assert len(browser.get(f"{MODERATION}?cells=all").html.query("dl")) == 8
    form = browser.get(MODERATION).form(MODERATION)
    form |= {f"level.{CELL}": ["4"], f"rationale.{CELL}": ["revu"], f"dissent.{CELL}": ["pas d’accord"]}
    effect = browser.post(MODERATION, form)
    assert effect.h1 == "Ce qui change"
    assert "Avis divergent : pas d’accord" in browser.post(MODERATION, effect.form(MODERATION)).text.replace(
        "\xa0", " "
    )
