"""The list of the field phase."""

from datetime import date

import pytest

from api.lists.catalogue import ask
from api.lists.field_phase import FieldPhase
from api.lists.labels import CODES
from api.lists.readers import Reader
from ledger.domain.record import Role
from tests.support import World
from tests.vectors.stories.standing import DEADLINE, END, tell


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("field-phase"))
    tell(world)
    return world


def rows(world: World, on: date, reader: Reader | None = None, **filters: str) -> dict[str, FieldPhase]:
    found = ask(world.ledger, "field-phase", on=on, reader=reader, filters=filters).rows
    return {row.person_id: row for row in found if isinstance(row, FieldPhase)}


def test_who_is_in_the_field_phase_is_listed_with_deadline_missions_and_recommendation(told: World) -> None:
    first = rows(told, END)
    assert first.keys() == {"dia", "eli"}
    dia = first["dia"]
    assert (dia.status, dia.field_deadline, dia.days_left) == ("pre-accredited", DEADLINE, 364)
    assert (dia.mission_ids, dia.recommendation) == (("m-1",), "certify")
    later = rows(told, DEADLINE)
    assert later.keys() == {"eli"}, "who is certified is in the field phase no more"
    eli = later["eli"]
    assert (eli.status, eli.days_left, eli.recommendation) == ("recognised", None, "recognise")
    assert {row.status for row in first.values()} | {str(eli.recommendation)} <= CODES.keys()
    assert rows(told, DEADLINE, status="lapsed") == {}


def test_nobody_reads_the_field_phase_of_a_workshop_for_which_they_were_nominated(told: World) -> None:
    assert rows(told, END, Reader("fay", frozenset({Role.REGISTRAR}))) == {}
    assert rows(told, END, Reader("registrar", frozenset({Role.REGISTRAR}))).keys() == {"dia", "eli"}
