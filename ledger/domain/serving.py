"""Who can go on a mission: what rules an advisor out, for the rules that refuse and for the pages that propose."""

from collections.abc import Iterator
from datetime import date

from ledger.domain.events.mission import MissionRole
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.domain.standing import Standing, Status
from ledger.domain.states.mission import Mission

_ACCOMPANYING = {Status.VALID, Status.PRE_ACCREDITED, Status.RECOGNISED}


def is_valid_over(standing: Standing, start: date, end: date) -> bool:
    """Whether a certification is valid on every day of a period; only a suspension begins and ends within it."""
    changes = [day for day, _ in standing.pauses if start < day < end]
    return all(standing.on(day) is Status.VALID for day in (start, *changes, end))


def is_certified(person_id: str, start: date, end: date, read: Reader) -> bool:
    """Whether one certification of a human is valid on every day of a period."""
    held = [read.certification(one.candidacy_id) for one in read.candidacies_of(person_id)]
    return any(is_valid_over(one.standing, start, end) for one in held)


def may_accompany(person_id: str, start: date, end: date, read: Reader) -> bool:
    """Whether a human may go on a mission that another leads: certified, or in the field phase, over the period."""
    held = [read.certification(one.candidacy_id).standing for one in read.candidacies_of(person_id)]
    in_field = [one for one in held if one.ended is None and {one.on(start), one.on(end)} <= _ACCOMPANYING]
    return bool(in_field) or is_certified(person_id, start, end, read)


def objections(person_id: str, mission: Mission, role: MissionRole, read: Reader) -> Iterator[Refused]:
    """Yield why a registered advisor cannot go on an open mission in a role, by what the record says now.

    A release that was not asked for, or not answered yet, is no reason.
    """
    asked = mission.requested
    start, end = asked.start, asked.end
    if not read.advisor(person_id).active:
        yield Refused("advisor-inactive", person=person_id)
    if not read.employers(person_id, start, end):
        yield Refused("employment-unknown", person=person_id)
    yield from ties_to_beneficiary(person_id, mission, start, end, read)
    if not (is_certified if role == "lead" else may_accompany)(person_id, start, end, read):
        yield Refused("not-certified-then", person=person_id, start=start, end=end)
    if released(person_id, mission, read) is False:
        yield Refused("release-refused", person=person_id)
    held = role_of(person_id, mission, read)
    if held == role:
        yield Refused("already-assigned", person=person_id)
    for other in read.missions_of(person_id):
        is_meant = other.mission_id != mission.mission_id and not other.cancelled
        if is_meant and other.first_day <= end and other.last_day >= start:
            yield Refused("assigned-elsewhere", person=person_id, mission=other.mission_id)


def ties_to_beneficiary(person_id: str, mission: Mission, start: date, end: date, read: Reader) -> Iterator[Refused]:
    """Yield what keeps a human from advising the administration that asked, over a period."""
    administration_id = mission.requested.administration_id
    if administration_id in read.employers(person_id, start, end):
        yield Refused("beneficiary-employs", person=person_id, administration=administration_id)
    if read.has_conflict_with(person_id, administration_id):
        yield Refused("conflict-with-beneficiary", person=person_id, administration=administration_id)


def released(person_id: str, mission: Mission, read: Reader) -> bool | None:
    """What the home administration of a human last answered for this mission; None while it has not."""
    answers = [answer for asked, answer in mission.releases.items() if read.is_among(person_id, [asked])]
    return answers[-1] if answers else None


def role_of(person_id: str, mission: Mission, read: Reader) -> MissionRole | None:
    """The role of a human on a mission; None when they are not on its team."""
    return next((role for one, role in mission.team.items() if read.is_among(person_id, [one])), None)
