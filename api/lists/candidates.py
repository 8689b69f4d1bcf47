"""Lists of candidates: results with their reasons, who met everything without a seat, and what moderation changed."""

from collections.abc import Iterator
from datetime import UTC, date
from fractions import Fraction

from api.lists.listing import Asked, Code, Positions, Row, Texts
from api.lists.story import Story
from ledger.domain.decisions.session import places
from ledger.domain.events.candidacy import (
    AssessmentOutcomeComputed,
    ModerationHeld,
    ScoreSheetSuperseded,
)
from ledger.domain.events.certification import CertificationGranted, CertificationRefused, PreAccreditationGranted
from ledger.domain.events.common import Ratio
from ledger.domain.events.session import RankingComputed
from ledger.domain.outcome import unmet
from ledger.domain.record import Event, Fact
from ledger.domain.states.candidacy import Candidacy

DECIDED: tuple[type[Fact], ...] = (CertificationGranted, PreAccreditationGranted, CertificationRefused)


class Candidate(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    administration_id: str
    selection: Code
    unmet_criteria: Texts
    withdrawn_from: date | None
    outcome: Code | None
    composite: float | None
    exact: str | None
    rank: int | None
    seats: int
    decision: Code | None
    unmet: Texts
    decided: date | None
    deciders: Texts
    number: str | None
    rule: str
    trace: str | None
    positions: Positions


class Qualified(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    administration_id: str
    composite: float
    exact: str
    rank: int
    seats: int
    last_seat: float | None
    behind: float | None
    decided: date
    positions: Positions


class ScoreChange(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    change: Code
    activity: str
    competency: str
    before: str | None
    after: str
    assessors: Texts
    agreed_by: Texts
    reason_code: Code | None
    reason: str | None
    time: date
    positions: Positions


def candidates(story: Story, asked: Asked) -> Iterator[Candidate]:
    """Every candidate, by workshop, with the results and the reasons for them."""
    story.learn_names(candidacy.nominated.person_id for candidacy in story.candidacies.values())
    for session_id in sorted(story.in_session, key=lambda each: (story.sessions[each].planned.start, each)):
        for candidacy_id in story.in_session[session_id]:
            yield _candidate(story, story.candidacies[candidacy_id])


def qualified_not_selected(story: Story, asked: Asked) -> Iterator[Qualified]:
    """Those who met every competency and were refused because no seat was left."""
    for candidacy_id, candidacy in story.candidacies.items():
        decided = story.event(candidacy_id, CertificationRefused)
        session_id = candidacy.nominated.session_id
        ranking = story.ranking(session_id)
        if ranking is None or decided is None or decided.facts.reason_code != "qualified-not-selected":
            continue
        scores = {ranked.candidacy_id: _fraction(ranked.composite) for ranked in ranking.order}
        own, last = scores[candidacy_id], min((scores[each] for each in ranking.selected), default=None)
        yield Qualified(
            session_id=session_id,
            candidacy_id=candidacy_id,
            person_id=candidacy.nominated.person_id,
            name=story.name(candidacy.nominated.person_id),
            administration_id=candidacy.nominated.administration_id,
            composite=float(own),
            exact=str(own),
            rank=places(ranking)[candidacy_id],
            seats=ranking.seats,
            last_seat=None if last is None else float(last),
            behind=None if last is None else float(last - own),
            decided=decided.time.astimezone(UTC).date(),
            positions=tuple(
                sorted(
                    story.positions(candidacy_id, AssessmentOutcomeComputed, CertificationRefused)
                    + story.positions(session_id, RankingComputed)
                )
            ),
        )


def score_changes(story: Story, asked: Asked) -> Iterator[ScoreChange]:
    """Each level that moderation settled or a new sheet changed, with who agreed. Sealed levels are not in it."""
    for placed in story.events((ModerationHeld, ScoreSheetSuperseded)):
        candidacy = story.candidacies.get(placed.event.subject.id)
        if candidacy is None:  # of a workshop that is left out
            continue
        match placed.event.facts:
            case ModerationHeld() as held:
                yield _moderated(story, candidacy, placed.event, held, placed.position)
            case ScoreSheetSuperseded() as superseded:
                yield from _superseded(story, candidacy, placed.event, superseded, placed.position)


def _candidate(story: Story, candidacy: Candidacy) -> Candidate:
    nomination, outcome = candidacy.nominated, candidacy.outcome
    plan, ranking = story.sessions[nomination.session_id].planned, story.ranking(nomination.session_id)
    version = story.schemes[plan.scheme_id].drafts[plan.scheme_version]
    decided = story.event(candidacy.candidacy_id, *DECIDED)
    composite = None if outcome is None or outcome.composite is None else _fraction(outcome.composite)
    certification = story.certifications.get(candidacy.candidacy_id)
    return Candidate(
        session_id=nomination.session_id,
        candidacy_id=candidacy.candidacy_id,
        person_id=nomination.person_id,
        name=story.name(nomination.person_id),
        administration_id=nomination.administration_id,
        selection=_selection(candidacy),
        unmet_criteria=candidacy.unmet_criteria,
        withdrawn_from=candidacy.withdrawn_from,
        outcome=None if outcome is None else outcome.outcome,
        composite=None if composite is None else float(composite),
        exact=None if composite is None else str(composite),
        rank=None if ranking is None else places(ranking).get(candidacy.candidacy_id),
        seats=version.seats if ranking is None else ranking.seats,
        decision=None if decided is None else _decision(decided.facts),
        unmet=() if outcome is None or outcome.outcome == "met" else unmet(outcome),
        decided=None if decided is None else decided.time.astimezone(UTC).date(),
        deciders=() if decided is None else tuple(story.called(signer.person) for signer in decided.by),
        number=None if certification is None else certification.number or None,
        rule=f"{plan.scheme_id} {plan.scheme_version} {version.decision_rule}",
        trace=None if outcome is None else trace_of(outcome),
        positions=story.positions(candidacy.candidacy_id),
    )


def _decision(fact: Fact) -> str:
    if isinstance(fact, CertificationRefused):
        return fact.reason_code
    return "pre-accredited" if isinstance(fact, PreAccreditationGranted) else "granted"


def trace_of(outcome: AssessmentOutcomeComputed) -> str:
    """How the rule counted, as one line: each cell with its levels, then each competency with its mean and cut."""
    cells = [
        f"{cell.activity}/{cell.competency} "
        + ("+".join(str(sheet.level) for sheet in cell.sheets) or "-")
        + ("" if cell.moderated is None else f">{cell.moderated}")
        for cell in outcome.cells
    ]
    means = [
        f"{each.competency} {each.total}/{each.count} cut {each.cut} "
        + {True: "met", False: "not-met", None: "incomplete"}[each.met]
        for each in outcome.competencies
    ]
    return "; ".join(cells + means)


def _selection(candidacy: Candidacy) -> str:
    if candidacy.withdrawn:
        return "candidacy-withdrawn"
    if candidacy.preparation.excluded is not None:
        return "candidate-excluded"
    if candidacy.preparation.out:
        return "no-seat"
    return {True: "selected", False: "not-selected", None: "undecided"}[candidacy.eligible]


def _moderated(
    story: Story, candidacy: Candidacy, event: Event[Fact], held: ModerationHeld, position: int
) -> ScoreChange:
    sheets = [
        (sheet, sheet.levels[held.competency])
        for sheet in candidacy.counting(story.one)
        if sheet.activity == held.activity and sheet.levels is not None and held.competency in sheet.levels
    ]
    return ScoreChange(
        session_id=candidacy.nominated.session_id,
        candidacy_id=candidacy.candidacy_id,
        person_id=candidacy.nominated.person_id,
        name=story.name(candidacy.nominated.person_id),
        change="moderation",
        activity=held.activity,
        competency=held.competency,
        before=", ".join(str(level) for _, level in sheets),
        after=str(held.level),
        assessors=tuple(story.called(sheet.assessor) for sheet, _ in sheets),
        agreed_by=tuple(story.called(signer.person) for signer in event.by),
        reason_code=None,
        reason=story.value(held.rationale.digest),
        time=event.time.astimezone(UTC).date(),
        positions=(position,),
    )


def _superseded(
    story: Story, candidacy: Candidacy, event: Event[Fact], facts: ScoreSheetSuperseded, position: int
) -> Iterator[ScoreChange]:
    old, new = candidacy.sheets[facts.old_sheet_id], candidacy.sheets[facts.sheet_id]
    before, after = old.levels or {}, new.levels or {}
    if new.levels is None:  # the new levels are not to be read yet, and so are not compared
        return
    for competency in sorted(before.keys() | after.keys()):
        if before.get(competency) != after.get(competency):
            yield ScoreChange(
                session_id=candidacy.nominated.session_id,
                candidacy_id=candidacy.candidacy_id,
                person_id=candidacy.nominated.person_id,
                name=story.name(candidacy.nominated.person_id),
                change="sheet-superseded",
                activity=old.activity,
                competency=competency,
                before=None if old.levels is None else str(before.get(competency, "-")),
                after=str(after.get(competency, "-")),
                assessors=(story.called(old.assessor),),
                agreed_by=tuple(story.called(signer.person) for signer in event.by),
                reason_code=facts.reason_code,
                reason=None if facts.reason is None else story.value(facts.reason.digest),
                time=event.time.astimezone(UTC).date(),
                positions=(position,),
            )


def _fraction(ratio: Ratio) -> Fraction:
    return Fraction(ratio.numerator, ratio.denominator)
