"""Every command by name: its class, the decision that answers it, and the facts that can follow.

The facts of one command share their seats and their kind of stream, so who must sign is known before
the decision is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ledger.domain.catalogue import BY_FACT, EventType
from ledger.domain.decisions import (
    assessment,
    candidacy,
    certification,
    issuer,
    office,
    persons,
    scheme,
    scope,
    session,
)
from ledger.domain.decisions.acting import Act, Command, Decided
from ledger.domain.events import candidacy as candidacy_facts
from ledger.domain.events import certification as certification_facts
from ledger.domain.events import issuer as issuer_facts
from ledger.domain.events import office as office_facts
from ledger.domain.events import persons as person_facts
from ledger.domain.events import scheme as scheme_facts
from ledger.domain.events import session as session_facts
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role

# The command of a row is the one its decision takes; a table cannot express that.
Decision = Callable[[Any, Act, Reader], Decided]


class CommandType(msgspec.Struct, frozen=True):
    """One row: the name on the wire, the command, its decision, and what may come of it."""

    name: str
    command: type[Command]
    decide: Decision
    facts: tuple[type[Fact], ...]

    @property
    def event_types(self) -> tuple[EventType, ...]:
        return tuple(BY_FACT[fact] for fact in self.facts)

    @property
    def seats(self) -> tuple[Role, ...]:
        return self.event_types[0].seats


# fmt: off
COMMAND_TYPES: tuple[CommandType, ...] = (
    CommandType("grant-role", office.GrantRole, office.grant_role, (office_facts.RoleGranted,)),
    CommandType("revoke-role", office.RevokeRole, office.revoke_role, (office_facts.RoleRevoked,)),
    CommandType("register-key", office.RegisterKey, office.register_key, (office_facts.KeyRegistered,)),
    CommandType("rotate-key", office.RotateKey, office.rotate_key, (office_facts.KeyRotated,)),
    CommandType("revoke-key", office.RevokeKey, office.revoke_key, (office_facts.KeyRevoked,)),
    CommandType("establish-issuer", issuer.EstablishIssuer, issuer.establish_issuer,
                (issuer_facts.IssuerEstablished,)),
    CommandType("enrol-issuer-key", issuer.EnrolIssuerKey, issuer.enrol_issuer_key,
                (issuer_facts.IssuerKeyEnrolled,)),
    CommandType("retire-issuer-key", issuer.RetireIssuerKey, issuer.retire_issuer_key,
                (issuer_facts.IssuerKeyRetired,)),
    CommandType("revoke-issuer-key", issuer.RevokeIssuerKey, issuer.revoke_issuer_key,
                (issuer_facts.IssuerKeyRevoked,)),
    CommandType("register-person", persons.RegisterPerson, persons.register_person,
                (person_facts.PersonRegistered,)),
    CommandType("update-person-details", persons.UpdatePersonDetails, persons.update_person_details,
                (person_facts.PersonDetailsUpdated,)),
    CommandType("record-employment", persons.RecordEmployment, persons.record_employment,
                (person_facts.EmploymentRecorded,)),
    CommandType("give-listing-consent", persons.GiveListingConsent, persons.give_listing_consent,
                (person_facts.PublicListingConsentGiven,)),
    CommandType("withdraw-listing-consent", persons.WithdrawListingConsent, persons.withdraw_listing_consent,
                (person_facts.PublicListingConsentWithdrawn,)),
    CommandType("give-results-consent", persons.GiveResultsConsent, persons.give_results_consent,
                (person_facts.PublicResultsConsentGiven,)),
    CommandType("withdraw-results-consent", persons.WithdrawResultsConsent, persons.withdraw_results_consent,
                (person_facts.PublicResultsConsentWithdrawn,)),
    CommandType("erase-personal-data", persons.ErasePersonalData, persons.erase_personal_data,
                (person_facts.PersonalDataErased,)),
    CommandType("register-administration", persons.RegisterAdministration, persons.register_administration,
                (person_facts.AdministrationRegistered,)),
    CommandType("rename-administration", persons.RenameAdministration, persons.rename_administration,
                (person_facts.AdministrationRenamed,)),
    CommandType("establish-scheme", scheme.EstablishScheme, scheme.establish_scheme,
                (scheme_facts.SchemeEstablished,)),
    CommandType("draft-scheme-version", scheme.DraftSchemeVersion, scheme.draft_scheme_version,
                (scheme_facts.SchemeVersionDrafted,)),
    CommandType("approve-scheme-version", scheme.ApproveSchemeVersion, scheme.approve_scheme_version,
                (scheme_facts.SchemeVersionApproved,)),
    CommandType("plan-session", session.PlanSession, session.plan_session, (session_facts.SessionPlanned,)),
    CommandType("assign-facilitator", session.AssignFacilitator, session.assign_facilitator,
                (session_facts.FacilitatorAssigned,)),
    CommandType("assign-assessor", session.AssignAssessor, session.assign_assessor,
                (session_facts.AssessorAssigned,)),
    CommandType("close-session", session.CloseSession, session.close_session, (session_facts.SessionClosed,)),
    CommandType("compute-ranking", session.ComputeRanking, session.compute_ranking,
                (session_facts.RankingComputed,)),
    CommandType("nominate-candidate", candidacy.NominateCandidate, candidacy.nominate_candidate,
                (candidacy_facts.CandidateNominated,)),
    CommandType("decide-eligibility", candidacy.DecideEligibility, candidacy.decide_eligibility,
                (candidacy_facts.EligibilityConfirmed, candidacy_facts.EligibilityRefused)),
    CommandType("withdraw-candidacy", candidacy.WithdrawCandidacy, candidacy.withdraw_candidacy,
                (candidacy_facts.CandidacyWithdrawn,)),
    CommandType("grant-separation-exception", candidacy.GrantSeparationException,
                candidacy.grant_separation_exception, (candidacy_facts.SeparationExceptionGranted,)),
    CommandType("submit-score-sheet", assessment.SubmitScoreSheet, assessment.submit_score_sheet,
                (candidacy_facts.ScoreSheetSubmitted,)),
    CommandType("reveal-score-sheet", assessment.RevealScoreSheet, assessment.reveal_score_sheet,
                (candidacy_facts.ScoreSheetRevealed,)),
    CommandType("supersede-score-sheet", assessment.SupersedeScoreSheet, assessment.supersede_score_sheet,
                (candidacy_facts.ScoreSheetSuperseded,)),
    CommandType("hold-moderation", assessment.HoldModeration, assessment.hold_moderation,
                (candidacy_facts.ModerationHeld,)),
    CommandType("compute-outcome", assessment.ComputeOutcome, assessment.compute_outcome,
                (candidacy_facts.AssessmentOutcomeComputed,)),
    CommandType("decide-certification", certification.DecideCertification, certification.decide_certification,
                (certification_facts.CertificationGranted, certification_facts.CertificationRefused)),
    CommandType("issue-certificate", certification.IssueCertificate, certification.issue_certificate,
                (certification_facts.CertificateIssued,)),
    CommandType("reissue-certificate", certification.ReissueCertificate, certification.reissue_certificate,
                (certification_facts.CertificateReissued,)),
    CommandType("suspend-certification", certification.SuspendCertification, certification.suspend_certification,
                (certification_facts.CertificationSuspended,)),
    CommandType("lift-suspension", certification.LiftSuspension, certification.lift_suspension,
                (certification_facts.SuspensionLifted,)),
    CommandType("withdraw-certification", certification.WithdrawCertification,
                certification.withdraw_certification, (certification_facts.CertificationWithdrawn,)),
    CommandType("renew-certification", certification.RenewCertification, certification.renew_certification,
                (certification_facts.CertificationRenewed,)),
    CommandType("reduce-scope", scope.ReduceScope, scope.reduce_scope, (certification_facts.ScopeReduced,)),
    CommandType("extend-scope", scope.ExtendScope, scope.extend_scope, (certification_facts.ScopeExtended,)),
)
# fmt: on

BY_COMMAND = {row.command: row for row in COMMAND_TYPES}
BY_COMMAND_NAME = {row.name: row for row in COMMAND_TYPES}
