"""The page on impartiality, what an officer is asked in To do, and who acts in a role that was lent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.console.conftest import OFFICERS, console_over
from tests.api.console.pages import Browser
from tests.api.console.workshops.conftest import Walk
from tests.scenario import key_of
from tests.support import World
from tests.vectors.stories.competence import tell, with_key

HOME = "/console/impartiality"


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """After a workshop whose scheme asks for qualified assessors; a role is lent to the deputy, who holds none."""
    world = World(Path(tmp_path_factory.mktemp("impartiality")) / "ledger")
    tell(world)
    lent = {"person_id": "deputy", "delegator_id": "registrar", "role": "registrar"}
    world.do("grant-delegation", "registrar", "director", **lent, until=world.now.date())
    tie = {"conflict_id": "conflict-2", "relation_code": "funder", "counterpart_administration": "SN"}
    world.do("declare-conflict-of-interest", "assessor2", person_id="assessor2", **tie, since=world.now.date())
    with_key(world, "guest")
    with console_over(world, {**OFFICERS, **{name: key_of(name) for name in ("deputy", "guest")}}) as client:
        yield Walk(Browser(client), world)


def test_an_officer_reads_the_text_and_signs_it_when_it_is_due(walk: Walk) -> None:
    assert "Your yearly undertaking of impartiality is due." in walk.enter("decider1").get("/console").text
    page = walk.browser.get(HOME)
    assert "You have signed none yet." in page.text
    assert "I will act impartially in every task" in page.text
    assert "Register of risks" not in page.text
    assert "Sign your undertaking" in walk.browser.get("/console/commands/sign-impartiality-undertaking").text
    assert "Your yearly undertaking" not in walk.enter("facilitator").get("/console").text
    assert "It counts until 9 January 2018." in walk.browser.get(HOME).text


def test_the_secretariat_sees_the_register_what_is_due_and_every_tie_but_not_its_kind(walk: Walk) -> None:
    page = walk.enter("director").get(HOME)
    assert "Register of risks" in page.text
    assert "9 January 2018" in page.text
    assert "Senegal" in page.text
    assert "funder" not in page.text
    assert "Moderator Exemple" in page.text
    assert "Source of the risk" in walk.browser.get("/console/history/risk/risk-1").text
    assert "Undertaking of impartiality" in walk.browser.get("/console/history/people/assessor1").text
    french = Browser(walk.browser.client, "fr").enter("director")
    assert "Registre des risques" in french.get(HOME).text
    Browser(walk.browser.client)


def test_a_key_without_a_role_opens_no_form_that_names_people(walk: Walk) -> None:
    for command in ("declare-conflict-of-interest", "record-impartiality-risk", "sign-impartiality-undertaking"):
        walk.enter("guest").get(f"/console/commands/{command}", status=403)
    walk.browser.get(HOME, status=403)


def test_whoever_was_lent_a_role_has_its_pages_until_its_last_day(walk: Walk) -> None:
    walk.enter("deputy").get("/console/officers/appoint")
    walk.world.now = walk.world.now.replace(day=23)
    walk.enter("deputy").get("/console/officers/appoint", status=403)
