"""The list of who is in the field phase of a scheme on a day, or whose pre-accreditation has lapsed."""

from collections.abc import Iterator
from datetime import date

from api.lists.listing import Asked, Code, LanguageCode, Positions, Row, Texts
from api.lists.story import Story
from ledger.domain.standing import NOT_CERTIFIED_YET, Status
from ledger.words import Words


class FieldPhase(Row, frozen=True, kw_only=True):
    field_deadline: date
    days_left: int | None
    person_id: str
    name: str | None
    administration_id: str
    administration: Words
    session_id: str
    language: LanguageCode
    status: Code
    mission_ids: Texts
    recommendation: Code | None
    certification_id: str
    positions: Positions


def field_phase(story: Story, asked: Asked) -> Iterator[FieldPhase]:
    """Who is pre-accredited, recognised or lapsed, the earliest deadline first. Only a pre-accredited has days left.

    The missions are those that ended, or are to end, in the field phase, in their order.
    """
    found = [
        (granted, certification, status)
        for certification in story.certifications.values()
        if (granted := certification.pre_accreditation) is not None
        and granted.certification_id in story.candidacies  # or it is of a workshop that the reader does not read
        and (status := certification.standing.on(asked.on)) in NOT_CERTIFIED_YET
    ]
    story.learn_names(granted.person_id for granted, _, _ in found)
    for granted, certification, status in sorted(found, key=lambda row: (row[0].field_deadline, row[0].serial)):
        one_id = certification.certification_id
        human, administration_id = story.one(granted.person_id), story.nominated_by[one_id]
        missions = sorted(
            (
                mission
                for mission in story.missions.values()
                if not mission.cancelled
                and mission.last_day >= granted.effective_from
                and human in map(story.one, mission.team)
            ),
            key=lambda mission: (mission.last_day, mission.mission_id),
        )
        assessed = [one for mission in missions for one in mission.assessments if one.candidacy_id == one_id]
        yield FieldPhase(
            field_deadline=granted.field_deadline,
            days_left=(granted.field_deadline - asked.on).days if status is Status.PRE_ACCREDITED else None,
            person_id=human,
            name=story.name(granted.person_id),
            administration_id=administration_id,
            administration=story.administration(administration_id, asked.on),
            session_id=granted.session_id,
            language=granted.language,
            status=status,
            mission_ids=tuple(mission.mission_id for mission in missions),
            recommendation=assessed[-1].recommendation if assessed else None,
            certification_id=one_id,
            positions=story.positions(one_id),
        )
