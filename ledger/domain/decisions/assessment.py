"""The assessment: sealed score sheets, their reveal, moderation beside them, and the outcome.

A sheet commits to its levels by a salted digest, so that readers of the log do not learn them before all sheets are
in. Once a sheet is revealed, no further first sheet is accepted: its assessor could have read the other. A signed
sheet never changes: a new one supersedes it, with a reason. Moderation comes last: it settles a cell whose levels are
all there, and later sheets leave them as they are. An assessor with a conflict of interest declares it, and is off that
candidate: sheets that are all still sealed are set aside. What was revealed counts on, or who has seen the levels
could choose by it.
"""

from datetime import date
from typing import ClassVar, Literal, cast

import msgspec

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand
from ledger.domain.decisions.competence import require_competent, require_qualified
from ledger.domain.decisions.rescoring import require_another
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.decisions.scheme import ON_RUBRIC
from ledger.domain.events import candidacy as facts
from ledger.domain.events.common import Digest
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.months import last_day
from ledger.domain.outcome import RULES
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy, Sheet
from ledger.domain.states.session import Session
from ledger.words import Words

LEVELS = "levels"
CorrectionReason = Literal["transcription-error", "omission", "misapplied-rubric"]


class RecuseAssessor(CandidacyCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "recusal_reason"}
    reason_code: Digest
    reason: Digest | None = None


class SubmitScoreSheet(CandidacyCommand, frozen=True, kw_only=True):
    sheet_id: str
    activity: str
    commitment: Digest


class RevealScoreSheet(CandidacyCommand, frozen=True, kw_only=True):
    sheet_id: str


class SupersedeScoreSheet(CandidacyCommand, frozen=True, kw_only=True):
    old_sheet_id: str
    sheet_id: str
    commitment: Digest
    reason_code: CorrectionReason
    reason: Digest | None = None


class HoldModeration(CandidacyCommand, frozen=True, kw_only=True):
    activity: str
    competency: str
    level: int
    rationale: Digest


class ComputeOutcome(CandidacyCommand, frozen=True, kw_only=True):
    pass


def recuse_assessor(command: RecuseAssessor, act: Act, read: Reader) -> Fact:
    """An assessor of the workshop declares a conflict of interest, and no longer acts on this candidate.

    Once it is closed nobody could take over their sheets, so these count on: one person cannot end a candidacy.
    """
    candidacy, session, _ = _assessment(command.candidacy_id, read)
    assessor = act.by[0].person
    if not read.is_among(assessor, session.assessors):
        raise Refused("assessor-not-assigned", person=assessor, session=session.planned.session_id)
    if read.is_among(assessor, candidacy.recused):  # who declared a tie before is recused too, to set sheets aside
        raise Refused("recused", person=assessor, session=session.planned.session_id)
    closed = session.closed and not candidacy.rescoring
    sheets = () if candidacy.any_revealed or closed else candidacy.live_sheets
    set_aside = tuple(sheet.sheet_id for sheet in sheets if read.is_among(assessor, [sheet.assessor]))
    return command.stated_as(facts.AssessorRecused, set_aside=set_aside)


def may_not_score(assessor: str, candidacy: Candidacy, read: Reader) -> Refused | None:
    """Return why an officer could not score a candidate if they assessed in the workshop; None if they could."""
    session = read.session(candidacy.nominated.session_id)
    assigned = msgspec.structs.replace(session, assessors=session.assessors | {assessor})
    try:
        _require_may_score(assessor, candidacy, assigned, read.scheme_version(session), read)
    except Refused as refused:
        return refused
    return None


def may_not_moderate(moderator: str, candidacy: Candidacy, read: Reader) -> Refused | None:
    """Return why a moderator could not settle a level of a candidate, or countersign a change; None if they could."""
    try:
        _require_may_moderate(moderator, candidacy, read.session(candidacy.nominated.session_id), read)
    except Refused as refused:
        return refused
    return None


def submit_score_sheet(command: SubmitScoreSheet, act: Act, read: Reader) -> Fact:
    """An assessor of the workshop hands in sealed levels of one candidate in one activity."""
    assessor = act.by[0].person
    candidacy, session, version = require_may_submit(assessor, command.candidacy_id, act.day, read)
    if command.sheet_id in candidacy.sheets:
        raise Refused("already-exists", kind="score sheet", id=command.sheet_id)
    if read.is_among(assessor, [s.assessor for s in candidacy.live_sheets if s.activity == command.activity]):
        raise Refused("sheet-exists", person=assessor)
    levels, _ = _require_levels(command.commitment, command.activity, version, read)
    require_competent(assessor, levels, session, version, read)
    return command.stated_as(facts.ScoreSheetSubmitted)


def reveal_score_sheet(command: RevealScoreSheet, act: Act, read: Reader) -> Fact:
    """A registrar reveals a sheet once every sheet is in, or the workshop is closed."""
    candidacy, session, version = _assessment(command.candidacy_id, read)
    require.no_candidate(act.by[0].person, session.planned.session_id, read)
    sheet = _live_sheet(command.sheet_id, candidacy)
    if sheet.levels is not None:
        raise Refused("sheet-revealed", sheet=command.sheet_id)
    missing = missing_sheets(candidacy, read)
    if missing:
        raise Refused("sheets-missing", missing=", ".join(missing))
    levels, salt = _require_levels(Digest(LEVELS, sheet.commitment), sheet.activity, version, read)
    return command.stated_as(facts.ScoreSheetRevealed, levels=levels, salt=salt)


def supersede_score_sheet(command: SupersedeScoreSheet, act: Act, read: Reader) -> Fact:
    """The same assessor signs a new sheet and a moderator countersigns; the old one is kept."""
    candidacy, session, version = _assessment(command.candidacy_id, read)
    assessor, moderator = act.by[0].person, act.by[1].person
    sheet = _live_sheet(command.old_sheet_id, candidacy)
    if not read.is_among(assessor, [sheet.assessor]):
        raise Refused("not-your-sheet", sheet=command.old_sheet_id)
    _require_may_score(assessor, candidacy, session, version, read)
    _require_may_moderate(moderator, candidacy, session, read)
    _require_no_outcome(candidacy)
    if command.sheet_id in candidacy.sheets:
        raise Refused("already-exists", kind="score sheet", id=command.sheet_id)
    levels, _ = _require_levels(command.commitment, sheet.activity, version, read)
    require_competent(assessor, levels, session, version, read)
    _require_settled_kept(sheet, levels, candidacy, read)
    return command.stated_as(facts.ScoreSheetSuperseded)


def hold_moderation(command: HoldModeration, act: Act, read: Reader) -> Fact:
    """A moderator who did not score settles one cell, once all its levels are revealed."""
    candidacy, session, version = _assessment(command.candidacy_id, read)
    moderator = act.by[0].person
    _require_may_moderate(moderator, candidacy, session, read)
    _require_no_outcome(candidacy)
    if command.competency not in _competencies(command.activity, version):
        raise Refused("activity-not-assessed", activity=f"{command.activity}/{command.competency}")
    if command.level not in {rubric.level for rubric in version.levels}:
        raise Refused("malformed", field="level", expected=ON_RUBRIC)
    sheets = [sheet for sheet in candidacy.counting(read.one) if sheet.activity == command.activity]
    _require_revealed(sheets)
    found = sum(command.competency in _levels(sheet, read) for sheet in sheets)
    if found < version.assessors_per_cell:
        raise Refused("levels-missing", found=found, required=version.assessors_per_cell)
    if any((m.activity, m.competency) == (command.activity, command.competency) for _, m in candidacy.moderations):
        raise Refused("already-moderated")
    return command.stated_as(facts.ModerationHeld)


def compute_outcome(command: ComputeOutcome, act: Act, read: Reader) -> Fact:
    """A registrar applies the scheme's rule once the workshop is closed and every live sheet is revealed.

    Of one human who handed in sheets under two ids, the first in each activity counts.
    """
    candidacy, session, version = _assessment(command.candidacy_id, read)
    require.no_candidate(act.by[0].person, session.planned.session_id, read)
    _require_no_outcome(candidacy)
    if not session.closed:
        raise Refused("session-not-closed", session=session.planned.session_id)
    _require_revealed(candidacy.live_sheets)
    if missing := missing_sheets(candidacy, read):
        raise Refused("sheets-missing", missing=", ".join(missing))
    return outcome_of(candidacy, version, read)


def outcome_of(candidacy: Candidacy, version: SchemeVersionDrafted, read: Reader) -> facts.AssessmentOutcomeComputed:
    """What the rule makes of the sheets that are revealed so far."""
    counting = {sheet.sheet_id: sheet for sheet in candidacy.counting(read.one)}
    return RULES[version.decision_rule](version, msgspec.structs.replace(candidacy, sheets=counting))


def require_may_submit(
    assessor: str, candidacy_id: str, day: date, read: Reader
) -> tuple[Candidacy, Session, SchemeVersionDrafted]:
    """Require an assessor who may score this candidate, on a day on which first sheets are taken."""
    candidacy, session, version = _assessment(candidacy_id, read)
    _require_may_score(assessor, candidacy, session, version, read)
    if day < session.planned.start:
        raise Refused("session-not-started", date=session.planned.start)
    if "identity" in version.steps and candidacy.preparation.identity is None:
        raise Refused("identity-not-verified")  # ISO/IEC 17024 7.4
    if candidacy.preparation.accommodation == "requested":
        raise Refused("accommodation-undecided")  # ISO/IEC 17024 9.2
    if session.closed and not candidacy.rescoring:
        raise Refused("session-closed", session=session.planned.session_id)
    if candidacy.any_revealed:
        raise Refused("sheets-revealed")
    return candidacy, session, version


def _assessment(candidacy_id: str, read: Reader) -> tuple[Candidacy, Session, SchemeVersionDrafted]:
    candidacy = require.attending(candidacy_id, read)
    session = read.session(candidacy.nominated.session_id)
    return candidacy, session, read.scheme_version(session)


def _require_may_score(
    assessor: str, candidacy: Candidacy, session: Session, version: SchemeVersionDrafted, read: Reader
) -> None:
    """Require an assessor of this workshop, of another administration, who neither trained this one nor is recused.

    Candidates of the workshop assess nobody in it.
    """
    nomination = candidacy.nominated
    if not read.is_among(assessor, session.assessors):
        raise Refused("assessor-not-assigned", person=assessor, session=nomination.session_id)
    require.no_candidate(assessor, nomination.session_id, read)
    require.not_recused(assessor, candidacy, read)
    require_another(assessor, candidacy, read)
    require_qualified(assessor, Role.ASSESSOR, session, version, read)
    _require_other_administration(assessor, candidacy, session, read)
    if read.is_among(assessor, candidacy.moderators):
        raise Refused("assessor-moderated", person=assessor)
    # ISO/IEC 17024 5.2: not one they trained within the separation period, unless excepted
    for earlier in read.candidacies_of(nomination.person_id):
        trained = read.session(earlier.nominated.session_id)
        separated = last_day(trained.planned.end, version.separation_months)
        excepted = read.is_among(
            assessor, [a for a, session_id in candidacy.exceptions if session_id == earlier.nominated.session_id]
        )
        is_trained = read.is_among(assessor, trained.facilitators) and earlier.was_trained(trained.planned.start)
        if is_trained and session.planned.start <= separated and not excepted:
            raise Refused(
                "separation-period",
                person=assessor,
                session=earlier.nominated.session_id,
                months=version.separation_months,
            )


def _require_other_administration(officer: str, candidacy: Candidacy, session: Session, read: Reader) -> None:
    """Refuse who was employed, as of the workshop, by an administration that nominated or employed the candidate."""
    nomination, days = candidacy.nominated, (session.planned.start, session.planned.end)
    homes, theirs = (read.employers(person_id, *days) for person_id in (officer, nomination.person_id))
    if shared := homes & {nomination.administration_id, *theirs}:
        raise Refused("own-administration", person=officer, administration=", ".join(sorted(shared)))


def _require_may_moderate(moderator: str, candidacy: Candidacy, session: Session, read: Reader) -> None:
    """Refuse who scored, is recused or is a compatriot; and a trainer or candidate of this workshop."""
    require.not_recused(moderator, candidacy, read)
    require_another(moderator, candidacy, read)
    if read.is_among(moderator, candidacy.scorers):
        raise Refused("moderator-scored", person=moderator)
    if read.is_among(moderator, session.facilitators):
        raise Refused("moderator-trained", person=moderator)
    _require_other_administration(moderator, candidacy, session, read)
    require.no_candidate(moderator, session.planned.session_id, read)


def _require_levels(
    commitment: Digest, activity: str, version: SchemeVersionDrafted, read: Reader
) -> tuple[dict[str, int], str]:
    """The sealed levels and their salt: one or more of the activity's competencies, on the rubric."""
    competencies = _competencies(activity, version)
    sealed = read.disclosure(commitment.digest)
    if sealed is None:
        raise Refused("disclosure-missing", field="commitment")
    on_rubric = {rubric.level for rubric in version.levels}
    levels: dict[str, int] = sealed.value
    if not levels or not levels.keys() <= set(competencies):
        names = ", ".join(competencies)
        raise Refused("levels-invalid", expected=Words(f"one or more of {names}", f"un ou plusieurs parmi {names}"))
    if not on_rubric.issuperset(levels.values()):
        least, most = min(on_rubric), max(on_rubric)
        expected = Words(f"whole numbers from {least} to {most}", f"des entiers de {least} à {most}")
        raise Refused("levels-invalid", expected=expected)
    return levels, sealed.salt


def missing_sheets(candidacy: Candidacy, read: Reader) -> list[str]:
    """What keeps the sheets sealed; nothing once the workshop is closed, but for cells that others assess again.

    Each is a cell (activity/competency) with fewer levels than the scheme requires, or an assessor who may still hand
    in a sheet (activity: person).
    """
    session = read.session(candidacy.nominated.session_id)
    if session.closed and (candidacy.any_revealed or not candidacy.rescoring):
        return []
    version, missing = read.scheme_version(session), list[str]()
    asked = () if session.closed else session.assessors
    awaited = sorted(a for a in asked if _may_score(a, candidacy, session, version, read))
    for activity in version.activities:
        sheets = [sheet for sheet in candidacy.counting(read.one) if sheet.activity == activity.id]
        levels = [competency for sheet in sheets for competency in _levels(sheet, read)]
        for competency in activity.competencies:
            if levels.count(competency) < version.assessors_per_cell:
                missing.append(f"{activity.id}/{competency}")
        if activity.competencies:
            submitted = [sheet.assessor for sheet in sheets]
            missing += [f"{activity.id}: {a}" for a in awaited if not read.is_among(a, submitted)]
    return missing


def _may_score(
    assessor: str, candidacy: Candidacy, session: Session, version: SchemeVersionDrafted, read: Reader
) -> bool:
    try:
        _require_may_score(assessor, candidacy, session, version, read)
    except Refused:
        return False
    return Role.ASSESSOR in read.officer(assessor).roles


def _levels(sheet: Sheet, read: Reader) -> dict[str, int]:
    """The levels of a sheet by competency, revealed or sealed. Refuse when the sealed value is gone."""
    if sheet.levels is not None:
        return sheet.levels
    sealed = read.disclosure(sheet.commitment)
    if sealed is None:
        raise Refused("disclosure-missing", field=LEVELS)
    return cast(dict[str, int], sealed.value)  # as checked when the sheet was handed in


def _competencies(activity: str, version: SchemeVersionDrafted) -> tuple[str, ...]:
    for row in version.activities:
        if row.id == activity and row.competencies:
            return row.competencies
    raise Refused("activity-not-assessed", activity=activity)


def _live_sheet(sheet_id: str, candidacy: Candidacy) -> Sheet:
    sheet = candidacy.sheets.get(sheet_id)
    if sheet is None or not sheet.live:
        raise Refused("sheet-not-live", sheet=sheet_id)
    return sheet


def _require_revealed(sheets: list[Sheet] | tuple[Sheet, ...]) -> None:
    sealed = sorted(sheet.sheet_id for sheet in sheets if sheet.levels is None)
    if sealed:
        raise Refused("sheet-sealed", sheets=", ".join(sealed))


def _require_settled_kept(old: Sheet, levels: dict[str, int], candidacy: Candidacy, read: Reader) -> None:
    """Refuse a sheet that changes, drops or adds a level in a cell that moderation settled."""
    before = _levels(old, read)
    for _, held in candidacy.moderations:
        if held.activity == old.activity and before.get(held.competency) != levels.get(held.competency):
            raise Refused("cell-moderated", cell=f"{held.activity}/{held.competency}")


def _require_no_outcome(candidacy: Candidacy) -> None:
    if candidacy.outcome is not None:
        raise Refused("outcome-computed")


# fmt: off
COMMANDS = (
    command_type("recuse-assessor", RecuseAssessor, recuse_assessor,
        EventType("assessor-recused/v1", facts.AssessorRecused, (Role.ASSESSOR,), "confidential",
                  Words("Assessor recused", "Récusation déclarée"))),
    command_type("submit-score-sheet", SubmitScoreSheet, submit_score_sheet,
        EventType("score-sheet-submitted/v1", facts.ScoreSheetSubmitted, (Role.ASSESSOR,), "confidential",
                  Words("Score sheet submitted", "Fiche d’évaluation soumise"))),
    command_type("reveal-score-sheet", RevealScoreSheet, reveal_score_sheet,
        EventType("score-sheet-revealed/v1", facts.ScoreSheetRevealed, (Role.REGISTRAR,), "confidential",
                  Words("Score sheet revealed", "Fiche d’évaluation dévoilée"))),
    command_type("supersede-score-sheet", SupersedeScoreSheet, supersede_score_sheet,
        EventType("score-sheet-superseded/v1", facts.ScoreSheetSuperseded, (Role.ASSESSOR, Role.MODERATOR),
                  "confidential", Words("Score sheet superseded", "Fiche d’évaluation remplacée"))),
    command_type("hold-moderation", HoldModeration, hold_moderation,
        EventType("moderation-held/v1", facts.ModerationHeld, (Role.MODERATOR,), "confidential",
                  Words("Moderation held", "Séance de modération tenue"))),
    command_type("compute-outcome", ComputeOutcome, compute_outcome,
        EventType("assessment-outcome-computed/v1", facts.AssessmentOutcomeComputed, (Role.REGISTRAR,), "confidential",
                  Words("Assessment outcome computed", "Résultat de l’évaluation calculé"))),
)
# fmt: on
