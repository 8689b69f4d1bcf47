"""What the fields of the application and of the days of a workshop are called in forms."""

from api.console.forms.said import DAY, NEW, NOT_PUBLIC, Said, same
from ledger.words import Words

_TEXT = Words("Text", "Texte")
_READ_IT = Words("The text that is signed. Read it first.", "Le texte signé. Lisez-le au préalable.")
_BY_DAY = Words("That day is included.", "Ce jour est inclus.")

SAID: dict[str, Said] = {
    "administrations": Said(
        Words("Administrations called", "Administrations sollicitées"),
        Words("Those that are asked to nominate.", "Celles qui sont invitées à présenter des candidatures."),
    ),
    "until": Said(Words("Last day", "Dernier jour"), _BY_DAY, DAY),
    "text": Said(_TEXT, _READ_IT),
    "cv": Said(
        Words("Curriculum vitae", "Curriculum vitæ"),
        Words(
            "The career in words, or where the file is kept.", "Le parcours, ou l’endroit où le fichier est conservé."
        ),
        Words("Twelve years in customs, eight of them in PCA", "Douze ans en douane, dont huit en CAP"),
    ),
    "technical_areas": Said(
        Words("Technical areas", "Domaines techniques"),
        Words("Such as valuation or origin.", "Par exemple la valeur ou l’origine."),
        Words("valuation, origin", "valeur, origine"),
    ),
    "prior_missions": Said(
        Words("Earlier missions", "Missions antérieures"),
        Words("Those of technical assistance.", "Les missions d’assistance technique."),
        same("Dakar, 2024"),
    ),
    "signed_on": Said(
        Words("Signed on", "Date de signature"), Words("As on the paper.", "Telle qu’elle figure sur le document."), DAY
    ),
    "missing": Said(
        Words("What is missing", "Éléments manquants"),
        Words("What the candidate must add.", "Ce que la personne candidate doit ajouter."),
    ),
    "complete_by": Said(Words("To be completed by", "À compléter au plus tard le"), _BY_DAY, DAY),
    "checklist": Said(
        Words("What you checked", "Éléments vérifiés"),
        Words(
            "A complete one has a curriculum vitae, the years of experience, the languages and the declaration.",
            "Un dossier complet comporte le curriculum vitæ, les années d’expérience, les langues et la déclaration.",
        ),
    ),
    "relation_code": Said(
        Words("Tie", "Lien"),
        Words(
            "To an officer, assessor or funder of the workshop. “No tie” is a declaration too.",
            "Avec une personne responsable, un évaluateur ou un bailleur de l’atelier. « Aucun lien » est aussi une "
            "déclaration.",
        ),
    ),
    "need": Said(Words("Need", "Besoin"), NOT_PUBLIC, Words("A larger print", "Des caractères plus grands")),
    "decision_code": Said(Words("Decision", "Décision"), NOT_PUBLIC),
    "measures": Said(
        Words("Measures", "Mesures"), NOT_PUBLIC, Words("Twenty minutes more", "Vingt minutes supplémentaires")
    ),
    "document_type": Said(
        Words("Kind of document", "Type de document"),
        Words("Its number is not recorded.", "Son numéro n’est pas enregistré."),
    ),
    "country": Said(
        Words("Issuing country", "Pays de délivrance"),
        Words("Its code of two letters.", "Son code à deux lettres."),
        same("SN"),
    ),
    "verified_on": Said(
        Words("Verified on", "Date de vérification"),
        Words("When the document was compared.", "Le jour où le document a été comparé."),
        DAY,
    ),
    "day": Said(Words("Day", "Jour"), Words("A day of the workshop.", "Une journée de l’atelier."), DAY),
    "present": Said(
        Words("Present", "Présence"), Words("Whether they were there.", "Indique si la personne était là.")
    ),
    "incident_id": Said(
        Words("Reported incident", "Incident signalé"),
        Words("One that was reported in this workshop.", "Un incident signalé dans cet atelier."),
    ),
    "incident_code": Said(
        Words("Kind of incident", "Nature de l’incident"),
        Words(
            "Whom it concerns is stated apart, in the candidacy.",
            "Les personnes concernées sont indiquées à part, dans leur candidature.",
        ),
    ),
    "account": Said(
        Words("Account", "Compte rendu"),
        NOT_PUBLIC,
        Words("Notes were found on the desk", "Des notes ont été trouvées sur la table"),
    ),
    "reply_by": Said(Words("Answer expected by", "Réponse attendue au plus tard le"), _BY_DAY, DAY),
    "accepted": Said(
        Words("Accepted", "Acceptation"),
        Words("Whether the candidate comes.", "Indique si la personne candidate vient."),
    ),
    "released": Said(
        Words("Released", "Mise à disposition"),
        Words(
            "Whether the administration lets them come.", "Indique si l’administration met la personne à disposition."
        ),
    ),
    "purpose": Said(Words("Purpose", "Finalité"), Words("For what the model is used.", "À quoi sert le modèle.")),
    "touches": Said(
        Words("On what", "Données concernées"), Words("What the model is given.", "Ce qui est soumis au modèle.")
    ),
    "model": Said(
        Words("Model", "Modèle"),
        Words("As its supplier names it.", "Tel que le fournisseur le nomme."),
        same("Exemple LM"),
    ),
    "model_version": Said(
        Words("Version of the model", "Version du modèle"),
        Words("As its supplier numbers it.", "Telle que le fournisseur la numérote."),
        same("3.1"),
    ),
}
"""By the name of the field."""

SAID_IN: dict[str, Said] = {
    "report-incident.incident_id": Said(Words("Id of the incident", "Identifiant de l’incident"), NEW),
    "report-incident.day": Said(
        Words("Day", "Jour"), Words("When it happened.", "Le jour où cela s’est produit."), DAY
    ),
    "declare-ai-use.use_id": Said(Words("Id of the use", "Identifiant de l’emploi"), NEW),
    "declare-ai-use.person_id": Said(
        Words("Validator", "Personne qui valide"),
        Words(
            "The officer who checks each result, and signs too.",
            "La personne responsable qui vérifie chaque résultat, et qui signe aussi.",
        ),
    ),
    "verify-identity.method": Said(
        Words("How", "Comment"), Words("How the document was seen.", "De quelle façon le document a été vu.")
    ),
    "record-attendance.activity": Said(
        Words("Activity", "Activité"), Words("Leave it empty for the whole day.", "Laissez vide pour toute la journée.")
    ),
}
"""By the command and the field."""
