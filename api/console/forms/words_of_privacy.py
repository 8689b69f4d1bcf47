"""What the fields of personal data, holds, disclosures and old records are called in forms."""

from api.console.forms.said import DAY, NEW, NOT_PUBLIC, Said, same
from ledger.words import Words

_ID = same("5b8d2f0c71a94e36")

SAID: dict[str, Said] = {
    "request_id": Said(Words("Request", "Demande"), Words("One that is open.", "Une demande en cours."), _ID),
    "request_kind": Said(
        Words("Right", "Droit exercé"), Words("What the person asks for.", "Ce que la personne demande.")
    ),
    "refusal_ground": Said(
        Words("Ground of a refusal", "Motif du refus"),
        Words("Only if the request is refused.", "Seulement si la demande est refusée."),
    ),
    "hold_id": Said(Words("Hold", "Gel"), Words("One that lasts.", "Un gel en cours."), _ID),
    "review_on": Said(
        Words("To be looked at again on", "À réexaminer le"),
        Words("Whether the data must still be kept.", "Pour savoir si les données doivent encore être conservées."),
        DAY,
    ),
    "recipient": Said(Words("Recipient", "Destinataire"), Words("Who got the data.", "Qui a reçu les données.")),
    "legal_basis": Said(
        Words("Legal basis", "Base légale"),
        Words("On which the data were given.", "Qui permettait cette communication."),
    ),
    "categories": Said(
        Words("Data", "Données"), Words("What was given; at least one.", "Ce qui a été communiqué ; au moins une.")
    ),
    "disclosed_on": Said(
        Words("Disclosed on", "Date de la communication"), Words("Today, or before.", "Aujourd’hui ou avant."), DAY
    ),
    "told_before": Said(
        Words("The person was told before", "La personne a été informée au préalable"),
        Words("As 7.3 of ISO/IEC 17024 asks.", "Comme le demande l’ISO/IEC 17024, 7.3."),
    ),
    "not_told_because": Said(
        Words("Why they were not told", "Raison de l’absence d’information"),
        Words("Only if the person was not told before.", "Seulement si la personne n’a pas été informée au préalable."),
    ),
    "died_on": Said(Words("Day of death", "Date du décès"), NOT_PUBLIC, DAY),
    "membership": Said(Words("Membership", "Qualité de Membre"), Words("From that day on.", "À compter de ce jour.")),
    "cited_source": Said(
        Words("Source document", "Document source"),
        Words("The document that says so.", "Le document qui l’atteste."),
        Words("List of Members, June 2026", "Liste des Membres, juin 2026"),
    ),
    "record_kind": Said(
        Words("Kind of record", "Nature de la donnée"),
        Words("What the document tells of.", "Ce dont le document rend compte."),
    ),
    "original_on": Said(
        Words("Date of the document", "Date du document"),
        Words("The record itself carries the day of today.", "L’enregistrement, lui, porte la date du jour."),
        DAY,
    ),
    "evidence_grade": Said(
        Words("Worth as evidence", "Valeur probante"),
        Words("A is the best. Nothing is granted on it.", "A est la meilleure. Rien n’est accordé sur cette base."),
    ),
    "source_hash": Said(
        Words("SHA-256 of the document", "Empreinte SHA-256 du document"),
        Words("The command “sha256sum FILE” prints it.", "La commande « sha256sum FICHIER » l’affiche."),
        same("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ),
}
"""By the name of the field."""

SAID_IN: dict[str, Said] = {
    "receive-data-subject-request.received_on": Said(
        Words("Received on", "Date de réception"),
        Words("An answer is due within one month of it.", "La réponse est due dans le mois qui suit."),
        DAY,
    ),
    "receive-data-subject-request.request_id": Said(Words("Id of the request", "Identifiant de la demande"), NEW),
    "decide-data-subject-request.granted": Said(
        Words("Granted?", "Demande acceptée ?"), Words("What you decide.", "Votre décision.")
    ),
    "place-legal-hold.hold_id": Said(Words("Id of the hold", "Identifiant du gel"), NEW),
    "record-disclosure.transfer_id": Said(Words("Id of the disclosure", "Identifiant de la communication"), NEW),
    "import-historical-record.history_id": Said(Words("Id of the record", "Identifiant de la donnée"), NEW),
    "import-historical-record.session_id": Said(
        Words("Workshop", "Atelier"),
        Words("If the document is about one of the register.", "Si le document concerne un atelier du registre."),
    ),
    "import-historical-record.administration_id": Said(
        Words("Administration", "Administration"),
        Words("If the document is about one.", "Si le document concerne une administration."),
    ),
    "import-historical-record.account": Said(
        Words("What it says", "Ce qu’il indique"),
        NOT_PUBLIC,
        Words("List of participants, Dakar, 2012", "Liste des participants, Dakar, 2012"),
    ),
}
"""By the command and the field."""
