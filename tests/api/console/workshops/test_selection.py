"""The findings of panel members in the console: who sees them when, and who is asked for theirs."""

from typing import Any

from ledger.domain.record import Role
from tests.api.console.workshops.conftest import HOME, Walk
from tests.scenario import CRITERIA, value

SELECTION, FINDINGS = f"{HOME}/selection", f"{HOME}/findings"
WAITS = "2 candidates wait for your findings"


def found(*unmet: str, **changed: Any) -> dict[str, Any]:
    findings = [{"criterion": criterion, "met": criterion not in unmet} for criterion in CRITERIA]
    return {"candidacy_id": "c-awa", "findings": findings, "reason": None, **changed}


def test_a_member_sees_the_findings_of_others_once_their_own_are_signed(walk: Walk) -> None:
    walk.world.do("record-findings", "panel1", **found(CRITERIA[0], reason=value("reason", "Another field.")))
    seen = "Panel1 Exemple: not met"
    page = walk.enter("panel2").get(SELECTION)
    assert "findings recorded by: Panel1 Exemple" in page.text
    assert "You see what the others found once you have signed your own findings" in page.text
    assert [text for text in (seen, "Another field.") if text in page.text] == []
    assert [row[:3] for row in page.texts("#bare ~ tbody th")] == ["zoe"], "nobody recorded findings on her"
    every = {f"record-findings__c-awa__{criterion}": "met" for criterion in CRITERIA}
    review = walk.fill(page, FINDINGS, **every, **{"record-findings-reason__c-awa": "As the letter says."})
    page = walk.browser.get(SELECTION)
    assert "Findings for you to sign" in page.text
    assert seen not in page.text, "filed is not signed"
    walk.sign(review)
    page = walk.browser.get(SELECTION)
    (row,) = page.texts("#grid ~ tbody tr")
    assert f"{seen} Panel2 Exemple: met They differ." in row
    assert "Panel1 Exemple: Another field. Panel2 Exemple: As the letter says." in row
    (change,) = page.values("#grid ~ tbody th a", "href")
    assert walk.browser.get(change).form("/console/commands/record-findings")["candidacy_id"] == ["c-awa"]
    assert seen in walk.enter("registrar").get(SELECTION).text


def test_who_holds_another_role_too_does_not_read_in_the_past_what_the_grid_hides(walk: Walk) -> None:
    world = walk.world
    world.do("grant-role", "director", person_id="panel2", role=Role.PROGRAMME_MANAGER)
    world.do("record-findings", "panel1", **found())
    number = world.ledger.size()
    pages = ("/console/history/candidacy/c-awa", "/console/history/people/awa")
    label = "Findings of a panel member recorded"
    browser = walk.enter("panel2")
    assert [page for page in pages if label in browser.get(page).text] == []
    assert browser.client.get(f"/console/history/entries/{number}").status_code == 422
    world.do("record-findings", "panel2", **found())
    assert [page for page in pages if label in browser.get(page).text] == [*pages]
    assert label in browser.get(f"/console/history/entries/{number}").text


def test_a_decision_that_waits_is_shown_to_who_signs_it_and_not_to_who_still_has_to_find(walk: Walk) -> None:
    world = walk.world
    page = walk.enter("panel1").get(SELECTION)
    every = {f"decide-eligibility__c-awa__{criterion}": "met" for criterion in CRITERIA}
    walk.sign(walk.fill(page, SELECTION, second="panel2", **every))
    for member, result in (("panel2", "selected: all criteria are met"), ("moderator", "–")):
        if member == "moderator":
            world.do("grant-role", "director", person_id="moderator", role=Role.SELECTION_PANEL)
        (row,) = walk.enter(member).get(SELECTION).texts("#found ~ tbody tr")
        assert result in row


def test_the_inbox_says_on_how_many_candidates_findings_are_missing(walk: Walk) -> None:
    browser = walk.enter("panel1")
    first = "#next ~ ul li"
    assert browser.get(HOME).texts(first)[0].startswith("Record your findings (2 candidates)")
    assert "Record your findings (2)" in browser.get("/console/workshops").text
    assert "Record your findings" not in walk.enter("registrar").get(HOME).text
    browser = walk.enter("panel1")
    page = browser.get("/console")
    assert WAITS in page.text
    assert f"{HOME}/selection" in page.values(".notice a", "href")
    walk.world.do("record-findings", "panel1", **found())
    assert "1 candidate waits for your findings" in browser.get("/console").text
    assert "for your findings" not in walk.enter("registrar").get("/console").text


def test_the_inbox_does_not_count_a_workshop_for_which_a_member_was_nominated(walk: Walk) -> None:
    walk.world.do("nominate-candidate", candidacy_id="c-panel1", person_id="panel1", details=[])
    assert "for your findings" not in walk.enter("panel1").get("/console").text
    assert "3 candidates wait for your findings" in walk.enter("panel2").get("/console").text


def test_what_is_wrong_in_findings_is_said_at_the_candidate_and_nothing_is_filed(walk: Walk) -> None:
    page = walk.enter("panel1").get(SELECTION)
    first = f"record-findings__c-zoe__{CRITERIA[0]}"
    page = walk.refused(page, FINDINGS, **{first: "met"})
    assert page.texts("#at-c-zoe .problem") == ["Problem: Choose a finding on every criterion."]
    assert page.form(FINDINGS)[f"record-findings.c-zoe.{CRITERIA[0]}"] == ["met"]
    assert page.form(SELECTION)[f"decide-eligibility.c-zoe.{CRITERIA[0]}"] == [""]
    assert "Choose one candidate or more." in walk.refused(page, FINDINGS, **{first: ""}).text
    assert walk.waiting() == []
    whole = {f"record-findings__c-zoe__{criterion}": "met" for criterion in CRITERIA}
    hidden = {"record-findings-reason__c-zoe": "a\N{ZERO WIDTH SPACE}b"}
    page = walk.refused(page, FINDINGS, **whole, **hidden)
    assert "none of them hidden" in page.texts("#at-c-zoe .problem")[0]


def test_who_does_not_select_sees_what_was_found_and_enters_nothing(walk: Walk) -> None:
    walk.world.do("record-findings", "panel1", **found())
    page = walk.enter("registrar").get(SELECTION)
    assert page.values("main select", "name") == []
    assert "Panel1 Exemple: met" in page.text
    assert "findings missing of: Panel2 Exemple" in page.text


def test_a_decision_that_all_findings_contradict_is_refused_at_the_candidate(walk: Walk) -> None:
    for member in ("panel1", "panel2"):
        walk.world.do("record-findings", member, **found(CRITERIA[0]))
    page = walk.enter("panel1").get(SELECTION)
    contrary = {f"decide-eligibility__c-awa__{CRITERIA[0]}": "met", "second": "panel2"}
    page = walk.refused(page, SELECTION, **contrary)
    assert "decide as they found" in page.texts("#at-c-awa .problem")[0]
    later = walk.refused(page, SELECTION, **contrary, **{"decide-eligibility-later__c-awa": "on"})
    assert "Choose one candidate or more." in later.text
