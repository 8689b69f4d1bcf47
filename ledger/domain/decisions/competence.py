"""The impartiality and competence of people (ISO/IEC 17024, 4.3, 5.2 and 6.1 to 6.3).

An officer undertakes each year to be impartial, and declares every tie, in their own name. Where the version of a
scheme asks for it, whoever trains or assesses in a workshop has an undertaking and a qualification that count until its
last day, and whoever assesses is calibrated until then. A declared tie counts under every version.
"""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

import msgspec

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import competence as facts
from ledger.domain.events.common import Digest
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.competence import Competence, evolve_competence
from ledger.domain.states.session import Session
from ledger.words import Words

IN_OWN_NAME = "An officer signs what they undertake and declare in their own name."
ONE_COUNTERPART = Words("a person or an administration", "une personne ou une administration")
OF_THE_SCHEME = Words("competencies of the scheme, each once", "des compétences du programme, chacune une seule fois")


class CompetenceCommand(Command, frozen=True, kw_only=True):
    kind = "competence"
    person_id: str


class SignImpartialityUndertaking(CompetenceCommand, frozen=True, kw_only=True):
    text: facts.UndertakingText


class DeclareConflictOfInterest(CompetenceCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"relation_code": "conflict_relation"}
    conflict_id: str
    relation_code: Digest
    counterpart_id: str | None = None
    counterpart_administration: str | None = None
    since: date
    reason: Digest | None = None


class DeclareNoConflict(CompetenceCommand, frozen=True, kw_only=True):
    session_id: str


class EndConflictOfInterest(CompetenceCommand, frozen=True, kw_only=True):
    conflict_id: str
    reason: Digest


class QualifyAssessor(CompetenceCommand, frozen=True, kw_only=True):
    scheme_id: str
    competencies: tuple[str, ...]
    languages: tuple[str, ...]
    basis: facts.QualificationBasis
    evidence: Digest
    valid_to: date


class EndAssessorQualification(CompetenceCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "qualification_end_reason"}
    scheme_id: str
    reason_code: Digest
    reason: Digest | None = None


def sign_impartiality_undertaking(command: SignImpartialityUndertaking, act: Act, read: Reader) -> Fact:
    """An officer undertakes to be impartial and to keep confidences. The day is that of the statement."""
    _in_own_name(command, act, read)
    return command.stated_as(facts.ImpartialityUndertakingSigned)


def declare_conflict_of_interest(command: DeclareConflictOfInterest, act: Act, read: Reader) -> Fact:
    """An officer declares a tie to one person or to one administration."""
    _in_own_name(command, act, read)
    if (command.counterpart_id is None) == (command.counterpart_administration is None):
        raise Refused("malformed", field="counterpart_id", expected=ONE_COUNTERPART)
    if command.counterpart_id is not None:
        require.person(command.counterpart_id, read)
        if read.is_among(command.counterpart_id, [command.person_id]):
            raise Refused("conflict-with-oneself", person=command.person_id)
    if command.counterpart_administration is not None:
        require.administration(command.counterpart_administration, read)
    if command.conflict_id in read.competence(command.person_id).conflicts:
        raise Refused("already-exists", kind="conflict", id=command.conflict_id)
    if command.since > act.day:
        raise Refused("in-the-future", field="since")
    return command.stated_as(facts.ConflictOfInterestDeclared)


def declare_no_conflict(command: DeclareNoConflict, act: Act, read: Reader) -> Fact:
    """An officer states that they know of no tie to anybody in a workshop."""
    _in_own_name(command, act, read)
    require.session(command.session_id, read)
    require.no_candidate(command.person_id, command.session_id, read)
    for candidacy in read.candidacies_in(command.session_id):
        require.no_conflict(command.person_id, candidacy, read)
    return command.stated_as(facts.NoConflictDeclared)


def end_conflict_of_interest(command: EndConflictOfInterest, act: Act, read: Reader) -> Fact:
    """An officer states that a tie no longer exists. A programme manager, to whom it never was, agrees."""
    require.in_own_name(msgspec.structs.replace(act, by=act.by[:1]), command.person_id, read)
    conflicts = read.competence(command.person_id).open_conflicts
    conflict = next((one for one in conflicts if one.conflict_id == command.conflict_id), None)
    if conflict is None:
        raise Refused("unknown", kind="conflict", id=command.conflict_id)
    if conflict.counterpart_id is not None:
        require.not_in_own_case(act, conflict.counterpart_id, read)
    return command.stated_as(facts.ConflictOfInterestEnded)


def qualify_assessor(command: QualifyAssessor, act: Act, read: Reader) -> Fact:
    """Two officers find somebody competent to train and assess, by their own certification or an equivalent."""
    require.person(command.person_id, read)
    scheme = require.scheme(command.scheme_id, read)
    known = {competency.id for version in scheme.drafts.values() for competency in version.competencies}
    if not command.competencies or not known.issuperset(command.competencies):
        raise Refused("malformed", field="competencies", expected=OF_THE_SCHEME)
    require.none_twice("competencies", command.competencies)
    require.each_once("languages", command.languages)
    if command.basis == "own-certification" and not _is_certified(command, act, read):
        raise Refused("not-certified", person=command.person_id, scheme=command.scheme_id)
    require.from_today("valid_to", command.valid_to, act)
    return command.stated_as(facts.AssessorQualified)


def end_assessor_qualification(command: EndAssessorQualification, act: Act, read: Reader) -> Fact:
    """A programme manager ends a qualification before its last day."""
    if command.scheme_id not in read.competence(command.person_id).qualified:
        raise Refused("not-qualified", person=command.person_id, scheme=command.scheme_id, date=act.day)
    return command.stated_as(facts.AssessorQualificationEnded)


def require_qualified(
    person_id: str, role: Role, session: Session, version: SchemeVersionDrafted, read: Reader
) -> None:
    """Refuse who is not qualified until the last day of a workshop, where its version of the scheme asks for that.

    They must have undertaken to be impartial until then, and to assess be calibrated until then (ISO/IEC 17024 6.2).
    """
    if not version.qualified_assessors:
        return
    plan, known = session.planned, read.competences_of(person_id)
    qualified = [one.qualified[plan.scheme_id] for one in known if plan.scheme_id in one.qualified]
    if not any(one.valid_to >= plan.end and plan.language in one.languages for one in qualified):
        raise Refused("not-qualified", person=person_id, scheme=plan.scheme_id, date=plan.end)
    undertaken = [one.undertaken_until for one in known if one.undertaken_until is not None]
    if not any(until >= plan.end for until in undertaken):
        raise Refused("undertaking-missing", person=person_id, date=plan.end)
    calibrated_until = calibrated_to(person_id, plan.scheme_id, read)
    if role is Role.ASSESSOR and (calibrated_until is None or calibrated_until < plan.end):
        raise Refused("not-calibrated", person=person_id, date=plan.end)


def calibrated_to(person_id: str, scheme_id: str, read: Reader) -> date | None:
    """The last day on which a human is calibrated for a scheme; None if they never were."""
    ids = {*read.ids_of(person_id)}
    counting = (
        one.valid_to
        for one in read.calibrations_of(person_id)
        if one.scheme_id == scheme_id and not ids.isdisjoint(one.calibrated)
    )
    return max(counting, default=None)


def require_competent(
    assessor: str, competencies: Iterable[str], session: Session, version: SchemeVersionDrafted, read: Reader
) -> None:
    """Refuse levels of competencies for which an assessor is not qualified, where the scheme asks for that."""
    if not version.qualified_assessors:
        return
    qualified = [one.qualified.get(session.planned.scheme_id) for one in read.competences_of(assessor)]
    able = {competency for one in qualified if one is not None for competency in one.competencies}
    if missing := sorted({*competencies} - able):
        raise Refused("not-qualified-in", person=assessor, competencies=", ".join(missing))


def _in_own_name(command: CompetenceCommand, act: Act, read: Reader) -> None:
    require.in_own_name(act, command.person_id, read)
    require.person(command.person_id, read)
    require.officer(command.person_id, act, read)


def _is_certified(command: QualifyAssessor, act: Act, read: Reader) -> bool:
    return any(
        taken.nominated.scheme_id == command.scheme_id and read.certification(taken.candidacy_id).in_force(act.day)
        for taken in read.candidacies_of(command.person_id)
    )


# fmt: off
COMPETENCE = Subject(
    kind="competence",
    id_field="person_id",
    initial=lambda *_: Competence(),
    evolve=evolve_competence,
    person=lambda person_id, _: person_id,
    commands=(
        command_type("sign-impartiality-undertaking", SignImpartialityUndertaking, sign_impartiality_undertaking,
            EventType("impartiality-undertaking-signed/v1", facts.ImpartialityUndertakingSigned, (Role.KEY_HOLDER,),
                      "restricted", Words("Undertaking of impartiality signed", "Engagement d’impartialité signé")),
            own_case=IN_OWN_NAME, by_officers=True),
        command_type("declare-conflict-of-interest", DeclareConflictOfInterest, declare_conflict_of_interest,
            EventType("conflict-of-interest-declared/v1", facts.ConflictOfInterestDeclared, (Role.KEY_HOLDER,),
                      "confidential", Words("Conflict of interest declared", "Conflit d’intérêts déclaré")),
            own_case=IN_OWN_NAME, by_officers=True),
        command_type("declare-no-conflict", DeclareNoConflict, declare_no_conflict,
            EventType("no-conflict-declared/v1", facts.NoConflictDeclared, (Role.KEY_HOLDER,), "confidential",
                      Words("Absence of conflict of interest declared", "Absence de conflit d’intérêts déclarée")),
            own_case=IN_OWN_NAME, by_officers=True),
        command_type("end-conflict-of-interest", EndConflictOfInterest, end_conflict_of_interest,
            EventType("conflict-of-interest-ended/v1", facts.ConflictOfInterestEnded,
                      (Role.KEY_HOLDER, Role.PROGRAMME_MANAGER), "confidential",
                      Words("Conflict of interest ended", "Conflit d’intérêts terminé"))),
        command_type("qualify-assessor", QualifyAssessor, qualify_assessor,
            EventType("assessor-qualified/v1", facts.AssessorQualified, (Role.PROGRAMME_MANAGER, Role.DIRECTOR),
                      "restricted", Words("Assessor qualified", "Évaluateur qualifié"))),
        command_type("end-assessor-qualification", EndAssessorQualification, end_assessor_qualification,
            EventType("assessor-qualification-ended/v1", facts.AssessorQualificationEnded, (Role.PROGRAMME_MANAGER,),
                      "restricted", Words("Qualification of an assessor ended", "Qualification d’évaluateur retirée"))),
    ),
)
# fmt: on
