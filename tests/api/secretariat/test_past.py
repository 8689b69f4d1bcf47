"""The search, timelines and facts over HTTP and at the command line say what the pages of the console say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.lists.listing import Unasked
from api.past.tables import meant
from ledger.domain.record import Role
from tests.api.console.history.conftest import past
from tests.api.lists.conftest import NEXT, held_history
from tests.api.secretariat.test_http import Officer, served
from tests.commands import run
from tests.scenario import SESSION, key_of
from tests.support import World

__all__ = ["held_history", "past"]

HISTORY = "/secretariat/history"


@pytest.fixture(scope="module")
def client(past: World) -> Iterator[TestClient]:
    past.do("grant-role", "director", person_id="kofi", role=Role.REGISTRAR)
    past.do("register-key", "security", "kofi", person_id="kofi", public_key=key_of("kofi").public)
    with served(past, past.ledger.record) as (client, _):
        yield client


def rows(officer: Officer, address: str) -> list[dict[str, Any]]:
    answer = officer.send("GET", address)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["Ledger-Position"]) > 0
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_search_finds_what_the_roles_may_read(client: TestClient) -> None:
    found = rows(Officer(client, "registrar"), "/secretariat/search?q=kouassi")
    assert [(row["what"], row["id"], row["is_exact"]) for row in found] == [("person", "awa", False)]
    assert rows(Officer(client, "assessor1"), "/secretariat/search?q=kouassi") == []
    assert rows(Officer(client, "assessor1"), f"/secretariat/search?q={NEXT}") == [], (
        "its ranking is not theirs to read"
    )


def test_a_timeline_has_words_signers_keys_and_verdicts(client: TestClient) -> None:
    told = rows(Officer(client, "auditor"), f"{HISTORY}/person/awa")
    award = next(row for row in told if row["event"] == "Certification granted")
    assert award["signatures"] == ["holds", "holds"]
    assert award["roles"] == ["decision-authority", "decision-authority"]
    assert award["keys"] == [key_of("decider1").key_id, key_of("decider2").key_id]
    assert award["compromised_since"].startswith("2017-05-19T15")
    assert {row["stream"] for row in told} > {"person:awa", "person:late", "candidacy:c-awa"}
    before = rows(Officer(client, "auditor"), f"{HISTORY}/person/awa?known_on=2017-02-01")
    assert before == told[: len(before)] != told


def test_facts_are_of_a_day_as_known_on_another_or_what_two_days_differ_in(client: TestClient) -> None:
    registrar, address = Officer(client, "registrar"), f"{HISTORY}/certification/c-awa/facts"
    then = rows(registrar, f"{address}?on=2018-02-15&known_on=2018-02-20")
    assert "In force" in then[-1]["value"]
    (differs,) = rows(registrar, f"{address}?on=2018-02-15&with_on=2018-05-10")
    assert differs["before"].startswith("Suspended")
    assert differs["after"].startswith("In force")
    french = registrar.send("GET", f"{address}?on=2018-02-15&lang=fr").text
    assert "échéance le" in french


@pytest.mark.parametrize(
    ("officer", "address", "status", "says"),
    [
        ("assessor1", "person/awa", 422, "role-not-held"),
        ("assessor1", "person/awa/facts", 422, "role-not-held"),
        ("kofi", "person/awa", 422, "officer-is-candidate"),
        ("kofi", f"session/{SESSION}/facts", 422, "officer-is-candidate"),
        ("registrar", "person/nobody", 404, "nobody"),
        ("registrar", "planet/mars", 404, "expected one of person"),
        ("registrar", "person/a%00", 400, "one_id"),
        ("registrar", "person/awa?known_on=2999-01-01", 400, "known_on"),
    ],
)
def test_what_may_not_be_read_or_is_not_there_is_refused(
    client: TestClient, officer: str, address: str, status: int, says: str
) -> None:
    answer = Officer(client, officer).send("GET", f"{HISTORY}/{address}")
    assert (answer.status_code, says in answer.text) == (status, True), answer.text


def test_a_candidate_finds_no_certificate_of_their_workshop(client: TestClient, past: World) -> None:
    number = past.read().certification("c-awa").number
    assert rows(Officer(client, "kofi"), f"/secretariat/search?q={number}") == []
    (found,) = rows(Officer(client, "registrar"), f"/secretariat/search?q={number}")
    assert found["id"] == "c-awa"
    for text in ("certification-granted/v1", "ranking-computed/v1"):
        recorded = {row["id"] for row in rows(Officer(client, "registrar"), f"/secretariat/search?q={text}")}
        (number, *_) = sorted(recorded, key=int)
        found_by_kofi = {row["id"] for row in rows(Officer(client, "kofi"), f"/secretariat/search?q={text}")}
        assert number not in found_by_kofi, "an entry of their workshop"
        assert rows(Officer(client, "kofi"), f"/secretariat/search?q={number}") == []


def test_two_days_of_a_list_are_compared(client: TestClient) -> None:
    address = "/secretariat/lists/advisors?on=2018-02-01&known_on=2018-02-01&with_on=2018-02-01"
    (gone,) = rows(Officer(client, "registrar"), address)
    assert (gone["certification_id"], gone["only_in"]) == ("c-awa", "before")


def test_a_result_is_computed_again_as_it_was_known(client: TestClient) -> None:
    address = "/secretariat/candidacies/c-kofi/recomputed"
    director = Officer(client, "director")
    assert rows(director, f"{address}?known_on=2017-01-31")[-1]["kind"] != "result"
    assert rows(director, address)[-1]["about"] == "qualified-not-selected"


def test_commands_say_the_same(client: TestClient, past: World, tmp_path: Path) -> None:
    folder = ("--ledger", str(past.ledger.folder))
    printed = run(tmp_path, "timeline", "awa", "--format", "jsonl", *folder).splitlines()
    assert [json.loads(line) for line in printed if line.startswith("{")] == rows(
        Officer(client, "auditor"), f"{HISTORY}/person/awa"
    )
    days = ("--on", "2018-02-15", "--with-on", "2018-05-10")
    assert "Suspendu" in run(tmp_path, "facts", "c-awa", *days, *folder, language="fr")
    assert "SUBJECT: several are meant" in run(tmp_path, "facts", "exemple", *folder, code=64)


def test_a_subject_is_what_means_one_person_or_thing(past: World) -> None:
    number = past.read().certification("c-awa").number
    assert meant(past.ledger, number) == meant(past.ledger, number.lower()) == ("certification", "c-awa")
    assert meant(past.ledger, "kouassi AWA") == meant(past.ledger, "late") == ("person", "awa")
    assert meant(past.ledger, NEXT) == ("session", NEXT)
    for text in ("exemple", "nothing of this name", "1"):
        with pytest.raises(Unasked):
            meant(past.ledger, text)
