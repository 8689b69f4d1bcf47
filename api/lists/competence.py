"""Lists of impartiality and competence: risks, undertakings, ties, assessors and delegations."""

from collections.abc import Iterator
from datetime import date

from api.lists.listing import Asked, Code, Codes, Row, Texts
from api.lists.story import Story
from ledger.domain.record import Role
from ledger.domain.states.competence import Competence

SOON = 90
"""Days before its end from which a qualification or a delegation is shown as ending."""
LAPSED, ENDING, VALID, MISSING = "not-valid-now", "ending-soon", "valid-now", "not-there"


class RiskRow(Row, frozen=True, kw_only=True):
    risk_id: str
    source: Code
    severity: Code
    residual: Code
    reported_by: str
    affected: Texts
    sessions: Texts
    treated_on: date | None
    review_by: date
    review_due: bool


class Undertaking(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    roles: Codes
    signed_on: date | None
    until: date | None
    status: Code


class Tie(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    to: str
    since: date
    declared: date
    ended_on: date | None


class Assessor(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    scheme_id: str
    languages: Texts
    competencies: Texts
    qualified_to: date | None
    calibrated_to: date | None
    undertaken_to: date | None
    status: Code


class Lent(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    role: Code
    delegator: str
    since: date
    until: date
    revoked: date | None
    status: Code


def risks(story: Story, asked: Asked) -> Iterator[RiskRow]:
    """The register of risks, those to be reviewed first."""
    known = [(one, risk.recorded, risk) for one, risk in story.risks.items()]
    for risk_id, recorded, risk in sorted(known, key=lambda each: (each[2].review_by or date.max, each[0])):
        if recorded is not None and risk.severity is not None and risk.review_by is not None:
            yield RiskRow(
                risk_id=risk_id,
                source=recorded.source,
                severity=recorded.severity,
                residual=risk.severity,
                reported_by=story.called(recorded.person_id),
                affected=tuple(map(story.called, recorded.affected)),
                sessions=recorded.sessions,
                treated_on=risk.treated_on,
                review_by=risk.review_by,
                review_due=risk.is_due(asked.on),
            )


def undertakings(story: Story, asked: Asked) -> Iterator[Undertaking]:
    """Every officer, and until when their undertaking counts; those who lack one first."""
    signed: dict[str, list[date]] = {}
    for person, one in story.competences.items():
        if one.undertaken is not None:
            signed.setdefault(story.one(person), []).append(one.undertaken)
    rows = []
    for person, officer in story.officers.items():
        if officer.roles or any(one.revoked is None and one.until >= asked.on for one in officer.delegations):
            last = max(signed.get(story.one(person), []), default=None)
            until = None if last is None else Competence(undertaken=last).undertaken_until
            roles = officer.roles | {one.role for one in officer.delegations if one.revoked is None}
            rows.append(
                Undertaking(
                    person_id=person,
                    name=story.name(person),
                    roles=tuple(sorted(roles)),
                    signed_on=last,
                    until=until,
                    status=state_on(until, asked.on),
                )
            )
    yield from sorted(rows, key=lambda row: (row.until or date.min, row.person_id))


def state_on(until: date | None, day: date) -> str:
    """Return, as a code, whether what counts until a day does on another: valid, ending soon, lapsed or missing."""
    if until is None:
        return MISSING
    if until < day:
        return LAPSED
    return ENDING if (until - day).days < SOON else VALID


def conflicts(story: Story, asked: Asked) -> Iterator[Tie]:
    """Every tie that was declared, and its end."""
    for person, one in story.competences.items():
        for conflict in one.conflicts.values():
            stated = conflict.declared
            administration = stated.counterpart_administration
            yield Tie(
                person_id=person,
                name=story.name(person),
                to=story.called(stated.counterpart_id or "") if administration is None else administration,
                since=stated.since,
                declared=conflict.on,
                ended_on=conflict.ended_on,
            )


def assessors(story: Story, asked: Asked) -> Iterator[Assessor]:
    """Everybody who is qualified, or an assessor or facilitator, by scheme."""
    people = dict.fromkeys(story.competences)
    people |= dict.fromkeys(
        one for one, officer in story.officers.items() if {Role.ASSESSOR, Role.FACILITATOR} & officer.roles
    )
    for human in dict.fromkeys(map(story.one, people)):
        known = [one for person, one in story.competences.items() if story.one(person) == human]
        undertaken = max((one.undertaken_until for one in known if one.undertaken_until is not None), default=None)
        qualified = {scheme: fact for one in known for scheme, fact in one.qualified.items()}
        holds = any(
            {Role.ASSESSOR, Role.FACILITATOR} & officer.roles
            for person, officer in story.officers.items()
            if story.one(person) == human
        )
        for scheme_id in [*qualified] or ([""] if holds else []):
            fact = qualified.get(scheme_id)
            calibrated = max(
                (
                    one.valid_to
                    for one in story.calibrations.values()
                    if one.scheme_id == scheme_id and human in map(story.one, one.calibrated)
                ),
                default=None,
            )
            ends = [None if fact is None else fact.valid_to, undertaken]
            yield Assessor(
                person_id=human,
                name=story.name(human),
                scheme_id=scheme_id,
                languages=() if fact is None else fact.languages,
                competencies=() if fact is None else fact.competencies,
                qualified_to=None if fact is None else fact.valid_to,
                calibrated_to=calibrated,
                undertaken_to=undertaken,
                status=MISSING if None in ends else state_on(min(end for end in ends if end is not None), asked.on),
            )


def delegations(story: Story, asked: Asked) -> Iterator[Lent]:
    """Every role that was lent, the last to end first."""
    every = [(person, one) for person, officer in story.officers.items() for one in officer.delegations]
    for person, one in sorted(every, key=lambda each: (each[1].until, each[0]), reverse=True):
        yield Lent(
            person_id=person,
            name=story.name(person),
            role=one.role,
            delegator=story.called(one.delegator_id),
            since=one.since.date(),
            until=one.until,
            revoked=None if one.revoked is None else one.revoked.date(),
            status=LAPSED if one.revoked is not None else state_on(one.until, asked.on),
        )
