"""The words of advisors in service and of missions: fields, codes, sealed values, and what signers are asked."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "mission_id": Words("mission", "mission"),
    "contact_id": Words("contact point", "point de contact"),
    "participant_id": Words("participant", "personne participante"),
    "cefr": Words("level", "niveau"),
    "topics": Words("domains of advice", "domaines de conseil"),
    "topic": Words("domain", "domaine"),
    "modes": Words("ways", "modalités"),
    "mode": Words("way", "modalité"),
    "terms_hash": Words("terms of reference", "termes de référence"),
    "budget_line": Words("budget line", "ligne budgétaire"),
    "granted": Words("granted", "accord"),
    "mission_role": Words("role", "rôle"),
    "started_on": Words("began on", "début le"),
    "ended_on": Words("ended on", "fin le"),
    "report": Words("with", "avec"),
    "recommendations": Words("recommendations", "recommandations"),
    "ratings": Words("ratings", "notes"),
    "recommendation": Words("recommendation", "recommandation"),
    "results": Words("results", "résultats"),
    "recommended": Words("recommendations made", "recommandations formulées"),
    "adopted": Words("adopted", "adoptées"),
}
DOMAINS: dict[str, Words] = {
    "audit-efficiency": Words("efficiency of audits", "efficacité des contrôles"),
    "risk-identification": Words("identification of risks", "identification des risques"),
    "resource-allocation": Words("allocation of resources", "affectation des ressources"),
    "trade-compliance": Words("compliance of trade", "conformité des opérateurs"),
}
"""What a mission gives advice on, by code."""
CODES: dict[str, Words] = {
    **DOMAINS,
    **{level: Words(*(level, level)) for level in ("A1", "A2", "B1", "B2", "C1", "C2")},
    "on-site": Words("on site", "sur place"),
    "remote": Words("remote", "à distance"),
    "collaboration-pledge/v1": Words(
        "pledge of continued collaboration, version 1", "engagement de collaboration continue, version 1"
    ),
    "lead": Words("mission lead", "responsable de la mission"),
    "co-facilitator": Words("co-facilitator", "co-animation"),
    "observer": Words("observer", "observation"),
    "not-released": Words("no release by the administration", "absence de mise à disposition"),
    "requested-by-advisor": Words("request of the advisor", "demande du conseiller"),
    "request-withdrawn": Words("the request was withdrawn", "retrait de la demande"),
    "no-advisor": Words("no advisor could go", "aucun conseiller disponible"),
    "no-funding": Words("no funding", "absence de financement"),
    "security": Words("security", "sécurité"),
    "certify": Words("certify", "certifier"),
    "recognise": Words("recognise", "reconnaître"),
    "not-yet": Words("not yet", "pas encore"),
}
DETAILS: dict[str, Words] = {
    "report": Words("report", "rapport"),
    **{code.replace("-", "_"): words for code, words in DOMAINS.items()},
}
QUESTIONS: dict[str, Words] = {
    "advisor-registered/v1": Words("Register {person_id} for missions", "Inscrire {person_id} au vivier"),
    "language-proficiency-recorded/v1": Words(
        "Record the level of {person_id} in {language}: {cefr}",
        "Consigner le niveau de {person_id} dans la langue suivante, {language} : {cefr}",
    ),
    "advice-domains-recorded/v1": Words(
        "Record what {person_id} can advise on: {topics}",
        "Consigner les domaines de conseil de {person_id} : {topics}",
    ),
    "availability-declared/v1": Words(
        "Declare that you, {person_id}, could go on missions from {start} to {end}",
        "Déclarer votre disponibilité, {person_id}, pour des missions du {start} au {end}",
    ),
    "collaboration-pledged/v1": Words(
        "Sign this text as {person_id}: {text}", "Signer le texte suivant en qualité de {person_id} : {text}"
    ),
    "advisor-deactivated/v1": Words(
        "Send {person_id} on no missions until further notice",
        "Ne plus envoyer {person_id} en mission jusqu’à nouvel ordre",
    ),
    "advisor-reactivated/v1": Words("Send {person_id} on missions again", "Envoyer de nouveau {person_id} en mission"),
    "mission-requested/v1": Words(
        "Record that the administration of {administration_id} asks for a mission on “{topic}” from {start} to {end}",
        "Consigner une demande de mission sur « {topic} » du {start} au {end} pour l’administration suivante : "
        "{administration_id}",
    ),
    "mission-approved/v1": Words("Approve the mission {mission_id}", "Approuver la mission {mission_id}"),
    "release-requested/v1": Words(
        "Ask for the release of {person_id} for the mission {mission_id}",
        "Demander la mise à disposition de {person_id} pour la mission {mission_id}",
    ),
    "release-decided/v1": Words(
        "Record whether {person_id} is released for the mission {mission_id}: {granted}",
        "Consigner la réponse sur la mise à disposition de {person_id} pour la mission {mission_id} : {granted}",
    ),
    "advisor-assigned/v1": Words(
        "Assign {person_id} to the mission {mission_id} as {mission_role}",
        "Affecter {person_id} à la mission {mission_id}, rôle : {mission_role}",
    ),
    "mission-started/v1": Words(
        "State that you began the mission {mission_id} on {started_on}",
        "Déclarer que vous avez commencé la mission {mission_id} le {started_on}",
    ),
    "mission-completed/v1": Words(
        "Record that the mission {mission_id} ended on {ended_on}",
        "Consigner la fin de la mission {mission_id} le {ended_on}",
    ),
    "mission-cancelled/v1": Words(
        "Cancel the mission {mission_id}: {reason_code}", "Annuler la mission {mission_id} : {reason_code}"
    ),
    "mission-report-filed/v1": Words(
        "File your report on the mission {mission_id}", "Déposer votre rapport sur la mission {mission_id}"
    ),
    "beneficiary-feedback-recorded/v1": Words(
        "Record how {contact_id} rates the mission {mission_id}",
        "Consigner l’avis de {contact_id} sur la mission {mission_id}",
    ),
    "field-assessment-submitted/v1": Words(
        "Recommend for {participant_id}, after the mission {mission_id}: {recommendation}",
        "Recommander pour {participant_id}, après la mission {mission_id} : {recommendation}",
    ),
    "mission-results-recorded/v1": Words(
        "Record what came of the mission {mission_id}", "Consigner les résultats de la mission {mission_id}"
    ),
}
