"""The words of the application and the days of a workshop: fields, codes, sealed values, and what signers are asked."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "administrations": Words("administrations called", "administrations sollicitées"),
    "until": Words("until", "jusqu’au"),
    "text": Words("text", "texte"),
    "missing": Words("missing", "éléments manquants"),
    "complete_by": Words("to be completed by", "à compléter avant le"),
    "checklist": Words("checked", "éléments vérifiés"),
    "relation_code": Words("tie", "lien"),
    "signed_on": Words("signed on", "signature du"),
    "use_ids": Words("uses", "emplois"),
    "need": Words("with", "avec"),
    "decision_code": Words("decision", "décision"),
    "measures": Words("with", "avec"),
    "document_type": Words("kind of document", "type de document"),
    "country": Words("with", "avec"),
    "verified_on": Words("verified on", "vérification du"),
    "day": Words("on", "le"),
    "present": Words("present", "présence"),
    "incident_id": Words("reported incident", "incident signalé"),
    "incident_code": Words("kind of incident", "nature de l’incident"),
    "account": Words("with", "avec"),
    "appeal_until": Words("appeal until", "recours jusqu’au"),
    "reply_by": Words("answer expected by", "réponse attendue avant le"),
    "accepted": Words("accepted", "acceptation"),
    "released": Words("released by the administration", "mise à disposition par l’administration"),
    "use_id": Words("use", "emploi"),
    "purpose": Words("purpose", "finalité"),
    "touches": Words("on what", "données concernées"),
    "model": Words("model", "modèle"),
    "model_version": Words("version of the model", "version du modèle"),
}
CODES: dict[str, Words] = {
    "declaration/v1": Words(
        "declaration of the candidate, version 1", "déclaration de la personne candidate, version 1"
    ),
    "code-of-conduct/v1": Words("code of conduct, version 1", "code de conduite, version 1"),
    "interests/v1": Words("declaration of interests, version 1", "déclaration d’intérêts, version 1"),
    "ai-notice/v1": Words(
        "notice on artificial intelligence, version 1", "notice sur l’intelligence artificielle, version 1"
    ),
    "cv": Words("curriculum vitae", "curriculum vitæ"),
    "years-of-pca": Words("years of experience in PCA", "années d’expérience en CAP"),
    "languages": Words("languages", "langues"),
    "technical-areas": Words("technical areas", "domaines techniques"),
    "prior-missions": Words("earlier missions", "missions antérieures"),
    "declaration": Words("signed declaration", "déclaration signée"),
    "letter": Words("letter of the administration", "lettre de l’administration"),
    "no-tie": Words("no tie", "aucun lien"),
    "granted": Words("granted", "accordé"),
    "granted-in-part": Words("granted in part", "accordé en partie"),
    "refused": Words("refused", "refusé"),
    "no-seat-left": Words("no place is left", "plus de place disponible"),
    "administration-has-seats": Words(
        "the administration has places already", "l’administration dispose déjà de places"
    ),
    "lower-priority": Words("lower priority", "priorité moindre"),
    "in-person": Words("in person", "en présence de la personne"),
    "by-video": Words("by video", "par vidéo"),
    "passport": Words("passport", "passeport"),
    "identity-card": Words("identity card", "carte d’identité"),
    "service-card": Words("service card", "carte professionnelle"),
    "residence-permit": Words("residence permit", "titre de séjour"),
    "impersonation": Words("impersonation", "usurpation d’identité"),
    "communication": Words("forbidden communication", "communication interdite"),
    "forbidden-aid": Words("forbidden aid", "aide interdite"),
    "leaked-material": Words("leak of material", "fuite de documents d’évaluation"),
    "disruption": Words("disruption", "perturbation"),
    "summarise-applications": Words("summaries of applications", "résumés de dossiers"),
    "translate": Words("translation", "traduction"),
    "flag-anomalies": Words("signs of anomalies", "signalement d’anomalies"),
    "draft-feedback": Words("drafts of feedback", "projets de retours aux personnes candidates"),
    "draft-material": Words("drafts of material", "projets de documents d’évaluation"),
    "applications": Words("applications", "dossiers de candidature"),
    "work-of-candidates": Words("work of candidates", "travaux des personnes candidates"),
    "score-sheets": Words("score sheets", "fiches d’évaluation"),
    "correspondence": Words("correspondence", "correspondance"),
    "no-personal-data": Words("no personal data", "aucune donnée personnelle"),
}
DETAILS: dict[str, Words] = {
    "cv": Words("curriculum vitae", "curriculum vitæ"),
    "technical_areas": Words("technical areas", "domaines techniques"),
    "prior_missions": Words("earlier missions", "missions antérieures"),
    "need": Words("need", "besoin"),
    "measures": Words("measures", "mesures"),
    "account": Words("account", "compte rendu"),
    "issuing_country": Words("issuing country", "pays de délivrance"),
}
QUESTIONS: dict[str, Words] = {
    "call-for-nominations-issued/v1": Words(
        "Call for nominations for workshop {session_id}, until {until}",
        "Lancer un appel à candidatures pour l’atelier {session_id}, jusqu’au {until}",
    ),
    "call-for-nominations-closed/v1": Words(
        "Close the call for nominations for workshop {session_id}",
        "Clore l’appel à candidatures pour l’atelier {session_id}",
    ),
    "application-submitted/v1": Words(
        "Apply as {candidacy_id} and sign this text: {text}",
        "Déposer le dossier de {candidacy_id} et signer le texte suivant : {text}",
    ),
    "application-received/v1": Words(
        "Record the application of {candidacy_id}, received on paper",
        "Enregistrer le dossier papier de {candidacy_id}",
    ),
    "application-returned/v1": Words(
        "Return the application of {candidacy_id}, to be completed by {complete_by}",
        "Renvoyer le dossier de {candidacy_id}, à compléter avant le {complete_by}",
    ),
    "application-declared-complete/v1": Words(
        "Declare the application of {candidacy_id} complete", "Déclarer complet le dossier de {candidacy_id}"
    ),
    "code-of-conduct-accepted/v1": Words(
        "Accept this text as {candidacy_id}: {text}", "Accepter le texte suivant en qualité de {candidacy_id} : {text}"
    ),
    "interests-declared/v1": Words(
        "Declare your interests as {candidacy_id}: {relation_code}",
        "Déclarer vos intérêts en qualité de {candidacy_id} : {relation_code}",
    ),
    "signed-paper-received/v1": Words(
        "Record that {candidacy_id} signed this text by hand: {text}",
        "Enregistrer la signature manuscrite par {candidacy_id} du texte suivant : {text}",
    ),
    "accommodation-requested/v1": Words(
        "Record that {candidacy_id} asks for an accommodation",
        "Enregistrer une demande d’aménagement de {candidacy_id}",
    ),
    "accommodation-decided/v1": Words(
        "Decide on the accommodation that {candidacy_id} asked for: {decision_code}",
        "Décider de l’aménagement demandé par {candidacy_id} : {decision_code}",
    ),
    "identity-verified/v1": Words(
        "State that the identity of {candidacy_id} was verified, {method}",
        "Attester que l’identité de {candidacy_id} a été vérifiée, {method}",
    ),
    "attendance-recorded/v1": Words(
        "Record the attendance of {candidacy_id} on {day}",
        "Enregistrer la présence de {candidacy_id} le {day}",
    ),
    "security-incident-reported/v1": Words(
        "Report an incident in workshop {session_id}: {incident_code}",
        "Signaler un incident lors de l’atelier {session_id} : {incident_code}",
    ),
    "candidate-implicated/v1": Words(
        "State that an incident concerns {candidacy_id}: {incident_id}",
        "Indiquer qu’un incident concerne {candidacy_id} : {incident_id}",
    ),
    "candidate-excluded/v1": Words(
        "Exclude {candidacy_id} after an incident: {incident_id}",
        "Exclure {candidacy_id} à la suite d’un incident : {incident_id}",
    ),
    "candidate-shortlisted/v1": Words(
        "Give {candidacy_id} a place in the workshop", "Attribuer une place dans l’atelier à {candidacy_id}"
    ),
    "candidate-not-shortlisted/v1": Words(
        "State that {candidacy_id} has no place in the workshop: {reason_code}",
        "Indiquer que {candidacy_id} n’obtient pas de place dans l’atelier : {reason_code}",
    ),
    "candidate-invited/v1": Words(
        "Invite {candidacy_id}, who answers by {reply_by}",
        "Inviter {candidacy_id}, réponse attendue avant le {reply_by}",
    ),
    "invitation-answered/v1": Words(
        "Record the answer of {candidacy_id} to the invitation",
        "Enregistrer la réponse de {candidacy_id} à l’invitation",
    ),
    "ai-use-declared/v1": Words(
        "Declare the use of {model}, version {model_version}, in workshop {session_id}: {purpose}; results are "
        "validated by {person_id}",
        "Déclarer l’emploi de {model}, version {model_version}, dans l’atelier {session_id} : {purpose} ; résultats "
        "validés par {person_id}",
    ),
    "ai-use-acknowledged/v1": Words(
        "Acknowledge as {candidacy_id} how artificial intelligence is used",
        "Prendre acte, en qualité de {candidacy_id}, de l’emploi de l’intelligence artificielle",
    ),
}
