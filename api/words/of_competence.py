"""The words of impartiality, competence and delegation: fields, codes, sealed values, and what signers are asked."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "conflict_id": Words("tie", "lien"),
    "counterpart_id": Words("to", "avec"),
    "counterpart_administration": Words("to the administration of", "avec l’administration de ce pays :"),
    "languages": Words("languages", "langues"),
    "basis": Words("on the basis of", "fondé sur"),
    "valid_to": Words("valid to", "valable jusqu’au"),
    "calibration_id": Words("exercise", "exercice"),
    "conducted_on": Words("conducted on", "réalisé le"),
    "participants": Words("who took part", "participants"),
    "compared": Words("levels compared", "niveaux comparés"),
    "agreed": Words("levels in agreement", "niveaux concordants"),
    "required_percent": Words("agreement required, in percent", "concordance exigée, en pourcentage"),
    "risk_id": Words("risk", "risque"),
    "source": Words("source", "origine"),
    "severity": Words("severity", "gravité"),
    "affected": Words("affecting", "personnes concernées"),
    "sessions": Words("workshops", "ateliers"),
    "review_by": Words("review by", "réexamen au plus tard le"),
    "residual": Words("remaining severity", "gravité résiduelle"),
    "delegator_id": Words("delegated by", "délégation de"),
}
CODES: dict[str, Words] = {
    "impartiality/v1": Words(
        "undertaking of impartiality and confidentiality, version 1",
        "engagement d’impartialité et de confidentialité, version 1",
    ),
    "own-certification": Words("own certification", "sa propre certification"),
    "equivalence": Words("documented equivalence", "équivalence documentée"),
    "at-own-request": Words("at their own request", "à sa demande"),
    "training": Words("training", "formation"),
    "funding": Words("funding", "financement"),
    "nationality": Words("nationality", "nationalité"),
    "career": Words("career", "carrière"),
    "low": Words("low", "faible"),
    "medium": Words("medium", "moyenne"),
    "high": Words("high", "élevée"),
}
QUESTIONS: dict[str, Words] = {
    "impartiality-undertaking-signed/v1": Words("Sign this text for one year: {text}", "Signer pour un an : {text}"),
    "conflict-of-interest-declared/v1": Words(
        "Declare that you have this tie, as {person_id}: {relation_code}",
        "Déclarer le lien suivant, en qualité de {person_id} : {relation_code}",
    ),
    "no-conflict-declared/v1": Words(
        "Declare, as {person_id}, that you have no tie to anybody in workshop {session_id}",
        "Déclarer, en qualité de {person_id}, n’avoir aucun lien avec quiconque dans l’atelier {session_id}",
    ),
    "conflict-of-interest-ended/v1": Words(
        "Declare that this tie of {person_id} no longer exists: {conflict_id}",
        "Déclarer que ce lien de {person_id} n’existe plus : {conflict_id}",
    ),
    "assessor-qualified/v1": Words(
        "Qualify {person_id} to train and assess under {scheme_id}, until {valid_to}",
        "Qualifier {person_id} pour former et évaluer au titre de {scheme_id}, jusqu’au {valid_to}",
    ),
    "assessor-qualification-ended/v1": Words(
        "End the qualification of {person_id} under {scheme_id}",
        "Mettre fin à la qualification de {person_id} au titre de {scheme_id}",
    ),
    "calibration-exercise-conducted/v1": Words(
        "Record a calibration exercise for {scheme_id}, conducted on {conducted_on}",
        "Enregistrer un exercice d’étalonnage pour {scheme_id}, réalisé le {conducted_on}",
    ),
    "impartiality-risk-recorded/v1": Words(
        "Record a risk to impartiality: {source}, {severity}",
        "Consigner un risque pour l’impartialité : {source}, gravité {severity}",
    ),
    "impartiality-risk-treated/v1": Words(
        "Treat this risk to impartiality: {risk_id}; remaining severity: {residual}",
        "Traiter ce risque pour l’impartialité : {risk_id} ; gravité résiduelle : {residual}",
    ),
    "delegation-granted/v1": Words(
        "Delegate the role of {role}, held by {delegator_id}, to {person_id} until {until}",
        "Déléguer la fonction « {role} », exercée par {delegator_id}, à {person_id} jusqu’au {until}",
    ),
    "delegation-revoked/v1": Words(
        "End the delegation of the role of {role} to {person_id}",
        "Mettre fin à la délégation de la fonction « {role} » à {person_id}",
    ),
}
