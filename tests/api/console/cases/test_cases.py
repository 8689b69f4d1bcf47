"""The console on appeals and complaints: what is due, who may hear an appeal, and what nobody sees of their own case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ledger.domain.record import Role
from tests.api.console.conftest import OFFICERS, console_over
from tests.api.console.pages import Browser
from tests.scenario import key_of
from tests.support import World
from tests.vectors.stories.cases import LODGED, PANEL, admit, complain, refuse, seat


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Bob's appeal is before a panel; one more could hear it but for their part in it; a complaint is resolved."""
    world = World(Path(tmp_path_factory.mktemp("cases")) / "ledger")
    world.appoint()
    for member in PANEL:
        seat(world, member)
    world.plan()
    world.person("eve")
    refuse(world, "bob")
    world.do("lodge-appeal", "registrar", **LODGED)
    world.do("grant-role", "director", person_id="panel1", role=Role.APPEAL_PANEL)
    admit(world)
    complain(world)
    world.do("grant-role", "director", person_id="facilitator", role=Role.DIRECTOR)
    with console_over(world, {**OFFICERS, "member1": key_of("member1")}) as client:
        yield client
    world.ledger.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_due_is_listed_and_each_case_has_a_page(client: TestClient, language: str) -> None:
    browser = Browser(client, language).enter("member1")
    listed = browser.get("/console/cases")
    assert "bob Exemple" in listed.text
    assert listed.values("th a", "href") == ["/console/appeals/a-1", "/console/complaints/k-1"]
    page = browser.get("/console/appeals/a-1")
    rows = [row for row in page.texts("tbody tr") if "Panel1" in row]
    assert "TOA-PCA-FR-2017" in rows[0], "why they may not hear it"
    assert len(page.texts("tbody tr details summary")) >= len(PANEL) + 1
    assert any("decide-appeal?appeal_id=a-1" in address for address in page.values("li a", "href"))
    assert "eight years of experience were counted as two" in page.text
    assert "Who complained is confidential" in browser.get("/console/complaints/k-1").text or language == "fr"


def test_nobody_opens_a_case_that_concerns_them(client: TestClient) -> None:
    browser = Browser(client).enter("facilitator")
    browser.get("/console/complaints/k-1", status=422)
    browser.get("/console/history/complaint/k-1", status=422)
    assert browser.get("/console/cases").values("th a", "href") == ["/console/appeals/a-1"]
    Browser(client).enter("moderator").get("/console/cases", status=403)
