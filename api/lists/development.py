"""Lists of continued competence: what counts for renewals, surveillance, reported changes, activities and misuse."""

from collections.abc import Iterator
from datetime import UTC, date

from api.lists.listing import Asked, Code, Codes, Positions, Row
from api.lists.story import Story
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.renewal import surveillance_due
from ledger.domain.standing import Status
from ledger.domain.states.certification import Certification


class Renewal(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    certification_id: str
    number: str
    since: date
    expires_on: date
    hours: int
    hours_needed: int | None
    missions: int
    missions_needed: int | None
    refreshers: int
    refreshers_needed: int | None
    missing: Codes
    asked_for: bool
    positions: Positions


class Overdue(Row, frozen=True, kw_only=True):
    due_on: date
    days_late: int
    person_id: str
    name: str | None
    certification_id: str
    number: str
    status: Code
    reviewed_until: date | None


class Change(Row, frozen=True, kw_only=True):
    reported: date
    waited: int
    person_id: str
    name: str | None


class Activity(Row, frozen=True, kw_only=True):
    day: date
    person_id: str
    name: str | None
    activity_id: str
    activity_code: Code
    hours: int
    accepted_hours: int | None


class Misuse(Row, frozen=True, kw_only=True):
    seen_on: date
    person_id: str
    name: str | None
    certification_id: str
    number: str
    misuse_id: str
    complaint_id: str | None


def renewals(story: Story, asked: Asked) -> Iterator[Renewal]:
    """What counts for the next renewal of each certification that can be renewed, the first to expire first."""
    found = [(story.progress(one, grant), one, grant.person_id) for one, grant in _in_force(story, asked.on)]
    dated = [(each.period.until, one.certification_id, one, each, person) for each, one, person in found if each]
    story.learn_names([person for *_, person in dated])
    for until, certification_id, one, progress, person_id in sorted(dated, key=lambda row: row[:2]):
        rule = progress.rule
        yield Renewal(
            person_id=story.one(person_id),
            name=story.name(person_id),
            certification_id=certification_id,
            number=one.number,
            since=progress.period.since,
            expires_on=until,
            hours=progress.hours,
            hours_needed=None if rule is None else rule.hours,
            missions=progress.missions,
            missions_needed=None if rule is None else rule.missions,
            refreshers=progress.refreshers,
            refreshers_needed=None if rule is None else rule.refreshers,
            missing=tuple(f"{gap.what}-missing" for gap in progress.gaps(asked.on)),
            asked_for=story.history(person_id).asked_for(certification_id, until),
            positions=story.positions(certification_id),
        )


def surveillance_overdue(story: Story, asked: Asked) -> Iterator[Overdue]:
    """The certifications whose surveillance is overdue on the day, the longest first."""
    late = []
    for one, grant in _in_force(story, asked.on):
        version = story.schemes[grant.scheme_id].drafts[grant.scheme_version]
        history = story.history(grant.person_id)
        due_on = surveillance_due(one, version, history)
        if due_on is not None and due_on < asked.on:
            reviewed = history.reviewed_until(one.certification_id)
            late.append((due_on, one.certification_id, one, reviewed, grant.person_id))
    for due_on, certification_id, one, reviewed_until, person_id in sorted(late, key=lambda row: row[:2]):
        yield Overdue(
            due_on=due_on,
            days_late=(asked.on - due_on).days,
            person_id=story.one(person_id),
            name=story.name(person_id),
            certification_id=certification_id,
            number=one.number,
            status=one.standing.on(asked.on),
            reviewed_until=reviewed_until,
        )


def capability_changes(story: Story, asked: Asked) -> Iterator[Change]:
    """The reported changes that no review has looked at, the oldest first."""
    found = [(at.astimezone(UTC).date(), one) for one in story.developing for at in story.history(one).open_changes]
    for reported, one in sorted(found):
        yield Change(reported=reported, waited=(asked.on - reported).days, person_id=one, name=story.name(one))


def activities(story: Story, asked: Asked) -> Iterator[Activity]:
    """Every activity that a holder stated, first those that nobody has verified; then the latest first."""
    found = [
        (history.verified.get(activity_id), one, activity)
        for one in story.developing
        for history in (story.history(one),)
        for activity_id, activity in history.activities.items()
    ]
    latest = sorted(found, key=lambda row: (row[2].day, row[2].activity_id), reverse=True)
    for verified, one, activity in sorted(latest, key=lambda row: row[0] is not None):
        yield Activity(
            day=activity.day,
            person_id=one,
            name=story.name(one),
            activity_id=activity.activity_id,
            activity_code=activity.activity_code,
            hours=activity.hours,
            accepted_hours=None if verified is None else verified.hours,
        )


def misuses(story: Story, asked: Asked) -> Iterator[Misuse]:
    """Every reported misuse, first those that no complaint names as what it is about; then the latest first."""
    complaints = {each.lodged.about: one for one, each in story.complaints.items()}
    found = [
        (each.seen_on, each.misuse_id, one, each)
        for one in story.developing
        for each in story.history(one).misuses.values()
        if each.certification_id in story.candidacies
    ]
    latest = sorted(found, key=lambda row: row[:2], reverse=True)
    for seen_on, misuse_id, one, each in sorted(latest, key=lambda row: row[1] in complaints):
        yield Misuse(
            seen_on=seen_on,
            person_id=one,
            name=story.name(one),
            certification_id=each.certification_id,
            number=story.certifications[each.certification_id].number,
            misuse_id=misuse_id,
            complaint_id=complaints.get(misuse_id),
        )


def _in_force(story: Story, day: date) -> Iterator[tuple[Certification, CertificationGranted]]:
    """Yield what a surveillance or a renewal can be about, with its grant, but for the reader's own workshops."""
    for one in story.certifications.values():
        lasts = one.standing.on(day) in (Status.VALID, Status.SUSPENDED)
        if one.grant is not None and lasts and one.certification_id in story.candidacies:
            yield one, one.grant
