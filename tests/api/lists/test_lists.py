"""Each list says what the record says, on both times, and no more than its reader may know."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.lists.catalogue import LISTS, ask, seen_by
from api.lists.labels import CODES
from api.lists.listing import Kind, Unasked
from api.lists.measures import ALL, agreed
from api.lists.recomputed import CHANGES, STEPS, recomputed, under
from api.past.tables import DIFFERENCES, FACTS, SEARCH, TIMELINE
from ledger.domain.record import Role
from projections.insight.ratings import Given, agreement
from tests.api.lists.conftest import NEXT, ON
from tests.scenario import SESSION
from tests.support import World

ROOT = Path(__file__).parents[3]


def rows(world: World, name: str, **asked: Any) -> list[Any]:
    return list(ask(world.ledger, name, **{"on": ON, **asked}).rows)


def test_candidates_have_their_results_the_reasons_and_the_entries(told: World) -> None:
    found = {row.candidacy_id: row for row in rows(told, "candidates")}
    assert {name: (row.selection, row.outcome, row.decision, row.rank) for name, row in found.items()} == {
        "c-awa": ("selected", "met", "granted", 1),
        "c-kofi": ("selected", "met", "qualified-not-selected", 2),
        "c-zoe": ("selected", "not-met", "not-met", None),
        "c-eve": ("not-selected", None, None, None),
        "c-tom": ("candidacy-withdrawn", None, None, None),
        "c-zoe-2": ("selected", None, None, None),
    }
    awa, kofi, eve = found["c-awa"], found["c-kofi"], found["c-eve"]
    assert (awa.name, awa.composite, awa.exact, awa.deciders) == (
        "awa Exemple",
        16.0,
        "16",
        ("Decider1 Exemple", "Decider2 Exemple"),
    )
    assert (kofi.exact, kofi.number, kofi.rule) == ("31/2", None, "toa-pca-fr 1.0.0 mean-of-levels/v1")
    assert "simulation/advisory-capacity 4+4>3" in kofi.trace
    assert "advisory-capacity 14/4 cut 3 met" in kofi.trace
    assert eve.unmet_criteria == ("pca-experience",)
    assert found["c-zoe"].unmet[0] == "theoretical-knowledge"
    types = {told.ledger.log.select_notifications(position, 1)[0].topic for position in awa.positions}
    assert types >= {"candidate-nominated/v1", "assessment-outcome-computed/v1", "certification-granted/v1"}


def test_changed_scores_say_before_after_who_agreed_and_why(told: World) -> None:
    changed = {row.change: row for row in rows(told, "score-changes")}
    moderated, replaced = changed["moderation"], changed["sheet-superseded"]
    assert (moderated.before, moderated.after, moderated.agreed_by) == ("4, 4", "3", ("Moderator Exemple",))
    assert (moderated.reason, moderated.name) == ("=agreed", "kofi Exemple")
    assert (replaced.before, replaced.after, replaced.assessors) == ("2", "3", ("Assessor1 Exemple",))
    assert replaced.agreed_by == ("Assessor1 Exemple", "Moderator Exemple")
    assert (replaced.reason_code, replaced.reason) == ("transcription-error", "read from the wrong line")
    assert len(rows(told, "score-changes")) == 2


def test_who_met_everything_without_a_seat_is_listed_with_what_was_lacking(told: World) -> None:
    (kofi,) = rows(told, "qualified-not-selected")
    assert (kofi.candidacy_id, kofi.rank, kofi.seats, kofi.last_seat, kofi.behind) == ("c-kofi", 2, 1, 16.0, 0.5)


def test_an_exception_and_a_recusal_say_who_why_and_whether_they_scored(told: World) -> None:
    row, recusal = rows(told, "exceptions")
    assert (row.session_id, row.trained_in, row.assessor, row.scored) == (NEXT, SESSION, "Facilitator Exemple", True)
    assert (row.granted_by, row.reason) == (("Manager Exemple", "director Exemple"), "nobody else speaks Wolof")
    assert (recusal.change, recusal.assessor, recusal.scored) == ("recusal", "Assessor2 Exemple", False)
    assert (recusal.reason_code, recusal.reason, recusal.trained_in) == ("family", "a cousin", None)


def test_who_scored_somebody_they_had_trained_is_listed_with_the_exception(told: World) -> None:
    (row,) = rows(told, "assessors-who-trained")
    assert (row.name, row.assessor_id, row.trained_in, row.months) == ("zoe Exemple", "facilitator", SESSION, 9)
    assert (row.within_period, row.excepted) == (True, True)


def test_a_sealed_level_is_in_no_list(told: World) -> None:
    """The sheet in the second workshop has levels of 5, and nobody else gave any."""
    for name in LISTS:
        assert not any("5+" in str(row) or "'5'" in str(row) for row in rows(told, name)), name
    assert {row.session_id for row in rows(told, "agreement")} == {SESSION}


def test_workshops_funds_and_administrations_count_the_same_people(told: World) -> None:
    first, second = rows(told, "sessions")
    assert (first.nominated, first.selected, first.withdrawn, first.met, first.certified) == (5, 3, 1, 2, 1)
    assert (first.facilitators, first.closed, second.closed) == (("Facilitator Exemple",), True, False)
    funds = {(row.funder, row.year): row for row in rows(told, "donors")}
    assert (funds["Fund", 2017].certified, funds["Fund", 2017].active, funds["Fund", 2017].sessions) == (
        1,
        1,
        (SESSION,),
    )
    assert funds["Other fund", 2018].nominated == 1
    by_code = {row.administration_id: row for row in rows(told, "administrations")}
    assert (by_code["SN"].nominated, by_code["SN"].active, by_code["CI"].nominated, by_code["BE"].nominated) == (
        4,
        1,
        2,
        0,
    )
    (region,) = rows(told, "regions")
    assert (region.administrations, region.nominating, region.with_active, region.share) == (4, 2, 1, 0.25)


def test_advisors_are_those_in_force_on_the_day_as_known_on_another(told: World) -> None:
    (awa,) = rows(told, "advisors")
    assert (awa.language, awa.region, awa.domain, awa.administration.fr) == ("fr", "Europe", "PCA", "Senegal")
    assert len(awa.scope) == 4
    in_suspension = date(2018, 2, 1)
    assert rows(told, "advisors", on=in_suspension) == []
    assert len(rows(told, "advisors", on=in_suspension, known_on=in_suspension)) == 1, "nobody knew of it then"
    assert rows(told, "advisors", known_on=date(2017, 5, 1)) == []


def test_what_expires_says_what_a_renewal_still_needs(told: World) -> None:
    assert rows(told, "expiring") == []
    (awa,) = rows(told, "expiring", on=date(2019, 9, 1), days=300)
    assert awa.missing == ("window-to-open", "renewal-to-decide", "email-missing")
    (awa,) = rows(told, "expiring", on=date(2020, 1, 1))
    assert (awa.days_left, awa.missing) == (138, ("renewal-to-decide", "email-missing"))
    (awa,) = rows(told, "expiring", on=date(2018, 2, 1), days=1000)
    assert awa.missing[0] == "suspension-to-lift"
    assert rows(told, "expiring", on=date.max) == []


def test_what_was_recorded_late_is_listed_with_the_days(told: World) -> None:
    suspended, revoked = rows(told, "late")
    assert (suspended.days, suspended.wire_name, suspended.name) == (90, "certification-suspended/v2", "awa Exemple")
    assert (revoked.days, revoked.wire_name, revoked.name) == (348, "key-revoked/v1", "Decider2 Exemple")
    assert rows(told, "late", days=90) == [revoked]
    everything = {row.wire_name for row in rows(told, "late", days=0)}
    assert "employment-recorded/v1" not in everything, "a first employment bears on nothing"


def test_every_entry_of_a_compromised_key_since_then_is_listed(told: World) -> None:
    found = rows(told, "compromised")
    assert [(row.wire_name, row.name) for row in found] == [
        ("certification-granted/v1", "awa Exemple"),
        ("certification-refused/v1", "kofi Exemple"),
        ("certification-refused/v1", "zoe Exemple"),
    ]
    for row in found:
        assert row.time >= row.compromised_since
        (entry,) = told.ledger.entries(row.positions[0] - 1, row.positions[0])
        assert (entry.topic, row.key_id.encode() in entry.state, row.person_id) == (row.wire_name, True, "decider2")
    assert rows(told, "compromised", known_on=date(2018, 5, 1)) == [], "nobody knew of it then"


def test_rates_and_agreement_of_few_people_say_that_they_are_few(told: World) -> None:
    everybody = next(row for row in rows(told, "pass-rates") if row.by == "all")
    assert (everybody.passed, everybody.total, everybody.rate, everybody.note) == (2, 3, None, "too-few-data")
    assert {row.by for row in rows(told, "pass-rates")} == {"all", "workshop", "language", "competency"}
    overall = next(row for row in rows(told, "agreement") if row.competency == "all")
    assert (overall.cells, overall.candidates, overall.note) == (24, 3, "too-few-data")
    assert overall.alpha_ordinal is not None
    assert overall.icc_one is None
    assert {row.assessor_id: row.note for row in rows(told, "assessor-severity")} == {
        "assessor1": "too-few-data", "assessor2": "too-few-data",
    }  # fmt: skip


def test_rows_are_filtered_by_any_column_whatever_the_case(told: World) -> None:
    assert len(rows(told, "candidates", filters={"session_id": NEXT.lower()})) == 1
    assert [row.name for row in rows(told, "candidates", filters={"decision": "granted"})] == ["awa Exemple"]
    assert len(rows(told, "candidates", filters={"decision": "", "session_id": SESSION})) == 2
    assert len(rows(told, "candidates", filters={"unmet": "communication"})) == 1
    assert rows(told, "agreement", filters={"session_id": NEXT}) == []
    assert {row.session_id for row in rows(told, "agreement", filters={"session_id": SESSION.lower()})} == {SESSION}


@pytest.mark.parametrize(
    ("name", "asked", "field"),
    [
        ("nothing", {}, "list"),
        ("candidates", {"days": 3}, "days"),
        ("late", {"days": -1}, "days"),
        ("late", {"days": 10**9}, "days"),
        ("candidates", {"filters": {"salary": "1"}}, "filter"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_was_expected(told: World, name: str, asked: Any, field: str) -> None:
    with pytest.raises(Unasked) as unasked:
        ask(told.ledger, name, **asked)
    assert unasked.value.field == field
    assert unasked.value.words.en != unasked.value.words.fr


@pytest.mark.usefixtures("engine")
def test_who_is_erased_has_no_name_whatever_was_known_before(history: World) -> None:
    history.do("erase-personal-data", person_id="kofi", basis_code="request")
    for known_on in (None, date(2018, 5, 2)):
        found = {row.candidacy_id: row.name for row in rows(history, "candidates", known_on=known_on)}
        assert (found["c-kofi"], found["c-awa"]) == (None, "awa Exemple")


def test_every_column_has_a_label_and_every_code_its_words(told: World) -> None:
    for name, listing in LISTS.items():
        columns = {column.name: column for column in listing.columns}
        assert set(listing.brief) <= columns.keys()
        for column in columns.values():
            assert column.label.en
            assert column.label.fr
        for row in rows(told, name):
            for column in columns.values():
                held = getattr(row, column.name)
                codes = held if column.kind is Kind.CODES else (held,) if column.kind is Kind.CODE and held else ()
                assert set(codes) <= CODES.keys(), (name, column.name)


def test_each_list_is_seen_by_some_roles_and_scores_by_no_assessor() -> None:
    assert {listing.name for listing in seen_by([Role.AUDITOR])} == set(LISTS)
    for role in (Role.ASSESSOR, Role.FACILITATOR, Role.MODERATOR, Role.SELECTION_PANEL, Role.KEY_HOLDER):
        assert seen_by([role]) == []
    assert {listing.name for listing in seen_by([Role.SECURITY_OFFICER])} == {"late", "compromised"}


def test_a_result_is_computed_again_by_id_and_by_number(told: World) -> None:
    found, differs = recomputed(told.ledger, "c-kofi")
    assert (found.rows[-1].about, differs) == ("qualified-not-selected", False)  # type: ignore[attr-defined]
    number = told.read().certification("c-awa").number
    assert recomputed(told.ledger, number.lower())[0].rows[-1].about == "granted"  # type: ignore[attr-defined]
    assert not recomputed(told.ledger, "c-zoe-2")[1], "an outcome that is not recorded yet differs from nothing"
    for candidacy_id, result in (("c-eve", "not-selected"), ("c-tom", "candidacy-withdrawn")):
        found, differs = recomputed(told.ledger, candidacy_id)
        _, last = found.rows
        assert (last.about, differs) == (result, False)  # type: ignore[attr-defined]
        assert last.words.en.startswith("Nothing is decided: ")  # type: ignore[attr-defined]
    for subject in ("c-nobody", f"{number[:-1]}{'C' if number[-1] != 'C' else 'D'}"):
        with pytest.raises(Unasked):
            recomputed(told.ledger, subject)


def test_results_stay_as_they_were_when_two_ids_turn_out_to_be_one_person(history: World) -> None:
    history.now = history.now.replace(year=2019)
    history.do(
        "merge-persons", person_id="assessor1", merged_id="assessor2", reason={"name": "reason", "value": "twins"}
    )
    assert not recomputed(history.ledger, "c-awa")[1]
    assert not any(row.differs for row in under(history.ledger, "toa-pca-fr", "1.0.0").rows)  # type: ignore[attr-defined]


def test_a_version_is_tried_on_past_workshops_and_nothing_is_written(told: World) -> None:
    size = told.ledger.size()
    found = under(told.ledger, "toa-pca-fr", "1.0.0")
    assert [row.differs for row in found.rows] == [False, False, False]  # type: ignore[attr-defined]
    assert told.ledger.size() == found.position == size
    for scheme, version, field in (("none", "1.0.0", "scheme"), ("toa-pca-fr", "9.9.9", "version")):
        with pytest.raises(Unasked) as unasked:
            under(told.ledger, scheme, version)
        assert unasked.value.field == field


def test_the_reference_names_every_list_and_column() -> None:
    page = (ROOT / "docs" / "reference" / "lists.md").read_text(encoding="utf-8")
    for table in (*LISTS.values(), STEPS, CHANGES, SEARCH, TIMELINE, FACTS, DIFFERENCES):
        assert f"`{table.name}`" in page
        for column in table.columns:
            assert f"`{column.name}`" in page, (table.name, column.name)


def test_assessors_who_oppose_each_other_do_not_agree_beyond_measure(told: World) -> None:
    levels = [
        Given(f"c-{n}", "a", "c", who, level) for n in range(10) for who, level in (("x", 1 + n % 2), ("y", 2 - n % 2))
    ]
    found = agreement(levels)
    assert found.correlations is not None
    assert found.correlations.of_all.value == pytest.approx(10), "as the formula has it"
    row = agreed("s", "all", ALL, found)
    assert (row.icc_one, row.icc_all, row.icc_all_low) == (None, None, None)
    assert row.alpha_interval is not None
    assert row.alpha_interval < 0
