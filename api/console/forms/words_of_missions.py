"""What the fields of advisors in service and of missions are called in forms."""

from api.console.forms.said import DAY, NEW, NOT_PUBLIC, Said, same
from ledger.words import Words

_RATED = Words("From 1 (poor) to 5 (very good). Empty: not rated.", "De 1 (faible) à 5 (très bien). Vide : non noté.")

SAID: dict[str, Said] = {
    "mission_id": Said(
        Words("Mission", "Mission"),
        Words("The administration, the domain and the first day.", "L’administration, le domaine et le premier jour."),
        same("5b8d2f0c71a94e36"),
    ),
    "contact_id": Said(
        Words("Contact point", "Point de contact"),
        Words("Who speaks for the administration.", "La personne qui parle au nom de l’administration."),
        same("4f1c2ab09d3e7788"),
    ),
    "participant_id": Said(
        Words("Participant", "Personne participante"),
        Words("Who was on the mission, and is assessed.", "La personne évaluée, présente lors de la mission."),
        same("4f1c2ab09d3e7788"),
    ),
    "cefr": Said(
        Words("Level", "Niveau"),
        Words("Of the Common European Framework.", "Selon le Cadre européen commun de référence."),
    ),
    "topics": Said(
        Words("Domains of advice", "Domaines de conseil"),
        Words("All of them: they replace those before.", "Tous : ils remplacent les précédents."),
    ),
    "topic": Said(
        Words("Domain", "Domaine"),
        Words("What the mission gives advice on.", "L’objet des conseils."),
    ),
    "modes": Said(Words("Ways", "Modalités"), Words("At least one.", "Au moins une.")),
    "mode": Said(
        Words("Way", "Modalité"), Words("How the mission takes place.", "La manière dont la mission se déroule.")
    ),
    "terms_hash": Said(
        Words("SHA-256 of the terms of reference", "Empreinte SHA-256 des termes de référence"),
        Words(
            "Of the signed file: it proves later which text was approved. The command “sha256sum FILE” prints it.",
            "Celle du fichier signé : elle prouvera quel texte a été approuvé. La commande « sha256sum FICHIER » "
            "l’affiche.",
        ),
        same("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ),
    "budget_line": Said(
        Words("Budget line", "Ligne budgétaire"),
        Words("As the funder calls it.", "Telle que le bailleur la désigne."),
        same("PCA-2026/04"),
    ),
    "granted": Said(
        Words("Released?", "Mise à disposition accordée\u202f?"),
        Words("What the home administration answered.", "La réponse de l’administration d’origine."),
    ),
    "mission_role": Said(
        Words("Role on the mission", "Rôle dans la mission"),
        Words(
            "One person leads. A new lead takes the place of the one before.",
            "Une seule personne est responsable. La nouvelle remplace la précédente.",
        ),
    ),
    "started_on": Said(
        Words("First day of work", "Premier jour de travail"), Words("As it was.", "Le jour effectif."), DAY
    ),
    "ended_on": Said(
        Words("Last day of work", "Dernier jour de travail"), Words("As it was.", "Le jour effectif."), DAY
    ),
    "report": Said(
        Words("Report", "Rapport"),
        NOT_PUBLIC,
        Words("Findings and recommendations, file no. 12", "Constats et recommandations, dossier n° 12"),
    ),
    "recommendations": Said(
        Words("Number of recommendations", "Nombre de recommandations"),
        Words("That the report makes.", "Celles que formule le rapport."),
        same("6"),
    ),
    "ratings": Said(
        Words("Ratings by the administration", "Notes de l’administration"),
        Words("What the mission was worth in each domain.", "L’apport de la mission dans chaque domaine."),
    ),
    "audit_efficiency": Said(Words("Efficiency of audits", "Efficacité des contrôles"), _RATED, same("4")),
    "risk_identification": Said(Words("Identification of risks", "Identification des risques"), _RATED, same("4")),
    "resource_allocation": Said(Words("Allocation of resources", "Affectation des ressources"), _RATED, same("4")),
    "trade_compliance": Said(Words("Compliance of trade", "Conformité des opérateurs"), _RATED, same("4")),
    "recommendation": Said(
        Words("Recommendation", "Recommandation"),
        Words("The certification is decided by others.", "D’autres personnes décident de la certification."),
    ),
    "results": Said(
        Words("Results by domain", "Résultats par domaine"),
        Words("They replace those recorded before.", "Ils remplacent les précédents."),
    ),
    "recommended": Said(
        Words("Recommendations made", "Recommandations formulées"),
        Words("In this domain.", "Dans ce domaine."),
        same("5"),
    ),
    "adopted": Said(
        Words("Recommendations adopted", "Recommandations adoptées"),
        Words("Of those, up to now.", "Parmi elles, à ce jour."),
        same("3"),
    ),
}
SAID_IN: dict[str, Said] = {
    "request-mission.language": Said(
        Words("Language", "Langue"), Words("In which the advice is given.", "Celle des conseils."), same("fr")
    ),
    "record-language-proficiency.language": Said(
        Words("Language", "Langue"), Words("Whose level was shown.", "Celle du niveau attesté."), same("fr")
    ),
    "request-mission.mission_id": Said(Words("Id of the mission", "Identifiant de la mission"), NEW),
    "request-mission.administration_id": Said(
        Words("Administration that asks", "Administration demandeuse"),
        Words("It receives the mission.", "Elle bénéficie de la mission."),
    ),
    "record-language-proficiency.since": Said(
        Words("Since", "Depuis le"), Words("Day of the proof.", "Date du justificatif."), DAY
    ),
    "assign-advisor.reason": Said(
        Words("Why this person", "Pourquoi cette personne"),
        Words(
            "Required where somebody else is proposed first. It is kept confidential.",
            "Obligatoire si une autre personne est en tête des propositions. Cette information reste confidentielle.",
        ),
        Words("Knows the administration", "Connaît l’administration"),
    ),
    "submit-field-assessment.candidacy_id": Said(
        Words("Candidacy of the participant", "Candidature de la personne participante"),
        Words("Under which they are to be certified.", "Celle au titre de laquelle la certification est visée."),
    ),
    "submit-field-assessment.commitment": Said(
        Words("Levels", "Niveaux"),
        Words(
            "What you saw on the mission. They are kept confidential.",
            "Ce que vous avez constaté. Ils restent confidentiels.",
        ),
    ),
}
