"""An assessor's own score sheets, without JavaScript: saved, changed, signed together, and left to others."""

from httpx2 import Response
from starlette.testclient import TestClient

from api.secretariat.inbox import Inbox
from tests.api.console.pages import SAME_SITE, Browser
from tests.api.console.sheets.conftest import QUEUE, fill, leave, sign_all
from tests.scenario import value
from tests.support import World

CASE = {"theoretical_knowledge": 4, "practical_skills": 3}
SIGNED = {
    "candidacy_id": "c-awa",
    "sheet_id": "s-1",
    "activity": "case-study",
    "commitment": value("levels", {"practical-skills": 5}),
}


def levels_filed(desk: Inbox) -> dict[str, int]:
    """The levels of the only sheet that waits."""
    (item,) = desk.waiting()
    levels: dict[str, int] = item.proposal.disclosures[0].value
    return levels


def sealed(world: World, candidacy: str = "c-awa") -> list[tuple[str, str]]:
    return [(sheet.assessor, sheet.activity) for sheet in world.read().candidacy(candidacy).live_sheets]


def test_sheets_are_saved_one_after_the_other_and_signed_with_one_gesture(browser: Browser, running: World) -> None:
    page = browser.enter("assessor1").get(QUEUE)
    assert "0 of 8 sheets are signed, 0 are saved" in page.text
    saved = browser.client.post(QUEUE, data=fill(page, "c-awa", "case-study", **CASE), headers=SAME_SITE)
    assert str(saved.url).endswith(f"{QUEUE}#c-awa.simulation")  # the next one that is open
    page = browser.get(QUEUE)
    browser.post(QUEUE, fill(page, "c-awa", "simulation", practical_skills=2, advisory_capacity=None))
    page = browser.get(QUEUE)
    assert "0 of 8 sheets are signed, 2 are saved" in page.text
    assert sealed(running) == []
    review = browser.get(f"{QUEUE}/sign")
    assert review.text.count("Submit levels for") == 2
    sign_all(browser, review)
    assert sealed(running) == [("assessor1", "case-study"), ("assessor1", "simulation")]
    page = browser.get(QUEUE)
    assert "2 of 8 sheets are signed, 0 are saved" in page.text
    own = page.texts('section[id="c-awa.simulation"]')[0]
    assert "practical-skills: 2" in own
    assert "advisory-capacity: Not observed" in own
    assert browser.get(f"{QUEUE}/sign").h1 == "Score sheets"  # nothing is left to sign


def test_nobody_is_shown_the_levels_of_another(browser: Browser) -> None:
    page = browser.enter("assessor1").get(QUEUE)
    browser.post(QUEUE, fill(page, "c-awa", "case-study", **CASE))
    sign_all(browser, browser.get(f"{QUEUE}/sign"))
    page = leave(browser, "assessor2").get(QUEUE)
    assert page.html.query("input[type=radio][checked]") == []
    assert "0 of 8 sheets are signed" in page.text
    for person in ("registrar", "moderator", "manager"):
        page = leave(browser, person).get(QUEUE.replace("sheets", "moderation"))
        assert "No revealed levels differ." in page.text
        assert page.texts("dd") == []


def test_a_sheet_that_is_sent_again_is_filed_once(browser: Browser, desk: Inbox) -> None:
    page = browser.enter("assessor1").get(QUEUE)
    fields = fill(page, "c-awa", "case-study", **CASE)
    numbers = {send(browser.client, fields).json()["number"] for _ in range(3)}
    assert numbers == {item.number for item in desk.waiting()}
    assert len(numbers) == 1
    other = send(browser.client, {**fields, "level.practical-skills": ["1"]})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_a_saved_sheet_is_changed_until_it_is_signed(browser: Browser, desk: Inbox, running: World) -> None:
    page = browser.enter("assessor1").get(QUEUE)
    browser.post(QUEUE, fill(page, "c-awa", "case-study", **CASE))
    page = browser.get(QUEUE)
    assert page.values('form[data-sheet="c-awa.case-study"] input[checked]', "value") == ["4", "3"]
    browser.post(QUEUE, fill(page, "c-awa", "case-study", theoretical_knowledge=1, practical_skills=1))
    (item,) = desk.waiting()
    assert item.proposal.disclosures[0].value == {"theoretical-knowledge": 1, "practical-skills": 1}
    sign_all(browser, browser.get(f"{QUEUE}/sign"))
    assert browser.get(QUEUE).html.query('form[data-sheet="c-awa.case-study"]') == []
    fields = fill(page, "c-awa", "case-study", **CASE) | {"key": ["k" * 16]}
    assert "in another window" in browser.post(QUEUE, fields, status=422).texts(".problems")[0]
    refused = browser.post(QUEUE, {**fields, "instead_of": [""]}, status=422)
    assert "already has a score sheet" in refused.texts(".problems")[0]
    assert len(sealed(running)) == 1


def test_of_a_sheet_that_was_saved_elsewhere_meanwhile_both_are_shown_and_one_is_chosen(
    browser: Browser, desk: Inbox
) -> None:
    old = browser.enter("assessor1").get(QUEUE)
    browser.post(QUEUE, fill(browser.get(QUEUE), "c-awa", "case-study", **CASE))
    late = browser.post(
        QUEUE, fill(old, "c-awa", "case-study", theoretical_knowledge=1, practical_skills=None), status=422
    )
    assert "in another window or on another device" in late.texts(".problems")[0]
    assert late.texts(".problems li") == [
        *("theoretical-knowledge: 1", "practical-skills: Not observed"),
        *("theoretical-knowledge: 4", "practical-skills: 3"),
    ]
    assert late.values('form[data-sheet="c-awa.case-study"] input[checked]', "value") == ["1", ""]
    assert levels_filed(desk) == {"theoretical-knowledge": 4, "practical-skills": 3}
    left = browser.get(f"{QUEUE}?")  # as the button for it does
    assert left.values('form[data-sheet="c-awa.case-study"] input[checked]', "value") == ["4", "3"]
    browser.post(QUEUE, fill(late, "c-awa", "case-study", theoretical_knowledge=1, practical_skills=None))
    assert levels_filed(desk) == {"theoretical-knowledge": 1}


def test_what_was_filled_in_is_shown_again_when_it_is_refused(browser: Browser, running: World) -> None:
    fields = fill(browser.enter("assessor1").get(QUEUE), "c-awa", "case-study", **CASE)
    running.do("submit-score-sheet", "assessor1", **SIGNED)
    refused = browser.post(QUEUE, fields, status=422)
    assert "already has a score sheet" in refused.texts(".problems")[0]
    assert refused.texts(".problems li") == ["theoretical-knowledge: 4", "practical-skills: 3"]
    assert "practical-skills: 5" in refused.texts('section[id="c-awa.case-study"]')[0]


def test_a_sheet_is_sent_by_whoever_filled_it_in(browser: Browser, desk: Inbox) -> None:
    fields = fill(browser.enter("assessor1").get(QUEUE), "c-awa", "case-study", **CASE)
    leave(browser, "assessor2")
    answer = send(browser.client, fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "kept-for-another")
    browser.client.cookies.clear()
    assert send(browser.client, fields).status_code == 401
    assert desk.waiting() == []


def test_a_sheet_that_is_not_as_the_page_made_it_is_refused(browser: Browser, desk: Inbox) -> None:
    fields = fill(browser.enter("assessor1").get(QUEUE), "c-awa", "case-study", **CASE)
    for field, given, status, says in (
        ("level.practical-skills", "6", 422, "whole numbers from 1 to 5"),
        ("level.practical-skills", "x", 400, "expected a whole number"),
        ("level.communication", "3", 422, "one or more of"),
        ("activity", "lecture", 422, "not an assessed activity"),
        ("candidacy", "c-nobody", 404, "there is no candidacy"),
        ("key", "short", 400, "16 to 64"),
        ("instead_of", "-1", 400, "expected a whole number"),
        ("instead_of", "99", 422, "another window"),
    ):
        answer = send(browser.client, fields | {field: [given]})
        assert (answer.status_code, says in answer.text) == (status, True), answer.text
    nothing = {name: [""] if name.startswith("level.") else given for name, given in fields.items()}
    assert "one or more of" in send(browser.client, nothing).text
    assert desk.waiting() == []


def test_only_assessors_of_the_workshop_have_sheets_in_it(browser: Browser, running: World) -> None:
    running.do("grant-role", "director", person_id="moderator", role="assessor")
    running.do("grant-role", "director", person_id="panel1", role="assessor")
    answer = browser.enter("panel1").client.get(QUEUE)
    assert (answer.status_code, "is not an assessor of workshop" in answer.text) == (422, True)
    assert leave(browser, "moderator").get(QUEUE).h1 == "Moderation"  # what they do about sheets
    assert browser.client.get("/console/workshops/NONE/sheets").status_code == 404


def test_who_cannot_be_scored_says_why(browser: Browser, running: World) -> None:
    home = {"administration_id": "SN", "since": running.now.date()}
    running.do("record-employment", "registrar", person_id="assessor1", **home)
    page = browser.enter("assessor1").get(QUEUE)
    assert page.text.count("belong to the same administration") == 2
    assert page.html.query("section.sheet") == []


def test_activity_by_activity_is_another_order_of_the_same_sheets(browser: Browser) -> None:
    browser.enter("assessor1")
    by_candidate, by_activity = (
        browser.get(address).values("section.sheet", "id") for address in (QUEUE, f"{QUEUE}?order=activity")
    )
    assert sorted(by_candidate) == sorted(by_activity)
    assert by_activity[:2] == ["c-awa.case-study", "c-zoe.case-study"]
    page = browser.get(f"{QUEUE}?order=activity")
    saved = browser.client.post(
        f"{QUEUE}?order=activity", data=fill(page, "c-awa", "case-study", **CASE), headers=SAME_SITE
    )
    assert str(saved.url).endswith(f"{QUEUE}?order=activity#c-zoe.case-study")


def test_a_conflict_takes_the_assessor_off_that_candidate(browser: Browser, running: World, desk: Inbox) -> None:
    page = browser.enter("assessor1").get(QUEUE)
    browser.post(QUEUE, fill(page, "c-awa", "case-study", **CASE))
    browser.post(QUEUE, fill(page, "c-zoe", "case-study", **CASE))
    fields = browser.get(QUEUE).form(QUEUE.replace("sheets", "recuse"))
    assert "c-awa" not in fields["candidacy"]  # nobody is chosen before somebody is
    fields |= {"candidacy": ["c-awa"], "reason_code": ["family"], "reason": ["a\r\ncousin"]}
    review = browser.post(QUEUE.replace("sheets", "recuse"), fields)
    assert "Declare a conflict of interest with awa Exemple" in review.text
    sign_all(browser, review)
    assert running.read().candidacy("c-awa").recused == {"assessor1"}
    page = browser.get(QUEUE)
    assert "declared a conflict of interest with this candidate" in page.text
    assert {anchor.partition(".")[0] for anchor in page.values("section.sheet", "id")} == {"c-zoe"}
    assert len(desk.waiting("assessor1")) == 1  # that of the other candidate
    again = browser.post(QUEUE.replace("sheets", "recuse"), fields | {"key": ["another-key-of-16-letters"]}, status=422)
    assert "declared a conflict of interest" in again.texts(".problems")[0]
    assert [text.split() for text in again.form(QUEUE.replace("sheets", "recuse"))["reason"]] == [["a", "cousin"]]


def test_the_pages_are_in_french_too(client: TestClient, running: World) -> None:
    browser = Browser(client, "fr").enter("assessor1")
    page = browser.get(QUEUE)
    assert page.h1 == "Fiches d’évaluation"
    browser.post(QUEUE, fill(page, "c-awa", "case-study", **CASE))
    browser.get(QUEUE)
    refused = browser.post(QUEUE, fill(page, "c-awa", "case-study", **CASE) | {"key": ["k" * 16]}, status=422)
    assert "Enregistrement impossible" in refused.text
    running.do("recuse-assessor", "assessor2", candidacy_id="c-awa", reason_code="other", reason=value("reason", "x"))


def send(client: TestClient, fields: dict[str, list[str]]) -> Response:
    """As the page sends what it kept."""
    return client.post(QUEUE, data=fields, headers={**SAME_SITE, "Accept": "application/json"})
