"""The read models answer at both times, and a rebuild gives the same rows."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.domain.standing import Status
from ledger.store import cache
from ledger.store.engines.sqlite import SQLiteDatabase
from ledger.store.port import LocalDatabase
from projections import read_models
from projections.following import TABLES
from projections.read_models import Behind, ReadModels, rebuild
from tests.ledger.test_scope_in_bundles import change_scope
from tests.scenario import COMPETENCIES
from tests.support import World

THEN = datetime(2017, 5, 20, tzinfo=UTC)
FULL = 2  # of SQLite's pragma: a commit waits for the disk


def test_a_granted_certification_is_on_the_roster(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        (advisor,) = models.roster.on(date(2018, 1, 1), THEN)
        assert (advisor.person_id, advisor.since, advisor.until) == ("awa", date(2017, 5, 19), date(2020, 5, 18))
        assert advisor.name is None  # no consent yet
        assert models.roster.on(date(2020, 5, 19), THEN) == []
        assert models.roster.on(date(2018, 1, 1), datetime(2017, 5, 1, tzinfo=UTC)) == []


def test_a_search_forgives_accents_case_hyphens_and_order(workshop: World) -> None:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    with ReadModels(workshop.ledger) as models:
        for text in ("echo awa", "AWA n'guessan", "nGuessan", "guess", "senegal"):
            found = models.roster.find(text, date(2018, 1, 1), THEN).advisors
            assert [a.name for a in found] == ["awa N'Guessan-Écho"], text
        assert models.roster.find("awa kofi", date(2018, 1, 1), THEN).advisors == []


def test_a_later_withdrawal_does_not_change_what_was_known_before(workshop: World) -> None:
    workshop.now = datetime(2018, 3, 10, tzinfo=UTC)
    workshop.do("withdraw-certification", effective_from=date(2018, 3, 1), reason_code="misconduct")
    with ReadModels(workshop.ledger) as models:
        known_before, known_after = datetime(2018, 3, 5, tzinfo=UTC), datetime(2018, 3, 11, tzinfo=UTC)
        day = date(2018, 3, 2)
        assert models.certificates.timeline("c-awa", known_before).on(day) is Status.VALID
        assert models.certificates.timeline("c-awa", known_after).on(day) is Status.WITHDRAWN


def test_the_scope_is_that_of_the_day_as_known_at_the_moment(workshop: World) -> None:
    change_scope(workshop)
    theory, _, communication, advice = COMPETENCIES
    with ReadModels(workshop.ledger) as models:

        def scope(day: date, *known: int) -> set[str]:
            return set(models.certificates.scope("c-awa", day, datetime(*known, tzinfo=UTC)))  # type: ignore[misc, arg-type]  # year, month, day, ...

        june, july = date(2017, 6, 1), date(2017, 7, 1)
        assert scope(june, 2017, 5, 1) == set(), "not granted yet"
        assert scope(june, 2017, 6, 2) == set(COMPETENCIES), "recorded only later that day"
        assert scope(june, 2017, 6, 3) == scope(july, 2017, 6, 3) == {theory, advice}
        assert scope(july, 2017, 7, 2) == {theory, communication, advice}
        assert scope(june, 2017, 7, 2) == {theory, advice}
        before = models.following.rows("certificate_scopes")
        rebuild(workshop.ledger)
        assert models.following.rows("certificate_scopes") == before
        assert len(before) == 3


def test_a_rebuild_gives_the_same_rows(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        indexed = "SELECT name, sql FROM sqlite_schema ORDER BY name"
        before = {table: models.following.rows(table) for table in TABLES}
        schema = [tuple(row) for row in models.following.database.select(indexed)]
        rebuild(workshop.ledger)
        assert {table: models.following.rows(table) for table in TABLES} == before
        assert [tuple(row) for row in models.following.database.select(indexed)] == schema
        assert models.differences() == []


def test_a_rebuild_waits_for_the_disk_when_all_is_in_its_place(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody goes on with a file that was being filled: while it is, no commit waits."""
    waits: list[tuple[str, bool]] = []
    commit = SQLiteDatabase._commit

    def noted(database: SQLiteDatabase, raw: sqlite3.Cursor) -> None:
        waits.append((database.name, raw.execute("PRAGMA synchronous").fetchone()[0] == FULL))
        commit(database, raw)

    with ReadModels(workshop.ledger):
        monkeypatch.setattr(SQLiteDatabase, "_commit", noted)
        rebuild(workshop.ledger)
    made, *filled, copied = waits
    assert made == ("projections.rebuilt.db", True)
    assert set(filled) == {("projections.rebuilt.db", False)}
    assert copied == ("projections.db", True)


def test_a_rebuild_sets_nobody_back_who_follows_meanwhile(workshop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with ReadModels(workshop.ledger) as models:

        def replace(path: Path, fresh: LocalDatabase, finish: Callable[[], object], indexes: Iterable[str]) -> None:
            workshop.do("give-listing-consent", "registrar", person_id="awa")
            models.catch_up()
            cache.replace(path, fresh, finish, indexes)

        monkeypatch.setattr(read_models, "replace", replace)
        rebuild(workshop.ledger)
        assert models.following.position == workshop.ledger.size()


def test_what_had_to_wait_speaks_for_the_moment_that_it_shows(workshop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with ReadModels(workshop.ledger) as models:

        def current() -> int:
            models.catch_up()
            position = models.following.position
            workshop.do("withdraw-listing-consent", "registrar", person_id="awa")
            models.catch_up()
            return position

        workshop.do("give-listing-consent", "registrar", person_id="awa")
        monkeypatch.setattr(models, "current", current)
        with models.at_one_moment() as position:
            assert position == models.following.position == workshop.ledger.size()


def test_tables_that_were_emptied_while_somebody_waited_are_behind(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failover lost what no witness has cosigned: they are filled again, and speak for less than is public."""
    with ReadModels(workshop.ledger) as models:
        monkeypatch.setattr(models, "current", models.following._forget)
        workshop.do("give-listing-consent", "registrar", person_id="awa")
        with pytest.raises(Behind), models.at_one_moment():
            pass


def test_a_changed_row_is_found(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        with models.following.database.transaction(commit=True) as cursor:
            cursor.execute("UPDATE certificate_spans SET status = 'suspended'")
        assert {d.table for d in models.differences()} == {"certificate_spans"}


def test_what_is_recorded_during_a_comparison_is_no_difference(workshop: World) -> None:
    recorded: list[str] = []

    def meanwhile(done: int, of: int) -> None:
        if not recorded:
            recorded.append(workshop.do("give-listing-consent", "registrar", person_id="awa"))

    with ReadModels(workshop.ledger) as models:
        assert models.differences(meanwhile) == []
        assert models.following.position < workshop.ledger.size(), "what stands there is compared, and left as it is"
    assert recorded


def test_the_history_names_signer_role_and_key(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        rows = models.history.of_certification("c-awa")
        assert rows[0].event_type.wire_name == "scheme-established/v1"
        assert rows[-1].event_type.wire_name == "certificate-issued/v2"
        grant = next(r for r in rows if r.event_type.wire_name == "certification-granted/v1")
        assert [s.person_id for s in grant.signers] == ["decider1", "decider2"]
        assert [r.position for r in rows] == sorted(r.position for r in rows)


def test_tables_of_another_version_are_replayed(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        before = {table: models.following.rows(table) for table in TABLES}
        with models.following.database.transaction(commit=True) as cursor:
            cursor.execute("DROP TABLE schemes")
            cursor.execute("CREATE TABLE scheme (old TEXT)")
            cursor.execute("PRAGMA user_version = 1")
    with ReadModels(workshop.ledger) as models:
        assert {table: models.following.rows(table) for table in TABLES} == before


def test_the_versions_of_a_scheme_are_shown_once_approved(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        (version,) = models.schemes.versions("toa-pca-fr")
        assert models.schemes.version("toa-pca-fr", "1.0.0") == version
        assert version.effective_from == date(2017, 1, 1)
        assert [c.cut for c in version.content.competencies] == [3] * 4
        assert models.schemes.version("toa-pca-fr", "2.0.0") is None


def test_levels_are_shown_while_the_holder_agrees(workshop: World) -> None:
    def shows() -> bool:
        with ReadModels(workshop.ledger) as models:
            return models.roster.person("awa").shows_results

    assert not shows()
    workshop.do("give-results-consent", "registrar", person_id="awa")
    assert shows()
    workshop.do("withdraw-results-consent", "registrar", person_id="awa")
    assert not shows()
    workshop.do("give-results-consent", "registrar", person_id="awa")
    workshop.now = datetime(2030, 1, 1, tzinfo=UTC)
    workshop.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert not shows()
    with ReadModels(workshop.ledger) as models:
        assert not models.roster.person("nobody").shows_results
