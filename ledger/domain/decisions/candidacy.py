"""One person's way through one workshop: nominated, selected or not, withdrawn.

:mod:`ledger.domain.decisions.assessment` decides on the rest of the same stream, from the score sheets to the outcome.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Literal

from ledger.domain.decisions import ai_use, appeal, application, assessment, attendance, invitation, require, rescoring
from ledger.domain.decisions.acting import Act, CandidacyCommand
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import candidacy as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy, evolve_candidacy
from ledger.domain.steps import missing_for_selection, named
from ledger.words import Words

SELECTED = Words("Selected: eligibility confirmed", "Sélection : éligibilité confirmée")
NOT_SELECTED = Words("Not selected: eligibility refused", "Non-sélection : éligibilité refusée")


class NominateCandidate(CandidacyCommand, frozen=True, kw_only=True):
    sealed_names: ClassVar = {"details": ("years_of_pca", "languages", "letter")}
    person_id: str
    session_id: str
    administration_id: str
    details: tuple[Digest, ...]


class RecordFindings(CandidacyCommand, frozen=True, kw_only=True):
    findings: tuple[facts.CriterionFinding, ...]
    reason: Digest | None = None


class DecideEligibility(CandidacyCommand, frozen=True, kw_only=True):
    findings: tuple[facts.CriterionFinding, ...]
    reason: Digest | None = None


class DecideEligibilityV1(CandidacyCommand, frozen=True, kw_only=True):
    findings: tuple[facts.CriterionFinding, ...]


class WithdrawCandidacy(CandidacyCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "candidacy_withdrawal_reason"}
    initiator: Literal["candidate", "administration"]
    effective_from: date
    reason_code: Digest
    reason: Digest | None = None


class WithdrawCandidacyV1(CandidacyCommand, frozen=True, kw_only=True):
    initiator: Literal["candidate", "administration"]
    effective_from: date
    reason_code: Literal["other-duties", "health", "personal", "other"]
    reason: Digest | None = None


class GrantSeparationException(CandidacyCommand, frozen=True, kw_only=True):
    assessor_id: str
    session_id: str
    reason: Digest


def nominate_candidate(command: NominateCandidate, act: Act, read: Reader) -> Fact:
    """A registrar records a nomination. A person has one open candidacy in a scheme, one scored in a workshop."""
    require.new(command, read)
    session = require.session(command.session_id, read)
    if session.closed:
        raise Refused("session-closed", session=command.session_id)
    require.call_open(session)
    require.person(command.person_id, read)
    require.administration(command.administration_id, read)
    require.none_twice("details", [detail.name for detail in command.details])
    for detail in command.details:
        value = read.disclosure(detail.digest)  # None after an erasure
        if value is not None and isinstance(value.value, list):
            require.none_twice(detail.name, value.value)  # the languages
    if read.is_among(command.person_id, session.facilitators | session.assessors):
        raise Refused("candidate-is-officer", person=command.person_id)
    scheme_id = session.planned.scheme_id
    for other in read.candidacies_of(command.person_id):
        decided = read.certification(other.candidacy_id).decided
        if other.nominated.scheme_id == scheme_id and not other.ended and not decided:
            raise Refused("candidacy-open", person=command.person_id, candidacy=other.candidacy_id)
        if other.nominated.session_id == command.session_id:
            require.not_excluded(other)
        if other.nominated.session_id == command.session_id and other.sheets:
            raise Refused("already-exists", kind="candidacy", id=other.candidacy_id)
    return command.stated_as(facts.CandidateNominated, scheme_id=scheme_id)


def record_findings(command: RecordFindings, act: Act, read: Reader) -> Fact:
    """A member of the selection panel states what they find on every criterion, before the decision."""
    _require_to_select(command, act, read)
    return command.stated_as(facts.FindingsRecorded)


def decide_eligibility(command: DecideEligibility, act: Act, read: Reader) -> Fact:
    """The selection panel states a finding on every criterion. A candidate who meets all of them attends.

    Where all members who recorded findings agree, it is theirs; where they differ, the panel gives its reason.
    """
    _require_to_decide(command, act, read, command.reason)
    if all(finding.met for finding in command.findings):
        return command.stated_as(facts.EligibilityConfirmed, reason_code="all-criteria-met")
    return command.stated_as(facts.EligibilityRefused, reason_code="criteria-not-met")


def _decide_v1(command: DecideEligibilityV1, act: Act, read: Reader) -> Fact:
    """Findings bind a decision of the first version too, which has no reason to give where they differ."""
    _require_to_decide(command, act, read, None)
    if all(finding.met for finding in command.findings):
        return command.stated_as(facts.EligibilityConfirmedV1, reason_code="all-criteria-met")
    return command.stated_as(facts.EligibilityRefusedV1, reason_code="criteria-not-met")


def _require_to_decide(
    command: DecideEligibility | DecideEligibilityV1, act: Act, read: Reader, reason: Digest | None
) -> None:
    """Require a decision that follows the findings of all who recorded them, or a reason where they differ."""
    candidacy = _require_to_select(command, act, read)
    session = read.session(candidacy.nominated.session_id)
    if missing := missing_for_selection(candidacy, session, read.scheme_version(session)):
        raise Refused("steps-missing", steps=named(missing))  # ISO/IEC 17024 9.1
    found = found_on(counting_findings(candidacy, read).values())
    for finding in command.findings:
        if finding.met not in found.get(finding.criterion, {finding.met}):
            raise Refused("findings-agree", criterion=finding.criterion)
    differing = ", ".join(criterion for criterion, either in found.items() if len(either) > 1)
    if differing and reason is None:
        raise Refused("findings-differ", criteria=differing)


def counting_findings(candidacy: Candidacy, read: Reader) -> dict[str, facts.FindingsRecorded]:
    """Return the findings of panel members that count, by the id under which a human counts.

    Of one human who recorded under two ids, the last count; of one who is known to be a candidate of the workshop
    now, none.
    """
    session_id = candidacy.nominated.session_id
    return {
        read.one(member): recorded
        for member, recorded in candidacy.findings.items()
        if not require.is_candidate(member, session_id, read)
    }


def found_on(recorded: Iterable[facts.FindingsRecorded]) -> dict[str, set[bool]]:
    """Return what members found on each criterion: both where they differ."""
    found: dict[str, set[bool]] = {}
    for one in recorded:
        for finding in one.findings:
            found.setdefault(finding.criterion, set()).add(finding.met)
    return found


def sees_findings(member: str, candidacy: Candidacy, read: Reader) -> bool:
    """Whether a member of the panel sees what others found: once their own findings are in, or none are awaited."""
    return not candidacy.undecided or read.is_among(member, candidacy.findings)


def _require_to_select(
    command: RecordFindings | DecideEligibility | DecideEligibilityV1, act: Act, read: Reader
) -> Candidacy:
    """Require a candidacy to be decided, signers who may, and one finding on every criterion."""
    candidacy = require.candidacy(command.candidacy_id, read)
    if candidacy.eligible is not None:
        raise Refused("selection-decided")
    require.within(candidacy)
    session = read.session(candidacy.nominated.session_id)
    for panellist in act.by:
        require.no_candidate(panellist.person, session.planned.session_id, read)
        require.not_barred(panellist.person, candidacy, read)
        require.no_conflict(panellist.person, candidacy, read)
    asked = sorted(criterion.id for criterion in read.scheme_version(session).criteria)
    found = sorted(finding.criterion for finding in command.findings)
    if found != asked:
        differing = sorted(set(asked) ^ set(found)) or sorted({c for c in found if found.count(c) > 1})
        raise Refused("findings-incomplete", criteria=", ".join(differing))
    return candidacy


def withdraw_candidacy(command: WithdrawCandidacy, act: Act, read: Reader) -> Fact:
    """A registrar records that the candidate or administration withdrew, before any decision on the certification."""
    _require_to_withdraw(command, act, read)
    return command.stated_as(facts.CandidacyWithdrawn)


def _withdraw_v1(command: WithdrawCandidacyV1, act: Act, read: Reader) -> Fact:
    _require_to_withdraw(command, act, read)
    return command.stated_as(facts.CandidacyWithdrawnV1)


def _require_to_withdraw(command: WithdrawCandidacy | WithdrawCandidacyV1, act: Act, read: Reader) -> None:
    candidacy = require.candidacy(command.candidacy_id, read)
    if candidacy.withdrawn:
        raise Refused("candidacy-withdrawn")
    require.not_excluded(candidacy)
    if candidacy.eligible is False:
        raise Refused("not-eligible")
    if read.certification(command.candidacy_id).decided:
        raise Refused("certification-decided")
    if command.effective_from > act.day:
        raise Refused("in-the-future", field="effective_from")
    require.no_candidate(act.by[0].person, candidacy.nominated.session_id, read)
    start = read.session(candidacy.nominated.session_id).planned.start
    if candidacy.sheets and command.effective_from < start:
        raise Refused("effective-too-early", date=start)


def grant_separation_exception(command: GrantSeparationException, act: Act, read: Reader) -> Fact:
    """Two officers, neither of them the assessor or the candidate, allow a trainer to assess."""
    require.candidacy(command.candidacy_id, read)
    require.not_in_own_case(act, command.assessor_id, read)
    require.person(command.assessor_id, read)
    require.session(command.session_id, read)
    return command.stated_as(facts.SeparationExceptionGranted)


# fmt: off
CANDIDACY = Subject(
    kind="candidacy",
    id_field="candidacy_id",
    initial=lambda candidacy_id, _: Candidacy(candidacy_id),
    evolve=evolve_candidacy,
    person=lambda candidacy_id, read: read.candidate(candidacy_id),
    commands=(
        command_type("nominate-candidate", NominateCandidate, nominate_candidate,
            EventType("candidate-nominated/v1", facts.CandidateNominated, (Role.REGISTRAR,), "confidential",
                      Words("Candidate nominated", "Personne candidate désignée")),
            names=lambda said: said.person_id),
        command_type("record-findings", RecordFindings, record_findings,
            EventType("findings-recorded/v1", facts.FindingsRecorded, (Role.SELECTION_PANEL,), "confidential",
                      Words("Findings of a panel member recorded",
                            "Constats d’un membre du jury de sélection enregistrés"))),
        command_type("decide-eligibility", DecideEligibility, decide_eligibility,
            EventType("eligibility-confirmed/v2", facts.EligibilityConfirmed, (Role.SELECTION_PANEL,) * 2,
                      "confidential", SELECTED),
            EventType("eligibility-refused/v2", facts.EligibilityRefused, (Role.SELECTION_PANEL,) * 2, "confidential",
                      NOT_SELECTED)),
        command_type("withdraw-candidacy", WithdrawCandidacy, withdraw_candidacy,
            EventType("candidacy-withdrawn/v2", facts.CandidacyWithdrawn, (Role.REGISTRAR,), "confidential",
                      Words("Candidacy withdrawn", "Candidature retirée"))),
        command_type("grant-separation-exception", GrantSeparationException, grant_separation_exception,
            EventType("separation-exception-granted/v1", facts.SeparationExceptionGranted,
                      (Role.PROGRAMME_MANAGER, Role.DIRECTOR), "confidential",
                      Words("Exception to the separation period granted",
                            "Dérogation au délai de séparation accordée"))),
        *assessment.COMMANDS,
        *application.COMMANDS,
        *invitation.COMMANDS,
        *attendance.CANDIDACY_COMMANDS,
        *ai_use.CANDIDACY_COMMANDS,
        *appeal.CANDIDACY_COMMANDS,
        *rescoring.COMMANDS),
    earlier=(
        command_type("decide-eligibility/v1", DecideEligibilityV1, _decide_v1,
            EventType("eligibility-confirmed/v1", facts.EligibilityConfirmedV1, (Role.SELECTION_PANEL,) * 2,
                      "confidential", SELECTED),
            EventType("eligibility-refused/v1", facts.EligibilityRefusedV1, (Role.SELECTION_PANEL,) * 2,
                      "confidential", NOT_SELECTED)),
        command_type("withdraw-candidacy/v1", WithdrawCandidacyV1, _withdraw_v1,
            EventType("candidacy-withdrawn/v1", facts.CandidacyWithdrawnV1, (Role.REGISTRAR,), "confidential",
                      Words("Candidacy withdrawn", "Candidature retirée"))),),
)
# fmt: on
