"""What an officer is asked before they sign: a question in the imperative for each event, by its wire name.

A name in braces is a field of the event. The fields that a question does not name are listed after it.
"""

from api.words import of_applications, of_cases, of_competence, of_development, of_missions, of_privacy, of_standing
from ledger.words import Words

QUESTIONS: dict[str, Words] = {
    "clock-confirmed/v1": Words("Confirm that it is {time}", "Confirmer la date et l’heure suivantes : {time}"),
    "role-granted/v1": Words("Grant {person_id} the role of {role}", "Attribuer à {person_id} la fonction « {role} »"),
    "role-revoked/v1": Words(
        "Revoke the role of {role} held by {person_id}", "Retirer à {person_id} la fonction « {role} »"
    ),
    "key-registered/v1": Words("Register key {key_id} for {person_id}", "Enregistrer la clé {key_id} pour {person_id}"),
    "key-rotated/v1": Words(
        "Replace the key of {person_id} by key {key_id}", "Remplacer la clé de {person_id} par la clé {key_id}"
    ),
    "origin-allowed/v1": Words(
        "Allow passkeys of {rp_id} on the pages of {origin}",
        "Autoriser les clés d’accès de {rp_id} sur les pages de {origin}",
    ),
    "passkey-policy-set/v1": Words(
        "Accept no synced passkey in these roles: {device_bound}",
        "N’accepter aucune clé d’accès synchronisée dans ces fonctions : {device_bound}",
    ),
    "passkey-registered/v1": Words(
        "Register a passkey for {person_id}, {credential}", "Enregistrer une clé d’accès pour {person_id}, {credential}"
    ),
    "passkey-recovered/v1": Words(
        "Replace lost keys of {person_id} by a passkey, {credential}",
        "Remplacer des clés perdues de {person_id} par une clé d’accès, {credential}",
    ),
    "key-agreed/v1": Words(
        "Agree that whoever has key {key_id} signs as {person_id}, who made it",
        "Accepter que quiconque détient la clé {key_id} signe au nom de {person_id}, qui l’a créée",
    ),
    "key-revoked/v1": Words("Revoke key {key_id} of {person_id}", "Révoquer la clé {key_id} de {person_id}"),
    "issuer-established/v1": Words(
        "Establish this body as issuer at {url}", "Établir l’organisme comme émetteur à l’adresse {url}"
    ),
    "issuer-key-enrolled/v1": Words(
        "Enrol key {key_id} of this body, to sign documents with",
        "Enregistrer la clé {key_id} de l’organisme pour signer des documents",
    ),
    "issuer-key-retired/v1": Words(
        "Retire key {key_id} of this body", "Mettre hors service la clé {key_id} de l’organisme"
    ),
    "issuer-key-revoked/v1": Words("Revoke key {key_id} of this body", "Révoquer la clé {key_id} de l’organisme"),
    "person-registered/v1": Words("Register {person_id}", "Inscrire {person_id}"),
    "person-details-updated/v1": Words("Change the details of {person_id}", "Modifier les données de {person_id}"),
    "employment-recorded/v1": Words(
        "Record the employment of {person_id} by {administration_id}",
        "Enregistrer l’emploi de {person_id} par l’administration suivante : {administration_id}",
    ),
    "public-listing-consent-given/v1": Words(
        "Record that {person_id} agrees to be listed by name",
        "Enregistrer l’accord de {person_id} pour figurer nommément au registre",
    ),
    "public-listing-consent-withdrawn/v1": Words(
        "Record that {person_id} no longer agrees to be listed by name",
        "Enregistrer que {person_id} n’accepte plus de figurer nommément au registre",
    ),
    "public-results-consent-given/v1": Words(
        "Record that {person_id} agrees to show the levels achieved",
        "Enregistrer l’accord de {person_id} pour la publication des niveaux atteints",
    ),
    "public-results-consent-withdrawn/v1": Words(
        "Record that {person_id} no longer agrees to show the levels achieved",
        "Enregistrer que {person_id} n’accepte plus la publication des niveaux atteints",
    ),
    "persons-merged/v1": Words(
        "Record that {person_id} and {merged_id} are one person",
        "Enregistrer que {person_id} et {merged_id} sont une seule personne",
    ),
    "persons-unmerged/v1": Words(
        "Record that {person_id} and {merged_id} are two different people",
        "Enregistrer que {person_id} et {merged_id} sont deux personnes différentes",
    ),
    "personal-data-erased/v1": Words(
        "Permanently erase the personal data of {person_id}",
        "Effacer définitivement les données personnelles de {person_id}",
    ),
    "administration-registered/v1": Words(
        "Register the administration of {administration_id}",
        "Enregistrer l’administration suivante : {administration_id}",
    ),
    "administration-renamed/v1": Words(
        "Rename the administration of {administration_id} to “{name_en}”",
        "Renommer en « {name_fr} » l’administration suivante : {administration_id}",
    ),
    "contact-point-appointed/v1": Words(
        "Appoint {person_id} as contact point of the administration of {administration_id}, since {since}",
        "Désigner {person_id} comme point de contact depuis le {since} pour l’administration suivante : "
        "{administration_id}",
    ),
    "contact-point-revoked/v1": Words(
        "Record that {person_id} is no longer a contact point of the administration of {administration_id}",
        "Révoquer {person_id} comme point de contact de l’administration suivante : {administration_id}",
    ),
    "scheme-established/v1": Words("Establish the scheme “{title_en}”", "Créer le programme « {title_fr} »"),
    "scheme-version-drafted/v2": Words(
        "Draft version {version} of the scheme “{scheme_id}”",
        "Rédiger la version {version} du programme « {scheme_id} »",
    ),
    "scheme-version-approved/v1": Words(
        "Approve version {version} of the scheme “{scheme_id}”",
        "Approuver la version {version} du programme « {scheme_id} »",
    ),
    "session-planned/v1": Words("Plan the workshop {session_id}", "Planifier l’atelier {session_id}"),
    "facilitator-assigned/v1": Words(
        "Assign {person_id} as facilitator of the workshop {session_id}",
        "Charger {person_id} de l’animation de l’atelier {session_id}",
    ),
    "assessor-assigned/v1": Words(
        "Assign {person_id} as assessor in the workshop {session_id}",
        "Charger {person_id} de l’évaluation dans l’atelier {session_id}",
    ),
    "session-closed/v1": Words("Close the workshop {session_id}", "Clore l’atelier {session_id}"),
    "ranking-computed/v1": Words(
        "Confirm the ranking of the workshop {session_id}", "Confirmer le classement de l’atelier {session_id}"
    ),
    "candidate-nominated/v1": Words(
        "Nominate {person_id} for the workshop {session_id}", "Désigner {person_id} pour l’atelier {session_id}"
    ),
    "findings-recorded/v1": Words(
        "Record your findings on {candidacy_id}", "Enregistrer vos constats sur {candidacy_id}"
    ),
    "eligibility-confirmed/v2": Words(
        "Confirm the eligibility of {candidacy_id}", "Confirmer l’éligibilité de {candidacy_id}"
    ),
    "eligibility-refused/v2": Words("Declare {candidacy_id} not eligible", "Déclarer non éligible : {candidacy_id}"),
    "candidacy-withdrawn/v2": Words(
        "Withdraw the candidacy of {candidacy_id}", "Retirer la candidature de {candidacy_id}"
    ),
    "separation-exception-granted/v1": Words(
        "Allow {assessor_id} to assess {candidacy_id} before the separation period ends",
        "Autoriser {assessor_id} à évaluer {candidacy_id} avant la fin du délai de séparation",
    ),
    "assessor-recused/v1": Words(
        "Declare a conflict of interest with {candidacy_id}, and no longer act on this person",
        "Déclarer un conflit d’intérêts avec {candidacy_id} et ne plus intervenir à l’égard de cette personne",
    ),
    "score-sheet-submitted/v1": Words(
        "Submit levels for {candidacy_id} in “{activity}”", "Remettre les niveaux de {candidacy_id} pour « {activity} »"
    ),
    "score-sheet-revealed/v1": Words(
        "Reveal a score sheet of {candidacy_id} ({sheet_id})",
        "Dévoiler une fiche d’évaluation de {candidacy_id} ({sheet_id})",
    ),
    "score-sheet-superseded/v1": Words(
        "Replace a score sheet of {candidacy_id} ({old_sheet_id})",
        "Remplacer une fiche d’évaluation de {candidacy_id} ({old_sheet_id})",
    ),
    "moderation-held/v1": Words(
        "Set the level of {candidacy_id} in “{competency}” to {level}",
        "Fixer à {level} le niveau de {candidacy_id} pour « {competency} »",
    ),
    "assessment-outcome-computed/v1": Words(
        "Confirm the assessment outcome of {candidacy_id} as “{outcome}”",
        "Confirmer le résultat « {outcome} » de l’évaluation de {candidacy_id}",
    ),
    "certification-granted/v1": Words(
        "Grant {person_id} the certification “{scheme_id}”", "Accorder à {person_id} la certification « {scheme_id} »"
    ),
    "certification-refused/v1": Words(
        "Refuse the certification of {person_id}", "Refuser la certification de {person_id}"
    ),
    "certificate-issued/v2": Words(
        "Issue the first certificate to {certification_id}", "Délivrer le premier certificat à {certification_id}"
    ),
    "certificate-reissued/v2": Words(
        "Issue a new certificate to {certification_id}", "Délivrer un nouveau certificat à {certification_id}"
    ),
    "certification-suspended/v2": Words(
        "Suspend the certification of {certification_id}", "Suspendre la certification de {certification_id}"
    ),
    "suspension-lifted/v1": Words(
        "Lift the suspension of the certification of {certification_id}",
        "Lever la suspension de la certification de {certification_id}",
    ),
    "certification-withdrawn/v2": Words(
        "Withdraw the certification of {certification_id}", "Retirer la certification de {certification_id}"
    ),
    "certification-renewed/v1": Words(
        "Renew the certification of {certification_id}", "Renouveler la certification de {certification_id}"
    ),
    "scope-reduced/v2": Words(
        "Reduce the scope of the certification of {certification_id} by {removed}",
        "Retirer de la portée de la certification de {certification_id} : {removed}",
    ),
    "scope-extended/v1": Words(
        "Extend the scope of the certification of {certification_id} by {added}",
        "Ajouter à la portée de la certification de {certification_id} : {added}",
    ),
    **of_applications.QUESTIONS,
    **of_cases.QUESTIONS,
    **of_missions.QUESTIONS,
    **of_competence.QUESTIONS,
    **of_development.QUESTIONS,
    **of_standing.QUESTIONS,
    **of_privacy.QUESTIONS,
}
