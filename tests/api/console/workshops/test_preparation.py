"""The pages on the steps of candidates: what is missing, the attendance of many at once, and a candidate's own page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.console.conftest import OFFICERS, console_over
from tests.api.console.pages import Browser
from tests.api.console.workshops.conftest import HOME, Walk
from tests.scenario import key_of, value
from tests.support import World
from tests.vectors.stories.application import tell


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The first day of a workshop whose scheme has every step; kim, who has a key, has done none of them."""
    world = World(Path(tmp_path_factory.mktemp("preparation")) / "ledger")
    tell(world)
    world.person("kim")
    world.do("register-key", "security", "kim", person_id="kim", public_key=key_of("kim").public)
    with console_over(world, {**OFFICERS, **{name: key_of(name) for name in ("awa", "kim")}}) as client:
        yield Walk(Browser(client), world)


def test_a_registrar_sees_what_is_missing_and_goes_on_from_there(walk: Walk) -> None:
    page = walk.enter("registrar").get(f"{HOME}/preparation")
    assert "Call for nominations until 9 January 2017 (closed)" in page.text
    assert "Interests: completed" in page.text
    assert "summaries of applications" in page.text
    assert "15 May 2017: forbidden aid" in page.text
    one = walk.browser.get(f"{HOME}/preparation/c-awa")
    assert "twelve years in customs" in one.text
    assert "French, English" in one.text
    walk.browser.get(f"{HOME}/preparation/c-nobody", status=404)
    assert walk.enter("panel1").get(f"{HOME}/preparation").h1 == "Preparation"
    walk.enter("assessor1").get(f"{HOME}/preparation", status=403)


def test_a_facilitator_files_the_attendance_of_all_and_signs_it_at_once(walk: Walk) -> None:
    assert f"{HOME}/attendance" in walk.enter("facilitator").get("/console/workshops").values("a", "href")
    page = walk.browser.get(f"{HOME}/attendance")
    address = f"{HOME}/attendance"
    assert page.values("input[type=radio]", "name") == ["at.c-awa"] * 2, "eve is excluded, bob has no place"
    walk.refused(page, address, **{"at__c-awa": ""})
    walk.sign(walk.fill(page, address, **{"at__c-awa": "present"}))
    page = walk.browser.get(f"{address}?day=2017-05-15&activity=lecture")
    walk.sign(walk.fill(page, address, **{"at__c-awa": "absent"}))
    assert walk.recorded()[-2:] == ["attendance-recorded/v1"] * 2
    attended = walk.world.read().candidacy("c-awa").preparation.attended
    assert sorted(attended.values()) == [False, True]
    walk.refused(walk.browser.get(f"{address}?activity=lecture"), address, **{"at__c-awa": "absent"})


def test_a_registrar_files_it_for_a_facilitator_to_sign(walk: Walk) -> None:
    page = walk.enter("registrar").get(f"{HOME}/attendance")
    assert "whole day" in page.text
    shown = walk.fill(page, f"{HOME}/attendance", **{"at__c-awa": "absent"})
    assert shown.h1 == "Attendance"
    assert walk.waiting() == ["record-attendance"]


def test_a_candidate_with_a_key_sees_their_own_steps_and_nothing_of_others(walk: Walk) -> None:
    page = walk.enter("awa").get("/console/own")
    assert "You have not been nominated" not in page.text
    assert "Use of artificial intelligence" in page.text
    assert page.texts("td[data-label=State]") == ["completed"] * 5
    assert "eve Exemple" not in page.text
    assert "I will act with integrity" in page.text
    walk.browser.get(f"{HOME}/preparation", status=403)
    assert "not been nominated" in walk.enter("kim").get("/console/own").text


@pytest.mark.parametrize("path", ["/preparation", "/preparation/c-awa", "/attendance"])
def test_the_pages_are_in_french_too(walk: Walk, path: str) -> None:
    walk.browser.client.cookies.clear()
    french = Browser(walk.browser.client, "fr").enter("registrar")
    page = french.get(f"{HOME}{path}")
    assert "missing" not in page.text
    walk.browser.client.headers["Accept-Language"] = "en"


def test_what_a_candidate_has_to_do_leads_to_its_form(walk: Walk) -> None:
    """A second workshop under the same scheme: nothing of it is done yet."""
    world, again = walk.world, "TOA-PCA-FR-2018"
    world.do("plan-session", session_id=again, start=world.now.date().replace(year=2018),
             end=world.now.date().replace(year=2018))  # fmt: skip
    world.do("nominate-candidate", candidacy_id="c-kim", person_id="kim", session_id=again, details=[])
    page = walk.enter("kim").get("/console/own")
    forms = [address for address in page.values("a", "href") if "candidacy_id=c-kim" in address]
    assert len(forms) == 4
    assert walk.browser.get(forms[1]).h1 == "Accept the code of conduct"
    world.do(
        "submit-application", "kim", candidacy_id="c-kim", text="declaration/v1", details=[value("cv", "ten years")]
    )
    back = {"missing": ["languages"], "complete_by": world.now.date().replace(month=12), "reason": None}
    world.do("return-application", candidacy_id="c-kim", **back)
    assert "languages (to be completed by 15 December 2017)" in walk.enter("kim").get("/console/own").text
    page = walk.enter("registrar").get(f"/console/workshops/{again}/preparation")
    assert "Record an application on paper" in page.text
    assert "The workshop has not begun." in walk.browser.get(f"/console/workshops/{again}/attendance").text
