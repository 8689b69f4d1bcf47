"""What the fields of impartiality, competence and delegation are called in forms."""

from api.console.forms.said import DAY, NEW, NOT_PUBLIC, Said, same
from ledger.words import Words

_INCLUDED = Words("That day is included.", "Ce jour est inclus.")

SAID: dict[str, Said] = {
    "conflict_id": Said(
        Words("Tie", "Lien"), Words("One that the officer declared.", "Un lien que la personne a déclaré.")
    ),
    "counterpart_id": Said(
        Words("Tie to a person", "Lien avec une personne"),
        Words("Leave it empty for a tie to an administration.", "Laissez vide pour un lien avec une administration."),
    ),
    "counterpart_administration": Said(
        Words("Tie to an administration", "Lien avec une administration"),
        Words("Leave it empty for a tie to a person.", "Laissez vide pour un lien avec une personne."),
    ),
    "basis": Said(
        Words("On the basis of", "Fondement"),
        Words("What shows the competence.", "Ce qui atteste la compétence."),
    ),
    "valid_to": Said(Words("Valid to", "Valable jusqu’au"), _INCLUDED, DAY),
    "calibration_id": Said(Words("Id of the exercise", "Identifiant de l’exercice"), NEW),
    "conducted_on": Said(
        Words("Conducted on", "Date de l’exercice"), Words("Its last day.", "Le dernier jour de l’exercice."), DAY
    ),
    "participants": Said(
        Words("Who took part", "Participants"),
        Words("Everybody who scored the exemplar.", "Toutes les personnes qui ont noté le cas de référence."),
    ),
    "compared": Said(
        Words("Levels compared", "Niveaux comparés"),
        Words("How many levels the exemplar has.", "Le nombre de niveaux du cas de référence."),
        same("10"),
    ),
    "agreed": Said(
        Words("Levels in agreement", "Niveaux concordants"),
        Words("How many of them are the same.", "Le nombre de niveaux identiques."),
        same("9"),
    ),
    "required_percent": Said(
        Words("Agreement required, in percent", "Concordance exigée, en pourcentage"),
        Words("Whoever reaches it is calibrated.", "L’étalonnage est réussi à partir de ce taux."),
        same("80"),
    ),
    "risk_id": Said(Words("Risk", "Risque"), Words("One of the register.", "Un risque du registre.")),
    "source": Said(Words("Source", "Origine"), Words("Where the risk comes from.", "D’où vient le risque.")),
    "severity": Said(Words("Severity", "Gravité"), Words("Before anything is done.", "Avant toute mesure.")),
    "affected": Said(
        Words("Persons affected", "Personnes concernées"),
        Words("Those whose impartiality is at risk.", "Celles dont l’impartialité est en cause."),
    ),
    "sessions": Said(
        Words("Workshops", "Ateliers"), Words("Those that the risk concerns.", "Ceux que le risque concerne.")
    ),
    "review_by": Said(
        Words("Review by", "Réexamen au plus tard le"), Words("A day to come.", "Une date à venir."), DAY
    ),
    "residual": Said(
        Words("Remaining severity", "Gravité résiduelle"), Words("After these measures.", "Après ces mesures.")
    ),
    "delegator_id": Said(
        Words("Delegated by", "Délégation de"),
        Words("An officer who holds the role, and signs too.", "Une personne qui exerce la fonction, et signe aussi."),
    ),
}
"""By the name of the field."""

SAID_IN: dict[str, Said] = {
    "declare-conflict-of-interest.since": Said(
        Words("Since", "Depuis le"), Words("When the tie began.", "Le jour où le lien a commencé."), DAY
    ),
    "qualify-assessor.competencies": Said(
        Words("Competencies", "Compétences"),
        Words("Those that the person may assess.", "Celles que la personne peut évaluer."),
    ),
    "qualify-assessor.languages": Said(
        Words("Languages", "Langues"),
        Words("Those in which the person trains and assesses.", "Celles dans lesquelles la personne forme et évalue."),
    ),
    "record-impartiality-risk.risk_id": Said(Words("Id of the risk", "Identifiant du risque"), NEW),
    "record-impartiality-risk.account": Said(
        Words("What the risk is", "Description du risque"),
        Words(
            "Name nobody here: choose the persons affected below.",
            "Ne nommez personne ici : choisissez ci-dessous les personnes concernées.",
        ),
        Words("The fund of the workshop employs an assessor", "Le bailleur de l’atelier emploie un évaluateur"),
    ),
    "declare-conflict-of-interest.conflict_id": Said(Words("Id of the tie", "Identifiant du lien"), NEW),
    "declare-conflict-of-interest.relation_code": Said(Words("Tie", "Nature du lien"), NOT_PUBLIC),
    "grant-delegation.until": Said(
        Words("Until", "Jusqu’au"),
        Words("At most a year from today; that day is included.", "Dans un an au plus ; ce jour est inclus."),
        DAY,
    ),
    "grant-delegation.person_id": Said(
        Words("Delegate", "Délégataire"),
        Words("Who signs in the role meanwhile.", "La personne qui signe entre-temps dans cette fonction."),
    ),
}
"""By the command and the field."""
