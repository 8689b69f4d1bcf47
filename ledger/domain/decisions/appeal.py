"""Appeals against decisions on candidates and holders (ISO/IEC 17024, 9.8).

A registrar records an appeal, somebody whom the case does not touch says whether it is heard, a director appoints three
or more of the kind to hear it, and two of those decide. The clocks are those of the scheme version of the workshop.
"""

from datetime import date, timedelta

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand, Command
from ledger.domain.decisions.panel import on_renewal, untouched
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import appeal as facts
from ledger.domain.events.common import Digest
from ledger.domain.events.scheme import Clocks
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.appeal import Appeal, evolve_appeal
from ledger.domain.states.disputed import Decision
from ledger.words import Words

FEWEST_MEMBERS = 3
THREE_OR_MORE = Words("three or more people, each once", "au moins trois personnes, chacune une seule fois")

REMEDIES: dict[facts.Disputed, frozenset[facts.Remedy]] = {
    "eligibility-refused": frozenset({"remit", "resit"}),
    "candidate-excluded": frozenset({"remit", "resit"}),
    "certification-refused": frozenset({"remit", "resit"}),
    "certification-suspended": frozenset({"annul"}),
    "certification-withdrawn": frozenset({"annul", "resit"}),
    "scope-reduced": frozenset({"annul", "resit"}),
    "recertification-refused": frozenset({"remit", "resit"}),
}
"""What an appeal that is upheld can lead to, by what it is against; where the level was not reached, also `rescore`."""


class AppealCommand(Command, frozen=True, kw_only=True):
    kind = "appeal"
    appeal_id: str


class LodgeAppeal(AppealCommand, frozen=True, kw_only=True):
    person_id: str
    candidacy_id: str
    disputed: facts.Disputed
    lodged_on: date
    grounds: Digest


class AcknowledgeAppeal(AppealCommand, frozen=True, kw_only=True):
    acknowledged_on: date


class DecideAdmissibility(AppealCommand, frozen=True, kw_only=True):
    admissible: bool
    reason: Digest


class AppointAppealPanel(AppealCommand, frozen=True, kw_only=True):
    members: tuple[str, ...]


class OrderInterimMeasure(AppealCommand, frozen=True, kw_only=True):
    measure: facts.Measure
    until: date


class DecideAppeal(AppealCommand, frozen=True, kw_only=True):
    outcome: facts.AppealOutcome
    remedy: facts.Remedy
    reason: Digest


class CloseAppeal(AppealCommand, frozen=True, kw_only=True):
    notified_on: date


class RemitSelection(CandidacyCommand, frozen=True, kw_only=True):
    appeal_id: str


def clocks_of(candidacy_id: str, read: Reader) -> Clocks:
    """The clocks of appeals under the scheme version of a workshop."""
    return read.scheme_version(read.session(read.candidacy(candidacy_id).nominated.session_id)).clocks


def decide_by(appeal: Appeal, read: Reader) -> date:
    """The last day on which an appeal is decided in time."""
    lodged = appeal.lodged
    return lodged.lodged_on + timedelta(days=clocks_of(lodged.candidacy_id, read).decision_days)


def disputable(candidacy_id: str, read: Reader) -> tuple[Decision, ...]:
    """The decisions on a candidacy, on its certification, and on its renewal, that can be appealed."""
    candidacy = read.candidacy(candidacy_id)
    made = (*candidacy.decisions, *read.certification(candidacy_id).decisions, *on_renewal(candidacy, read))
    return tuple(decision for decision in made if decision.disputed is not None)


def lodge_appeal(command: LodgeAppeal, act: Act, read: Reader) -> Fact:
    """A registrar records an appeal against the last decision of a kind. One decision is appealed once."""
    require.new(command, read)
    require.person(command.person_id, read)
    candidacy = require.candidacy(command.candidacy_id, read)
    if not read.is_among(command.person_id, [candidacy.nominated.person_id]):
        raise Refused("not-the-appellants", person=command.person_id, candidacy=command.candidacy_id)
    made = [one for one in disputable(command.candidacy_id, read) if one.disputed == command.disputed]
    if not made:
        raise Refused("nothing-to-appeal", candidacy=command.candidacy_id)
    decision = made[-1]
    for other in read.appeals_of(command.candidacy_id):
        if (other.lodged.disputed, other.lodged.decision_version) == (command.disputed, decision.version):
            raise Refused("appeal-exists", appeal=other.lodged.appeal_id)
    require.happened("lodged_on", command.lodged_on, decision.day, act)
    appeal_days = clocks_of(command.candidacy_id, read).appeal_days
    return command.stated_as(
        facts.AppealLodged,
        decision_version=decision.version,
        decided_on=decision.day,
        appeal_until=decision.day + timedelta(days=appeal_days),
    )


def acknowledge_appeal(command: AcknowledgeAppeal, act: Act, read: Reader) -> Fact:
    """A registrar records that the appellant was told that the appeal was received."""
    appeal = _open(command.appeal_id, read)
    if appeal.acknowledged_on is not None:
        raise Refused("acknowledged-already")
    require.happened("acknowledged_on", command.acknowledged_on, appeal.lodged.lodged_on, act)
    return command.stated_as(facts.AppealAcknowledged)


def decide_admissibility(command: DecideAdmissibility, act: Act, read: Reader) -> Fact:
    """Somebody whom the case does not touch says, with the reason, whether an appeal is heard, a late one too."""
    appeal = _open(command.appeal_id, read)
    untouched(act.by[0].person, appeal.lodged, act.day, read)
    if appeal.admissible is not None:
        raise Refused("admissibility-decided")
    return command.stated_as(facts.AppealAdmissibilityDecided)


def appoint_appeal_panel(command: AppointAppealPanel, act: Act, read: Reader) -> Fact:
    """A director appoints three or more people whom the case does not touch. Until the decision, others can follow."""
    appeal = _admitted(command.appeal_id, read)
    people = {read.one(member) for member in command.members}
    if len(people) < max(FEWEST_MEMBERS, len(command.members)):
        raise Refused("malformed", field="members", expected=THREE_OR_MORE)
    for member in command.members:
        require.person(member, read)
        if Role.APPEAL_PANEL not in read.officer(member).roles:
            raise Refused("role-not-held", person=member, role=Role.APPEAL_PANEL)
    trace = tuple(untouched(member, appeal.lodged, act.day, read) for member in command.members)
    return command.stated_as(facts.AppealPanelAppointed, trace=trace)


def order_interim_measure(command: OrderInterimMeasure, act: Act, read: Reader) -> Fact:
    """Two of the panel hold what would be hard to undo, at the longest until the appeal should be decided."""
    appeal = _heard(command.appeal_id, act, read)
    last = max(decide_by(appeal, read), act.day)
    if not act.day <= command.until <= last:
        expected = Words(f"a day from {act.day} to {last}", f"une date du {act.day} au {last}")
        raise Refused("malformed", field="until", expected=expected)
    return command.stated_as(facts.InterimMeasureOrdered)


def decide_appeal(command: DecideAppeal, act: Act, read: Reader) -> Fact:
    """Two of the panel, whom the case still does not touch, decide. What is dismissed has no remedy."""
    appeal = _heard(command.appeal_id, act, read)
    allowed = frozenset[facts.Remedy]({"no-remedy"})
    if command.outcome != "dismissed":
        allowed = REMEDIES[appeal.lodged.disputed] | _rescored(appeal, read)
    if command.outcome == "upheld-in-part":
        allowed |= {"no-remedy"}
    if command.remedy not in allowed:
        raise Refused("remedy-unfit", remedies=", ".join(sorted(allowed)))
    return command.stated_as(facts.AppealDecided)


def _rescored(appeal: Appeal, read: Reader) -> frozenset[facts.Remedy]:
    """Where the level was not reached, others can assess again."""
    outcome = read.candidacy(appeal.lodged.candidacy_id).outcome
    short = outcome is not None and outcome.outcome != "met"
    return frozenset({"rescore"} if short and appeal.lodged.disputed == "certification-refused" else ())


def close_appeal(command: CloseAppeal, act: Act, read: Reader) -> Fact:
    """A registrar records that the appellant was told of the decision."""
    appeal = _lodged(command.appeal_id, read)
    if not appeal.is_over:
        raise Refused("appeal-undecided", appeal=command.appeal_id)
    if appeal.closed:
        raise Refused("appeal-closed", appeal=command.appeal_id)
    require.happened("notified_on", command.notified_on, appeal.decided_on or appeal.lodged.lodged_on, act)
    return command.stated_as(facts.AppealClosed)


def remit_selection(command: RemitSelection, act: Act, read: Reader) -> Fact:
    """A registrar records what a panel decided: others decide the selection, or an exclusion, again.

    Only before the workshop is closed: after it, the remedy is a place in another one.
    """
    candidacy = require.candidacy(command.candidacy_id, read)
    require_remedy(command.appeal_id, command.candidacy_id, "remit", read)
    session_id = candidacy.nominated.session_id
    if read.session(session_id).closed:
        raise Refused("session-closed", session=session_id)
    lodged = read.appeal(command.appeal_id).lodged
    stands = [one.version for one in candidacy.decisions if one.disputed == lodged.disputed][-1:]
    excluded = candidacy.preparation.excluded is not None
    undone = candidacy.selection is None if lodged.disputed == "eligibility-refused" else not excluded
    if lodged.disputed not in ("eligibility-refused", "candidate-excluded") or stands != [lodged.decision_version]:
        raise Refused("remedy-unfit", remedies=lodged.disputed)
    if undone:
        raise Refused("remitted-already", appeal=command.appeal_id)
    return command.stated_as(facts.SelectionRemitted)


def require_remedy(appeal_id: str, candidacy_id: str, remedy: facts.Remedy, read: Reader) -> Appeal:
    """The appeal on a candidacy or its certification, which must have been decided with this remedy."""
    appeal = _lodged(appeal_id, read)
    if appeal.lodged.candidacy_id != candidacy_id:
        raise Refused("appeal-of-another", appeal=appeal_id)
    if appeal.remedy != remedy:
        raise Refused("remedy-not-granted", appeal=appeal_id)
    return appeal


def _lodged(appeal_id: str, read: Reader) -> Appeal:
    """An appeal, which must be recorded."""
    appeal: Appeal = require.known(Stream("appeal", appeal_id), read)
    return appeal


def _open(appeal_id: str, read: Reader) -> Appeal:
    """An appeal that is neither decided nor turned away."""
    appeal = _lodged(appeal_id, read)
    if appeal.is_over:
        raise Refused("appeal-over", appeal=appeal_id)
    return appeal


def _admitted(appeal_id: str, read: Reader) -> Appeal:
    appeal = _open(appeal_id, read)
    if appeal.admissible is None:
        raise Refused("admissibility-undecided", appeal=appeal_id)
    return appeal


def _heard(appeal_id: str, act: Act, read: Reader) -> Appeal:
    """An appeal that those who sign were appointed to hear, and may still hear: somebody may have acted since."""
    appeal = _admitted(appeal_id, read)
    for signer in act.by:
        if not read.is_among(signer.person, appeal.members):
            raise Refused("not-on-panel", person=signer.person, appeal=appeal_id)
        untouched(signer.person, appeal.lodged, act.day, read)
    return appeal


def _appellant(appeal_id: str, read: Reader) -> str | None:
    lodging = read.appeal(appeal_id).lodging
    return None if lodging is None else lodging.person_id


# fmt: off
APPEAL = Subject(
    kind="appeal",
    id_field="appeal_id",
    initial=lambda *_: Appeal(),
    evolve=evolve_appeal,
    person=_appellant,
    commands=(
        command_type("lodge-appeal", LodgeAppeal, lodge_appeal,
            EventType("appeal-lodged/v1", facts.AppealLodged, (Role.REGISTRAR,), "confidential",
                      Words("Appeal lodged", "Recours formé")),
            names=lambda said: said.person_id),
        command_type("acknowledge-appeal", AcknowledgeAppeal, acknowledge_appeal,
            EventType("appeal-acknowledged/v1", facts.AppealAcknowledged, (Role.REGISTRAR,), "confidential",
                      Words("Appeal acknowledged", "Accusé de réception du recours"))),
        command_type("decide-admissibility", DecideAdmissibility, decide_admissibility,
            EventType("appeal-admissibility-decided/v1", facts.AppealAdmissibilityDecided, (Role.APPEAL_PANEL,),
                      "confidential", Words("Admissibility of an appeal decided", "Recevabilité du recours tranchée"))),
        command_type("appoint-appeal-panel", AppointAppealPanel, appoint_appeal_panel,
            EventType("appeal-panel-appointed/v1", facts.AppealPanelAppointed, (Role.DIRECTOR,), "restricted",
                      Words("Appeal panel appointed", "Commission de recours désignée"))),
        command_type("order-interim-measure", OrderInterimMeasure, order_interim_measure,
            EventType("interim-measure-ordered/v1", facts.InterimMeasureOrdered, (Role.APPEAL_PANEL,) * 2, "restricted",
                      Words("Interim measure ordered", "Mesure provisoire ordonnée"))),
        command_type("decide-appeal", DecideAppeal, decide_appeal,
            EventType("appeal-decided/v1", facts.AppealDecided, (Role.APPEAL_PANEL,) * 2, "confidential",
                      Words("Appeal decided", "Recours tranché"))),
        command_type("close-appeal", CloseAppeal, close_appeal,
            EventType("appeal-closed/v1", facts.AppealClosed, (Role.REGISTRAR,), "restricted",
                      Words("Appeal closed", "Recours clos"))),
    ),
)
CANDIDACY_COMMANDS = (
    command_type("remit-selection", RemitSelection, remit_selection,
        EventType("selection-remitted/v1", facts.SelectionRemitted, (Role.REGISTRAR,), "confidential",
                  Words("Selection remitted after an appeal", "Sélection renvoyée à la suite d’un recours"))),
)
# fmt: on
