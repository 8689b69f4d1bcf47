"""What is wrong is said where it belongs; what was entered stays; nothing is half filed, and nothing twice."""

import pytest

from ledger.domain.record import Role
from tests.api.console.pages import Browser, Page
from tests.api.console.workshops.conftest import HOME, Walk
from tests.scenario import CRITERIA, SESSION, names

NOMINATE, SELECTION = f"{HOME}/nominate", f"{HOME}/selection"


def all_met(page: Page, **besides: str) -> dict[str, str]:
    fields = [name for name in page.values("select", "name") if name.startswith("decide-eligibility.")]
    return {**{name.replace(".", "__"): "met" for name in fields}, "second": "panel2", **besides}


def test_a_nomination_with_faults_comes_back_with_what_was_entered(walk: Walk) -> None:
    page = walk.enter("registrar").get(NOMINATE)
    page = walk.refused(
        page, NOMINATE, details__given_name="Fatou", details__email="nowhere", details__years_of_pca="many"
    )
    assert page.form(NOMINATE)["details.given_name"] == ["Fatou"]
    assert page.form(NOMINATE)["details.email"] == ["nowhere"]
    links = page.values(".problems a", "href")
    assert links == ["#details.email", "#administration_id", "#details.years_of_pca"]
    assert "This field is required." in page.text
    assert walk.waiting() == []


def test_nobody_is_nominated_for_a_workshop_that_is_closed(past: Walk) -> None:
    page = past.enter("registrar").get(HOME)
    assert NOMINATE not in page.values("nav a", "href")
    page = past.browser.get(NOMINATE)
    assert "The workshop is closed" in page.text
    assert page.values("main form", "action") == []


def test_an_assessor_whose_administration_is_not_known_is_not_offered(walk: Walk) -> None:
    walk.world.do("register-person", "registrar", person_id="ines", details=names("Ines"))
    walk.world.do("grant-role", "director", person_id="ines", role=Role.ASSESSOR)
    page = walk.enter("manager").get(HOME)
    assert "assessor:ines" not in page.values("button[name=assign]", "value")
    assert "administration" in page.texts("#at-ines-assessor td")[2]


def test_a_nomination_without_a_name_is_none(walk: Walk) -> None:
    page = walk.enter("registrar").get(NOMINATE)
    assert page.text.count("(at least one of the two names)") == 2
    page = walk.refused(page, NOMINATE, administration_id="SN")
    assert page.values(".problems a", "href") == ["#details.family_name"]
    assert "Enter a given name, a family name, or both." in page.text


def test_a_manager_nominates_and_a_registrar_signs(walk: Walk) -> None:
    page = walk.enter("manager").get(NOMINATE)
    entered = {"details__given_name": "Fatou", "details__family_name": "Ndiaye", "administration_id": "SN"}
    assert "Choose who signs." in walk.refused(page, NOMINATE, **entered).text
    page = walk.fill(page, NOMINATE, **entered, registrar="registrar")
    assert page.h1 == "Workshop"
    assert page.text.count("Fatou Ndiaye Registrar Exemple") == 2
    walk.enter("registrar")
    walk.sign(walk.review(walk.browser.get(HOME)))
    assert walk.recorded() == ["person-registered/v1", "candidate-nominated/v1"]


def _alike(walk: Walk) -> Page:
    """A nomination of somebody of the name of awa, from the same administration."""
    page = walk.enter("registrar").get(NOMINATE)
    entered = {"details__given_name": "Ada", "details__family_name": "Exemple", "administration_id": "SN"}
    return walk.fill(page, NOMINATE, **entered)


def test_somebody_who_may_be_known_is_a_question_with_both_beside_each_other(walk: Walk) -> None:
    walk.world.do("register-person", "registrar", person_id="ada", details=names("Ada"))
    walk.world.do(
        "record-employment", "registrar", person_id="ada", administration_id="SN", since=walk.world.now.date()
    )
    page = _alike(walk)
    assert "Is this somebody known?" in page.text
    assert walk.waiting() == []
    assert page.values("input[name=who]", "value")[0] == "new"
    assert "ada" in page.values("input[name=who]", "value")
    review = walk.fill(page, NOMINATE, who="ada")
    assert "You are about to sign 1 statement." in review.text
    walk.sign(review)
    assert walk.recorded()[-1:] == ["candidate-nominated/v1"]
    assert [c.candidacy_id for c in walk.world.read().candidacies_of("ada")]


def test_somebody_new_of_a_known_name_is_registered_too(walk: Walk) -> None:
    walk.world.do("register-person", "registrar", person_id="ada", details=names("Ada"))
    assert "You are about to sign 2 statements" in walk.fill(_alike(walk), NOMINATE, who="new").text


def test_who_is_nominated_already_is_refused_beside_the_form(walk: Walk) -> None:
    page = walk.enter("registrar").get(NOMINATE)
    page = walk.fill(page, NOMINATE, details__given_name="Awa", details__family_name="Exemple", administration_id="SN")
    page = walk.refused(page, NOMINATE, who="awa")
    assert "Awa Exemple has an open candidacy in this scheme" in page.texts(".problems")[0]
    assert page.form(NOMINATE)["details.given_name"] == ["Awa"]
    assert page.form(NOMINATE)["who"] == ["awa"]


def test_a_form_that_is_sent_twice_files_once(walk: Walk) -> None:
    page = walk.enter("registrar").get(NOMINATE)
    entered = {"details__given_name": "Fatou", "details__family_name": "Ndiaye", "administration_id": "CI"}
    first, second = (walk.fill(page, NOMINATE, **entered) for _ in range(2))
    assert walk.waiting() == ["register-person", "nominate-candidate"]
    assert first.form("/console/sign") == second.form("/console/sign")
    walk.sign(first)
    walk.fill(page, NOMINATE, **entered)
    assert walk.waiting() == []
    assert len(walk.recorded()) == 2
    changed = walk.refused(page, NOMINATE, **{**entered, "administration_id": "SN"})
    assert "Nothing was filed." in changed.text
    assert walk.waiting() == []


@pytest.mark.parametrize(
    ("fields", "place", "says"),
    [
        ({f"decide-eligibility__c-awa__{CRITERIA[0]}": ""}, "#at-c-awa", "Choose a finding on every criterion."),
        ({"second": ""}, None, "Choose who signs with you."),
        ({"second": "panel1"}, "#at-c-awa", "Panel1 Exemple is named twice"),
        ({"second": "manager"}, "#at-c-awa", "Manager Exemple does not hold the role"),
    ],
    ids=["incomplete", "alone", "the same twice", "not of the panel"],
)
def test_what_is_wrong_in_the_grid_is_said_at_the_candidate_and_nothing_is_filed(
    fields: dict[str, str], place: str | None, says: str, walk: Walk
) -> None:
    page = walk.enter("panel1").get(SELECTION)
    page = walk.refused(page, SELECTION, **all_met(page, **fields))
    assert says in page.texts(".problems")[0]
    assert page.values(".problems a", "href")[:1] == ([] if place is None else [place])
    assert page.form(SELECTION)[f"decide-eligibility.c-zoe.{CRITERIA[0]}"] == ["met"]
    assert walk.waiting() == []


def test_a_row_that_is_left_empty_is_decided_later(walk: Walk) -> None:
    page = walk.enter("panel1").get(SELECTION)
    empty = {f"decide-eligibility__c-zoe__{criterion}": "" for criterion in CRITERIA}
    walk.sign(walk.fill(page, SELECTION, **all_met(page, **empty)))
    page = walk.browser.get(SELECTION)
    (awa,), (zoe,) = page.texts("#found ~ tbody th"), page.texts("#bare ~ tbody th")
    assert awa.startswith("awa Exemple Senegal years of experience in PCA: 8")
    assert zoe.startswith("zoe Exemple")
    none = dict.fromkeys(all_met(page), "")
    assert "Choose one candidate or more." in walk.refused(page, SELECTION, **none).text


def test_the_second_member_refuses_with_a_reason_and_the_first_decides_anew(walk: Walk) -> None:
    page = walk.enter("panel1").get(SELECTION)
    walk.sign(walk.fill(page, SELECTION, **all_met(page)))
    page = walk.enter("panel2").get(SELECTION)
    address = page.values("#found ~ tbody td a", "href")[0]
    walk.browser.post(f"{address}/refuse", {"reason": "the letter is missing"})
    walk.sign(walk.review(walk.browser.get(SELECTION)))
    assert walk.recorded() == ["eligibility-confirmed/v2"]
    page = walk.enter("panel1").get(SELECTION)
    assert len(page.texts("#bare ~ tbody th")) == 1


def test_who_trained_does_not_decide_and_the_memo_says_so_beforehand(past: Walk) -> None:
    past.world.do("grant-role", "director", person_id="assessor1", role=Role.DECISION_AUTHORITY)
    page = past.enter("director").get(f"{HOME}/memo")
    (row,) = [row for row in page.texts("tbody tr") if row.startswith("Assessor1")]
    assert row.count("Assessor1 Exemple scored this candidate") == 2


def test_a_decision_that_the_rules_refuse_is_said_at_the_candidate(walk: Walk) -> None:
    world = walk.world
    for name in ("awa", "zoe"):
        world.do(
            "decide-eligibility", candidacy_id=f"c-{name}", findings=[{"criterion": c, "met": True} for c in CRITERIA]
        )
    world.score("c-awa", 4)
    world.score("c-zoe", 3)
    world.now = world.now.replace(day=19, hour=16)
    world.do("close-session", "manager", session_id=SESSION)
    memo, browser = f"{HOME}/memo", walk.enter("registrar")
    page = walk.browser.get(f"{HOME}/ranking")
    assert "Sheets on 2 candidates are still sealed" in page.text
    for one in ("c-awa", "c-zoe"):
        for sheet in world.read().candidacy(one).live_sheets:
            world.do("reveal-score-sheet", "registrar", candidacy_id=one, sheet_id=sheet.sheet_id)
    walk.sign(walk.fill(browser.get(f"{HOME}/ranking"), f"{HOME}/ranking"))
    world.do("grant-role", "director", person_id="assessor1", role=Role.DECISION_AUTHORITY)
    page = walk.enter("decider1").get(memo)
    for fields, says in (
        ({"second": "assessor1"}, "Assessor1 Exemple scored this candidate"),
        ({"second": "decider2", "effective_from": "soon"}, "Enter the day from which it counts."),
        ({"second": ""}, "Choose who signs with you."),
    ):
        wrong = walk.refused(page, memo, **fields)
        assert says in wrong.texts(".problems")[0]
    assert walk.waiting() == []
    refused = walk.refused(page, memo, second="assessor1")
    assert refused.values(".problems a", "href") == ["#at-c-awa", "#at-c-zoe"]
    assert refused.form(memo)["candidacy"] == ["c-awa", "c-zoe"]
    assert "You are about to sign 2 statements" in walk.fill(page, memo, second="decider2").text


def test_a_workshop_is_not_closed_before_its_last_day(walk: Walk) -> None:
    browser = walk.enter("manager")
    assert "closes it on 19 May 2017 at the earliest" in browser.get(f"{HOME}/ranking").text
    form = {"key": "made-for-a-test"}
    page = browser.post(f"{HOME}/close", form, status=422)
    assert "Nothing was filed." in page.text
    page = browser.post(f"{HOME}/ranking", form, status=422)
    assert "#at-" not in "".join(page.values(".problems a", "href"))
    walk.world.now = walk.world.now.replace(month=5, day=20)
    page = walk.enter("manager").get(f"{HOME}/ranking")
    assert "The selection of 2 candidates is to be decided before." in page.text
    assert "Close the workshop" not in page.text
    page = browser.post(f"{HOME}/close", form, status=422)
    assert "awa Exemple, zoe Exemple" in page.texts(".problems")[0]


@pytest.mark.parametrize("path", ["close", "ranking", "selection", "memo", "staff", "nominate", "certificates"])
def test_a_form_that_no_page_sent_files_nothing(path: str, walk: Walk) -> None:
    officer = {"selection": "panel1", "memo": "decider1"}.get(path, "registrar")
    response = walk.enter(officer).client.post(
        f"{HOME}/{path}", data={"assign": "x", "second": "panel2"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert response.status_code in (400, 422)
    assert walk.waiting() == []


def test_somebody_who_is_in_the_way_is_not_assigned(walk: Walk) -> None:
    world = walk.world
    world.do("grant-role", "director", person_id="moderator", role=Role.ASSESSOR)
    world.do("nominate-candidate", candidacy_id="c-mod", person_id="moderator", details=[])
    page = walk.enter("manager").get(HOME)
    assert "assessor:moderator" not in page.values("button[name=assign]", "value")
    page = walk.refused(page, f"{HOME}/staff", assign="assessor:moderator")
    assert "Moderator Exemple" in page.texts(".problems")[0]
    assert walk.waiting() == []
    Browser(walk.browser.client).get(HOME)
