"""The lists of continued competence, and what is said of it as true on a day."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.lists.catalogue import ask
from api.lists.labels import CODES
from api.lists.readers import Reader
from api.past.facts import facts, subject
from ledger.domain.record import Role
from tests.support import World
from tests.vectors.stories.development import tell


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Awa asked for a renewal, which was refused."""
    world = World(Path(tmp_path_factory.mktemp("development")) / "ledger")
    tell(world)
    return world


def rows(world: World, name: str, **asked: Any) -> list[Any]:
    answer = ask(world.ledger, name, **asked)
    for row in answer.rows:
        for column in answer.table.columns:
            value = getattr(row, column.name)
            if "code" in column.kind and value:
                assert {*(value if isinstance(value, tuple) else (value,))} <= CODES.keys()
    return answer.rows


def test_renewals_are_listed_with_what_counts_and_what_is_missing(held: World) -> None:
    (row,) = rows(held, "renewals")
    assert (row.expires_on, row.hours, row.hours_needed, row.refreshers, row.asked_for) == (
        date(2020, 5, 18), 25, 40, 1, False,
    )  # fmt: skip
    assert row.missing == ("hours-missing", "surveillance-missing")
    (as_known,) = rows(held, "renewals", on=date(2018, 3, 5), known_on=date(2018, 3, 4))
    assert (as_known.hours, as_known.missing) == (0, ("hours-missing", "refreshers-missing"))
    (expiring,) = rows(held, "expiring")
    assert expiring.missing == ("renewal-to-decide", "email-missing", "hours-missing", "surveillance-missing")
    assert (expiring.hours, expiring.missions, expiring.refreshers) == (15, None, None)


def test_surveillance_is_overdue_from_the_day_after_it_was_due(held: World) -> None:
    assert rows(held, "surveillance-overdue", on=date(2019, 3, 5)) == []
    (row,) = rows(held, "surveillance-overdue", on=date(2019, 3, 6))
    assert (row.due_on, row.days_late, row.reviewed_until) == (date(2019, 3, 5), 1, date(2018, 3, 5))


def test_activities_changes_and_misuse_are_listed_but_not_those_of_the_reader(held: World) -> None:
    (activity,) = rows(held, "development")
    assert (activity.name, activity.hours, activity.accepted_hours) == ("awa Exemple", 30, 25)
    assert rows(held, "capability-changes") == []  # a review has looked at it
    (misuse,) = rows(held, "misuses")
    assert (misuse.seen_on, misuse.certification_id, misuse.complaint_id) == (date(2018, 3, 2), "c-awa", None)
    reader = Reader("awa", frozenset({Role.REGISTRAR}))
    for name in ("renewals", "surveillance-overdue", "development", "misuses", "capability-changes"):
        assert rows(held, name, reader=reader) == []


def test_the_past_of_a_person_says_what_counts(held: World) -> None:
    found = subject(held.ledger, "person", "awa", held.ledger.size())
    assert "cpd-activity-logged/v1" in {entry.event.type for entry in found.entries}
    said = {row.label.en: row.value for row in facts(held.ledger, found, date(2019, 12, 2))}
    assert said["For the renewal"].en.startswith("hours of development: 25 of 40")
    assert said["For the renewal"].fr.startswith("heures de formation continue")
