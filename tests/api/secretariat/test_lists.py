"""Officers read lists over HTTP by signed requests, each only those that their roles may see."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.api.lists.conftest import held_history, told
from tests.api.secretariat.test_http import Officer, served
from tests.support import World

__all__ = ["held_history", "told"]

LISTS = "/secretariat/lists"


@pytest.fixture(scope="module")
def client(told: World) -> Iterator[TestClient]:
    with served(told, told.ledger.record) as (client, _):
        yield client


def test_an_auditor_reads_every_list_with_the_position_that_it_speaks_for(client: TestClient, told: World) -> None:
    auditor = Officer(client, "auditor")
    for listed in auditor.send("GET", LISTS).json()["lists"]:
        answer = auditor.send("GET", f"{LISTS}/{listed['name']}?on=2018-06-01")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Ledger-Position"] == str(told.ledger.size())
        assert answer.headers["Cache-Control"] == "no-store"
        names = [column["name"] for column in listed["columns"]]
        assert all(list(json.loads(line)) == names for line in answer.text.splitlines())


def test_a_list_comes_in_the_format_and_language_that_is_asked_for(client: TestClient) -> None:
    registrar = Officer(client, "registrar")
    answer = registrar.send("GET", f"{LISTS}/candidates?format=xlsx&filter=decision%3Dgranted&lang=fr")
    assert answer.content[:2] == b"PK"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="candidates.xlsx"'
    lines = registrar.send("GET", f"{LISTS}/candidates?format=csv&filter=decision%3Dgranted").text.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("session_id,candidacy_id,")


def test_who_may_not_see_a_list_is_refused(client: TestClient) -> None:
    assessor = Officer(client, "assessor1")
    assert assessor.send("GET", LISTS).json() == {"lists": []}
    for path in (f"{LISTS}/candidates", "/secretariat/candidacies/c-awa/recomputed",
                 "/secretariat/schemes/toa-pca-fr/versions/1.0.0/what-if"):  # fmt: skip
        answer = assessor.send("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (422, "role-not-held")
        assert client.get(path).status_code == 401
    decider = Officer(client, "decider1")
    assert decider.send("GET", f"{LISTS}/candidates").status_code == 200
    assert decider.send("GET", f"{LISTS}/assessor-severity").status_code == 422


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (f"{LISTS}/nothing", 404, "expected one of advisors"),
        (f"{LISTS}/sessions?filter=place", 400, "COLUMN=VALUE"),
        (f"{LISTS}/sessions?filter=mood%3Dgood", 400, "expected one of session_id"),
        (f"{LISTS}/sessions?format=pdf", 400, "format"),
        (f"{LISTS}/sessions?on=soon", 400, "on"),
        (f"{LISTS}/late?days=-1", 400, "from 0 to"),
        (f"{LISTS}/sessions?" + "&".join(["filter=place%3Dx"] * 11), 400, "filter"),
        ("/secretariat/candidacies/c-nobody/recomputed", 404, "no candidacy has this id"),
        ("/secretariat/schemes/none/versions/1.0.0/what-if", 404, "expected one of toa-pca-fr"),
    ],
)
def test_what_cannot_be_asked_is_said(client: TestClient, path: str, status: int, says: str) -> None:
    answer = Officer(client, "auditor").send("GET", path)
    assert answer.status_code == status
    assert says in answer.text


def test_a_result_is_computed_again_and_a_version_tried_on(client: TestClient, told: World) -> None:
    director, size = Officer(client, "director"), told.ledger.size()
    steps = [
        json.loads(line)
        for line in director.send("GET", "/secretariat/candidacies/c-kofi/recomputed").text.splitlines()
    ]
    assert steps[-1] == {
        "kind": "result",
        "about": "qualified-not-selected",
        "words": "By the rules, certification refused: everything is met, and no seat is left",
    }
    lines = director.send("GET", "/secretariat/schemes/toa-pca-fr/versions/1.0.0/what-if?filter=differs%3Dfalse").text
    assert len(lines.splitlines()) == 3
    assert told.ledger.size() == size
