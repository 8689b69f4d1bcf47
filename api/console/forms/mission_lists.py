"""What one can choose from in the forms of advisors in service and of missions."""

from collections.abc import Callable

from api.console.forms.typed import Typed
from api.words.record import Record
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.mission import Mission

Ids = Callable[[Record, Typed], list[str]]


def missions(fits: Callable[[Mission], bool]) -> Ids:
    """Return the list of the missions that fit."""
    return lambda record, _: [one for one in record.ids_of("mission") if fits(record.read.mission(one))]


def is_approved(mission: Mission) -> bool:
    """Whether a mission is approved, and neither completed nor cancelled."""
    return mission.is_open and mission.approval is not None


def is_completed(mission: Mission) -> bool:
    """Whether a mission took place."""
    return mission.ended_on is not None


def advisors(fits: Callable[[Advisor], bool]) -> Ids:
    """Return the list of the advisors that fit."""
    return lambda record, _: [one.person_id for one in record.read.advisors() if fits(one)]


def certified(record: Record, typed: Typed) -> list[str]:
    """Everybody who was certified or pre-accredited, with no end to it, and is not registered for missions yet."""
    read = record.read
    held = [read.certification(one) for one in record.ids_of("certification")]
    awards = [one.grant or one.pre_accreditation for one in held if one.standing.ended is None]
    holders = [award.person_id for award in awards if award is not None]
    return [one for one in dict.fromkeys(map(read.one, holders)) if not read.advisor(one).version]


def certifications(record: Record, typed: Typed) -> list[str] | None:
    """Those of the chosen person."""
    person_id = typed.text("person_id")
    if not person_id:
        return None
    held = [record.read.certification(one.candidacy_id) for one in record.read.candidacies_of(person_id)]
    return [one.certification_id for one in held if one.standing.first_day is not None]


def asked(record: Record, typed: Typed) -> list[str] | None:
    """The advisors whose release for the chosen mission was asked for."""
    return list(_mission(record, typed).releases) if typed.text("mission_id") else None


def released(record: Record, typed: Typed) -> list[str] | None:
    """The advisors who are released for the chosen mission."""
    releases = _mission(record, typed).releases
    return [one for one, granted in releases.items() if granted] if typed.text("mission_id") else None


def participants(record: Record, typed: Typed) -> list[str] | None:
    """The team of the chosen mission but for its lead."""
    mission = _mission(record, typed)
    return [one for one in mission.team if one != mission.lead] if typed.text("mission_id") else None


def contacts(record: Record, typed: Typed) -> list[str] | None:
    """The contact points of the administration that received the chosen mission."""
    request = _mission(record, typed).request
    return None if request is None else sorted(record.read.administration(request.administration_id).contacts)


def candidacies(record: Record, typed: Typed) -> list[str] | None:
    """Those of the chosen participant that are not withdrawn; of somebody else, whoever leads learns nothing."""
    person_id = typed.text("participant_id")
    if person_id not in (participants(record, typed) or ()):
        return None
    return [one.candidacy_id for one in record.read.candidacies_of(person_id) if not one.ended]


def _mission(record: Record, typed: Typed) -> Mission:
    return record.read.mission(typed.text("mission_id"))
