"""A search finds people as they are written elsewhere, with their status, a page at a time (cases V9 and V10)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from ledger.domain.standing import Status
from ledger.domain.states.merges import Merges
from projections.read_models import ReadModels
from projections.roster import Roster
from projections.roster.index import Index
from projections.roster.lines import each_once
from tests.scenario import START, names
from tests.support import World

DAY, KNOWN = date(2018, 1, 15), datetime(2018, 1, 15, 23, tzinfo=UTC)


def recorded(world: World, given: str, family: str) -> Roster:
    world.do("update-person-details", "registrar", person_id="awa", details=names(given, family))
    world.do("give-listing-consent", "registrar", person_id="awa")
    models = ReadModels(world.ledger)
    models.catch_up()
    return models.roster


@contextmanager
def roster_of(world: World) -> Iterator[Roster]:
    with ReadModels(world.ledger) as models:
        yield models.roster


@pytest.mark.parametrize(
    ("given", "family", "texts"),
    [
        ("Cœur", "Łódź", ["coeur", "Lodz", "LODZ coe"]),
        ("Ɓàbá", "Ɗanjuma", ["baba", "danjuma"]),
        ("Ɔkɔ", "Ŋaŋa Əli", ["oko", "nganga", "eli"]),
        ("Şahin", "Yıldız Straße", ["sahin yildiz", "strasse"]),
        ("Þór", "Guðmundsson Ørsted", ["thor", "gudmundsson", "orsted"]),
        ("Awa", "N'Guessan", ["nguessan", "guessan", "n guessan", *(f"N{mark}Guessan" for mark in "ʼ‘’`´'")]),
        ("Awa", "Nʼguessan", ["N'Guessan", "guessan"]),
        ("Jean‐Luc", "Aka–Bi", ["jean luc", "jeanluc", "akabi", *(f"aka{mark}bi" for mark in "-‐‑‒–—―")]),
        ("Awa", "Diop", ["SEN", "sn", "senegal diop", "Dio", "diop, awa"]),
    ],
)  # fmt: skip
def test_a_name_is_found_in_every_spelling(workshop: World, given: str, family: str, texts: list[str]) -> None:
    roster = recorded(workshop, given, family)
    for text in texts:
        assert [a.name for a in roster.find(text, DAY, KNOWN).advisors] == [f"{given} {family}"], text
    assert roster.find("diop kofi zzz", DAY, KNOWN).advisors == []
    assert roster.find("?!", DAY, KNOWN).advisors == []


@pytest.mark.parametrize(
    ("command", "people", "arguments", "on", "status"),
    [
        ("suspend-certification", ["decider1"], {"effective_from": date(2018, 1, 10)}, DAY, Status.SUSPENDED),
        ("withdraw-certification", [], {"effective_from": date(2018, 1, 10)}, DAY, Status.WITHDRAWN),
        (None, [], {}, date(2021, 1, 1), Status.EXPIRED),
    ],
)
def test_who_is_not_certified_is_found_with_the_status(
    workshop: World, command: str | None, people: list[str], arguments: dict[str, date], on: date, status: Status
) -> None:
    """Case V9."""
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    if command is not None:
        workshop.do(command, *people, reason_code="other", **arguments)
    known = max(KNOWN, datetime.combine(on, KNOWN.time(), UTC))
    with roster_of(workshop) as roster:
        for text in ("awa", "guessan", "senegal"):
            found = roster.find(text, on, known)
            assert [(a.name, a.status) for a in found.advisors] == [("awa N'Guessan-Écho", status)]
            assert found.counts == {status: 1}
        assert roster.on(on, known) == []
        assert roster.find("awa", on, known, Status.VALID).total == 0
        assert roster.find("", on, known, status).total == 1


def test_who_is_not_certified_is_found_by_consent_only(workshop: World) -> None:
    workshop.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    workshop.do("suspend-certification", "decider1", effective_from=date(2018, 1, 10), reason_code="other")
    with roster_of(workshop) as roster:
        assert roster.find("senegal", DAY, KNOWN).counts == {}
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    with ReadModels(workshop.ledger) as models:
        assert models.roster.find("senegal awa", DAY, KNOWN).total == 1
        workshop.do("withdraw-listing-consent", "registrar", person_id="awa")
        models.catch_up()
        assert models.roster.find("awa", DAY, KNOWN).counts == {}
        assert not models.roster._index.is_named("awa")


def test_an_erased_name_is_in_no_index(workshop: World) -> None:
    workshop.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.do("withdraw-certification", effective_from=date(2018, 1, 10), reason_code="other")
    with ReadModels(workshop.ledger) as models:
        assert models.roster.find("guessan", DAY, KNOWN).total == 1
        workshop.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
        models.catch_up()
        assert models.roster.find("guessan", DAY, KNOWN).total == 0
        assert "guessan" not in models.roster._index._names


def test_who_was_certified_is_found_for_five_years_after_the_end(workshop: World) -> None:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    with roster_of(workshop) as roster:
        for on, total in ((date(2025, 5, 18), 1), (date(2025, 5, 19), 0)):
            known = datetime.combine(on, KNOWN.time(), UTC)
            assert roster.find("awa", on, known).total == total, on
        assert roster.find("awa", date(1, 1, 1), KNOWN).counts == {}, "no certification began before"


def test_a_renamed_administration_and_a_new_name_are_found_at_once(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        assert models.roster.find("teranga", DAY, KNOWN).advisors == []
        workshop.do(
            "rename-administration",
            "registrar",
            administration_id="SN",
            name_en="Customs of Teranga",
            name_fr="Douanes de la Téranga",
            effective_from=START,
        )
        models.catch_up()
        for text in ("teranga", "douanes", "senegal"):
            assert [a.person_id for a in models.roster.find(text, DAY, KNOWN).advisors] == ["awa"], text


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("Guesan", ["guessan"]),
        ("Guesssan", ["guessan"]),
        ("Gueszan", ["guessan"]),
        ("Gusesan awa", ["guessan awa"]),
        ("senegla", ["senegal"]),
        ("awe", []),  # too short to guess
        ("guezzan", []),  # two letters
        ("", []),
    ],
)
def test_one_typing_error_is_taken_for_what_was_meant(workshop: World, text: str, suggested: list[str]) -> None:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    with roster_of(workshop) as roster:
        assert roster.suggestions(text, DAY, KNOWN) == suggested


def test_a_number_is_no_typing_error_of_another() -> None:
    index = Index()
    index.put_name("a", "Assesseur 2017")
    assert index.corrected("2018") == []
    assert index.corrected("assesseurs") == ["assesseur"]


def test_a_page_holds_fifty_and_a_page_beyond_the_last_is_the_last(workshop: World) -> None:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    with roster_of(workshop) as roster:
        one = roster.find("", DAY, KNOWN, Status.VALID, page=7)
        assert (one.page, one.pages, one.total, len(one.advisors)) == (1, 1, 1, 1)
        none = roster.find("nobody", DAY, KNOWN)
        assert (none.page, none.pages, none.total, none.advisors) == (1, 1, 0, [])


def test_of_a_person_with_several_certifications_the_best_status_is_shown() -> None:
    def line(certification: str, status: str, first_day: str, last_day: str | None) -> dict[str, str | None]:
        return {
            "person_id": "awa",
            "certification_id": certification,
            "administration_id": "SN",
            "status": status,
            "first_day": first_day,
            "last_day": last_day,
        }

    rows = [
        line("c-1", "withdrawn", "2016-01-01", None),
        line("c-2", "valid", "2017-01-01", "2020-01-01"),
        line("c-3", "suspended", "2015-01-01", None),
        line("c-4", "valid", "2018-01-01", "2021-01-01"),
    ]
    for given in (rows, rows[::-1]):
        (shown,) = each_once(given, Merges())
        assert (shown.certification_id, shown.status) == ("c-4", Status.VALID)
        assert (shown.since, shown.until) == ("2017-01-01", "2021-01-01")
