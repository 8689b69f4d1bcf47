"""The words of continued competence and renewal: fields, codes, sealed values, and what signers are asked."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "activity_id": Words("development activity", "activité de formation continue"),
    "activity_code": Words("kind of activity", "type d’activité"),
    "hours": Words("hours", "heures"),
    "accepted_hours": Words("hours that count", "heures retenues"),
    "title": Words("with", "avec"),
    "kind_code": Words("change", "changement"),
    "reported_by": Words("reported by", "signalement de"),
    "looked_at": Words("looked at", "points examinés"),
    "result_code": Words("result", "résultat"),
    "period_end": Words("end of the period", "fin de la période"),
    "misuse_id": Words("misuse", "usage abusif"),
    "seen": Words("with", "avec"),
    "seen_on": Words("seen on", "constaté le"),
}
CODES: dict[str, Words] = {
    "course": Words("course", "formation"),
    "seminar": Words("seminar", "séminaire"),
    "teaching": Words("teaching", "enseignement"),
    "publication": Words("publication", "publication"),
    "self-study": Words("self-study", "étude personnelle"),
    "practice": Words("professional practice", "pratique professionnelle"),
    "holder": Words("the holder", "la personne titulaire"),
    "development": Words("development", "formation continue"),
    "missions": Words("missions", "missions"),
    "refreshers": Words("refreshers", "recyclages"),
    "complaints": Words("complaints", "plaintes"),
    "capability": Words("changes of capability", "changements affectant la capacité"),
    "use-of-marks": Words("use of documents and marks", "usage des documents et des marques"),
    "new-post": Words("change of post", "changement de poste"),
    "sanction": Words("sanction", "sanction"),
    "in-order": Words("in order", "conforme"),
    "to-follow-up": Words("to be followed up", "à suivre"),
    "to-decide-on": Words("to be decided on", "à soumettre pour décision"),
}
DETAILS: dict[str, Words] = {
    "title": Words("title", "intitulé"),
    "seen": Words("where it was seen", "lieu du constat"),
}
QUESTIONS: dict[str, Words] = {
    "cpd-activity-logged/v1": Words(
        "State an activity of {person_id} on {day}: {activity_code}, hours: {hours}",
        "Déclarer une activité de {person_id} du {day} : {activity_code}, heures : {hours}",
    ),
    "cpd-activity-verified/v1": Words(
        "Verify an activity of {person_id}: {activity_id}; hours that count: {accepted_hours}",
        "Valider une activité de {person_id} : {activity_id} ; heures retenues : {accepted_hours}",
    ),
    "refresher-attended/v1": Words(
        "Record that {person_id} was at a refresher on {day}",
        "Consigner un recyclage suivi par {person_id} le {day}",
    ),
    "capability-change-reported/v1": Words(
        "Record a change of capability of {person_id}, reported by {reported_by}: {kind_code}",
        "Consigner un changement affectant la capacité de {person_id}, signalé par {reported_by} : {kind_code}",
    ),
    "surveillance-reviewed/v1": Words(
        "Review the certification of {certification_id} from {since} to {until}: {result_code}",
        "Effectuer la surveillance de la certification de {certification_id} du {since} au {until} : {result_code}",
    ),
    "recertification-requested/v1": Words(
        "Ask for the renewal of {certification_id} after {period_end}",
        "Demander le renouvellement de {certification_id} après le {period_end}",
    ),
    "recertification-refused/v1": Words(
        "Refuse to renew the certification of {certification_id}",
        "Refuser de renouveler la certification de {certification_id}",
    ),
    "misuse-reported/v1": Words(
        "Report a misuse of the certification of {certification_id}, seen on {seen_on}",
        "Signaler un usage abusif de la certification de {certification_id}, constaté le {seen_on}",
    ),
}
