"""What a field is called that means something else in one command or group than it does elsewhere."""

from api.console.forms import (
    words_of_applications,
    words_of_cases,
    words_of_competence,
    words_of_development,
    words_of_missions,
    words_of_privacy,
    words_of_standing,
)
from api.console.forms.said import DAY, ENGLISH, FRENCH, NEW, SHORT_NAME, WITH_EFFECT, Said, same
from api.console.forms.words import SAID
from ledger.words import Words

SAID_IN: dict[str, Said] = {
    "register-person.person_id": Said(Words("Id of the person", "Identifiant de la personne"), NEW),
    "nominate-candidate.candidacy_id": Said(Words("Id of the candidacy", "Identifiant de la candidature"), NEW),
    "submit-score-sheet.sheet_id": Said(Words("Id of the score sheet", "Identifiant de la fiche"), NEW),
    "supersede-score-sheet.sheet_id": Said(Words("Id of the new sheet", "Identifiant de la nouvelle fiche"), NEW),
    "merge-persons.person_id": Said(
        Words("Id that counts", "Identifiant qui compte"),
        Words("Under it the person goes on.", "La personne est désormais connue sous ce nom."),
        same("4f1c2ab09d3e7788"),
    ),
    "nominate-candidate.administration_id": Said(
        Words("Nominating administration", "Administration à l’origine de la désignation"),
        Words("The administration that sends the candidate.", "L’administration qui présente la personne candidate."),
    ),
    "grant-separation-exception.session_id": Said(
        Words("Workshop of the training", "Atelier de formation"),
        Words("Where the assessor trained the candidate.", "Là où l’évaluateur a formé la personne candidate."),
    ),
    "establish-scheme.scheme_id": Said(
        Words("Id of the scheme", "Identifiant du programme"), SHORT_NAME, same("toa-pca-fr")
    ),
    "plan-session.session_id": Said(
        Words("Code of the workshop", "Code de l’atelier"),
        Words(
            "Capital letters and digits joined by hyphens. Certificate numbers begin with it.",
            "Des majuscules et des chiffres, joints par des traits d’union. "
            "Les numéros de certificat commencent par ce code.",
        ),
        same("TOA-PCA-FR-2026"),
    ),
    "plan-session.title_en": Said(Words("English title", "Titre anglais"), ENGLISH, same("Workshop of Dakar")),
    "plan-session.title_fr": Said(Words("French title", "Titre français"), FRENCH, same("Atelier de Dakar")),
    "register-administration.administration_id": Said(
        Words("Country or territory", "Pays ou territoire"),
        Words(
            "Of a Member of the WCO the rest is filled in when you press “Check”: leave it empty, or correct it.",
            "Pour un membre de l’OMD, le reste est rempli lorsque vous appuyez sur « Vérifier » : laissez-le vide, ou "
            "corrigez-le.",
        ),
        same("SN"),
    ),
    "register-administration.name_en": Said(Words("English name", "Nom anglais"), ENGLISH, same("Senegal")),
    "register-administration.name_fr": Said(Words("French name", "Nom français"), FRENCH, same("Sénégal")),
    "rename-administration.name_en": Said(Words("New English name", "Nouveau nom anglais"), ENGLISH, same("Senegal")),
    "rename-administration.name_fr": Said(Words("New French name", "Nouveau nom français"), FRENCH, same("Sénégal")),
    "appoint-contact-point.since": Said(
        Words("Contact point since", "Point de contact depuis le"),
        Words("First day of the appointment.", "Premier jour de la désignation."),
        DAY,
    ),
    "draft-scheme-version.levels": Said(
        Words("Levels of the rubric", "Niveaux de la grille d’évaluation"),
        Words("Consecutive numbers, the lowest first.", "Des nombres consécutifs, le plus bas en premier."),
    ),
    "activities.competencies": Said(
        Words("Competencies assessed in it", "Compétences évaluées"),
        Words(
            "None: the activity is not assessed. Update the page to see those entered above.",
            "Aucune : l’activité n’est pas évaluée. Actualisez pour voir celles saisies plus haut.",
        ),
    ),
    "confirm-clock.reason_code": Said(
        Words("Why the time seems implausible", "Pourquoi l’heure paraît invraisemblable"),
        Words("You confirm the time of this statement.", "Vous confirmez l’heure de cette déclaration."),
    ),
    "decide-certification.effective_from": Said(
        WITH_EFFECT,
        Words(
            "First day of validity if it is granted: not before the last day of the workshop.",
            "Premier jour de validité en cas d’octroi : pas avant le dernier jour de l’atelier.",
        ),
        DAY,
    ),
    **words_of_applications.SAID_IN,
    **words_of_cases.SAID_IN,
    **words_of_missions.SAID_IN,
    **words_of_competence.SAID_IN,
    **words_of_development.SAID_IN,
    **words_of_standing.SAID_IN,
    **words_of_privacy.SAID_IN,
}
"""By the command or the group, and the field."""


def said(within: str, name: str) -> Said:
    """Return what a field of a command or of a group is called. Raises KeyError when nobody has said it."""
    return SAID_IN.get(f"{within}.{name}") or SAID[name]
