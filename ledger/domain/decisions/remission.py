"""What follows in a certification from an appeal: a refusal is decided again by others, or a decision counts no more.

A director records what the panel decided (ISO/IEC 17024, 9.8). Both are facts of their own: what was decided before,
and what was known of it, stays in the record.
"""

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CertificationCommand
from ledger.domain.decisions.appeal import require_remedy
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import certification as facts
from ledger.domain.events.appeal import Disputed, Remedy
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.domain.states.certification import Certification
from ledger.words import Words

ANNULLED: dict[Disputed, facts.AnnulledDecision] = {
    "certification-suspended": "suspension",
    "certification-withdrawn": "withdrawal",
    "scope-reduced": "scope-reduction",
}


class RemitDecision(CertificationCommand, frozen=True, kw_only=True):
    appeal_id: str


class AnnulDecision(CertificationCommand, frozen=True, kw_only=True):
    appeal_id: str


def remit_decision(command: RemitDecision, act: Act, read: Reader) -> Fact:
    """A director records that a refusal is to be decided again, by people who did not take part in it."""
    rescored = read.appeal(command.appeal_id).remedy == "rescore"
    remedy: Remedy = "rescore" if rescored else "remit"
    appeal = require_remedy(command.appeal_id, command.certification_id, remedy, read)
    certification = read.certification(command.certification_id)
    candidacy = require.candidacy(command.certification_id, read)
    if appeal.lodged.disputed != "certification-refused":
        raise Refused("remedy-unfit", remedies=appeal.lodged.disputed)
    if certification.version != appeal.lodged.decision_version:
        raise Refused("remitted-already", appeal=command.appeal_id)
    if rescored and (command.appeal_id not in candidacy.reopened_after or candidacy.rescoring):
        raise Refused("not-rescored", appeal=command.appeal_id)
    return command.stated_as(facts.DecisionRemitted)


def annul_decision(command: AnnulDecision, act: Act, read: Reader) -> Fact:
    """A director records that a suspension, a withdrawal or a reduction of the scope never counted."""
    appeal = require_remedy(command.appeal_id, command.certification_id, "annul", read)
    certification, grant = require.granted(command.certification_id, read)
    require.present(grant.person_id, read)
    annulled = ANNULLED[appeal.lodged.disputed]  # nothing else has this remedy
    made = [one.version for one in certification.decisions if one.disputed == appeal.lodged.disputed]
    if made[-1] != appeal.lodged.decision_version or not _stands(annulled, certification):
        raise Refused("decision-gone", appeal=command.appeal_id)
    if annulled == "withdrawal":  # they may have been certified anew meanwhile
        require.only(read.candidacy(command.certification_id), act.day, read)
    return command.stated_as(facts.DecisionAnnulled, annulled=annulled)


def _stands(annulled: facts.AnnulledDecision, certification: Certification) -> bool:
    """Whether nothing has taken the place of the last decision of that kind."""
    standing, scopes = certification.standing, certification.scopes
    if annulled == "withdrawal":
        return standing.ended is not None and standing.ended[1] is Status.WITHDRAWN
    if standing.ended is not None:
        return False
    return standing.pauses[-1][1] if annulled == "suspension" else scopes[-1][1] < scopes[-2][1]


def _annulled(event: Event[facts.DecisionAnnulled]) -> AnnulDecision:
    return AnnulDecision(certification_id=event.subject.id, appeal_id=event.facts.appeal_id)


# fmt: off
COMMANDS = (
    command_type("remit-decision", RemitDecision, remit_decision,
        EventType("decision-remitted/v1", facts.DecisionRemitted, (Role.DIRECTOR,), "confidential",
                  Words("Decision remitted after an appeal", "Décision renvoyée à la suite d’un recours"))),
    command_type("annul-decision", AnnulDecision, annul_decision,
        EventType("decision-annulled/v1", facts.DecisionAnnulled, (Role.DIRECTOR,), "public",
                  Words("Decision annulled on appeal", "Décision annulée sur recours")),
        inverse=_annulled),
)
# fmt: on
