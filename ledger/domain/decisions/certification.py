"""The certification: granted or refused by two people, then suspended, renewed, withdrawn.

A decider neither trained, scored nor moderated the candidate (ISO/IEC 17024, 9.4.4). This holds for every decision
here, not only for the grant. A candidacy has one certification stream, with the same id, so it is decided once.
"""

from datetime import date, timedelta
from typing import Any, ClassVar, Literal

from ledger.domain.decisions import ending, field_phase, remission, require, scope
from ledger.domain.decisions.acting import Act, CertificationCommand, Command
from ledger.domain.decisions.development import renewable, require_shown
from ledger.domain.decisions.panel import require_new_deciders
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.decisions.session import reaches_a_seat
from ledger.domain.events import certification as facts
from ledger.domain.events.common import Digest
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.months import last_day
from ledger.domain.number import CertificateNumber
from ledger.domain.outcome import unmet
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.scope import scope_on
from ledger.domain.standing import Status
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification, evolve_certification
from ledger.domain.states.session import Session
from ledger.domain.steps import is_done, named
from ledger.words import Words

ONE_DAY = timedelta(days=1)


class DecideCertification(Command, frozen=True, kw_only=True):
    """``effective_from`` is the first day of validity if the certification is granted."""

    kind = "certification"
    candidacy_id: str
    effective_from: date


class IssueCertificate(CertificationCommand, frozen=True, kw_only=True):
    pass


class ReissueCertificate(CertificationCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "reissue_reason"}
    reason_code: Digest


class SuspendCertification(CertificationCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "suspension_reason"}
    effective_from: date
    reason_code: Digest
    reason: Digest | None = None


class LiftSuspension(CertificationCommand, frozen=True, kw_only=True):
    effective_from: date


class WithdrawCertification(CertificationCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "withdrawal_reason"}
    effective_from: date
    reason_code: Digest
    reason: Digest | None = None


class RenewCertification(CertificationCommand, frozen=True, kw_only=True):
    method: Literal["refresher-and-missions", "reassessment"]
    evidence: Digest | None = None


class IssueCertificateV1(CertificationCommand, frozen=True, kw_only=True):
    pass


class ReissueCertificateV1(CertificationCommand, frozen=True, kw_only=True):
    reason_code: Literal["name-changed", "lost", "renewed", "translation", "scope-changed"]


class SuspendCertificationV1(CertificationCommand, frozen=True, kw_only=True):
    effective_from: date
    reason_code: Literal["under-review", "no-longer-in-service", "terms-not-met", "other"]
    reason: Digest | None = None


class WithdrawCertificationV1(CertificationCommand, frozen=True, kw_only=True):
    effective_from: date
    reason_code: Literal["misconduct", "competence-lost", "terms-breached", "other"]
    reason: Digest | None = None


def decide_certification(command: DecideCertification, act: Act, read: Reader) -> Fact:
    """Two of the decision authority grant the certification if the candidate was ranked into a seat, or refuse it."""
    candidacy = require.attending(command.candidacy_id, read)
    nomination = candidacy.nominated
    session = read.session(nomination.session_id)
    require.independent(act, candidacy, read)
    for decider in act.by:
        require.no_candidate(decider.person, nomination.session_id, read)
    require.not_held(command.candidacy_id, "certification-held", act.day, read)
    certification = read.certification(command.candidacy_id)
    if certification.decided:
        raise Refused("certification-decided")
    for decider in act.by:
        if read.is_among(decider.person, {one for earlier in certification.decisions for one in earlier.by}):
            raise Refused("decided-before", person=decider.person)
    if session.selected is None:
        raise Refused("not-ranked", session=nomination.session_id)
    if session.ai_uses and not is_done("ai-notice", candidacy, session):
        raise Refused("steps-missing", steps=named(("ai-notice",)))  # 6.5 of the edition of 2026
    assert candidacy.outcome is not None  # a ranking needs the outcome of everyone who attended
    outcome = candidacy.outcome.outcome
    if command.candidacy_id in session.selected or _has_further_seat(candidacy, session, read):
        require.only(candidacy, command.effective_from, read)
        return _grant(command, candidacy, session, read)
    return facts.CertificationRefused(
        certification_id=command.candidacy_id,
        person_id=nomination.person_id,
        session_id=nomination.session_id,
        reason_code="qualified-not-selected" if outcome == "met" else outcome,
        unmet=unmet(candidacy.outcome),
    )


def issue_certificate(command: IssueCertificate, act: Act, read: Reader) -> Fact:
    """A registrar issues the first certificate, complete by ISO/IEC 17024 9.4.8."""
    return facts.CertificateIssued(certificate=_first_content(command.certification_id, act.day, read))


def reissue_certificate(command: ReissueCertificate, act: Act, read: Reader) -> Fact:
    """A registrar issues a new document, which supersedes the last one."""
    sealed = read.disclosure(command.reason_code.digest)
    reason_code = None if sealed is None else sealed.value
    old_number, content = _next_content(command.certification_id, reason_code, act.day, read)
    return command.stated_as(facts.CertificateReissued, old_number=old_number, certificate=content)


def suspend_certification(command: SuspendCertification, act: Act, read: Reader) -> Fact:
    """The decision authority suspends a certification that is in force."""
    _require_to_suspend(command, act, read)
    return command.stated_as(facts.CertificationSuspended)


def _require_to_suspend(command: SuspendCertification | SuspendCertificationV1, act: Act, read: Reader) -> None:
    certification, _ = require.decidable(command.certification_id, act, read)
    require.not_expired(certification, act.day)
    require.in_force(certification, command.effective_from)
    if certification.standing.on(command.effective_from) is Status.SUSPENDED:
        raise Refused("suspended")


def lift_suspension(command: LiftSuspension, act: Act, read: Reader) -> Fact:
    """The decision authority ends a suspension."""
    certification, _ = require.decidable(command.certification_id, act, read)
    require.not_expired(certification, act.day)
    require.in_force(certification, command.effective_from)
    if certification.standing.on(command.effective_from) is not Status.SUSPENDED:
        raise Refused("not-suspended")
    return command.stated_as(facts.SuspensionLifted)


def withdraw_certification(command: WithdrawCertification, act: Act, read: Reader) -> Fact:
    """Two of the decision authority permanently withdraw a certification, even after its expiry."""
    _require_to_withdraw(command, act, read)
    return command.stated_as(facts.CertificationWithdrawn)


def _require_to_withdraw(command: WithdrawCertification | WithdrawCertificationV1, act: Act, read: Reader) -> None:
    certification, _ = require.decidable(command.certification_id, act, read)
    require.in_force(certification, command.effective_from)


def renew_certification(command: RenewCertification, act: Act, read: Reader) -> Fact:
    """Two of the decision authority renew for another period, inside the scheme's renewal window."""
    certification, grant = require.decidable(command.certification_id, act, read)
    require_new_deciders(act, read.candidacy(command.certification_id), read)
    expires_on = renewable(certification, act.day, read)
    require_shown(certification, act.day, command.method, command.evidence, read)
    version = read.scheme(grant.scheme_id).drafts[grant.scheme_version]
    require.only(read.candidacy(command.certification_id), expires_on + ONE_DAY, read)
    assert version.validity_months is not None  # what expires was granted for a number of months
    return command.stated_as(
        facts.CertificationRenewed, new_expires_on=last_day(expires_on + ONE_DAY, version.validity_months)
    )


def _grant(
    command: DecideCertification, candidacy: Candidacy, session: Session, read: Reader
) -> facts.CertificationGranted | facts.PreAccreditationGranted:
    """A certification, or where the scheme has a field phase the pre-accreditation that comes before it."""
    plan, version = session.planned, read.scheme_version(session)
    if command.effective_from < plan.end:
        raise Refused("effective-too-early", date=plan.end)
    granted: dict[str, Any] = {
        "certification_id": command.candidacy_id,
        "person_id": candidacy.nominated.person_id,
        "scheme_id": plan.scheme_id,
        "scheme_version": plan.scheme_version,
        "session_id": plan.session_id,
        "scope": tuple(competency.id for competency in version.competencies),
        "language": plan.language,
        "serial": _serial(command.candidacy_id, session, read),
        "effective_from": command.effective_from,
    }
    if version.field_phase_months is not None:
        deadline = last_day(command.effective_from, version.field_phase_months)
        return facts.PreAccreditationGranted(**granted, field_deadline=deadline)
    months = version.validity_months
    expires_on = None if months is None else last_day(command.effective_from, months)
    return facts.CertificationGranted(**granted, expires_on=expires_on)


def _has_further_seat(candidacy: Candidacy, session: Session, read: Reader) -> bool:
    """Whether a refusal that a panel remitted ends in a seat behind those of the ranking.

    The want of a seat is no reason any more, unless others assessed again: their outcome is compared with the ranking.
    """
    decisions = read.certification(candidacy.candidacy_id).decisions
    if not decisions:
        return False
    assert session.ranking is not None  # as is asked before
    assert candidacy.outcome is not None
    remitted = decisions[-1].version
    appeals = [one for one in read.appeals_of(candidacy.candidacy_id) if one.remedy == "rescore"]
    if any(one.lodged.decision_version == remitted for one in appeals):
        return reaches_a_seat(candidacy, session.ranking)
    return candidacy.outcome.outcome == "met"


def _serial(candidacy_id: str, session: Session, read: Reader) -> int:
    """The seat in the ranking; behind all of them, and those granted already, for whom it had none."""
    selected = session.selected or ()
    if candidacy_id in selected:
        return selected.index(candidacy_id) + 1
    others = (read.certification(one.candidacy_id) for one in read.candidacies_in(session.planned.session_id))
    awards = [one.grant or one.pre_accreditation for one in others]
    return max([len(selected), *(award.serial for award in awards if award is not None)]) + 1


def _first_content(
    certification_id: str, day: date, read: Reader, *, first_form: bool = False
) -> facts.CertificateContent:
    """The content of the first certificate of a certification."""
    certification, grant = require.granted(certification_id, read)
    require.not_ended(certification)
    if certification.issues:
        raise Refused("certificate-issued", number=certification.number)
    return _content(certification, grant, day, read, first_form=first_form)


def _next_content(
    certification_id: str, reason_code: str | None, day: date, read: Reader, *, first_form: bool = False
) -> tuple[str, facts.CertificateContent]:
    """The number of the last certificate of a certification, and the content of one that supersedes it."""
    certification, grant = require.granted(certification_id, read)
    require.not_ended(certification)
    if not certification.issues:
        raise Refused("certificate-missing")
    content = _content(certification, grant, day, read, first_form=first_form)
    if reason_code == "scope-changed" and frozenset(content.scope) == certification.stated:
        raise Refused("scope-unchanged", number=certification.number)
    return certification.number, content


def _content(
    certification: Certification, grant: facts.CertificationGranted, day: date, read: Reader, *, first_form: bool
) -> facts.CertificateContent:
    """The content of a certificate that is issued on a day."""
    person = require.present(grant.person_id, read)
    require.not_held(certification.certification_id, "certification-held", day, read)
    founding = read.founding()
    scheme = read.scheme(grant.scheme_id)
    scope = scope_on(certification.scopes, day)
    content = facts.CertificateContent(
        number=str(CertificateNumber(grant.session_id, grant.serial, certification.issues + 1, first_form)),
        holder=person.named(*NAME_DETAILS),
        body_en=founding.body_en,
        body_fr=founding.body_fr,
        scheme_id=grant.scheme_id,
        scheme_version=grant.scheme_version,
        scheme_title_en=scheme.title_en,
        scheme_title_fr=scheme.title_fr,
        scope=tuple(c.id for c in scheme.drafts[grant.scheme_version].competencies if c.id in scope),
        language=grant.language,
        effective_from=grant.effective_from,
        expires_on=certification.standing.expires_on,
    )
    for item in content.__struct_fields__:
        # An expiry of None is complete: it states that the certification does not expire.
        if item != "expires_on" and not getattr(content, item):
            raise Refused("certificate-item-missing", item=item)
    return content


def _issue_v1(command: IssueCertificateV1, act: Act, read: Reader) -> Fact:
    content = _first_content(command.certification_id, act.day, read, first_form=True)
    return facts.CertificateIssuedV1(certificate=content)


def _reissue_v1(command: ReissueCertificateV1, act: Act, read: Reader) -> Fact:
    old_number, content = _next_content(command.certification_id, command.reason_code, act.day, read, first_form=True)
    return command.stated_as(facts.CertificateReissuedV1, old_number=old_number, certificate=content)


def _suspend_v1(command: SuspendCertificationV1, act: Act, read: Reader) -> Fact:
    _require_to_suspend(command, act, read)
    return command.stated_as(facts.CertificationSuspendedV1)


def _withdraw_v1(command: WithdrawCertificationV1, act: Act, read: Reader) -> Fact:
    _require_to_withdraw(command, act, read)
    return command.stated_as(facts.CertificationWithdrawnV1)


def _decided(
    event: Event[facts.CertificationGranted | facts.PreAccreditationGranted | facts.CertificationRefused],
) -> DecideCertification:
    # A refusal does not say from when a grant would have counted.
    fact, day = event.facts, event.time.date()
    effective_from = day if isinstance(fact, facts.CertificationRefused) else fact.effective_from
    return DecideCertification(candidacy_id=fact.certification_id, effective_from=effective_from)


# fmt: off
CERTIFICATION = Subject(
    kind="certification",
    id_field="certification_id",
    initial=lambda certification_id, _: Certification(certification_id),
    evolve=evolve_certification,
    person=lambda candidacy_id, read: read.candidate(candidacy_id),
    commands=(
        command_type("decide-certification", DecideCertification, decide_certification,
            EventType("certification-granted/v1", facts.CertificationGranted, (Role.DECISION_AUTHORITY,) * 2, "public",
                      Words("Certification granted", "Certification accordée")),
            EventType("certification-refused/v1", facts.CertificationRefused, (Role.DECISION_AUTHORITY,) * 2,
                      "confidential", Words("Certification refused", "Certification refusée")),
            EventType("pre-accreditation-granted/v1", facts.PreAccreditationGranted, (Role.DECISION_AUTHORITY,) * 2,
                      "public", Words("Pre-accreditation granted", "Pré-accréditation accordée")),
            inverse=_decided),
        command_type("issue-certificate", IssueCertificate, issue_certificate,
            EventType("certificate-issued/v2", facts.CertificateIssued, (Role.REGISTRAR,), "public",
                      Words("Certificate issued", "Certificat délivré"))),
        command_type("reissue-certificate", ReissueCertificate, reissue_certificate,
            EventType("certificate-reissued/v2", facts.CertificateReissued, (Role.REGISTRAR,), "public",
                      Words("Certificate reissued", "Certificat réémis"))),
        command_type("suspend-certification", SuspendCertification, suspend_certification,
            EventType("certification-suspended/v2", facts.CertificationSuspended, (Role.DECISION_AUTHORITY,), "public",
                      Words("Certification suspended", "Certification suspendue"))),
        command_type("lift-suspension", LiftSuspension, lift_suspension,
            EventType("suspension-lifted/v1", facts.SuspensionLifted, (Role.DECISION_AUTHORITY,), "public",
                      Words("Suspension lifted", "Suspension levée"))),
        command_type("withdraw-certification", WithdrawCertification, withdraw_certification,
            EventType("certification-withdrawn/v2", facts.CertificationWithdrawn, (Role.DECISION_AUTHORITY,) * 2,
                      "public", Words("Certification withdrawn", "Certification retirée"))),
        command_type("renew-certification", RenewCertification, renew_certification,
            EventType("certification-renewed/v1", facts.CertificationRenewed, (Role.DECISION_AUTHORITY,) * 2, "public",
                      Words("Certification renewed", "Certification renouvelée"))),
        *scope.COMMANDS,
        *ending.COMMANDS,
        *field_phase.COMMANDS,
        *remission.COMMANDS),
    earlier=(
        command_type("issue-certificate/v1", IssueCertificateV1, _issue_v1,
            EventType("certificate-issued/v1", facts.CertificateIssuedV1, (Role.REGISTRAR,), "public",
                      Words("Certificate issued", "Certificat délivré"))),
        command_type("reissue-certificate/v1", ReissueCertificateV1, _reissue_v1,
            EventType("certificate-reissued/v1", facts.CertificateReissuedV1, (Role.REGISTRAR,), "public",
                      Words("Certificate reissued", "Certificat réémis"))),
        command_type("suspend-certification/v1", SuspendCertificationV1, _suspend_v1,
            EventType("certification-suspended/v1", facts.CertificationSuspendedV1, (Role.DECISION_AUTHORITY,),
                      "public", Words("Certification suspended", "Certification suspendue"))),
        command_type("withdraw-certification/v1", WithdrawCertificationV1, _withdraw_v1,
            EventType("certification-withdrawn/v1", facts.CertificationWithdrawnV1, (Role.DECISION_AUTHORITY,) * 2,
                      "public", Words("Certification withdrawn", "Certification retirée"))),
        *scope.EARLIER),
)
# fmt: on
