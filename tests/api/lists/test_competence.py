"""The lists of impartiality and competence, and who acts in a role that was lent."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.lists.catalogue import ask
from api.lists.competence import state_on
from api.lists.labels import CODES
from api.past.entries import lines, recorded
from ledger.domain.record import Role
from tests.scenario import SCHEME, names
from tests.support import World
from tests.vectors.stories.competence import tell


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(Path(tmp_path_factory.mktemp("competence")) / "ledger")
    tell(world)
    yield world
    world.ledger.close()


def rows(world: World, name: str, **asked: Any) -> list[Any]:
    return ask(world.ledger, name, **asked).rows


def test_the_register_of_risks_says_what_remains_and_what_is_due(held: World) -> None:
    (row,) = rows(held, "impartiality-risks")
    assert (row.source, row.severity, row.residual, row.review_due) == ("funding", "medium", "low", False)
    assert row.affected == ("Assessor2 Exemple",)
    assert rows(held, "impartiality-risks", on=date(2018, 1, 9))[0].review_due


def test_every_officer_is_listed_with_their_undertaking_and_those_who_lack_one_first(held: World) -> None:
    found = {row.person_id: row for row in rows(held, "undertakings")}
    assert (found["assessor1"].until, found["assessor1"].status) == (date(2018, 1, 9), "valid-now")
    assert found["director"].status == "not-there"
    assert list(found)[-1] in ("assessor1", "assessor2", "facilitator")


def test_ties_are_listed_with_their_end_and_without_their_kind(held: World) -> None:
    (row,) = rows(held, "conflicts")
    assert (row.person_id, row.to, row.ended_on) == ("assessor1", "awa N'Guessan-Écho", date(2017, 5, 22))


def test_the_register_of_assessors_says_until_when_each_counts(held: World) -> None:
    found = {row.person_id: row for row in rows(held, "assessors")}
    one = found["assessor1"]
    assert (one.scheme_id, one.qualified_to, one.calibrated_to) == (SCHEME, date(2018, 12, 31), date(2018, 12, 31))
    assert one.status == "valid-now"
    assert (found["assessor2"].scheme_id, found["assessor2"].status) == ("", "not-there")  # its qualification ended
    assert found["facilitator"].calibrated_to is None


def test_delegations_are_listed_and_the_past_says_who_signed_by_one(held: World) -> None:
    (row,) = rows(held, "delegations")
    assert (row.role, row.delegator, row.revoked) == ("registrar", "Registrar Exemple", date(2017, 5, 22))
    lent = {"person_id": "deputy", "delegator_id": "registrar", "role": "registrar"}
    held.do("grant-delegation", "registrar", "director", **lent, until=held.now.date())
    assert held.ledger.holders(Role.REGISTRAR) == [
        "deputy",
        "registrar",
    ]
    held.do("register-person", "deputy", person_id="one-more", details=names("One"))
    size = held.ledger.size()
    (line,) = lines(held.ledger, [recorded(size - 1, held.ledger.entries(size - 1, size)[0].state)], "fr")
    assert line.by[0].role_name.en == "Registrar, by delegation of Registrar Exemple"


@pytest.mark.parametrize(
    ("until", "status"),
    [
        (None, "not-there"),
        (date(2017, 1, 8), "not-valid-now"),
        (date(2017, 1, 9), "ending-soon"),
        (date(2017, 4, 9), "valid-now"),
    ],
)
def test_what_ends_within_ninety_days_is_said_to_end_soon(until: date | None, status: str) -> None:
    assert state_on(until, date(2017, 1, 9)) == status
    assert status in CODES
