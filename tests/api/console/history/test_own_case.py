"""Nobody reads their own case as an officer, nor that of those who compete with them: not in lists, nor in the past."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.lists.catalogue import ask
from ledger.domain.record import Role
from tests.api.console.conftest import OFFICERS, console_over
from tests.api.console.pages import Browser
from tests.api.lists.conftest import NEXT
from tests.scenario import SCHEME, SESSION, value
from tests.support import World, key_of


@pytest.fixture(scope="module")
def candidates(held_history: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Kofi, who was a candidate of the first workshop, is a registrar now; the second has none of the officers."""
    world = held_history.copy(tmp_path_factory.mktemp("own") / "ledger")
    world.do("grant-role", "director", person_id="kofi", role=Role.REGISTRAR)
    world.do("register-key", "security", "kofi", person_id="kofi", public_key=key_of("kofi").public)
    today = world.now.date()
    world.do("suspend-certification", certification_id="c-awa", effective_from=today)
    lodged = {"lodged_on": today, "grounds": value("grounds", "no reason was given")}
    suspended = {"candidacy_id": "c-awa", "disputed": "certification-suspended"}
    world.do("lodge-appeal", "registrar", appeal_id="a-1", person_id="awa", **suspended, **lodged)
    received = {"received_on": today, "grounds": value("grounds", "rude")}
    about = {"concerns": "officer", "about": "kofi", "answerable_id": "kofi"}
    world.do("lodge-complaint", "registrar", complaint_id="k-1", person_id="assessor1", **about, **received)
    with console_over(world, {**OFFICERS, "kofi": key_of("kofi")}) as client:
        yield Browser(client).enter("kofi")
    world.ledger.close()


@pytest.mark.parametrize("address", [
    "people/awa", "people/kofi", "candidacy/c-awa", "certification/c-awa", f"session/{SESSION}", "candidacies/c-awa",
    "candidacies/c-kofi", "entries/{award}", "entries/{award}/proof", "entries/{award}/statement", "candidacies/{number}",
])  # fmt: skip
def test_a_candidate_reads_nothing_of_their_workshop(address: str, candidates: Browser) -> None:
    ledger = candidates.client.app.state.console.office.ledger  # type: ignore[attr-defined]  # of the application
    (awa,) = [row for row in ask(ledger, "candidates").rows if getattr(row, "candidacy_id", "") == "c-awa"]
    found = address.format(award=max(awa.positions), number=awa.number)  # type: ignore[attr-defined]  # of a candidate
    response = candidates.client.get(f"/console/history/{found}")
    assert response.status_code == 422
    assert "was nominated for this workshop" in response.text
    assert "awa Exemple" not in response.text


def test_whom_a_complaint_concerns_reads_neither_it_nor_the_appeal_of_a_competitor(candidates: Browser) -> None:
    ledger = candidates.client.app.state.console.office.ledger  # type: ignore[attr-defined]  # of the application
    complaint, appeal = ledger.size(), ledger.size() - 1
    for case in ("complaint/k-1", "appeal/a-1", f"entries/{complaint}", f"entries/{appeal}"):
        response = candidates.client.get(f"/console/history/{case}")
        assert response.status_code == 422, case
        assert "assessor1" not in response.text
    for words in (str(complaint), str(appeal), "complaint-lodged", "appeal-lodged"):
        found = candidates.get(f"/console/history?q={words}").values("a", "href")
        assert not [one for one in found if "entries/" in one], words


@pytest.mark.parametrize("name", [
    "candidates", "qualified-not-selected", "score-changes", "sessions", "pass-rates", "late",
])  # fmt: skip
def test_lists_leave_the_rows_about_it_out_and_say_so(name: str, candidates: Browser) -> None:
    page = candidates.get(f"/console/history/lists/{name}?on=2018-06-01")
    assert "left out" in page.text
    shown = page.text + candidates.client.get(f"/console/history/lists/{name}/file?format=csv&on=2018-06-01").text
    assert SESSION not in shown
    assert "c-awa" not in shown
    if name in ("candidates", "sessions"):
        assert NEXT in shown


def test_what_another_version_would_change_leaves_it_out_too(candidates: Browser) -> None:
    page = candidates.get(f"/console/history/what-if?scheme={SCHEME}&version=1.0.0")
    assert "left out" in page.text
    assert "awa" not in page.text


def test_whoever_was_no_candidate_reads_all_of_it(candidates: Browser, opened: TestClient) -> None:
    opened.cookies.clear()
    page = Browser(opened).enter("registrar").get("/console/history/lists/candidates")
    assert "left out" not in page.text
    assert SESSION in page.text
