"""Every change of what a certificate is worth is told once, in the order of the log."""

from datetime import UTC, date, datetime

from projections.changes import Change, Kind
from projections.following import TABLES
from projections.read_models import ReadModels, rebuild
from tests.ledger.test_scope_in_bundles import EXTENDED, REDUCED, change_scope
from tests.support import World

NUMBER, SECOND = "TOA-PCA-FR-2017-01-BTH", "TOA-PCA-FR-2017-01.2-HNR"
DECIDERS = ("decider1", "decider2")


def live_through_everything(world: World) -> None:
    """Suspended, lifted, renewed, reissued, withdrawn."""
    world.now = datetime(2018, 3, 10, tzinfo=UTC)
    world.do("suspend-certification", effective_from=date(2018, 3, 1))
    world.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=date(2018, 4, 1))
    world.now = datetime(2020, 3, 10, tzinfo=UTC)
    world.do("renew-certification", *DECIDERS, certification_id="c-awa", method="reassessment")
    world.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="renewed")
    world.do("withdraw-certification", effective_from=date(2020, 6, 1), reason_code="misconduct")


def facts(change: Change) -> tuple[object, ...]:
    return change.kind, change.number, change.old_number, change.effective_from, change.expires_on


def test_each_change_is_told_with_its_days_and_numbers(workshop: World) -> None:
    live_through_everything(workshop)
    first, second = date(2020, 5, 18), date(2023, 5, 18)
    with ReadModels(workshop.ledger) as models:
        changes = models.changes.after(0, 100)
        assert [facts(change) for change in changes] == [
            (Kind.ISSUED, NUMBER, None, date(2017, 5, 19), first),
            (Kind.SUSPENDED, NUMBER, None, date(2018, 3, 1), first),
            (Kind.LIFTED, NUMBER, None, date(2018, 4, 1), first),
            (Kind.RENEWED, NUMBER, None, date(2020, 5, 19), second),
            (Kind.REISSUED, SECOND, NUMBER, date(2020, 3, 10), second),
            (Kind.WITHDRAWN, SECOND, None, date(2020, 6, 1), second),
        ]
        assert {(change.certification_id, change.person_id) for change in changes} == {("c-awa", "awa")}
        assert changes[1].recorded == datetime(2018, 3, 10, 0, 0, 1, tzinfo=UTC)


def test_a_change_of_the_scope_is_told_with_the_document_that_it_finds(workshop: World) -> None:
    change_scope(workshop)
    last_day = date(2020, 5, 18)
    with ReadModels(workshop.ledger) as models:
        assert [facts(change) for change in models.changes.after(0, 100)][1:] == [
            (Kind.SCOPE_REDUCED, NUMBER, None, date(2017, 6, 1), last_day),
            (Kind.REISSUED, REDUCED, NUMBER, date(2017, 6, 2), last_day),
            (Kind.SCOPE_EXTENDED, REDUCED, None, date(2017, 7, 1), last_day),
            (Kind.REISSUED, EXTENDED, REDUCED, date(2017, 7, 1), last_day),
        ]


def test_changes_are_read_on_from_a_position_in_both_directions(workshop: World) -> None:
    live_through_everything(workshop)
    with ReadModels(workshop.ledger) as models:
        everything = models.changes.after(0, 100)
        assert models.changes.after(everything[1].position, 2) == everything[2:4]
        assert models.changes.before(None, 2) == everything[:-3:-1]
        assert models.changes.before(everything[2].position, 2) == everything[1::-1]
        assert models.changes.last() == workshop.ledger.size() == everything[-1].position
        assert models.changes.last_of("c-awa") == everything[-1]
        assert models.changes.last_of("c-zoe") is None


def test_what_ends_between_two_days_or_was_moved_lately_is_found_once(workshop: World) -> None:
    long_ago, day = datetime(2017, 1, 1, tzinfo=UTC), date(2020, 5, 18)
    with ReadModels(workshop.ledger) as models:
        (issued,) = models.changes.after(0, 100)
        assert models.changes.expiring(day, day, long_ago) == [issued]
        assert models.changes.expiring(date(2020, 5, 19), date.max, long_ago) == [], "an award alone moves nothing"
        assert models.changes.expiring(date.min, date(2020, 5, 17), long_ago) == []
    live_through_everything(workshop)
    with ReadModels(workshop.ledger) as models:
        last_change = models.changes.last_of("c-awa")
        assert last_change is not None
        assert models.changes.expiring(date.min, date.max, long_ago) == [last_change]
        assert models.changes.expiring(date.min, date.min, long_ago) == [last_change], "it was renewed, or withdrawn"
        assert models.changes.expiring(date.min, date.min, datetime(2100, 1, 1, tzinfo=UTC)) == []


def test_a_certification_without_an_end_has_no_last_day(staffed: World) -> None:
    staffed.certify(validity_months=None)
    with ReadModels(staffed.ledger) as models:
        assert [change.expires_on for change in models.changes.after(0, 9)] == [None]


def test_a_certification_may_be_suspended_before_any_certificate(staffed: World) -> None:
    staffed.plan()
    awa = staffed.candidate("awa")
    staffed.score(awa, 4)
    staffed.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    staffed.do("close-session", "manager", session_id="TOA-PCA-FR-2017")
    for sheet in staffed.read().candidacy(awa).live_sheets:
        staffed.do("reveal-score-sheet", "registrar", candidacy_id=awa, sheet_id=sheet.sheet_id)
    staffed.do("compute-outcome", "registrar", candidacy_id=awa)
    staffed.do("compute-ranking", "registrar", session_id="TOA-PCA-FR-2017")
    staffed.do("decide-certification", *DECIDERS, candidacy_id=awa, effective_from=date(2017, 5, 19))
    staffed.do("suspend-certification", certification_id=awa, effective_from=date(2017, 5, 20))
    with ReadModels(staffed.ledger) as models:
        assert [(change.kind, change.number) for change in models.changes.after(0, 9)] == [(Kind.SUSPENDED, None)]


def test_followed_step_by_step_or_rebuilt_the_changes_are_the_same(workshop: World) -> None:
    with ReadModels(workshop.ledger) as models:
        live_through_everything(workshop)
        models.following.catch_up(batch=1)
        before = {table: models.following.rows(table) for table in TABLES}
        rebuild(workshop.ledger)
        assert {table: models.following.rows(table) for table in TABLES} == before
        assert len(before["changes"]) == 6
        assert models.differences() == []
