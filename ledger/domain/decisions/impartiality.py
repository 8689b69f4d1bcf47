"""The register of risks to impartiality (ISO/IEC 17024, 4.3): a risk is recorded and treated, and never removed."""

from datetime import date

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import impartiality as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.impartiality import Risk, evolve_risk
from ledger.words import Words

AFTER_TODAY = Words("a day after today", "une date postérieure à aujourd’hui")


class RiskCommand(Command, frozen=True, kw_only=True):
    kind = "risk"
    risk_id: str


class RecordImpartialityRisk(RiskCommand, frozen=True, kw_only=True):
    person_id: str
    source: facts.RiskSource
    severity: facts.Severity
    account: Digest
    affected: tuple[str, ...]
    sessions: tuple[str, ...]
    review_by: date


class TreatImpartialityRisk(RiskCommand, frozen=True, kw_only=True):
    measures: Digest
    residual: facts.Severity
    review_by: date


def record_impartiality_risk(command: RecordImpartialityRisk, act: Act, read: Reader) -> Fact:
    """An officer records a risk in their own name."""
    require.new(command, read)
    require.in_own_name(act, command.person_id, read)
    require.officer(command.person_id, act, read)
    require.none_twice("affected", command.affected)
    require.none_twice("sessions", command.sessions)
    for affected in command.affected:
        require.person(affected, read)
    for session_id in command.sessions:
        require.session(session_id, read)
    _require_review(command.review_by, act)
    return command.stated_as(facts.ImpartialityRiskRecorded)


def treat_impartiality_risk(command: TreatImpartialityRisk, act: Act, read: Reader) -> Fact:
    """Two officers whom the risk does not affect state what was done, what remains, and when it is reviewed."""
    risk: Risk = require.known(Stream("risk", command.risk_id), read)
    assert risk.recorded is not None
    for affected in risk.recorded.affected:
        require.not_in_own_case(act, affected, read)
    _require_review(command.review_by, act)
    return command.stated_as(facts.ImpartialityRiskTreated)


def _require_review(day: date, act: Act) -> None:
    if day <= act.day:
        raise Refused("malformed", field="review_by", expected=AFTER_TODAY)


def _reporter(risk_id: str, read: Reader) -> str | None:
    risk = read.risk(risk_id)
    return None if risk.recorded is None else risk.recorded.person_id


# fmt: off
RISK = Subject(
    kind="risk",
    id_field="risk_id",
    initial=lambda *_: Risk(),
    evolve=evolve_risk,
    person=_reporter,
    commands=(
        command_type("record-impartiality-risk", RecordImpartialityRisk, record_impartiality_risk,
            EventType("impartiality-risk-recorded/v1", facts.ImpartialityRiskRecorded, (Role.KEY_HOLDER,), "restricted",
                      Words("Risk to impartiality recorded", "Risque pour l’impartialité consigné")),
            names=lambda said: said.person_id,
            own_case="An officer reports in their own name.",
            by_officers=True),
        command_type("treat-impartiality-risk", TreatImpartialityRisk, treat_impartiality_risk,
            EventType("impartiality-risk-treated/v1", facts.ImpartialityRiskTreated,
                      (Role.PROGRAMME_MANAGER, Role.DIRECTOR), "restricted",
                      Words("Risk to impartiality treated", "Risque pour l’impartialité traité")),
            own_case="Whoever reported a risk may treat it; those whom it affects may not."),
    ),
)
# fmt: on
