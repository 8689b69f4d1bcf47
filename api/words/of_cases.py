"""The words of appeals, complaints and corrective actions: fields, codes, sealed values, what signers are asked."""

from ledger.words import Words

FIELDS: dict[str, Words] = {
    "appeal_id": Words("appeal", "recours"),
    "complaint_id": Words("complaint", "plainte"),
    "action_id": Words("corrective action", "action corrective"),
    "disputed": Words("decision appealed against", "décision contestée"),
    "decision_version": Words("number of the entry on it", "numéro d’ordre de l’entrée"),
    "decided_on": Words("decided on", "décision du"),
    "lodged_on": Words("lodged on", "formé le"),
    "grounds": Words("with", "avec"),
    "acknowledged_on": Words("acknowledged on", "accusé de réception du"),
    "admissible": Words("heard", "recevable"),
    "members": Words("members", "membres"),
    "trace": Words("checked", "vérifications"),
    "checks": Words("nothing found", "aucun élément trouvé"),
    "measure": Words("measure", "mesure"),
    "remedy": Words("remedy", "suite donnée"),
    "notified_on": Words("told on", "communication du"),
    "concerns": Words("concerns", "objet"),
    "answerable_id": Words("whom it concerns, or who answers for it", "personne visée ou qui en répond"),
    "about": Words("about", "au sujet de"),
    "received_on": Words("received on", "reçue le"),
    "conclusions": Words("with", "avec"),
    "due_on": Words("due on", "échéance le"),
    "effectiveness": Words("effect", "efficacité"),
}
CODES: dict[str, Words] = {
    "eligibility-refused": Words("eligibility refused", "éligibilité refusée"),
    "candidate-excluded": Words("exclusion", "exclusion"),
    "certification-refused": Words("certification refused", "certification refusée"),
    "certification-suspended": Words("suspension", "suspension"),
    "certification-withdrawn": Words("withdrawal", "retrait"),
    "scope-reduced": Words("reduction of the scope", "réduction de la portée"),
    "recertification-refused": Words("recertification refused", "recertification refusée"),
    "upheld": Words("upheld", "bien fondé"),
    "upheld-in-part": Words("upheld in part", "partiellement fondé"),
    "dismissed": Words("dismissed", "rejet"),
    "annul": Words("the decision is annulled", "décision annulée"),
    "remit": Words("others decide again", "renvoi devant d’autres personnes"),
    "rescore": Words("others assess again", "nouvelle évaluation par d’autres personnes"),
    "resit": Words("a place in another workshop", "place dans un autre atelier"),
    "no-remedy": Words("nothing follows", "aucune suite"),
    "ranking-held": Words("the workshop is not ranked", "classement de l’atelier suspendu"),
    "certification-held": Words(
        "no decision or document on the certification", "aucune décision ni document sur la certification"
    ),
    "officer": Words("an officer", "une personne responsable"),
    "advisor": Words("an advisor", "un conseiller ou une conseillère"),
    "document": Words("a document", "un document"),
    "process": Words("a procedure", "une procédure"),
    "workshop": Words("a workshop", "un atelier"),
    "effective": Words("effective", "efficace"),
    "not-effective": Words("not effective", "sans effet"),
    "appellant": Words("is the appellant", "a formé le recours"),
    "selected": Words("selection", "sélection"),
    "scored": Words("assessment", "évaluation"),
    "moderated": Words("moderation", "modération"),
    "decided": Words("decision", "décision"),
    "recused": Words("conflict of interest", "conflit d’intérêts"),
    "reported": Words("report of an incident", "signalement d’un incident"),
    "workshop-staff": Words("staff of the workshop", "équipe de l’atelier"),
    "competitor": Words("candidate of the same workshop", "candidature au même atelier"),
}
DETAILS: dict[str, Words] = {
    "grounds": Words("grounds", "motifs"),
    "conclusions": Words("findings", "conclusions de l’instruction"),
}
QUESTIONS: dict[str, Words] = {
    "appeal-lodged/v1": Words(
        "Record the appeal of {person_id} against this decision: {disputed}",
        "Enregistrer le recours de {person_id} contre la décision suivante : {disputed}",
    ),
    "appeal-acknowledged/v1": Words(
        "Record that appeal {appeal_id} was acknowledged on {acknowledged_on}",
        "Enregistrer l’accusé de réception du recours {appeal_id}, envoyé le {acknowledged_on}",
    ),
    "appeal-admissibility-decided/v1": Words(
        "Decide whether appeal {appeal_id} is heard: {admissible}",
        "Trancher la recevabilité du recours {appeal_id} : {admissible}",
    ),
    "appeal-panel-appointed/v1": Words(
        "Appoint these people to hear appeal {appeal_id}: {members}",
        "Désigner pour connaître du recours {appeal_id} : {members}",
    ),
    "interim-measure-ordered/v1": Words(
        "Order in appeal {appeal_id}, until {until}: {measure}",
        "Ordonner dans le recours {appeal_id}, jusqu’au {until} : {measure}",
    ),
    "appeal-decided/v1": Words(
        "Decide appeal {appeal_id}: {outcome}; {remedy}", "Trancher le recours {appeal_id} : {outcome} ; {remedy}"
    ),
    "appeal-closed/v1": Words(
        "Close appeal {appeal_id}, whose outcome was told on {notified_on}",
        "Clore le recours {appeal_id}, dont l’issue a été communiquée le {notified_on}",
    ),
    "selection-remitted/v1": Words(
        "Have others decide again on {candidacy_id}, after appeal {appeal_id}",
        "Faire décider à nouveau par d’autres personnes sur {candidacy_id}, à la suite du recours {appeal_id}",
    ),
    "assessment-reopened/v1": Words(
        "Have others assess {candidacy_id} again, after appeal {appeal_id}",
        "Faire évaluer à nouveau {candidacy_id} par d’autres personnes, à la suite du recours {appeal_id}",
    ),
    "complaint-lodged/v1": Words(
        "Record the complaint of {person_id}, which concerns {concerns}: {about}",
        "Enregistrer la plainte de {person_id}, qui concerne {concerns} : {about}",
    ),
    "complaint-acknowledged/v1": Words(
        "Record that complaint {complaint_id} was acknowledged on {acknowledged_on}",
        "Enregistrer l’accusé de réception de la plainte {complaint_id}, envoyé le {acknowledged_on}",
    ),
    "complaint-investigated/v1": Words(
        "State what you found out about complaint {complaint_id}",
        "Consigner les conclusions de l’instruction de la plainte {complaint_id}",
    ),
    "complaint-resolved/v1": Words(
        "Resolve complaint {complaint_id}: {outcome}", "Résoudre la plainte {complaint_id} : {outcome}"
    ),
    "corrective-action-opened/v1": Words(
        "Open a corrective action for complaint {complaint_id}, due on {due_on}",
        "Ouvrir une action corrective pour la plainte {complaint_id}, à échéance du {due_on}",
    ),
    "corrective-action-closed/v1": Words(
        "Close corrective action {action_id}: {effectiveness}",
        "Clore l’action corrective {action_id} : {effectiveness}",
    ),
}
