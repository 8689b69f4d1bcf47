"""The lists of what comes before and beside the assessment, and what is said of it as true on a day."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from api.lists.catalogue import ask
from api.lists.labels import CODES
from api.past.facts import facts, subject
from ledger.domain.events.advisor import Pledge
from ledger.domain.events.application import ConductText, DeclarationText, PaperText
from ledger.domain.events.competence import UndertakingText
from ledger.papers import PAPERS
from tests.scenario import SESSION, START
from tests.support import World
from tests.vectors.stories.application import STEPS, tell


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The first day of a workshop whose scheme has every step."""
    world = World(Path(tmp_path_factory.mktemp("applications")) / "ledger")
    tell(world)
    return world


def rows(world: World, name: str) -> list[Any]:
    """The rows of a list, whose codes have words."""
    answer = ask(world.ledger, name)
    for row in answer.rows:
        for column in answer.table.columns:
            held = getattr(row, column.name)
            if "code" in column.kind and held:
                assert {*(held if isinstance(held, tuple) else (held,))} <= CODES.keys()
    return answer.rows


def test_each_candidate_is_listed_with_what_is_done_and_missing(held: World) -> None:
    found = {row.candidacy_id: row for row in rows(held, "applications")}
    awa, bob, eve = (found[f"c-{name}"] for name in ("awa", "bob", "eve"))
    assert (awa.application, awa.done, awa.missing) == ("complete", STEPS, ())
    assert (awa.seat, awa.answer, awa.released, awa.reply_by) == (True, "accepted", True, date(2017, 3, 1))
    assert (bob.seat, bob.answer, bob.missing) == (False, None, ())
    assert (eve.excluded, awa.excluded) == (True, False)


def test_attendance_is_listed_by_day_and_activity(held: World) -> None:
    found = [
        (row.candidacy_id, row.day, row.activity, row.present, row.verified_on) for row in rows(held, "attendance")
    ]
    assert found == [(one, START, "lecture", True, START) for one in ("c-awa", "c-eve")]


def test_an_incident_is_listed_with_whom_it_concerned_and_who_was_excluded(held: World) -> None:
    (row,) = rows(held, "incidents")
    assert (row.incident_code, row.day, row.reported_by) == ("forbidden-aid", START, "Facilitator Exemple")
    assert row.concerned == row.excluded_candidates == ("eve Exemple",)
    assert row.appeal_until == date(2017, 6, 14)
    assert len(row.positions) == 3


def test_a_use_of_artificial_intelligence_is_listed_with_who_knows_of_it(held: World) -> None:
    (row,) = rows(held, "ai-use")
    assert (row.session_id, row.model, row.validator, row.declared) == (
        SESSION, "Exemple LM", "Moderator Exemple", date(2017, 1, 9),
    )  # fmt: skip
    assert (row.acknowledged, row.waiting) == (3, ())


def test_the_facts_of_a_candidacy_tell_what_happened_beside_the_assessment(held: World) -> None:
    size = held.ledger.size()
    (awa,) = facts(held.ledger, subject(held.ledger, "candidacy", "c-awa", size), START)
    assert awa.value.en == (
        "Senegal; eligible; application: complete; identity verified on 15 May 2017; has a place; present on 1 day"
    )
    (eve,) = facts(held.ledger, subject(held.ledger, "candidacy", "c-eve", size), START)
    assert eve.value.fr.endswith("exclusion, recours jusqu’au 14 juin 2017")


def test_each_text_that_somebody_signs_is_kept() -> None:
    named = {
        text for kind in (DeclarationText, ConductText, PaperText, Pledge, UndertakingText) for text in get_args(kind)
    }
    assert named == PAPERS.keys()
