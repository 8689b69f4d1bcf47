"""What the fields of continued competence and renewal are called in forms."""

from api.console.forms.said import DAY, NEW, NOT_PUBLIC, Said, same
from ledger.words import Words

SAID: dict[str, Said] = {
    "activity_id": Said(
        Words("Activity", "Activité"),
        Words("One that the holder stated.", "Une activité déclarée par la personne titulaire."),
    ),
    "activity_code": Said(
        Words("Kind of activity", "Type d’activité"),
        Words("What comes closest.", "Ce qui s’en rapproche le plus."),
    ),
    "hours": Said(
        Words("Hours", "Heures"),
        Words("Whole hours, rounded down.", "Des heures entières, arrondies à l’inférieur."),
        same("12"),
    ),
    "accepted_hours": Said(
        Words("Hours that count", "Heures retenues"),
        Words("0: the activity does not count. Fewer need a reason.", "0 : l’activité ne compte pas. Moins : motivez."),
        same("12"),
    ),
    "title": Said(
        Words("Title of the event", "Intitulé de l’événement"),
        Words(
            "Of a refresher that is no workshop of this register. Not public.",
            "D’un recyclage qui n’est pas un atelier de ce registre. Non public.",
        ),
        Words("Regional refresher on valuation", "Recyclage régional sur la valeur"),
    ),
    "kind_code": Said(Words("Change", "Changement"), NOT_PUBLIC),
    "reported_by": Said(
        Words("Reported by", "Signalement de"),
        Words("Who told the secretariat.", "La personne ou l’administration qui a informé le Secrétariat."),
    ),
    "looked_at": Said(
        Words("What you looked at", "Points examinés"),
        Words(
            "A reported change stays open until a review looks at changes of capability.",
            "Un changement signalé reste ouvert jusqu’à un examen des changements affectant la capacité.",
        ),
    ),
    "result_code": Said(Words("Result", "Résultat"), NOT_PUBLIC),
    "seen": Said(
        Words("Where it was seen", "Lieu du constat"),
        NOT_PUBLIC,
        Words("An advertisement on a web page", "Une annonce sur une page web"),
    ),
    "seen_on": Said(Words("Seen on", "Constaté le"), Words("When it was seen.", "Le jour du constat."), DAY),
}
"""By the name of the field."""

_WHEN = Said(Words("Day", "Jour"), Words("The last day of the activity.", "Le dernier jour de l’activité."), DAY)

SAID_IN: dict[str, Said] = {
    "log-cpd-activity.activity_id": Said(Words("Id of the activity", "Identifiant de l’activité"), NEW),
    "log-cpd-activity.day": _WHEN,
    "record-refresher.day": _WHEN,
    "record-refresher.session_id": Said(
        Words("Workshop", "Atelier"),
        Words("Of a refresher in this register.", "D’un recyclage inscrit dans ce registre."),
    ),
    "report-capability-change.day": Said(
        Words("Since", "Depuis le"), Words("When it changed.", "Le jour du changement."), DAY
    ),
    "review-surveillance.until": Said(
        Words("Reviewed up to", "Surveillance jusqu’au"),
        Words(
            "From the day after the last review on, or from the grant.",
            "À partir du lendemain de la dernière surveillance, ou de l’octroi.",
        ),
        DAY,
    ),
    "report-misuse.misuse_id": Said(Words("Id of the misuse", "Identifiant de l’usage abusif"), NEW),
}
"""By the command and the field."""
