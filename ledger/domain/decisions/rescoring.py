"""What follows in a candidacy from an appeal that others are to assess it again (ISO/IEC 17024, 9.8).

A registrar whom the case does not touch reopens the assessment after the workshop. Others hand in new sheets: nobody
who assessed the candidate before, decided on them or heard the appeal. Reveal, moderation and outcome are those of
any assessment. The refusal is then remitted, and others decide by the new outcome.
"""

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand
from ledger.domain.decisions.appeal import require_remedy
from ledger.domain.decisions.panel import untouched
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import appeal as facts
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.words import Words


class ReopenAssessment(CandidacyCommand, frozen=True, kw_only=True):
    appeal_id: str


def reopen_assessment(command: ReopenAssessment, act: Act, read: Reader) -> Fact:
    """A registrar records what a panel decided: others assess a candidate again, whose certification was refused."""
    candidacy = require.attending(command.candidacy_id, read)
    appeal = require_remedy(command.appeal_id, command.candidacy_id, "rescore", read)
    untouched(act.by[0].person, appeal.lodged, act.day, read)
    used = command.appeal_id in candidacy.reopened_after
    if used or read.certification(command.candidacy_id).version != appeal.lodged.decision_version:
        raise Refused("remitted-already", appeal=command.appeal_id)
    set_aside = tuple(sheet.sheet_id for sheet in candidacy.live_sheets)
    return command.stated_as(facts.AssessmentReopened, set_aside=set_aside)


def require_another(officer: str, candidacy: Candidacy, read: Reader) -> None:
    """Refuse who would assess again, but assessed before, decided on the candidate or heard an appeal of theirs."""
    if not candidacy.reopened_after:
        return
    deciders = {one for decision in read.certification(candidacy.candidacy_id).decisions for one in decision.by}
    heard_by = {member for appeal in read.appeals_of(candidacy.candidacy_id) for member in appeal.heard_by}
    if read.is_among(officer, candidacy.assessed_before | deciders | heard_by):
        raise Refused("assessed-before", person=officer)


# fmt: off
COMMANDS = (
    command_type("reopen-assessment", ReopenAssessment, reopen_assessment,
        EventType("assessment-reopened/v1", facts.AssessmentReopened, (Role.REGISTRAR,), "confidential",
                  Words("Assessment reopened after an appeal", "Évaluation rouverte à la suite d’un recours"))),
)
# fmt: on
