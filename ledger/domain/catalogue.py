"""The catalogue: every wire name, the class of its facts, who must sign, and what people call it.

A wire name is chosen, not derived, and is never reused for another meaning. ``seats`` are the roles
that sign, one distinct person each; they are judged at the log position of the statement.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.domain.events import candidacy, certification, issuer, office, persons, scheme, session
from ledger.domain.record import Fact, Role
from ledger.words import Words

Visibility = Literal["public", "restricted", "confidential"]


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the catalogue. ``stream`` is the kind of stream that holds the event."""

    wire_name: str
    fact: type[Fact]
    stream: str
    seats: tuple[Role, ...]
    visibility: Visibility
    label: Words


def _row(
    wire_name: str,
    fact: type[Fact],
    stream: str,
    seats: tuple[Role, ...],
    visibility: Visibility,
    label_en: str,
    label_fr: str,
) -> EventType:
    return EventType(
        wire_name=wire_name,
        fact=fact,
        stream=stream,
        seats=seats,
        visibility=visibility,
        label=Words(label_en, label_fr),
    )


_DIRECTOR = (Role.DIRECTOR,)
_MANAGER = (Role.PROGRAMME_MANAGER,)
_REGISTRAR = (Role.REGISTRAR,)
_ASSESSOR = (Role.ASSESSOR,)
_MODERATOR = (Role.MODERATOR,)
_SECURITY = (Role.SECURITY_OFFICER,)
_DECIDER = (Role.DECISION_AUTHORITY,)
_TWO_PANELLISTS = (Role.SELECTION_PANEL, Role.SELECTION_PANEL)
_TWO_DECIDERS = (Role.DECISION_AUTHORITY, Role.DECISION_AUTHORITY)
_SECURITY_AND_DIRECTOR = (Role.SECURITY_OFFICER, Role.DIRECTOR)
_ENROLMENT = (Role.SECURITY_OFFICER, Role.KEY_HOLDER)

# fmt: off
EVENT_TYPES: tuple[EventType, ...] = (
    _row("ledger-founded/v1", office.LedgerFounded, "ledger", (Role.KEY_HOLDER, Role.KEY_HOLDER), "public",
         "Ledger founded", "Registre fondé"),
    _row("role-granted/v1", office.RoleGranted, "officer", _DIRECTOR, "restricted",
         "Role granted", "Rôle attribué"),
    _row("role-revoked/v1", office.RoleRevoked, "officer", _DIRECTOR, "restricted",
         "Role revoked", "Rôle retiré"),
    _row("key-registered/v1", office.KeyRegistered, "officer", _ENROLMENT, "public",
         "Key registered", "Clé enregistrée"),
    _row("key-rotated/v1", office.KeyRotated, "officer", _ENROLMENT, "public",
         "Key rotated", "Clé renouvelée"),
    _row("key-revoked/v1", office.KeyRevoked, "officer", _SECURITY, "public",
         "Key revoked", "Clé révoquée"),
    _row("issuer-established/v1", issuer.IssuerEstablished, "issuer", _DIRECTOR, "public",
         "Issuer of credentials established", "Émetteur des attestations établi"),
    _row("issuer-key-enrolled/v1", issuer.IssuerKeyEnrolled, "issuer", _SECURITY_AND_DIRECTOR, "public",
         "Issuer's key enrolled", "Clé de l’émetteur enregistrée"),
    _row("issuer-key-retired/v1", issuer.IssuerKeyRetired, "issuer", _SECURITY, "public",
         "Issuer's key retired", "Clé de l’émetteur mise hors service"),
    _row("issuer-key-revoked/v1", issuer.IssuerKeyRevoked, "issuer", _SECURITY, "public",
         "Issuer's key revoked", "Clé de l’émetteur révoquée"),
    _row("person-registered/v1", persons.PersonRegistered, "person", _REGISTRAR, "confidential",
         "Person registered", "Personne enregistrée"),
    _row("person-details-updated/v1", persons.PersonDetailsUpdated, "person", _REGISTRAR, "confidential",
         "Person's details updated", "Données personnelles mises à jour"),
    _row("employment-recorded/v1", persons.EmploymentRecorded, "person", _REGISTRAR, "restricted",
         "Employment recorded", "Emploi consigné"),
    _row("public-listing-consent-given/v1", persons.PublicListingConsentGiven, "person", _REGISTRAR, "restricted",
         "Consent to public listing given", "Consentement à la publication donné"),
    _row("public-listing-consent-withdrawn/v1", persons.PublicListingConsentWithdrawn, "person", _REGISTRAR,
         "restricted", "Consent to public listing withdrawn", "Consentement à la publication retiré"),
    _row("public-results-consent-given/v1", persons.PublicResultsConsentGiven, "person", _REGISTRAR, "restricted",
         "Consent to showing levels given", "Consentement à la communication des niveaux donné"),
    _row("public-results-consent-withdrawn/v1", persons.PublicResultsConsentWithdrawn, "person", _REGISTRAR,
         "restricted", "Consent to showing levels withdrawn", "Consentement à la communication des niveaux retiré"),
    _row("personal-data-erased/v1", persons.PersonalDataErased, "person",
         (Role.DATA_PROTECTION_OFFICER, Role.SECURITY_OFFICER), "restricted",
         "Personal data erased", "Données personnelles effacées"),
    _row("administration-registered/v1", persons.AdministrationRegistered, "administration", _REGISTRAR, "public",
         "Administration registered", "Administration enregistrée"),
    _row("administration-renamed/v1", persons.AdministrationRenamed, "administration", _REGISTRAR, "public",
         "Administration renamed", "Administration renommée"),
    _row("scheme-established/v1", scheme.SchemeEstablished, "scheme", _DIRECTOR, "public",
         "Certification scheme established", "Programme de certification établi"),
    _row("scheme-version-drafted/v1", scheme.SchemeVersionDrafted, "scheme", _MANAGER, "restricted",
         "Scheme version drafted", "Version du programme rédigée"),
    _row("scheme-version-approved/v1", scheme.SchemeVersionApproved, "scheme",
         (Role.DIRECTOR, Role.PROGRAMME_MANAGER), "public",
         "Scheme version approved", "Version du programme approuvée"),
    _row("session-planned/v1", session.SessionPlanned, "session", _MANAGER, "public",
         "Workshop planned", "Atelier programmé"),
    _row("facilitator-assigned/v1", session.FacilitatorAssigned, "session", _MANAGER, "restricted",
         "Facilitator assigned", "Animateur désigné"),
    _row("assessor-assigned/v1", session.AssessorAssigned, "session", _MANAGER, "restricted",
         "Assessor assigned", "Évaluateur désigné"),
    _row("session-closed/v1", session.SessionClosed, "session", _MANAGER, "public",
         "Workshop closed", "Atelier clôturé"),
    _row("ranking-computed/v1", session.RankingComputed, "session", _REGISTRAR, "confidential",
         "Ranking computed", "Classement calculé"),
    _row("candidate-nominated/v1", candidacy.CandidateNominated, "candidacy", _REGISTRAR, "confidential",
         "Candidate nominated", "Candidat désigné"),
    _row("eligibility-confirmed/v1", candidacy.EligibilityConfirmed, "candidacy", _TWO_PANELLISTS, "confidential",
         "Selected: eligibility confirmed", "Sélectionné : éligibilité confirmée"),
    _row("eligibility-refused/v1", candidacy.EligibilityRefused, "candidacy", _TWO_PANELLISTS, "confidential",
         "Not selected: eligibility refused", "Non sélectionné : éligibilité refusée"),
    _row("candidacy-withdrawn/v1", candidacy.CandidacyWithdrawn, "candidacy", _REGISTRAR, "confidential",
         "Candidacy withdrawn", "Candidature retirée"),
    _row("separation-exception-granted/v1", candidacy.SeparationExceptionGranted, "candidacy",
         (Role.PROGRAMME_MANAGER, Role.DIRECTOR), "confidential",
         "Exception to the separation period granted", "Dérogation au délai de séparation accordée"),
    _row("score-sheet-submitted/v1", candidacy.ScoreSheetSubmitted, "candidacy", _ASSESSOR, "confidential",
         "Score sheet submitted", "Fiche d’évaluation soumise"),
    _row("score-sheet-revealed/v1", candidacy.ScoreSheetRevealed, "candidacy", _REGISTRAR, "confidential",
         "Score sheet revealed", "Fiche d’évaluation dévoilée"),
    _row("score-sheet-superseded/v1", candidacy.ScoreSheetSuperseded, "candidacy",
         (Role.ASSESSOR, Role.MODERATOR), "confidential",
         "Score sheet superseded", "Fiche d’évaluation remplacée"),
    _row("moderation-held/v1", candidacy.ModerationHeld, "candidacy", _MODERATOR, "confidential",
         "Moderation held", "Modération tenue"),
    _row("assessment-outcome-computed/v1", candidacy.AssessmentOutcomeComputed, "candidacy", _REGISTRAR,
         "confidential", "Assessment outcome computed", "Résultat de l’évaluation calculé"),
    _row("certification-granted/v1", certification.CertificationGranted, "certification", _TWO_DECIDERS, "public",
         "Certification granted", "Certification accordée"),
    _row("certification-refused/v1", certification.CertificationRefused, "certification", _TWO_DECIDERS,
         "confidential", "Certification refused", "Certification refusée"),
    _row("certificate-issued/v1", certification.CertificateIssued, "certification", _REGISTRAR, "public",
         "Certificate issued", "Certificat délivré"),
    _row("certificate-reissued/v1", certification.CertificateReissued, "certification", _REGISTRAR, "public",
         "Certificate reissued", "Certificat réémis"),
    _row("certification-suspended/v1", certification.CertificationSuspended, "certification", _DECIDER, "public",
         "Certification suspended", "Certification suspendue"),
    _row("suspension-lifted/v1", certification.SuspensionLifted, "certification", _DECIDER, "public",
         "Suspension lifted", "Suspension levée"),
    _row("certification-withdrawn/v1", certification.CertificationWithdrawn, "certification", _TWO_DECIDERS, "public",
         "Certification withdrawn", "Certification retirée"),
    _row("certification-renewed/v1", certification.CertificationRenewed, "certification", _TWO_DECIDERS, "public",
         "Certification renewed", "Certification renouvelée"),
    _row("scope-reduced/v1", certification.ScopeReduced, "certification", _TWO_DECIDERS, "public",
         "Scope reduced", "Portée réduite"),
    _row("scope-extended/v1", certification.ScopeExtended, "certification", _TWO_DECIDERS, "public",
         "Scope extended", "Portée étendue"),
)
# fmt: on

BY_WIRE_NAME = {row.wire_name: row for row in EVENT_TYPES}
BY_FACT = {row.fact: row for row in EVENT_TYPES}

ROLE_LABELS: dict[Role, Words] = {
    Role.DIRECTOR: Words("Secretariat director", "Directeur du Secrétariat"),
    Role.SECURITY_OFFICER: Words("Security officer", "Responsable de la sécurité"),
    Role.DATA_PROTECTION_OFFICER: Words("Data protection officer", "Délégué à la protection des données"),
    Role.PROGRAMME_MANAGER: Words("Programme manager", "Responsable du programme"),
    Role.REGISTRAR: Words("Registrar", "Greffier"),
    Role.SELECTION_PANEL: Words("Member of the selection panel", "Membre du jury de sélection"),
    Role.FACILITATOR: Words("Facilitator", "Animateur"),
    Role.ASSESSOR: Words("Assessor", "Évaluateur"),
    Role.MODERATOR: Words("Moderator", "Modérateur"),
    Role.DECISION_AUTHORITY: Words("Decision authority", "Autorité de décision"),
    Role.AUDITOR: Words("Auditor", "Auditeur"),
    Role.KEY_HOLDER: Words("Key holder", "Titulaire de la clé"),
}
