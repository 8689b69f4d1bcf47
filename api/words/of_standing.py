"""The words of statements on how a certification begins after a field phase, and how it ends."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "field_deadline": Words("field phase until", "phase de terrain jusqu’au"),
    "void_from": Words("void from", "nulle à compter du"),
    "annulled": Words("decision annulled", "décision annulée"),
    "request": Words("as asked for in", "selon la demande"),
}

CODES: dict[str, Words] = {
    "suspension": Words("the suspension", "la suspension"),
    "withdrawal": Words("the withdrawal", "le retrait"),
    "scope-reduction": Words("the reduction of the scope", "la réduction de la portée"),
    "fraud": Words("fraud", "fraude"),
    "error": Words("an error", "une erreur"),
    "appeal": Words("an appeal", "un recours"),
}

CHOICES: dict[str, Words] = {
    "decide-field-phase": Words("Decide on the field phase", "Décider de la phase de terrain"),
}

QUESTIONS: dict[str, Words] = {
    "pre-accreditation-granted/v1": Words(
        "Grant pre-accreditation to {certification_id}", "Accorder la pré-accréditation à {certification_id}"
    ),
    "field-phase-passed/v1": Words(
        "Grant certification to {certification_id} after the mission {mission_id}",
        "Accorder la certification à {certification_id} à l’issue de la mission {mission_id}",
    ),
    "recognition-granted/v1": Words(
        "Recognise {certification_id} after the mission {mission_id}, without certification",
        "Reconnaître {certification_id} à l’issue de la mission {mission_id}, sans certification",
    ),
    "certification-relinquished/v1": Words(
        "Record that {certification_id} relinquishes the certification",
        "Enregistrer la renonciation de {certification_id} à la certification",
    ),
    "decision-remitted/v1": Words(
        "Remit the refusal of {certification_id} after the appeal {appeal_id}",
        "Renvoyer le refus de {certification_id} à la suite du recours {appeal_id}",
    ),
    "decision-annulled/v1": Words(
        "Annul what was decided on the certification of {certification_id}, after the appeal {appeal_id}",
        "Annuler la décision sur la certification de {certification_id} à la suite du recours {appeal_id}",
    ),
    "certification-annulled/v1": Words(
        "Annul the certification of {certification_id} from its first day",
        "Annuler la certification de {certification_id} dès son premier jour",
    ),
}
