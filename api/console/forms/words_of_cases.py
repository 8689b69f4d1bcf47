"""What the fields of appeals, complaints and corrective actions are called in forms."""

from api.console.forms.said import DAY, NEW, NOT_PUBLIC, Said, same
from ledger.words import Words

_ON_PAPER = Words("As on the letter or message.", "Telle qu’elle figure sur la lettre ou le message.")
_TOLD = Words("When the letter or message was sent.", "Le jour de l’envoi de la lettre ou du message.")

SAID: dict[str, Said] = {
    "appeal_id": Said(
        Words("Appeal", "Recours"), Words("By the name of the appellant.", "Au nom de la personne requérante.")
    ),
    "disputed": Said(
        Words("Decision appealed against", "Décision contestée"),
        Words(
            "The last decision of this kind on the candidacy counts.",
            "La dernière décision de ce type sur la candidature compte.",
        ),
    ),
    "lodged_on": Said(Words("Lodged on", "Date du recours"), _ON_PAPER, DAY),
    "grounds": Said(
        Words("Grounds", "Motifs"),
        NOT_PUBLIC,
        Words("Eight years of experience were counted as two", "Huit ans d’expérience ont été comptés comme deux"),
    ),
    "acknowledged_on": Said(Words("Acknowledged on", "Date de l’accusé de réception"), _TOLD, DAY),
    "admissible": Said(
        Words("Heard", "Recevable"),
        Words(
            "A late appeal may be heard too: the reason says why.",
            "Un recours tardif peut aussi être recevable : le motif l’indique.",
        ),
    ),
    "members": Said(
        Words("Members of the panel", "Membres de la commission"),
        Words(
            "Three or more, none of whom the case touches.",
            "Au moins trois personnes, toutes étrangères au dossier.",
        ),
    ),
    "measure": Said(
        Words("Measure", "Mesure"), Words("What waits for the decision.", "Ce qui est suspendu jusqu’à la décision.")
    ),
    "remedy": Said(
        Words("Remedy", "Suite donnée"),
        Words("What follows. An appeal that is dismissed has none.", "Un recours rejeté n’a aucune suite."),
    ),
    "notified_on": Said(Words("Told on", "Date de la communication"), _TOLD, DAY),
    "complaint_id": Said(Words("Complaint", "Plainte"), Words("By what it concerns.", "D’après son objet.")),
    "concerns": Said(
        Words("What it concerns", "Objet"), Words("Of which kind it is.", "La nature de l’objet de la plainte.")
    ),
    "answerable_id": Said(
        Words("Whom it concerns", "Personne visée"),
        Words(
            "The officer or advisor; of anything else, the officer who answers for it. They take no part in it.",
            "La personne responsable ou le conseiller ; sinon, la personne responsable qui en répond. Elle "
            "n’intervient pas dans le traitement.",
        ),
    ),
    "about": Said(
        Words("About", "Au sujet de"),
        Words(
            "The workshop, by its code; a document or procedure, by its number; a person, by their id. No name.",
            "Le code de l’atelier, le numéro du document ou de la procédure, ou l’identifiant de la personne. Aucun "
            "nom.",
        ),
        same("TOA-PCA-FR-2017"),
    ),
    "received_on": Said(Words("Received on", "Date de réception"), _ON_PAPER, DAY),
    "conclusions": Said(
        Words("Findings", "Conclusions"),
        NOT_PUBLIC,
        Words("The material was sent a day late", "Les documents ont été envoyés un jour trop tard"),
    ),
    "action_id": Said(
        Words("Corrective action", "Action corrective"), Words("By the day on which it is due.", "Par date d’échéance.")
    ),
    "due_on": Said(Words("Due on", "Échéance"), Words("By when it is done.", "La date limite de réalisation."), DAY),
    "effectiveness": Said(
        Words("Effect", "Efficacité"), Words("As the evidence shows.", "D’après la pièce justificative.")
    ),
}
"""By the name of the field."""

SAID_IN: dict[str, Said] = {
    "lodge-appeal.appeal_id": Said(Words("Id of the appeal", "Identifiant du recours"), NEW),
    "lodge-appeal.person_id": Said(
        Words("Appellant", "Personne requérante"), Words("Who appeals.", "La personne qui forme le recours.")
    ),
    "order-interim-measure.until": Said(
        Words("Last day", "Dernier jour"),
        Words(
            "At the latest the day by which the appeal is to be decided.",
            "Au plus tard la date limite pour trancher le recours.",
        ),
        DAY,
    ),
    "decide-appeal.outcome": Said(
        Words("Outcome", "Issue"), Words("What the panel decides.", "Ce que décide la commission.")
    ),
    "lodge-complaint.complaint_id": Said(Words("Id of the complaint", "Identifiant de la plainte"), NEW),
    "lodge-complaint.person_id": Said(
        Words("Complainant", "Personne plaignante"),
        Words(
            "Register them first under an id of its own for this complaint.",
            "Enregistrez d’abord cette personne sous un identifiant propre à cette plainte.",
        ),
    ),
    "resolve-complaint.outcome": Said(
        Words("Outcome", "Issue"), Words("What follows from the findings.", "Ce qui résulte de l’instruction.")
    ),
    "open-corrective-action.action_id": Said(Words("Id of the action", "Identifiant de l’action"), NEW),
    "open-corrective-action.measures": Said(
        Words("Action", "Action"),
        Words("What will be done about the cause.", "Ce qui sera fait pour traiter la cause."),
        Words("Send the material earlier", "Envoyer les documents plus tôt"),
    ),
}
"""By the command and the field."""
