"""A signed sheet is corrected by its assessor, with a reason and a moderator who countersigns."""

import pytest
from starlette.testclient import TestClient

from api.secretariat.inbox import Inbox
from tests.api.console.pages import Browser, Page
from tests.api.console.sheets.conftest import MODERATION, QUEUE, leave, sign_all
from tests.api.console.sheets.test_moderation import differing
from tests.support import World

CORRECT = f"{QUEUE}/correct"
AWA = f"{CORRECT}?candidacy=c-awa&activity=case-study"
TYPING = {"reason_code": ["transcription-error"], "reason": ["typed wrong"], "moderator": ["moderator"]}


@pytest.fixture
def scored(running: World) -> World:
    """All sheets on Awa are in: those of assessor 1 say 4, those of assessor 2 say 2."""
    differing(running)
    return running


def correct(browser: Browser, changes: dict[str, list[str]], status: int = 200) -> Page:
    form = browser.get(AWA).form(CORRECT)
    return browser.post(CORRECT, form | TYPING | changes, status=status)


def test_a_signed_sheet_is_corrected_with_a_reason_and_a_countersignature(browser: Browser, scored: World) -> None:
    scored.do("grant-role", "director", person_id="assessor2", role="moderator")  # who scored may not countersign
    queue = browser.enter("assessor1").get(QUEUE)
    assert AWA in queue.values("section.sheet a", "href")
    page = browser.get(AWA)
    assert page.values("input[checked]", "value") == ["4", "4"]
    assert page.values("select[name=moderator] option", "value") == ["", "moderator"]
    sign_all(browser, correct(browser, {"level.practical-skills": ["5"], "level.theoretical-knowledge": [""]}))
    waiting = browser.get(AWA)
    assert "A correction of this sheet waits for signatures" in waiting.text
    assert waiting.html.query("input[type=radio]") == []
    leave(browser, "moderator")
    sign_all(browser, browser.get("/console/review?n=1"))
    sheets = scored.read().candidacy("c-awa").sheets
    old, new = sheets["c-awa-case-study-assessor1"], list(sheets.values())[1]
    assert (old.live, new.live, new.assessor, new.countersigned_by) == (False, True, "assessor1", "moderator")
    corrected = leave(browser, "assessor1").get(QUEUE).texts('section[id="c-awa.case-study"]')[0]
    assert "practical-skills: 5" in corrected
    assert "theoretical-knowledge: Not observed" in corrected


def test_whoever_countersigns_reads_sealed_levels_nowhere(browser: Browser, scored: World, desk: Inbox) -> None:
    review = correct(browser.enter("assessor1"), {"level.practical-skills": ["5"]})
    assert "sealed levels: practical-skills 5, theoretical-knowledge 4" in review.text
    sign_all(browser, review)
    (item,) = desk.waiting()
    leave(browser, "moderator")
    addresses = ("/console", f"/console/review?n={item.number}", f"/console/statements/{item.number}")
    for address in addresses:
        page = browser.get(address)
        assert "levels (sealed)" in page.text
        assert "typed wrong" in page.text
        assert "practical-skills 5" not in page.text
    # What is searched is what is shown.
    assert browser.get("/console?q=practical-skills+5").html.query("input[name=n]") == []
    for sheet in scored.read().candidacy("c-awa").live_sheets:
        scored.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    for address in addresses:  # a change of what is revealed is seen by whoever agrees to it
        assert "practical-skills 5" in browser.get(address).text


def test_what_the_rules_refuse_is_said_on_the_page_as_it_was_filled_in(browser: Browser, scored: World) -> None:
    browser.enter("assessor1")
    none = {f"level.{name}": [""] for name in ("practical-skills", "theoretical-knowledge")}
    for changes, says in (
        (none, "one or more of"),
        ({"moderator": ["assessor2"]}, "does not hold the role of Moderator"),
        ({"level.practical-skills": ["9"]}, "whole numbers from 1 to 5"),
    ):
        page = correct(browser, changes, status=422)
        assert says in page.texts(".problems")[0]
        form = page.form(CORRECT)
        assert (form["reason_code"], "typed" in form["reason"][0]) == (TYPING["reason_code"], True)
        assert page.texts("ul li")[-2:] == ["theoretical-knowledge: 4", "practical-skills: 4"]  # as it is signed


def test_nobody_corrects_the_sheet_of_another_or_one_that_is_not_signed(browser: Browser, scored: World) -> None:
    browser.enter("assessor1")
    for cell in ("candidacy=c-zoe&activity=case-study", "candidacy=c-awa&activity=lecture"):
        assert browser.client.get(f"{CORRECT}?{cell}").status_code == 404
    scored.do("recuse-assessor", "assessor2", candidacy_id="c-awa", reason_code="family")
    assert leave(browser, "assessor2").client.get(AWA).status_code == 404  # theirs are set aside


def test_after_the_outcome_nothing_is_corrected(browser: Browser, scored: World) -> None:
    for sheet in scored.read().candidacy("c-awa").live_sheets:
        scored.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    form = browser.enter("assessor1").get(AWA).form(CORRECT)
    scored.now = scored.now.replace(day=19)
    scored.do("close-session", "manager")
    scored.do("compute-outcome", "registrar", candidacy_id="c-awa")
    browser = leave(browser, "assessor1")
    assert AWA not in browser.get(QUEUE).values("a", "href")
    assert "outcome" in browser.post(CORRECT, form | TYPING, status=422).texts(".problems")[0]


def test_the_page_says_missing_as_the_rule_does_also_after_a_reveal(browser: Browser, scored: World) -> None:
    """A sheet that is corrected after the reveal can lack a level: it waits for the close of the workshop."""
    for sheet in scored.read().candidacy("c-awa").live_sheets:
        scored.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    review = correct(browser.enter("assessor1"), {"level.theoretical-knowledge": [""]})
    sign_all(browser, review)
    leave(browser, "moderator")
    sign_all(browser, browser.get("/console/review?n=1"))
    row = leave(browser, "registrar").get(MODERATION).texts("tbody tr")[0]
    assert "case-study / theoretical-knowledge" in row
    assert "what is sealed is revealed once the workshop is closed" in row
    assert "can be revealed" not in row
    assert browser.post(MODERATION.replace("moderation", "reveal")).h1 == "Moderation"
    scored.now = scored.now.replace(day=19)
    scored.do("close-session", "manager")
    assert "can be revealed" in leave(browser, "registrar").get(MODERATION).texts("tbody tr")[0]


def test_the_page_is_in_french_too(client: TestClient, scored: World) -> None:
    assert Browser(client, "fr").enter("assessor1").get(AWA).h1 == "Corriger cette fiche"
