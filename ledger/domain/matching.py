"""Whom to propose for a mission, with every reason: a pure function of the request and the record.

It proposes, and a person decides. Who is ruled out is listed too, with why. What the record does not say is ``None``:
a language that was not recorded is not one that the advisor cannot speak.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from ledger.domain.events.mission import MissionRole
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.domain.serving import objections, released
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.mission import Mission

WORKING_LEVELS = ("B2", "C1", "C2")
"""The CEFR levels at which somebody works in a language: from B2 on, a user is independent (CEFR 2020, 3.2)."""

Criterion = Literal["topic", "language", "availability", "release"]


class Proposal(msgspec.Struct, frozen=True):
    """An advisor for a mission. ``met`` says of each criterion whether it is met; None where the record is silent.

    ``cefr`` is the level in the language of the mission, ``missions`` the number that they went on before and
    ``last_day`` the last day of the latest. With ``objections``, they are ruled out.
    """

    person_id: str
    met: dict[Criterion, bool | None]
    cefr: str | None
    missions: int
    last_day: date | None
    objections: tuple[Refused, ...]

    @property
    def is_possible(self) -> bool:
        return not self.objections


def proposals(mission: Mission, role: MissionRole, read: Reader) -> tuple[Proposal, ...]:
    """Return every registered advisor: first those who can go, the best first, then those who are ruled out.

    What is met comes before what is not known, and that before what is not met: the domain first, then the language,
    the days and an earlier release. Of equals, whoever was never sent, or longest ago, comes first.
    """
    return tuple(sorted((_proposal(one, mission, role, read) for one in read.advisors()), key=_rank))


def first_possible(found: Iterable[Proposal]) -> Proposal | None:
    """Return the first proposal of an advisor who can go."""
    return next((one for one in found if one.is_possible), None)


def _proposal(advisor: Advisor, mission: Mission, role: MissionRole, read: Reader) -> Proposal:
    asked, person_id = mission.requested, advisor.person_id
    others = [one for one in read.missions_of(person_id) if one.mission_id != mission.mission_id]
    went = [one for one in others if one.started_on is not None]
    answers = [released(person_id, one, read) for one in read.releases_of(person_id)]
    known_answers = [answer for answer in answers if answer is not None]
    cefr = advisor.languages.get(asked.language)
    return Proposal(
        person_id=person_id,
        met={
            "topic": asked.topic in advisor.topics if advisor.topics else None,
            "language": None if cefr is None else cefr in WORKING_LEVELS,
            "availability": advisor.is_available(asked.start, asked.end, asked.mode),
            "release": any(known_answers) if known_answers else None,
        },
        cefr=cefr,
        missions=len(went),
        last_day=max((one.last_day for one in went), default=None),
        objections=tuple(objections(person_id, mission, role, read)),
    )


def _rank(one: Proposal) -> tuple[object, ...]:
    order = {True: 0, None: 1, False: 2}
    criteria = [order[one.met[name]] for name in ("topic", "language", "availability", "release")]
    return (not one.is_possible, *criteria, one.last_day or date.min, one.missions, one.person_id)
