"""What the commands are called where one is chosen: in the imperative, without the particulars."""

from ledger.words import Words

SUBJECT_NAMES: dict[str, Words] = {
    "session": Words("Workshops", "Ateliers"),
    "candidacy": Words("Candidates and assessment", "Candidatures et évaluation"),
    "certification": Words("Certifications and certificates", "Certifications et certificats"),
    "person": Words("People", "Personnes"),
    "administration": Words("Administrations", "Administrations membres"),
    "scheme": Words("Certification schemes", "Programmes de certification"),
    "officer": Words("Officers and their keys", "Responsables et leurs clés"),
    "passkeys": Words("Sites and rules for passkeys", "Sites et règles des clés d’accès"),
    "issuer": Words("The body as issuer of documents", "L’organisme, émetteur des documents"),
    "clock": Words("Clock", "Horloge"),
}
"""Of the subjects that have commands, in the order in which they are listed."""

TITLES: dict[str, Words] = {
    "confirm-clock": Words("Confirm the time", "Confirmer l’heure"),
    "grant-role": Words("Grant a role", "Attribuer une fonction"),
    "revoke-role": Words("Revoke a role", "Retirer une fonction"),
    "register-key": Words("Register a key", "Enregistrer une clé"),
    "rotate-key": Words("Replace a key", "Remplacer une clé"),
    "revoke-key": Words("Revoke a key", "Révoquer une clé"),
    "agree-to-key": Words("Agree to another key", "Donner son accord à une autre clé"),
    "register-passkey": Words("Register a passkey", "Enregistrer une clé d’accès"),
    "recover-passkey": Words("Replace lost keys by a passkey", "Remplacer des clés perdues par une clé d’accès"),
    "allow-origin": Words("Allow passkeys on a site", "Autoriser les clés d’accès sur un site"),
    "set-passkey-policy": Words("Say where synced passkeys count", "Fixer la règle des clés d’accès synchronisées"),
    "establish-issuer": Words("Establish the address of the issuer", "Établir l’adresse de l’émetteur"),
    "enrol-issuer-key": Words("Enrol a key of the body", "Enregistrer une clé de l’organisme"),
    "retire-issuer-key": Words("Retire a key of the body", "Mettre hors service une clé de l’organisme"),
    "revoke-issuer-key": Words("Revoke a key of the body", "Révoquer une clé de l’organisme"),
    "register-person": Words("Register a person", "Inscrire une personne"),
    "update-person-details": Words("Change the details of a person", "Modifier les données d’une personne"),
    "record-employment": Words("Record an employment", "Enregistrer une affectation"),
    "give-listing-consent": Words("Record the consent to be listed", "Enregistrer un consentement à la publication"),
    "withdraw-listing-consent": Words(
        "Record that somebody is no longer to be listed", "Enregistrer le retrait d’un consentement à la publication"
    ),
    "give-results-consent": Words(
        "Record the consent to show levels", "Enregistrer un consentement à la publication des niveaux"
    ),
    "withdraw-results-consent": Words(
        "Record that levels are no longer to be shown",
        "Enregistrer le retrait d’un consentement à la publication des niveaux",
    ),
    "merge-persons": Words("Record that two ids are one person", "Fusionner deux identités"),
    "unmerge-persons": Words("Undo a merge of two ids", "Annuler une fusion d’identités"),
    "erase-personal-data": Words("Erase personal data", "Effacer des données personnelles"),
    "register-administration": Words("Register an administration", "Enregistrer une administration"),
    "rename-administration": Words("Rename an administration", "Renommer une administration"),
    "appoint-contact-point": Words("Appoint a contact point", "Désigner un point de contact"),
    "revoke-contact-point": Words("Revoke a contact point", "Révoquer un point de contact"),
    "establish-scheme": Words("Establish a scheme", "Établir un programme"),
    "draft-scheme-version": Words("Draft a version of a scheme", "Rédiger une version d’un programme"),
    "approve-scheme-version": Words("Approve a version of a scheme", "Approuver une version d’un programme"),
    "plan-session": Words("Plan a workshop", "Programmer un atelier"),
    "assign-facilitator": Words("Assign a facilitator", "Confier l’animation d’un atelier"),
    "assign-assessor": Words("Assign an assessor", "Confier l’évaluation d’un atelier"),
    "close-session": Words("Close a workshop", "Clôturer un atelier"),
    "compute-ranking": Words("Compute the ranking of a workshop", "Calculer le classement d’un atelier"),
    "nominate-candidate": Words("Nominate a candidate", "Désigner une personne candidate"),
    "record-findings": Words("Record your findings on a candidate", "Enregistrer vos constats sur une candidature"),
    "decide-eligibility": Words("Decide eligibility", "Décider de l’éligibilité"),
    "withdraw-candidacy": Words("Withdraw a candidacy", "Retirer une candidature"),
    "grant-separation-exception": Words(
        "Grant an exception to the separation period", "Accorder une dérogation au délai de séparation"
    ),
    "submit-score-sheet": Words("Submit a score sheet", "Remettre une fiche d’évaluation"),
    "reveal-score-sheet": Words("Reveal a score sheet", "Dévoiler une fiche d’évaluation"),
    "supersede-score-sheet": Words("Replace a score sheet", "Remplacer une fiche d’évaluation"),
    "recuse-assessor": Words("Declare a conflict of interest", "Déclarer un conflit d’intérêts"),
    "hold-moderation": Words("Settle a level in moderation", "Fixer un niveau en modération"),
    "compute-outcome": Words("Compute an outcome", "Calculer un résultat"),
    "decide-certification": Words("Decide on certification", "Décider de la certification"),
    "issue-certificate": Words("Issue a certificate", "Délivrer un certificat"),
    "reissue-certificate": Words("Issue a certificate again", "Délivrer de nouveau un certificat"),
    "suspend-certification": Words("Suspend a certification", "Suspendre une certification"),
    "lift-suspension": Words("Lift a suspension", "Lever une suspension"),
    "withdraw-certification": Words("Withdraw a certification", "Retirer une certification"),
    "renew-certification": Words("Renew a certification", "Renouveler une certification"),
    "reduce-scope": Words("Reduce the scope of a certification", "Réduire la portée d’une certification"),
    "extend-scope": Words("Extend the scope of a certification", "Étendre la portée d’une certification"),
    "issue-call-for-nominations": Words("Issue a call for nominations", "Lancer un appel à candidatures"),
    "close-call-for-nominations": Words("Close a call for nominations", "Clore un appel à candidatures"),
    "submit-application": Words("Submit your application", "Déposer votre dossier de candidature"),
    "receive-application": Words("Record an application on paper", "Enregistrer un dossier papier"),
    "return-application": Words("Return an application", "Renvoyer un dossier pour complément"),
    "declare-application-complete": Words("Declare an application complete", "Déclarer un dossier complet"),
    "accept-code-of-conduct": Words("Accept the code of conduct", "Accepter le code de conduite"),
    "declare-interests": Words("Declare your interests", "Déclarer vos intérêts"),
    "receive-signed-paper": Words("Record a text signed by hand", "Enregistrer un texte signé à la main"),
    "request-accommodation": Words("Record a request for an accommodation", "Enregistrer une demande d’aménagement"),
    "decide-accommodation": Words("Decide on an accommodation", "Décider d’un aménagement"),
    "verify-identity": Words("Verify an identity", "Vérifier une identité"),
    "record-attendance": Words("Record attendance", "Enregistrer une présence"),
    "report-incident": Words("Report a security incident", "Signaler un incident de sécurité"),
    "implicate-candidate": Words(
        "State that an incident concerns a candidate", "Indiquer qu’un incident concerne une candidature"
    ),
    "exclude-candidate": Words("Exclude a candidate", "Exclure une personne candidate"),
    "shortlist-candidate": Words("Give a candidate a place", "Attribuer une place à une candidature"),
    "pass-over-candidate": Words("Give a candidate no place", "Ne pas attribuer de place à une candidature"),
    "invite-candidate": Words("Invite a candidate", "Inviter une personne candidate"),
    "record-answer": Words("Record the answer to an invitation", "Enregistrer la réponse à une invitation"),
    "declare-ai-use": Words(
        "Declare a use of artificial intelligence", "Déclarer un emploi de l’intelligence artificielle"
    ),
    "acknowledge-ai-use": Words(
        "Acknowledge how artificial intelligence is used", "Prendre acte de l’emploi de l’intelligence artificielle"
    ),
}
"""By the name of the command."""
