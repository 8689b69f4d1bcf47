"""Who may see what of a workshop: no sealed level, no candidate's data but to those who need it, no case of one's own."""

import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from api.console.commands.views import record_of
from api.console.sheets.reading import with_levels
from api.console.workshops.standing import Workshop
from ledger.domain.record import Role
from ledger.reading import Draft
from tests.api.console.pages import SAME_SITE, Browser
from tests.api.console.workshops.conftest import HOME, Walk
from tests.scenario import CRITERIA, PLAN, SESSION, key_of, value

PAGES = ("", "/nominate", "/selection", "/ranking", "/memo")


ONES_OWN = {"assessor1": [f"{HOME}/sheets"], "facilitator": [f"{HOME}/attendance"]}


@pytest.mark.parametrize("person", ["facilitator", "assessor1", "security"])
def test_who_needs_no_candidate_sees_the_workshop_and_nobody_in_it(person: str, walk: Walk) -> None:
    page = walk.enter(person).get("/console/workshops")
    assert SESSION in page.text
    assert "Nominated: 2" in page.text
    assert "awa" not in page.text
    assert page.values("tbody th a", "href") == ONES_OWN.get(person, [])
    for path in PAGES:
        assert walk.browser.client.get(HOME + path).status_code == 403
    assert walk.browser.client.get("/console/certifications").status_code == 403


def test_an_assessor_finds_their_sheets_whichever_of_their_ids_was_assigned(walk: Walk) -> None:
    walk.world.do("grant-role", "director", person_id="moderator", role=Role.ASSESSOR)
    assert "My score sheets" not in walk.enter("moderator").get("/console/workshops").text
    reason = value("reason", "one human")
    walk.world.do("merge-persons", person_id="moderator", merged_id="assessor1", reason=reason)
    assert walk.enter("moderator").get("/console/workshops").values("th p a", "href") == [f"{HOME}/sheets"]


def test_the_panel_sees_candidates_and_no_results(past: Walk) -> None:
    browser = past.enter("panel1")
    page = browser.get(HOME)
    assert "awa N'Guessan-Écho" in page.text
    assert "Selected" in page.text
    number = past.world.read().certification("c-awa").number
    results = ("Ranking computed", "Certificate issued", "Certification refused", number)
    assert [result for result in results if result in page.text] == []
    seen = past.enter("director").get(HOME).text
    assert [result for result in results if result in seen] == list(results)
    past.enter("panel1")
    assert [browser.client.get(HOME + path).status_code for path in ("/ranking", "/memo")] == [403, 403]


def test_an_officer_sees_and_does_nothing_in_a_workshop_for_which_they_were_nominated(walk: Walk) -> None:
    walk.world.do("nominate-candidate", candidacy_id="c-panel1", person_id="panel1", details=[])
    browser = walk.enter("panel1")
    page = browser.get("/console/workshops")
    assert "You were nominated for this workshop" in page.text
    assert page.values("tbody th a", "href") == []
    assert "Nominated: " not in page.text, "how far the others have come"
    for path in ("", "/selection"):
        response = browser.client.get(HOME + path)
        assert response.status_code == 422
        assert "awa" not in response.text
    filing = browser.client.post(f"{HOME}/selection", data={"key": "made-for-a-test"}, headers=SAME_SITE)
    assert filing.status_code == 422
    assert "Panel1 Exemple" in walk.enter("panel2").get(f"{HOME}/selection").text


def test_a_candidate_who_files_for_others_learns_nothing_of_their_workshop_from_a_form(walk: Walk) -> None:
    """The preview of a statement shows levels and outcomes, to whoever fills in the form."""
    world = walk.world
    world.do("nominate-candidate", candidacy_id="c-manager", person_id="manager", details=[])
    for name in ("awa", "zoe"):
        world.do("decide-eligibility", candidacy_id=f"c-{name}", **met())
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    world.score("c-awa", 4)
    (sheet, *_) = world.read().candidacy("c-awa").live_sheets
    form = "/console/commands/reveal-score-sheet"
    query = f"{form}?candidacy_id=c-awa&sheet_id={sheet.sheet_id}&signers.0=registrar"
    sent = {"candidacy_id": "c-awa", "sheet_id": sheet.sheet_id, "signers.0": "registrar"}

    def asked(do: str) -> str:
        return walk.browser.client.post(form, data={**sent, "do": do, "key": "k" * 16}, headers=SAME_SITE).text

    walk.enter("registrar")
    assert "levels practical-skills 4" in asked("check")
    world.do("grant-role", "director", person_id="facilitator", role=Role.PROGRAMME_MANAGER)
    walk.enter("facilitator")
    assert "levels practical-skills 4" not in asked("check"), "of those who do not sign it, nobody"
    opened = walk.enter("manager").client.get(query).text
    for text in (opened, asked("check"), asked("file")):
        assert "Assessor1" not in text
        assert "awa N" not in text
        assert "practical-skills" not in text
        assert "nominated" in text
    assert walk.waiting() == []


def met(*unmet: str) -> dict[str, Any]:
    return {"findings": [{"criterion": criterion, "met": criterion not in unmet} for criterion in CRITERIA]}


def test_a_member_of_the_panel_learns_from_no_refusal_what_others_found(walk: Walk) -> None:
    walk.world.do("record-findings", "panel1", candidacy_id="c-awa", **met(CRITERIA[0]), reason=None)
    browser = walk.enter("panel2")
    fields = {f"decide-eligibility.c-awa.{criterion}": "met" for criterion in CRITERIA}
    sent = {"key": "made-for-a-test-", "second": "panel1", **fields}
    response = browser.client.post(f"{HOME}/selection", data=sent, headers=SAME_SITE)
    assert response.status_code == 422
    assert "record your own first" in response.text
    assert "decide as they found" not in response.text
    walk.world.do("record-findings", "panel2", candidacy_id="c-awa", **met(), reason=None)
    response = browser.client.post(f"{HOME}/selection", data=sent, headers=SAME_SITE)
    assert "give the reason for the decision" in response.text


def test_nobody_opens_their_own_certification(past: Walk) -> None:
    past.world.do("grant-role", "director", person_id="awa", role=Role.MODERATOR)
    browser = past.enter("director")
    page = browser.get("/console/certifications/c-awa")
    assert "In force" in page.text
    console = browser.client.app.state.console  # type: ignore[attr-defined]  # of the application
    past.world.do("register-key", "security", "awa", person_id="awa", public_key=key_of("awa").public)
    console.demonstrated["awa"] = key_of("awa")
    assert past.enter("awa").client.get("/console/certifications/c-awa").status_code == 422


def test_only_the_rule_on_what_is_missing_opens_a_sealed_level(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = walk.world
    for name in ("awa", "zoe"):
        world.do(
            "decide-eligibility", candidacy_id=f"c-{name}", findings=[{"criterion": c, "met": True} for c in CRITERIA]
        )
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    world.score("c-awa", 4)
    sealed = {sheet.commitment for sheet in world.read().candidacy("c-awa").live_sheets}
    asked: list[tuple[str, str]] = []
    one = Draft.disclosure

    def disclosure(self: Draft, digest: str) -> Any:
        rule = sys._getframe(1)
        asked.append((digest, f"{rule.f_globals['__name__']}.{rule.f_code.co_name}"))
        return one(self, digest)

    monkeypatch.setattr(Draft, "disclosure", disclosure)
    browser = walk.enter("manager")
    page = browser.get(HOME)
    assert "All sheets in, sealed" in page.text
    assert "8 of 8" in page.text
    for path in PAGES:
        browser.get(HOME + path)
    assert {digest for digest, _ in asked} > sealed
    assert {who for digest, who in asked if digest in sealed} == {"ledger.domain.decisions.assessment._levels"}


def test_where_candidates_stand_follows_their_sheets(walk: Walk) -> None:
    world = walk.world
    assert _stands(walk, "c-awa") == "Nominated"
    for name in ("awa", "zoe"):
        findings = [{"criterion": criterion, "met": name == "awa"} for criterion in CRITERIA]
        world.do("decide-eligibility", candidacy_id=f"c-{name}", findings=findings)
    assert (_stands(walk, "c-awa"), _stands(walk, "c-zoe")) == ("Selected", "Not selected")
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    for activity, competencies in PLAN.items():
        for level, assessor in ((3, "assessor1"), (4, "assessor2")):
            if competencies:
                levels = value("levels", dict.fromkeys(competencies, level))
                sheet = f"c-awa-{activity}-{assessor}"
                world.do("submit-score-sheet", assessor, candidacy_id="c-awa", sheet_id=sheet, activity=activity,
                         commitment=levels)  # fmt: skip
                if activity == "simulation" and level == 3:
                    assert _stands(walk, "c-awa") == "Being scored"
    assert _stands(walk, "c-awa") == "All sheets in, sealed"
    for each in world.read().candidacy("c-awa").live_sheets:
        world.do("reveal-score-sheet", candidacy_id="c-awa", sheet_id=each.sheet_id)
    assert _stands(walk, "c-awa") == "Sheets revealed, levels differ"
    for activity, competencies in PLAN.items():
        for competency in competencies:
            world.do("hold-moderation", candidacy_id="c-awa", activity=activity, competency=competency, level=4,
                     rationale=value("rationale", "agreed"))  # fmt: skip
    assert _stands(walk, "c-awa") == "Sheets revealed"
    world.do("withdraw-candidacy", candidacy_id="c-awa", effective_from=world.now.date(),
             reason_code=value("candidacy_withdrawal_reason", "health"))  # fmt: skip
    assert _stands(walk, "c-awa") == "Withdrawn"


def test_after_the_end_nothing_is_said_to_be_in_that_is_missing(walk: Walk) -> None:
    world = walk.world
    for name in ("awa", "zoe"):
        findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
        world.do("decide-eligibility", candidacy_id=f"c-{name}", findings=findings)
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    levels = value("levels", dict.fromkeys(PLAN["case-study"], 3))
    world.do("submit-score-sheet", "assessor1", candidacy_id="c-awa", sheet_id="only", commitment=levels)
    world.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    world.do("close-session", "manager", session_id=SESSION)
    assert _stands(walk, "c-awa") == "Workshop closed, sheets sealed"
    assert _stands(walk, "c-zoe") == "Workshop closed, no sheet handed in"
    page = walk.enter("registrar").get(HOME)
    assert "Reveal the score sheets (1 candidate)" in page.text
    assert "Compute outcomes and ranking (1 candidate)" in page.text


def test_sheets_that_leave_a_cell_open_are_not_said_to_be_all_in(walk: Walk) -> None:
    world = walk.world
    findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    world.do("decide-eligibility", candidacy_id="c-awa", findings=findings)
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    for activity, competencies in PLAN.items():
        for assessor in ("assessor1", "assessor2"):
            seen = competencies[1:] if (activity, assessor) == ("case-study", "assessor2") else competencies
            if seen:
                levels = value("levels", dict.fromkeys(seen, 4))
                sheet = f"c-awa-{activity}-{assessor}"
                world.do("submit-score-sheet", assessor, candidacy_id="c-awa", sheet_id=sheet, activity=activity,
                         commitment=levels)  # fmt: skip
    assert _stands(walk, "c-awa") == "Being scored"
    assert "Reveal the score sheets" not in walk.enter("registrar").get(HOME).text


def _stands(walk: Walk, candidacy: str) -> str:
    console = walk.browser.client.app.state.console  # type: ignore[attr-defined]  # of the application
    levels = with_levels(walk.world.ledger, [SESSION])
    workshop = Workshop.of(SESSION, record_of(console), levels, walk.world.now.date())
    return next(one.label.en for one in workshop.candidates if one.id == candidacy)


def test_a_trainer_who_would_assess_is_warned_of_and_can_be_excepted(past: Walk) -> None:
    world = past.world
    world.do("grant-role", "director", person_id="facilitator", role=Role.ASSESSOR)
    world.do("plan-session", session_id="TOA-2", start=world.now.date(), end=world.now.date())
    world.do("nominate-candidate", session_id="TOA-2", candidacy_id="c-2", person_id="zoe", details=[])
    browser: Browser = past.enter("manager")
    page = browser.get("/console/workshops/TOA-2")
    (row,) = [
        row for row in page.texts("#people ~ form tbody tr") if row.startswith("Facilitator") and "Assessor" in row
    ]
    assert "zoe Exemple: Facilitator Exemple trained this candidate" in row
    assert "Ask for an exception" in row
    (address,) = page.values("#people ~ form td a", "href")
    assert browser.get(address).form("/console/commands/grant-separation-exception")["assessor_id"] == ["facilitator"]


def test_what_can_be_done_with_a_certification_leads_to_its_form(past: Walk) -> None:
    browser = past.enter("decider1")
    page = browser.get("/console/certifications/c-awa")
    links = {address.partition("?")[0].rpartition("/")[2]: address for address in page.values("main li a", "href")}
    decisions = ["suspend-certification", "reduce-scope", "reissue-certificate", "withdraw-certification"]
    endings = ["relinquish-certification", "annul-certification"]
    competence = ["record-refresher", "review-surveillance", "report-capability-change", "report-misuse"]
    assert [*links] == [*decisions, *endings, *competence]
    form = browser.get(links["suspend-certification"]).form("/console/commands/suspend-certification")
    assert form["certification_id"] == ["c-awa"]
    assert form["effective_from"] == [past.world.now.date().isoformat()]
    past.world.do("grant-role", "director", person_id="moderator", role=Role.DECISION_AUTHORITY)
    past.world.do("suspend-certification", certification_id="c-awa", effective_from=past.world.now.date(),
                  reason_code={"name": "suspension_reason", "value": "under-review"})  # fmt: skip
    page = browser.get("/console/certifications/c-awa")
    assert "Suspended" in page.text
    assert "Lift a suspension" in page.text
    assert "under review" in page.text
    assert "No results" in browser.get("/console/certifications?status=expired").text
    assert "1 certification" in browser.get("/console/certifications?status=suspended&q=awa").text
    assert browser.get("/console/certifications?start=1").texts("tbody tr") == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_in_french_too(path: str, past: Walk) -> None:
    past.browser.language = "fr"
    past.browser.client.headers["Accept-Language"] = "fr"
    browser = past.enter("registrar")
    browser.get("/console/workshops")
    page = browser.get(HOME + path)
    assert "Tous les ateliers" in page.text
