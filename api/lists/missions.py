"""Lists of missions, of the advisors who can go, and of what missions gave administrations."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from api.lists.listing import Asked, Code, Codes, LanguageCode, Positions, RegionName, Row, Texts
from api.lists.story import Story
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.mission import Mission
from ledger.words import Words


class MissionRow(Row, frozen=True, kw_only=True):
    mission_id: str
    administration_id: str
    administration: Words
    region: RegionName
    topic: Code
    start: date
    end: date
    language: LanguageCode
    mode: Code
    funder: str | None
    state: Code
    lead: str | None
    team: Texts
    has_report: bool
    has_feedback: bool
    recommended: int | None
    adopted: int | None
    positions: Positions


class InService(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    administration: Words | None
    languages: Texts
    topics: Codes
    active: bool
    available: bool | None
    pledged: bool
    missions: int
    last_day: date | None


class Result(Row, frozen=True, kw_only=True):
    region: RegionName
    year: int
    topic: Code
    missions: int
    recommended: int
    adopted: int


class Beneficiary(Row, frozen=True, kw_only=True):
    administration_id: str
    administration: Words
    region: RegionName
    requested: int
    completed: int
    recommended: int
    adopted: int
    last_day: date | None


class Awaited(Row, frozen=True, kw_only=True):
    mission_id: str
    administration: Words
    start: date
    person_id: str
    name: str | None
    home: Words | None
    declared: date
    waited: int


def missions(story: Story, asked: Asked) -> Iterator[MissionRow]:
    """Every mission, the latest first."""
    found = sorted(story.missions.values(), key=lambda one: (one.requested.start, one.mission_id), reverse=True)
    story.learn_names([person for one in found for person in one.team])
    for one in found:
        request, lead = one.requested, one.lead
        yield MissionRow(
            mission_id=one.mission_id,
            administration_id=request.administration_id,
            administration=story.administration(request.administration_id, asked.on),
            region=story.administrations[request.administration_id].region(request.start),
            topic=request.topic,
            start=one.first_day,
            end=one.last_day,
            language=request.language,
            mode=request.mode,
            funder=None if one.approval is None else one.approval.funder,
            state=state_of(one),
            lead=None if lead is None else story.called(lead),
            team=tuple(story.called(person) for person in one.team if person != lead),
            has_report=one.recommendations is not None,
            has_feedback=one.has_feedback,
            recommended=None if one.results is None else sum(each.recommended for each in one.results),
            adopted=None if one.results is None else sum(each.adopted for each in one.results),
            positions=story.positions(one.mission_id),
        )


def state_of(mission: Mission) -> str:
    """Return how far a mission has come, as a code."""
    if mission.cancelled:
        return "mission-cancelled"
    if mission.ended_on is not None:
        return "mission-completed"
    if mission.started_on is not None:
        return "mission-under-way"
    if mission.lead is not None:
        return "mission-assigned"
    return "mission-requested" if mission.approval is None else "mission-approved"


def advisors_in_service(story: Story, asked: Asked) -> Iterator[InService]:
    """Everybody in the pool, the least used first; available on the day, where they declared it."""
    went = defaultdict[str, list[date]](list)
    for mission in story.missions.values():
        for human in {story.one(person) for person in mission.team} if mission.started_on is not None else ():
            went[human].append(mission.last_day)
    # Of one human, the stream under the id that counts.
    pool = [one for one in story.advisors.values() if story.one(one.person_id) == one.person_id]
    story.learn_names([one.person_id for one in pool])
    for one in sorted(pool, key=lambda each: (max(went[each.person_id], default=date.min), each.person_id)):
        home = home_of(story, one)
        yield InService(
            person_id=one.person_id,
            name=story.name(one.person_id),
            administration=None if home is None else story.administration(home, asked.on),
            languages=tuple(f"{language} {level}" for language, level in sorted(one.languages.items())),
            topics=one.topics,
            active=one.active,
            available=_available(one, asked.on),
            pledged=bool(one.pledged_on),
            missions=len(went[one.person_id]),
            last_day=max(went[one.person_id], default=None),
        )


def home_of(story: Story, advisor: Advisor) -> str | None:
    """Return the administration that nominated an advisor."""
    return story.nominated_by.get(advisor.certification_id)


def _available(advisor: Advisor, day: date) -> bool | None:
    """Whether they declared to be available on a day, in any way; None when they declared nothing that is not over."""
    declared = [one for one in advisor.periods if one.end >= day]
    return any(one.start <= day for one in declared) if declared else None


def mission_results(story: Story, asked: Asked) -> Iterator[Result]:
    """What completed missions gave, by region, year of their last day, and domain."""
    found = defaultdict[tuple[str, int, str], list[tuple[int, int]]](list)
    for one in story.missions.values():
        region = story.administrations[one.requested.administration_id].region(one.requested.start)
        for each in one.results or ():
            found[region, one.last_day.year, each.topic].append((each.recommended, each.adopted))
    for (region, year, topic), counts in sorted(found.items()):
        recommended, adopted = (sum(column) for column in zip(*counts, strict=True))
        yield Result(
            region=region, year=year, topic=topic, missions=len(counts), recommended=recommended, adopted=adopted
        )


def missions_by_administration(story: Story, asked: Asked) -> Iterator[Beneficiary]:
    """What each administration asked for, and what came of it."""
    received = defaultdict[str, list[Mission]](list)
    for one in story.missions.values():
        received[one.requested.administration_id].append(one)
    for administration_id, found in sorted(received.items()):
        completed = [one for one in found if one.ended_on is not None]
        results = [each for one in completed for each in one.results or ()]
        yield Beneficiary(
            administration_id=administration_id,
            administration=story.administration(administration_id, asked.on),
            region=story.administrations[administration_id].region(asked.on),
            requested=len(found),
            completed=len(completed),
            recommended=sum(each.recommended for each in results),
            adopted=sum(each.adopted for each in results),
            last_day=max((one.last_day for one in completed), default=None),
        )


def releases_awaited(story: Story, asked: Asked) -> Iterator[Awaited]:
    """Releases that were asked for and not answered, the earliest mission first."""
    waiting = [
        (one, person)
        for one in sorted(story.missions.values(), key=lambda each: (each.requested.start, each.mission_id))
        for person, answer in one.releases.items()
        if answer is None and one.is_open
    ]
    story.learn_names([person for _, person in waiting])
    for one, person in waiting:
        request = one.requested
        since = story.asked_on[one.mission_id, person]
        advisor = story.advisors.get(story.one(person))
        home = None if advisor is None else home_of(story, advisor)
        yield Awaited(
            mission_id=one.mission_id,
            administration=story.administration(request.administration_id, asked.on),
            start=request.start,
            person_id=person,
            name=story.name(person),
            home=None if home is None else story.administration(home, asked.on),
            declared=since,
            waited=(asked.on - since).days,
        )
