"""Lists of workshops: who was there, exceptions to the separation of duties, and who assessed whom they had trained."""

from collections.abc import Iterator
from datetime import UTC, date

import msgspec

from api.lists.listing import Asked, Code, LanguageCode, Positions, Row, Texts
from api.lists.story import Placed, Story
from ledger.domain.events.candidacy import AssessorRecused, SeparationExceptionGranted
from ledger.domain.events.common import Digest
from ledger.domain.months import last_day
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.words import Words

MONTHS_OF_YEAR = 12


class Workshop(Row, frozen=True, kw_only=True):
    session_id: str
    title: Words
    scheme_id: str
    scheme_version: str
    start: date
    end: date
    place: str
    language: LanguageCode
    funder: str
    year: int
    facilitators: Texts
    assessors: Texts
    nominated: int
    selected: int
    withdrawn: int
    met: int
    not_met: int
    incomplete: int
    certified: int
    closed: bool
    ranked: bool
    positions: Positions


class Excepted(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    change: Code
    assessor_id: str
    assessor: str | None
    trained_in: str | None
    granted_by: Texts
    reason_code: Code | None
    reason: str | None
    scored: bool
    time: date
    positions: Positions


class Trained(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    assessor_id: str
    assessor: str | None
    trained_in: str
    trained_until: date
    months: int
    within_period: bool
    excepted: bool


def sessions(story: Story, asked: Asked) -> Iterator[Workshop]:
    """Every workshop, the first first, with its staff and how many came how far."""
    story.learn_names(each for session in story.sessions.values() for each in session.facilitators | session.assessors)
    for session_id, session in sorted(story.sessions.items(), key=lambda row: (row[1].planned.start, row[0])):
        yield _workshop(story, session_id, session)


def exceptions(story: Story, asked: Asked) -> Iterator[Excepted]:
    """Each exception that let an assessor score somebody they had trained, and each assessor who recused themselves."""
    for placed in story.events((SeparationExceptionGranted, AssessorRecused)):
        candidacy = story.candidacies.get(placed.event.subject.id)
        if candidacy is None:  # of a workshop that is left out
            continue
        match placed.event.facts:
            case SeparationExceptionGranted() as facts:
                by = tuple(story.called(signer.person) for signer in placed.event.by)
                row = _excepted(story, placed, candidacy, facts.assessor_id, facts.reason)
                yield msgspec.structs.replace(row, trained_in=facts.session_id, granted_by=by)
            case AssessorRecused() as facts:
                row = _excepted(story, placed, candidacy, placed.event.by[0].person, facts.reason)
                code = story.value(facts.reason_code.digest)
                yield msgspec.structs.replace(row, change="recusal", reason_code=code)


def _excepted(story: Story, placed: Placed, candidacy: Candidacy, assessor: str, reason: Digest | None) -> Excepted:
    return Excepted(
        session_id=candidacy.nominated.session_id,
        candidacy_id=candidacy.candidacy_id,
        person_id=candidacy.nominated.person_id,
        name=story.name(candidacy.nominated.person_id),
        change="separation-exception",
        assessor_id=assessor,
        assessor=story.name(assessor),
        trained_in=None,
        granted_by=(),
        reason_code=None,
        reason=None if reason is None else story.value(reason.digest),
        scored=story.one(assessor) in _scorers(story, candidacy),
        time=placed.event.time.astimezone(UTC).date(),
        positions=(placed.position,),
    )


def assessors_who_trained(story: Story, asked: Asked) -> Iterator[Trained]:
    """Each assessor who scored somebody they had trained before, however long ago, by what is known of people."""
    of_person: dict[str, list[Candidacy]] = {}
    for candidacy in story.candidacies.values():
        of_person.setdefault(story.one(candidacy.nominated.person_id), []).append(candidacy)
    for candidacy in story.candidacies.values():
        own = story.sessions[candidacy.nominated.session_id].planned
        for earlier in of_person[story.one(candidacy.nominated.person_id)]:
            training = story.sessions[earlier.nominated.session_id]
            if training.planned.start > own.start or not earlier.was_trained(training.planned.start):
                continue
            trainers = {story.one(person) for person in training.facilitators}
            for assessor in sorted(_scorers(story, candidacy) & trainers):
                yield _trained(story, candidacy, assessor, training)


def _workshop(story: Story, session_id: str, session: Session) -> Workshop:
    plan, members = session.planned, [story.candidacies[each] for each in story.in_session[session_id]]
    outcomes = [each.outcome.outcome for each in members if each.outcome is not None]
    granted = [c for each in members if (c := story.certifications.get(each.candidacy_id)) is not None and c.grant]
    return Workshop(
        session_id=session_id,
        title=Words(plan.title_en, plan.title_fr),
        scheme_id=plan.scheme_id,
        scheme_version=plan.scheme_version,
        start=plan.start,
        end=plan.end,
        place=plan.place,
        language=plan.language,
        funder=plan.funder,
        year=plan.start.year,
        facilitators=tuple(sorted(map(story.called, session.facilitators))),
        assessors=tuple(sorted(map(story.called, session.assessors))),
        nominated=len(members),
        selected=sum(each.eligible is True for each in members),
        withdrawn=sum(each.withdrawn for each in members),
        met=outcomes.count("met"),
        not_met=outcomes.count("not-met"),
        incomplete=outcomes.count("incomplete"),
        certified=len(granted),
        closed=session.closed,
        ranked=session.selected is not None,
        positions=story.positions(session_id),
    )


def _trained(story: Story, candidacy: Candidacy, assessor: str, training: Session) -> Trained:
    session = story.sessions[candidacy.nominated.session_id]
    version = story.schemes[session.planned.scheme_id].drafts[session.planned.scheme_version]
    start, end, trained_in = session.planned.start, training.planned.end, training.planned.session_id
    months = (start.year - end.year) * MONTHS_OF_YEAR + start.month - end.month - (start.day < end.day)
    return Trained(
        session_id=session.planned.session_id,
        candidacy_id=candidacy.candidacy_id,
        person_id=candidacy.nominated.person_id,
        name=story.name(candidacy.nominated.person_id),
        assessor_id=assessor,
        assessor=story.name(assessor),
        trained_in=trained_in,
        trained_until=end,
        months=max(months, 0),
        within_period=start <= last_day(end, version.separation_months),
        excepted=any(story.one(a) == assessor and session_id == trained_in for a, session_id in candidacy.exceptions),
    )


def _scorers(story: Story, candidacy: Candidacy) -> set[str]:
    """Everyone who ever signed a sheet on a candidate, under the ids that count."""
    return {story.one(person) for person in candidacy.scorers}
