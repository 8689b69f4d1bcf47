"""The words of personal data, holds, disclosures, old records and administrations over time: as in ``of_missions``."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "request_id": Words("request", "demande"),
    "request_kind": Words("right", "droit"),
    "refusal_ground": Words("ground", "motif"),
    "hold_id": Words("hold", "gel"),
    "review_on": Words("review on", "réexamen le"),
    "transfer_id": Words("disclosure", "communication"),
    "recipient": Words("recipient", "destinataire"),
    "legal_basis": Words("legal basis", "base légale"),
    "categories": Words("data", "données"),
    "disclosed_on": Words("disclosed on", "communication le"),
    "told_before": Words("person told before", "personne informée au préalable"),
    "not_told_because": Words("not told because", "absence d’information : raison"),
    "died_on": Words("died on", "décès le"),
    "membership": Words("membership", "qualité de Membre"),
    "cited_source": Words("as said by", "selon"),
    "history_id": Words("old record", "donnée historique"),
    "record_kind": Words("kind of record", "nature de la donnée"),
    "original_on": Words("dated", "datée du"),
    "evidence_grade": Words("evidence", "valeur probante"),
    "source_hash": Words("source document", "document source"),
}
KINDS: dict[str, Words] = {
    "access": Words("access to their data", "accès à ses données"),
    "rectify": Words("correction of their data", "rectification de ses données"),
    "erase": Words("erasure", "effacement"),
    "object": Words("objection", "opposition"),
    "restrict": Words("restriction", "limitation du traitement"),
}
"""What a person may ask for."""
CATEGORIES: dict[str, Words] = {
    "identity-data": Words("identity", "identité"),
    "contact-data": Words("contact details", "coordonnées"),
    "employment-data": Words("employment", "emploi"),
    "application-data": Words("application", "dossier de candidature"),
    "result-data": Words("results of assessments", "résultats d’évaluation"),
    "certification-data": Words("certification and its status", "certification et statut"),
    "mission-data": Words("missions and advice", "missions et conseils"),
    "proceeding-data": Words("appeals, complaints and requests", "recours, réclamations et demandes"),
}
"""What data are about."""
CODES: dict[str, Words] = {
    **KINDS,
    **CATEGORIES,
    "identity-not-established": Words("the identity was not established", "l’identité n’est pas établie"),
    "manifestly-unfounded": Words("the request is manifestly unfounded", "la demande est manifestement infondée"),
    "excessive": Words("the request is excessive", "la demande est excessive"),
    "rights-of-others": Words("the rights of others", "les droits d’autrui"),
    "legal-obligation": Words("a legal obligation", "une obligation légale"),
    "public-interest": Words("a task in the public interest", "une mission d’intérêt public"),
    "archiving": Words("archiving in the public interest", "l’archivage dans l’intérêt public"),
    "legal-claims": Words("legal claims", "l’exercice de droits en justice"),
    "data-are-accurate": Words("the data are accurate", "les données sont exactes"),
    "overriding-grounds": Words("compelling legitimate grounds", "des motifs légitimes impérieux"),
    "consent": Words("consent", "le consentement"),
    "contract": Words("a contract with the person", "un contrat avec la personne"),
    "legitimate-interests": Words("legitimate interests", "des intérêts légitimes"),
    "court": Words("court", "tribunal"),
    "law-enforcement": Words("law enforcement", "autorité répressive"),
    "supervisory-authority": Words("data protection authority", "autorité de protection des données"),
    "accreditation-body": Words("accreditation body", "organisme d’accréditation"),
    "employing-administration": Words("employing administration", "administration employeuse"),
    "beneficiary-administration": Words("beneficiary administration", "administration bénéficiaire"),
    "funding-body": Words("funder", "bailleur"),
    "processor": Words("processor", "sous-traitant"),
    "other-recipient": Words("another recipient", "un autre destinataire"),
    "prohibited-by-law": Words("the law prohibits it", "la loi l’interdit"),
    "not-reachable": Words("the person could not be reached", "la personne était injoignable"),
    "urgent": Words("there was no time", "l’urgence"),
    "member": Words("Member", "Membre"),
    "suspended-member": Words("suspended Member", "Membre suspendu"),
    "contested-member": Words("contested Member", "qualité de Membre contestée"),
    "no-member": Words("no Member", "non-Membre"),
    "workshop-attended": Words("workshop attended", "participation à un atelier"),
    "assessment-result": Words("result of an assessment", "résultat d’une évaluation"),
    "certificate-issued": Words("certificate", "certificat délivré"),
    "mission-done": Words("mission", "mission accomplie"),
    "training-given": Words("training given", "formation animée"),
    "other-record": Words("other record", "autre donnée"),
    "grade-a": Words("A: original or certified copy", "A : original ou copie certifiée conforme"),
    "grade-b": Words("B: copy, or list of that time", "B : copie, ou liste de l’époque"),
    "grade-c": Words("C: account given later", "C : témoignage ultérieur"),
}
QUESTIONS: dict[str, Words] = {
    "data-subject-request-received/v1": Words(
        "Record a request of {person_id} about their data: {request_kind}",
        "Consigner une demande de {person_id} relative à ses données : {request_kind}",
    ),
    "data-subject-request-extended/v1": Words(
        "Answer this request two months later: {request_id}",
        "Prolonger de deux mois le délai de réponse à cette demande : {request_id}",
    ),
    "data-subject-request-decided/v1": Words(
        "Decide this request: {request_id}; granted: {granted}",
        "Trancher cette demande : {request_id} ; accord : {granted}",
    ),
    "legal-hold-placed/v1": Words(
        "Keep all data of {person_id} until this hold is released, and look at it again on {review_on}",
        "Geler toutes les données de {person_id} jusqu’à la levée de ce gel, et le réexaminer le {review_on}",
    ),
    "legal-hold-released/v1": Words("Release this legal hold: {hold_id}", "Lever ce gel juridique : {hold_id}"),
    "disclosed-to-third-party/v1": Words(
        "Record that data of {person_id} were disclosed: {recipient}",
        "Consigner une communication des données de {person_id} : {recipient}",
    ),
    "historical-record-imported/v1": Words(
        "Take in an old record about {person_id}: {record_kind}, dated {original_on}",
        "Verser au registre une donnée historique sur {person_id} : {record_kind}, datée du {original_on}",
    ),
    "death-recorded/v1": Words(
        "Record that {person_id} died on {died_on}", "Consigner le décès de {person_id}, survenu le {died_on}"
    ),
    "membership-recorded/v1": Words(
        "Record for {administration_id}, from {effective_from}: {membership}",
        "Consigner pour {administration_id}, à compter du {effective_from} : {membership}",
    ),
    "region-assigned/v1": Words(
        "Assign {administration_id} to this region from {effective_from}: {region}",
        "Attribuer cette région à {administration_id} à compter du {effective_from} : {region}",
    ),
}
