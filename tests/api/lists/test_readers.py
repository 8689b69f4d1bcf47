"""Every list as every role reads it, and as an officer who was nominated for a workshop reads it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.lists.catalogue import LISTS, ask
from api.lists.readers import OFFICERS, PAST, Reader
from api.lists.recomputed import under
from ledger.domain.record import Role
from ledger.domain.subjects import SUBJECTS
from tests.api.lists.conftest import NEXT, ON
from tests.scenario import END, SCHEME, SESSION
from tests.support import World

HERS = ("c-awa", "c-kofi", "c-zoe", "c-eve", "c-tom")  # the candidacies of the first workshop
CANDIDATES = ("awa Exemple", "kofi Exemple", "eve Exemple", "tom Exemple")
OF_CERTIFICATIONS = ("advisors", "expiring")


def read_by(world: World, name: str, reader: Reader, on: date = ON) -> tuple[list[Any], str]:
    """The rows of a list, as many as its days can give, and everything that they say."""
    days = {"late": 0, "expiring": 2000}.get(name)
    rows: list[Any] = ask(world.ledger, name, reader=reader, on=on, days=days).rows
    return rows, repr(rows)


def test_there_are_readers_of_every_kind_of_stream() -> None:
    assert PAST.keys() == SUBJECTS.keys()


@pytest.mark.parametrize("role", sorted(OFFICERS))
def test_a_role_reads_the_names_of_people_only_if_it_may_read_their_past(role: Role, told: World) -> None:
    reader = Reader("somebody", frozenset({role}))
    for name in (name for name, listing in LISTS.items() if role in listing.roles):
        says = read_by(told, name, reader)[1]
        if role not in PAST["person"]:
            assert not [one for one in (*CANDIDATES, "zoe Exemple", "Late Exemple") if one in says], name
    if role in LISTS["late"].roles:
        assert ("awa Exemple" in read_by(told, "late", reader)[1]) is (role in PAST["person"])
        assert "Decider1 Exemple" in read_by(told, "compromised", reader)[1] or role is Role.PROGRAMME_MANAGER


@pytest.mark.parametrize("name", LISTS)
def test_a_candidate_reads_no_result_of_their_workshop(name: str, told: World) -> None:
    rows, says = read_by(told, name, Reader("kofi", OFFICERS))
    if name in OF_CERTIFICATIONS:  # kofi's case is decided, and who is certified is no secret any more
        assert [row.certification_id for row in rows] == ["c-awa"]
    else:
        assert SESSION not in says.replace(f"trained_in='{SESSION}'", "")
        assert not [one for one in HERS if f"'{one}'" in says or f":{one}'" in says]
        assert not [one for one in CANDIDATES if one in says]
    if name == "sessions":
        assert [row.session_id for row in rows] == [NEXT]
    if name in ("administrations", "regions", "donors"):
        assert sum(row.nominated for row in rows) == 1
        assert sum(row.certified for row in rows) == sum(row.active for row in rows) == 0
    if name == "pass-rates":
        assert [(row.by, row.total) for row in rows] == [("all", 0)]
    if name == "assessor-severity":
        assert rows == []


@pytest.mark.parametrize("name", LISTS)
def test_of_several_workshops_all_are_left_out_and_counted(name: str, told: World) -> None:
    answer = ask(told.ledger, name, reader=Reader("zoe", OFFICERS), on=ON)
    assert answer.left_out == 2
    for session_id in (SESSION, NEXT):
        assert session_id not in repr(answer.rows) or name in OF_CERTIFICATIONS  # its number begins so
    assert ask(told.ledger, name, reader=Reader("registrar", OFFICERS), on=ON).left_out == 0


def test_what_another_version_would_change_leaves_it_out_too(told: World) -> None:
    answer = under(told.ledger, SCHEME, "1.0.0", Reader("kofi", OFFICERS))
    assert (answer.rows, answer.left_out) == ([], 1)


@pytest.mark.parametrize("name", OF_CERTIFICATIONS)
def test_who_waits_for_a_decision_does_not_read_whom_the_workshop_certified(name: str, staffed: World) -> None:
    staffed.plan()
    for person in ("awa", "kofi"):
        staffed.score(staffed.candidate(person), 4)
    staffed.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    staffed.do("close-session", "manager", session_id=SESSION)
    for candidacy_id in ("c-awa", "c-kofi"):
        for sheet in staffed.read().candidacy(candidacy_id).live_sheets:
            staffed.do("reveal-score-sheet", "registrar", candidacy_id=candidacy_id, sheet_id=sheet.sheet_id)
        staffed.do("compute-outcome", "registrar", candidacy_id=candidacy_id)
    staffed.do("compute-ranking", "registrar", session_id=SESSION)
    staffed.do("decide-certification", candidacy_id="c-awa", effective_from=END)
    kofi, registrar = Reader("kofi", OFFICERS), Reader("registrar", OFFICERS)
    assert read_by(staffed, name, kofi, END)[0] == []
    assert len(read_by(staffed, name, registrar, END)[0]) == 1
    staffed.do("decide-certification", candidacy_id="c-kofi", effective_from=END)
    assert len(read_by(staffed, name, kofi, END)[0]) == 2
