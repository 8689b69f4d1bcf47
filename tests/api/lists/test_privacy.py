"""The lists of requests, holds, disclosures, terms, old records and administrations over time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from api.lists.catalogue import ask
from api.lists.readers import OF_A_PERSON, Reader
from api.notices.people import People
from api.past.tables import timeline, true_on
from ledger.domain.record import Role
from tests.scenario import SESSION, value
from tests.support import World
from tests.vectors.stories.privacy import tell

HOLD = {"hold_id": "h-bob", "person_id": "bob", "review_on": date(2018, 1, 9), "reason": value("reason", "a claim")}
ASKED = {"request_id": "r-eve", "person_id": "eve", "request_kind": "erase", "received_on": date(2017, 1, 9)}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(Path(tmp_path_factory.mktemp("privacy")) / "ledger")
    tell(world, retention_months=12)
    for name in ("bob", "eve", "abe"):
        candidacy = world.candidate(name)
        world.do("withdraw-candidacy", candidacy_id=candidacy, effective_from=world.now.date(), reason_code="health")
    world.candidate("ida")
    world.do("place-legal-hold", **HOLD)
    world.do("receive-data-subject-request", **ASKED)
    world.do("appoint-contact-point", administration_id="SN", person_id="bob", since=date(2017, 1, 2))
    world.now = datetime(2019, 1, 9, 8, tzinfo=UTC)
    world.do("erase-personal-data", person_id="abe", basis_code="retention-ended")
    world.do("revoke-contact-point", administration_id="SN", person_id="bob")
    yield world
    world.ledger.close()


def rows(world: World, name: str, **asked: Any) -> list[Any]:
    return ask(world.ledger, name, **asked).rows


def test_requests_are_listed_by_the_day_on_which_an_answer_is_due(held: World) -> None:
    open_one, decided = rows(held, "data-requests")
    assert (open_one.person_id, open_one.status, open_one.due_on) == ("eve", "answer-overdue", date(2017, 2, 9))
    assert (decided.status, decided.refusal_ground, decided.extended) == ("refused", "rights-of-others", True)
    assert rows(held, "data-requests", on=date(2017, 2, 9))[0].status == "answer-awaited"


def test_holds_are_listed_with_their_review(held: World) -> None:
    lasting, released = rows(held, "legal-holds")
    assert (lasting.person_id, lasting.review_due, lasting.until) == ("bob", True, None)
    assert (released.person_id, released.review_due, released.until) == ("zoe", False, date(2017, 1, 9))


def test_disclosures_say_whether_the_person_was_told(held: World) -> None:
    (row,) = rows(held, "third-party-disclosures")
    assert (row.recipient, row.told_before, row.not_told_because) == ("accreditation-body", False, "not-reachable")


def test_whose_term_has_ended_is_listed_with_what_hinders_the_erasure(held: World) -> None:
    found = {row.person_id: row.hindrances for row in rows(held, "retention-due")}
    assert found == {"bob": ("legal-hold",), "eve": ("request-open",)}
    assert rows(held, "retention-due", on=date(2018, 5, 19)) == []


def test_old_records_are_listed_by_their_own_day_and_recorded_later(held: World) -> None:
    (row,) = rows(held, "historic-records")
    assert (row.original_on, row.recorded, row.evidence_grade) == (date(2012, 6, 1), date(2017, 1, 9), "grade-b")
    assert row.session_id == SESSION


def test_an_administration_has_the_region_of_the_day(held: World) -> None:
    senegal = rows(held, "administrations-over-time", filters={"administration_id": "SN"})
    assert [(row.since, row.region, row.membership) for row in senegal] == [
        (None, "Europe", None),
        (date(1976, 3, 10), "Europe", "member"),
        (date(2015, 7, 1), "West and Central Africa", "member"),
    ]
    (before,) = rows(held, "administrations", on=date(2015, 6, 30), filters={"administration_id": "SN"})
    (after,) = rows(held, "administrations", on=date(2015, 7, 1), filters={"administration_id": "SN"})
    assert (before.region, after.region) == ("Europe", "West and Central Africa")


@pytest.mark.parametrize(
    ("day", "contact"),
    [(date(2017, 1, 1), "none"), (date(2018, 1, 1), "bob Exemple"), (date(2019, 1, 9), "none")],
)
def test_the_facts_say_who_was_contact_point_on_a_day(held: World, day: date, contact: str) -> None:
    facts: list[Any] = true_on(held.ledger, "administration", "SN", on=day).rows
    told = {row.fact.en: row.value.en for row in facts}
    assert told["Contact points"] == contact
    assert (told["Region"], told["Membership"]) == ("West and Central Africa", "Member")


@pytest.mark.parametrize(("kind", "one"), [("person", "awa"), ("session", SESSION), ("administration", "SN")])
def test_an_old_record_is_in_the_past_of_whom_and_what_it_is_about(held: World, kind: str, one: str) -> None:
    told: list[Any] = timeline(held.ledger, kind, one, "en").rows
    assert "Historical record imported" in [row.event.en for row in told]


def test_nobody_writes_to_the_dead(held: World) -> None:
    assert People(held.ledger).recipient("zoe") is None
    assert People(held.ledger).recipient("awa") is not None


def test_a_data_protection_officer_reads_the_lists(held: World) -> None:
    assert Role.DATA_PROTECTION_OFFICER in OF_A_PERSON
    reader = Reader("protection", frozenset({Role.DATA_PROTECTION_OFFICER}))
    assert ask(held.ledger, "data-requests", reader=reader).rows
