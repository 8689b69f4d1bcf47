"""Lists of the rights of persons over their data, of what is kept and disclosed, and of old records."""

from collections.abc import Iterator
from datetime import date

from api.lists.listing import Asked, Code, Codes, Positions, RegionName, Row
from api.lists.story import Story, day_of
from ledger.domain.events.history import HistoricalRecordImported
from ledger.domain.events.persons import (
    AdministrationRegistered,
    AdministrationRenamed,
    MembershipRecorded,
    RegionAssigned,
)
from ledger.domain.events.privacy import (
    DataSubjectRequestDecided,
    DataSubjectRequestExtended,
    DataSubjectRequestReceived,
    DisclosedToThirdParty,
    LegalHoldPlaced,
    LegalHoldReleased,
)
from ledger.domain.retention import term
from ledger.domain.states.privacy import Hold, Request, evolve_hold, evolve_request
from ledger.words import Words

_REQUESTS = (DataSubjectRequestReceived, DataSubjectRequestExtended, DataSubjectRequestDecided)
_HOLDS = (LegalHoldPlaced, LegalHoldReleased)


class DataRequest(Row, frozen=True, kw_only=True):
    request_id: str
    person_id: str
    name: str | None
    request_kind: Code
    received_on: date
    due_on: date
    extended: bool
    decided: date | None
    status: Code
    refusal_ground: Code | None
    positions: Positions


class LegalHold(Row, frozen=True, kw_only=True):
    hold_id: str
    person_id: str
    name: str | None
    since: date
    review_by: date
    review_due: bool
    until: date | None
    positions: Positions


class Disclosure(Row, frozen=True, kw_only=True):
    disclosed_on: date
    person_id: str
    name: str | None
    recipient: Code
    legal_basis: Code
    categories: Codes
    told_before: bool
    not_told_because: Code | None
    positions: Positions


class RetentionDue(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    kept_until: date
    days: int
    hindrances: Codes


class HistoricRecord(Row, frozen=True, kw_only=True):
    original_on: date
    person_id: str
    name: str | None
    record_kind: Code
    evidence_grade: Code
    session_id: str | None
    administration_id: str | None
    source_hash: str
    recorded: date
    positions: Positions


class AdministrationSpan(Row, frozen=True, kw_only=True):
    administration_id: str
    since: date | None
    administration: Words
    region: RegionName
    membership: Code | None
    positions: Positions


def data_requests(story: Story, asked: Asked) -> Iterator[DataRequest]:
    """Every request, the one that is due first at the top, and those that were decided last."""
    positions, states = _requests(story)
    story.learn_names(one.received.person_id for one in states.values() if one.received is not None)
    for one in sorted(states.values(), key=lambda each: (each.decision is not None, each.due_on, each.request_id)):
        received = one.received
        if received is not None and one.due_on is not None:
            yield DataRequest(
                request_id=one.request_id,
                person_id=story.one(received.person_id),
                name=story.name(received.person_id),
                request_kind=received.request_kind,
                received_on=received.received_on,
                due_on=one.due_on,
                extended=one.extended,
                decided=one.decided_on,
                status=_status(one, asked.on),
                refusal_ground=None if one.decision is None else one.decision.refusal_ground,
                positions=tuple(positions[one.request_id]),
            )


def legal_holds(story: Story, asked: Asked) -> Iterator[LegalHold]:
    """Every hold, those that last first."""
    positions, states, days = _holds(story)
    story.learn_names(one.placed.person_id for one in states.values() if one.placed is not None)
    for one in sorted(states.values(), key=lambda each: (each.released, each.hold_id)):
        if one.placed is not None:
            first, last = days[one.hold_id]
            yield LegalHold(
                hold_id=one.hold_id,
                person_id=story.one(one.placed.person_id),
                name=story.name(one.placed.person_id),
                since=first,
                review_by=one.placed.review_on,
                review_due=not one.released and one.placed.review_on <= asked.on,
                until=last if one.released else None,
                positions=tuple(positions[one.hold_id]),
            )


def third_party_disclosures(story: Story, asked: Asked) -> Iterator[Disclosure]:
    """Every disclosure, the last first."""
    found = list(story.events((DisclosedToThirdParty,)))
    story.learn_names(
        each.event.facts.person_id for each in found if isinstance(each.event.facts, DisclosedToThirdParty)
    )
    for placed in reversed(found):
        facts = placed.event.facts
        if isinstance(facts, DisclosedToThirdParty):
            yield Disclosure(
                disclosed_on=facts.disclosed_on,
                person_id=story.one(facts.person_id),
                name=story.name(facts.person_id),
                recipient=facts.recipient,
                legal_basis=facts.legal_basis,
                categories=facts.categories,
                told_before=facts.told_before,
                not_told_because=facts.not_told_because,
                positions=(placed.position,),
            )


def retention_due(story: Story, asked: Asked) -> Iterator[RetentionDue]:
    """Whoever has nothing open, and whose term has ended; what hinders the erasure is said beside."""
    terms = dict[str, date]()
    unfinished = set[str]()
    for candidacy in story.candidacies.values():
        human, session = story.one(candidacy.nominated.person_id), story.sessions[candidacy.nominated.session_id]
        plan, certification = session.planned, story.certifications.get(candidacy.candidacy_id)
        if not candidacy.ended and (certification is None or not certification.decided):
            unfinished.add(human)
        months = story.schemes[plan.scheme_id].drafts[plan.scheme_version].retention_months
        if months is not None:
            until = term(plan.end, None if certification is None else certification.standing, months)
            terms[human] = max(until, terms.get(human, until))
    over = {human: until for human, until in terms.items() if until < asked.on and human not in unfinished}
    story.learn_names(over)
    held = {story.one(h.placed.person_id) for h in _holds(story)[1].values() if h.placed is not None and not h.released}
    asking = {
        story.one(r.received.person_id) for r in _requests(story)[1].values() if r.received is not None and r.is_open
    }
    for human, until in sorted(over.items(), key=lambda row: (row[1], row[0])):
        if human in story.erased:
            continue
        hindrances = {
            "legal-hold": human in held,
            "request-open": human in asking,
            "roles-held": any(story.one(one) == human and officer.roles for one, officer in story.officers.items()),
        }
        yield RetentionDue(
            person_id=human,
            name=story.name(human),
            kept_until=until,
            days=(asked.on - until).days,
            hindrances=tuple(code for code, hinders in hindrances.items() if hinders),
        )


def historic_records(story: Story, asked: Asked) -> Iterator[HistoricRecord]:
    """Every old record that was taken in, by the day of its document."""
    found = [(p, p.event.facts) for p in story.events((HistoricalRecordImported,))]
    told = [(placed, facts) for placed, facts in found if isinstance(facts, HistoricalRecordImported)]
    story.learn_names(facts.person_id for _, facts in told)
    for placed, facts in sorted(told, key=lambda row: (row[1].original_on, row[0].position)):
        if facts.session_id not in story.left_out:
            yield HistoricRecord(
                original_on=facts.original_on,
                person_id=story.one(facts.person_id),
                name=story.name(facts.person_id),
                record_kind=facts.record_kind,
                evidence_grade=facts.evidence_grade,
                session_id=facts.session_id,
                administration_id=facts.administration_id,
                source_hash=facts.source_hash,
                recorded=day_of(placed),
                positions=(placed.position,),
            )


def administrations_over_time(story: Story, asked: Asked) -> Iterator[AdministrationSpan]:
    """The name, the region and the membership of each administration, from each day on which one of them changed."""
    memberships, positions = dict[str, dict[date, str]](), dict[str, list[int]]()
    for placed in story.events((AdministrationRegistered, AdministrationRenamed, MembershipRecorded, RegionAssigned)):
        one, facts = placed.event.subject.id, placed.event.facts
        positions.setdefault(one, []).append(placed.position)
        if isinstance(facts, MembershipRecorded):
            memberships.setdefault(one, {})[facts.effective_from] = facts.membership
    for one, administration in sorted(story.administrations.items()):
        members = memberships.get(one, {})
        for day in sorted({*administration.names, *administration.regions, *members}):
            member = [since for since in members if since <= day]
            yield AdministrationSpan(
                administration_id=one,
                since=None if day == date.min else day,
                administration=administration.name(day),
                region=administration.region(day),
                membership=members[max(member)] if member else None,
                positions=tuple(positions[one]),
            )


def _status(request: Request, on: date) -> str:
    if request.decision is not None:
        return "granted" if request.decision.granted else "refused"
    return "answer-overdue" if request.due_on is not None and request.due_on < on else "answer-awaited"


def _requests(story: Story) -> tuple[dict[str, list[int]], dict[str, Request]]:
    positions, states = dict[str, list[int]](), dict[str, Request]()
    for placed in story.events(_REQUESTS):
        one = placed.event.subject.id
        positions.setdefault(one, []).append(placed.position)
        states[one] = evolve_request(states.get(one) or Request(one), placed.event)  # type: ignore[arg-type]  # of _REQUESTS
    return positions, states


def _holds(story: Story) -> tuple[dict[str, list[int]], dict[str, Hold], dict[str, tuple[date, date]]]:
    positions, states, days = dict[str, list[int]](), dict[str, Hold](), dict[str, tuple[date, date]]()
    for placed in story.events(_HOLDS):
        one, day = placed.event.subject.id, day_of(placed)
        positions.setdefault(one, []).append(placed.position)
        states[one] = evolve_hold(states.get(one) or Hold(one), placed.event)  # type: ignore[arg-type]  # of _HOLDS
        days[one] = (days[one][0] if one in days else day, day)
    return positions, states, days
