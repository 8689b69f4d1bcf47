"""Refusals: why a rule says no, or not yet, in words that a person can act on.

A refusal has a code that never changes its meaning, and a text in English and in French that names
what is missing. ``REFUSALS`` holds those of the rules; a package that refuses for other reasons has a subclass
with ``texts`` of its own.
"""

from typing import ClassVar

from ledger.domain.record import ROLE_LABELS, Role
from ledger.words import LANGUAGES, Language, Words

# fmt: off
REFUSALS: dict[str, Words] = {
    # who may act
    "seats-not-filled": Words(
        "signatures of {expected} are required; the signers named are: {named}",
        "signatures requises : {expected} ; signataires désignés : {named}"),
    "signers-not-distinct": Words(
        "two different people must sign: {person} is named twice",
        "deux personnes différentes doivent signer : {person} figure deux fois"),
    "role-not-held": Words(
        "{person} does not hold the role of {role}",
        "{person} n’exerce pas la fonction requise : {role}"),
    "own-case": Words(
        "{person} is the person concerned and may not act in their own case",
        "{person} est la personne concernée et ne peut agir dans son propre dossier"),
    "not-in-own-name": Words(
        "{person} can state this only about themselves and what is theirs, in their own name",
        "{person} ne peut faire cette déclaration qu’à son propre sujet et en son propre nom"),
    "decider-trained": Words(
        "{person} trained this candidate (workshop {session}) and may not decide (ISO/IEC 17024, 9.4.4)",
        "{person} a formé ce candidat (atelier {session}) et ne peut donc pas décider (ISO/IEC 17024, 9.4.4)"),
    "decider-scored": Words(
        "{person} scored this candidate (workshop {session}) and may not decide (ISO/IEC 17024, 9.4.4)",
        "{person} a évalué ce candidat (atelier {session}) et ne peut donc pas décider (ISO/IEC 17024, 9.4.4)"),
    "decider-moderated": Words(
        "{person} moderated this candidate's scores (workshop {session}) and may not decide (ISO/IEC 17024, 9.4.4)",
        "{person} a modéré les notes de ce candidat (atelier {session}) et ne peut donc pas décider (ISO/IEC 17024, "
        "9.4.4)"),
    # what exists, and what is well formed
    "unknown": Words("there is no {kind} {id}", "introuvable : {kind} {id}"),
    "already-exists": Words("{kind} {id} already exists", "existe déjà : {kind} {id}"),
    "malformed": Words("{field}: expected {expected}", "{field} : valeur incorrecte (attendu : {expected})"),
    "beyond-the-calendar": Words(
        "no date lies {months} months from {date}",
        "aucune date ne se situe à {months} mois du {date}"),
    "disclosure-missing": Words(
        "{field}: the value behind the digest is missing",
        "{field} : la valeur correspondant à l’empreinte n’est pas fournie"),
    # officers
    "founders-missing": Words(
        "a ledger is founded by two or more people, including: {expected}",
        "un registre est fondé par deux personnes ou plus, dont : {expected}"),
    "founders-not-distinct": Words(
        "each founder must be a different person with a key of their own: {person} is named twice, or shares a key",
        "chaque fondateur doit être une personne différente, avec sa propre clé : {person} figure deux fois ou "
        "partage une clé"),
    "role-not-grantable": Words("the role of {role} cannot be granted", "cette fonction ne s’attribue pas : {role}"),
    "role-already-held": Words(
        "{person} already holds the role of {role}",
        "{person} exerce déjà cette fonction : {role}"),
    "roles-apart": Words(
        "{person} holds the role of {role}: the officer who grants roles may not enrol keys, and the other way round",
        "{person} exerce la fonction suivante : {role} ; l’attribution des fonctions et l’enregistrement des clés "
        "relèvent de personnes différentes"),
    "own-role": Words(
        "a director may not revoke their own role; another director must do it, so that one always remains",
        "un directeur ou une directrice ne peut se retirer sa propre fonction : une autre personne de la direction "
        "doit le faire, afin qu’il en reste toujours une"),
    "key-holder-differs": Words(
        "{person}, whose key is being enrolled, must sign in their own name",
        "{person}, dont la clé est enregistrée, doit signer en son propre nom"),
    "key-already-enrolled": Words(
        "key {key} has been enrolled before and cannot be enrolled again",
        "la clé {key} a déjà été enregistrée et ne peut l’être de nouveau"),
    "no-key": Words(
        "{person} has no key that signs: two officers enrol one",
        "{person} n’a aucune clé qui signe : deux responsables en enregistrent une"),
    "key-agreed-already": Words(
        "{person} agreed to key {key} already",
        "{person} a déjà donné son accord à la clé {key}"),
    "key-not-agreed": Words(
        "{person} must first agree to key {key}, with a key that they have; if they lost theirs, two officers enrol "
        "one",
        "{person} doit d’abord donner son accord à la clé {key}, avec une clé en sa possession ; en cas de perte, deux "
        "responsables en enregistrent une"),
    "key-not-active": Words(
        "key {key} is not an active key of {person}",
        "la clé {key} n’est pas une clé active de {person}"),
    "credential-unfit": Words(
        "this passkey cannot be enrolled: {reason}",
        "cette clé d’accès ne peut être enregistrée : {reason}"),
    "credential-differs": Words(
        "what is stated of the passkey of {person} is not what the authenticator said",
        "ce qui est déclaré de la clé d’accès de {person} n’est pas ce qu’a indiqué l’authentificateur"),
    "origin-already-allowed": Words(
        "passkeys of {rp_id} are already allowed on {origin}",
        "les clés d’accès de {rp_id} sont déjà autorisées sur {origin}"),
    "policy-locks-out": Words(
        "{person} has no key that would count in the role of {role}: enrol one that stays on one device first",
        "{person} n’a aucune clé qui compterait dans la fonction suivante : {role} ; enregistrez d’abord une clé liée "
        "à un seul appareil"),
    "compromise-known": Words(
        "the key is already recorded as compromised since {since}; only an earlier time can be recorded",
        "la clé est déjà signalée comme compromise depuis le {since} ; seule une date antérieure peut être consignée"),
    "in-the-future": Words("{field} is in the future", "{field} : cette date est dans l’avenir"),
    # the issuer of credentials
    "issuer-not-established": Words(
        "the issuer of credentials has not been established yet",
        "l’émetteur des attestations n’est pas encore établi"),
    "issuer-address": Words(
        "url: expected https://HOST or https://HOST:PORT without a path, because a register is served at the root "
        "of its host",
        "url : https://HÔTE ou https://HÔTE:PORT est attendu, sans chemin, car un registre est servi à la racine de "
        "son hôte"),
    "possession-not-proved": Words(
        "proof: the signature does not prove possession of key {key}",
        "proof : la signature ne prouve pas la possession de la clé {key}"),
    "issuer-key-not-active": Words(
        "key {key} is not an active key of the issuer",
        "la clé {key} n’est pas une clé active de l’émetteur"),
    # persons and administrations
    "person-erased": Words(
        "the personal data of {person} have been erased",
        "les données personnelles de {person} ont été effacées"),
    "person-merged": Words(
        "{person} and {survivor} are one person: name {survivor}",
        "{person} et {survivor} sont une seule personne : indiquez {survivor}"),
    "merged-with-itself": Words(
        "merged_id: expected another id than {person}",
        "merged_id : un autre identifiant que {person} est attendu"),
    "not-merged": Words(
        "{person} is not merged into {survivor}",
        "l’identité {person} n’est pas fusionnée avec {survivor}"),
    "contact-point-already": Words(
        "{person} is a contact point of {administration} already",
        "{person} est déjà point de contact de l’administration {administration}"),
    "no-contact-point": Words(
        "{person} is no contact point of {administration}",
        "{person} n’est pas point de contact de l’administration {administration}"),
    "consent-unchanged": Words(
        "this consent is already recorded as requested",
        "ce consentement est déjà enregistré ainsi"),
    "certification-in-force": Words(
        "a certification of {person} is in force; the record is kept until it ends",
        "une certification de {person} est en vigueur : le dossier est conservé jusqu’à son terme"),
    "already-certified": Words(
        "{person} already holds a certification under this scheme, {certification}: renew it instead",
        "{person} détient déjà une certification dans ce programme, {certification} : renouvelez-la"),
    "candidacy-open": Words(
        "{person} has an open candidacy in this scheme: {candidacy}",
        "{person} a une candidature en cours dans ce programme : {candidacy}"),
    "roles-held": Words("{person} still holds roles: {roles}", "{person} exerce encore des fonctions : {roles}"),
    "employment-unknown": Words(
        "the home administration of {person} has not been recorded",
        "l’administration d’origine de {person} n’est pas enregistrée"),
    # scheme
    "version-not-greater": Words(
        "version {version} must be greater than {last}",
        "la version {version} doit être supérieure à {last}"),
    "version-not-drafted": Words("version {version} has not been drafted", "la version {version} n’a pas été rédigée"),
    "version-already-approved": Words(
        "version {version} has already been approved",
        "la version {version} a déjà été approuvée"),
    "version-not-in-force": Words(
        "version {version} of the scheme is not in force on {date}",
        "la version {version} du programme n’est pas en vigueur au {date}"),
    # session
    "session-not-started": Words("the workshop begins on {date}", "l’atelier commence le {date}"),
    "session-not-over": Words("the workshop ends on {date}", "l’atelier se termine le {date}"),
    "session-closed": Words("workshop {session} is closed", "l’atelier {session} est clôturé"),
    "session-not-closed": Words(
        "workshop {session} has not been closed yet",
        "l’atelier {session} n’est pas encore clôturé"),
    "already-assigned": Words(
        "{person} has already been assigned",
        "{person} figure déjà parmi les personnes désignées"),
    "trainer-and-assessor": Words(
        "{person} cannot both train and assess in the same workshop",
        "{person} ne peut à la fois former et évaluer dans un même atelier"),
    "candidacy-undecided": Words(
        "selection has not been decided for: {candidacies}",
        "sélection non décidée pour : {candidacies}"),
    "outcome-missing": Words("no outcome yet for: {candidacies}", "aucun résultat pour : {candidacies}"),
    "already-ranked": Words(
        "the ranking of {session} has already been computed",
        "le classement de {session} est déjà établi"),
    "not-ranked": Words(
        "the ranking of {session} has not been computed yet",
        "le classement de {session} n’est pas encore établi"),
    # candidacy and assessment
    "candidate-is-officer": Words(
        "{person} trains or assesses in this workshop and cannot be a candidate",
        "{person} forme ou évalue dans cet atelier et ne peut y être candidat ou candidate"),
    "officer-is-candidate": Words(
        "{person} was nominated for this workshop and may not act as an officer in it",
        "une candidature de {person} a été présentée pour cet atelier : cette personne ne peut y exercer aucune "
        "fonction"),
    "findings-incomplete": Words(
        "each criterion needs exactly one finding; missing or unexpected: {criteria}",
        "il faut un seul constat pour chaque critère ; manquant ou inattendu : {criteria}"),
    "findings-agree": Words(
        "all members of the panel who recorded findings agree on {criterion}: decide as they found, or record findings "
        "of your own that differ",
        "tous les membres du jury dont les constats sont enregistrés s’accordent sur {criterion} : décidez comme eux, "
        "ou enregistrez des constats différents"),
    "findings-differ": Words(
        "members of the panel differ on {criteria}: give the reason for the decision",
        "les membres du jury divergent sur {criteria} : indiquez le motif de la décision"),
    "selection-decided": Words("selection has already been decided", "la sélection est déjà décidée"),
    "not-eligible": Words(
        "the candidate was not selected for the workshop",
        "le candidat n’a pas été sélectionné pour l’atelier"),
    "candidacy-withdrawn": Words("the candidacy was withdrawn", "la candidature a été retirée"),
    "certification-decided": Words("certification has already been decided", "la certification est déjà décidée"),
    "assessor-not-assigned": Words(
        "{person} is not an assessor of workshop {session}",
        "{person} ne figure pas parmi les évaluateurs de l’atelier {session}"),
    "own-administration": Words(
        "{person} and the candidate belong to the same administration ({administration})",
        "{person} et le candidat relèvent de la même administration ({administration})"),
    "separation-period": Words(
        "{person} trained this candidate in workshop {session}, less than {months} months earlier; a countersigned "
        "exception is required",
        "{person} a formé ce candidat lors de l’atelier {session}, moins de {months} mois auparavant ; une "
        "dérogation contresignée est requise"),
    "recused": Words(
        "{person} declared a conflict of interest with this candidate (workshop {session}) and no longer acts on them",
        "{person} a déclaré un conflit d’intérêts avec ce candidat (atelier {session}) et n’intervient plus à son "
        "égard"),
    "activity-not-assessed": Words(
        "activity {activity} is not an assessed activity",
        "l’activité {activity} n’est pas une activité évaluée"),
    "sheet-exists": Words(
        "{person} already has a score sheet for this candidate and activity: supersede it, giving a reason",
        "{person} a déjà une fiche pour ce candidat et cette activité : remplacez-la en indiquant le motif"),
    "assessor-moderated": Words(
        "{person} moderated this candidate's scores and may not score",
        "{person} a modéré les notes de ce candidat et ne peut donc pas l’évaluer"),
    "levels-invalid": Words("levels: expected {expected}", "levels : valeur incorrecte (attendu : {expected})"),
    "sheets-missing": Words(
        "score sheets stay sealed until all have been submitted; missing: {missing}",
        "les fiches d’évaluation restent scellées jusqu’à ce que toutes soient remises ; manquantes : {missing}"),
    "sheets-revealed": Words(
        "score sheets of this candidacy have been revealed; no further sheet is accepted",
        "des fiches de cette candidature ont été dévoilées : aucune autre n’est acceptée"),
    "sheet-not-live": Words(
        "score sheet {sheet} is not a current sheet of this candidacy",
        "la fiche {sheet} n’est pas une fiche en cours de validité de cette candidature"),
    "sheet-revealed": Words("score sheet {sheet} has already been revealed", "la fiche {sheet} est déjà dévoilée"),
    "sheet-sealed": Words("score sheets are still sealed: {sheets}", "des fiches sont encore scellées : {sheets}"),
    "not-your-sheet": Words(
        "score sheet {sheet} was signed by another assessor",
        "la fiche {sheet} a été signée par une autre personne"),
    "outcome-computed": Words("the outcome has already been computed", "le résultat est déjà calculé"),
    "moderator-scored": Words(
        "{person} scored this candidate and may not moderate",
        "{person} a évalué ce candidat et ne peut donc pas modérer ses notes"),
    "moderator-trained": Words(
        "{person} trains in this workshop and may not moderate",
        "{person} forme dans cet atelier et ne peut donc pas y modérer"),
    "levels-missing": Words(
        "this cell cannot be moderated yet: it has {found} of {required} levels",
        "cette case ne peut pas encore être modérée : elle comporte {found} niveaux sur {required}"),
    "cell-moderated": Words(
        "the levels of {cell} have been moderated and can no longer change",
        "les niveaux de {cell} ont été modérés et ne peuvent plus changer"),
    "already-moderated": Words("this cell has already been moderated", "cette case a déjà été modérée"),
    # the application and the days of a workshop
    "not-called": Words(
        "there is no call for nominations for workshop {session}",
        "aucun appel à candidatures n’a été lancé pour l’atelier {session}"),
    "call-closed": Words(
        "the call for nominations for workshop {session} is closed: issue another one first",
        "l’appel à candidatures pour l’atelier {session} est clos : lancez-en d’abord un autre"),
    "call-not-over": Words(
        "administrations may nominate until {date}, included",
        "les administrations peuvent présenter des candidatures jusqu’au {date} inclus"),
    "steps-missing": Words(
        "the candidate cannot be decided on yet; missing: {steps}",
        "aucune décision n’est encore possible sur cette candidature ; il manque : {steps}"),
    "application-awaited": Words(
        "the application has not been submitted, or was returned to the candidate",
        "le dossier n’a pas été déposé, ou a été renvoyé pour complément"),
    "application-complete": Words("the application is complete", "le dossier est complet"),
    "application-incomplete": Words(
        "missing from the application or its checklist: {items}",
        "absents du dossier ou de la liste de contrôle : {items}"),
    "candidate-excluded": Words(
        "the candidate was excluded after incident {incident}",
        "la personne candidate a été exclue à la suite de l’incident {incident}"),
    "no-seat-taken": Words(
        "the candidate has no seat in the workshop, or declined it",
        "la personne candidate n’a pas de place dans l’atelier, ou l’a refusée"),
    "already-shortlisted": Words("the candidate has a seat already", "la personne candidate a déjà une place"),
    "not-shortlisted": Words(
        "the candidate has not been shortlisted",
        "la candidature n’a pas été présélectionnée"),
    "seats-taken": Words("all {seats} seats are taken", "les {seats} places sont prises"),
    "not-invited": Words("the candidate has not been invited", "la personne candidate n’a pas été invitée"),
    "assessment-begun": Words(
        "a score sheet of this candidate has been submitted already",
        "une fiche d’évaluation de cette candidature a déjà été remise"),
    "identity-not-verified": Words(
        "the identity of the candidate has not been verified",
        "l’identité de la personne candidate n’a pas été vérifiée"),
    "accommodation-undecided": Words(
        "a request of this candidate for an accommodation waits for a decision",
        "une demande d’aménagement de cette candidature attend une décision"),
    "accommodation-not-requested": Words(
        "no request for an accommodation waits for a decision",
        "aucune demande d’aménagement n’attend de décision"),
    "facilitator-not-assigned": Words(
        "{person} does not train in workshop {session}",
        "{person} n’anime pas l’atelier {session}"),
    "not-on-this-day": Words(
        "day: expected a day of the workshop, from {start} to {end}",
        "day : une journée de l’atelier est attendue, du {start} au {end}"),
    "activity-unknown": Words(
        "the scheme has no activity {activity}",
        "le programme ne comporte pas l’activité {activity}"),
    "no-officer": Words("{person} holds no role", "{person} n’exerce aucune fonction"),
    # impartiality, competence and delegation
    "conflict-declared": Words(
        "{person} declared a conflict of interest that concerns {candidacy}",
        "{person} a déclaré un conflit d’intérêts qui concerne {candidacy}"),
    "conflict-with-oneself": Words(
        "{person} cannot declare a tie to themselves",
        "{person} ne peut déclarer un lien avec soi-même"),
    "not-certified": Words(
        "{person} holds no certification in force under {scheme}: state what is equivalent",
        "{person} n’a aucune certification en vigueur au titre de {scheme} : indiquez une équivalence"),
    "not-qualified": Words(
        "{person} is not qualified under {scheme} until {date} in the language of the workshop (ISO/IEC 17024, 6.2)",
        "{person} ne dispose d’aucune qualification au titre de {scheme} valable jusqu’au {date} dans la langue de "
        "l’atelier (ISO/IEC 17024, 6.2)"),
    "not-qualified-in": Words(
        "{person} is not qualified to assess: {competencies}",
        "{person} ne dispose d’aucune qualification pour évaluer : {competencies}"),
    "undertaking-missing": Words(
        "{person} has signed no undertaking of impartiality that counts until {date}",
        "{person} n’a signé aucun engagement d’impartialité valable jusqu’au {date}"),
    "not-calibrated": Words(
        "{person} is not calibrated until {date}",
        "{person} n’a pas suivi avec succès d’étalonnage valable jusqu’au {date}"),
    "role-not-delegable": Words(
        "the role of {role} cannot be delegated; these can: {expected}",
        "cette fonction ne se délègue pas : {role} ; peuvent être déléguées : {expected}"),
    "delegated-to-oneself": Words(
        "{person} cannot delegate a role to themselves",
        "{person} ne peut se déléguer une fonction à soi-même"),
    "not-delegated": Words(
        "the role of {role} was not delegated to {person}",
        "cette fonction n’a pas été déléguée à {person} : {role}"),
    "already-implicated": Words(
        "incident {incident} is known to concern the candidate",
        "il est déjà consigné que l’incident {incident} concerne cette personne candidate"),
    "not-implicated": Words(
        "no statement says that incident {incident} concerns the candidate",
        "aucune déclaration n’indique que l’incident {incident} concerne cette personne candidate"),
    # certification
    "effective-too-early": Words("effective_from: not before {date}", "effective_from : pas avant le {date}"),
    "not-granted": Words("no certification has been granted", "aucune certification n’a été accordée"),
    "withdrawn": Words(
        "the certification has been permanently withdrawn",
        "la certification a été retirée définitivement"),
    "relinquished": Words(
        "the certification was given up by its holder",
        "le ou la titulaire a renoncé à la certification"),
    "annulled": Words(
        "the certification was annulled: it counts as never granted",
        "la certification a été annulée ab initio : elle est réputée n’avoir jamais été accordée"),
    "not-pre-accredited": Words(
        "no pre-accreditation was granted: there is no field phase to decide on",
        "aucune pré-accréditation n’a été accordée : il n’y a pas de phase de terrain à conclure"),
    "field-assessment-missing": Words(
        "the lead of mission {mission} has not assessed this person",
        "la personne qui dirige la mission {mission} n’a pas évalué cette personne"),
    "not-recommended": Words(
        "the lead of mission {mission} recommends neither certification nor recognition yet",
        "la personne qui dirige la mission {mission} ne recommande encore ni la certification ni la reconnaissance"),
    "decider-led": Words(
        "{person} led mission {mission}, or assessed somebody there, and may not decide",
        "{person} a dirigé la mission {mission} ou y a évalué quelqu’un et ne peut pas décider"),
    "before-field-phase": Words(
        "the mission ended before the pre-accreditation began on {date}",
        "la mission s’est achevée avant le début de la pré-accréditation, le {date}"),
    "field-deadline": Words(
        "the mission did not end by {date}, the last day of the field phase",
        "la mission ne s’est pas achevée au plus tard le {date}, dernier jour de la phase de terrain"),
    "no-recognition": Words(
        "version {version} of the scheme does not provide for recognition",
        "la version {version} du programme ne prévoit pas de reconnaissance"),
    "recognised": Words("the person is already recognised", "la personne est déjà reconnue"),
    "decision-gone": Words(
        "the decision that appeal {appeal} annuls does not stand any more",
        "la décision annulée par le recours {appeal} n’est plus en vigueur"),
    "lapsed": Words(
        "the pre-accreditation has lapsed: no field phase was passed in time",
        "la pré-accréditation est caduque : la phase de terrain n’a pas été réussie à temps"),
    "expired": Words("the certification expired on {date}", "la certification a expiré le {date}"),
    "certificate-issued": Words(
        "certificate {number} has already been issued",
        "le certificat {number} a déjà été délivré"),
    "certificate-missing": Words("no certificate has been issued yet", "aucun certificat n’a encore été délivré"),
    "certificate-item-missing": Words(
        "missing from the certificate: {item} (ISO/IEC 17024, 9.4.8)",
        "élément manquant du certificat : {item} (ISO/IEC 17024, 9.4.8)"),
    "suspended": Words("the certification is suspended", "la certification est suspendue"),
    "not-suspended": Words("the certification is not suspended", "la certification n’est pas suspendue"),
    "no-expiry": Words("the certification has no expiry date", "la certification n’a pas d’échéance"),
    "scope-unchanged": Words(
        "certificate {number} already states the current scope",
        "le certificat {number} indique déjà la portée actuelle"),
    "not-in-scope": Words(
        "not in the scope of the certification: {competencies}",
        "hors de la portée de la certification : {competencies}"),
    "already-in-scope": Words(
        "already in the scope of the certification: {competencies}",
        "déjà dans la portée de la certification : {competencies}"),
    "nothing-remains": Words(
        "no competency would remain in the scope; withdraw the certification instead",
        "aucune compétence ne resterait dans la portée : retirez plutôt la certification"),
    "not-in-scheme": Words(
        "not a competency of scheme version {version}: {competencies}",
        "compétence absente de la version {version} du programme : {competencies}"),
    "assessed-too-early": Words(
        "assessed_on: not before {date}, when this competency left the scope",
        "assessed_on : pas avant le {date}, date à laquelle cette compétence est sortie de la portée"),
    "outside-renewal-window": Words(
        "the certification can be renewed from {opens} to {closes}",
        "la certification peut être renouvelée du {opens} au {closes}"),
    # advisors in service and missions
    "already-an-advisor": Words(
        "{person} is registered for missions already",
        "{person} figure déjà au vivier des conseillers"),
    "no-advisor": Words(
        "{person} is not registered for missions",
        "{person} ne figure pas au vivier des conseillers"),
    "advisor-inactive": Words(
        "{person} is deactivated and goes on no mission",
        "{person} est désactivé dans le vivier et ne part pas en mission"),
    "advisor-active": Words("{person} is active already", "{person} est déjà en activité dans le vivier"),
    "not-their-certification": Words(
        "this certification is not one of {person}",
        "cette certification n’est pas celle de {person}"),
    "not-certified-then": Words(
        "no certification of {person} is in force on every day from {start} to {end}",
        "aucune certification de {person} n’est en vigueur chaque jour du {start} au {end}"),
    "already-pledged": Words(
        "{person} has already signed this pledge",
        "{person} a déjà signé cet engagement"),
    "mission-approved": Words("the mission has already been approved", "la mission est déjà approuvée"),
    "mission-not-approved": Words("the mission has not been approved yet", "la mission n’est pas encore approuvée"),
    "mission-ended": Words("the mission is completed or cancelled", "la mission est achevée ou annulée"),
    "mission-started": Words("the mission began on {date}", "la mission a commencé le {date}"),
    "mission-not-started": Words(
        "the lead has not stated yet that the mission began",
        "la personne responsable de la mission n’en a pas encore déclaré le début"),
    "mission-not-completed": Words("the mission is not completed yet", "la mission n’est pas encore achevée"),
    "beneficiary-employs": Words(
        "{person} works for the administration that receives the mission ({administration})",
        "{person} relève de l’administration bénéficiaire de la mission ({administration})"),
    "conflict-with-beneficiary": Words(
        "{person} declared a conflict of interest with the administration that receives the mission "
        "({administration})",
        "{person} a déclaré un conflit d’intérêts avec l’administration bénéficiaire de la mission "
        "({administration})"),
    "release-awaited": Words(
        "the release of {person} has been asked for, and the answer is awaited",
        "la mise à disposition de {person} est déjà demandée et la réponse est attendue"),
    "release-not-requested": Words(
        "the release of {person} has not been asked for",
        "la mise à disposition de {person} n’a pas été demandée"),
    "release-unchanged": Words(
        "this answer on the release of {person} is already recorded",
        "cette réponse sur la mise à disposition de {person} est déjà consignée"),
    "release-refused": Words(
        "the home administration of {person} refused the release",
        "l’administration d’origine de {person} a refusé la mise à disposition"),
    "not-released": Words(
        "the home administration of {person} has not released them yet",
        "l’administration d’origine de {person} n’a pas encore accordé la mise à disposition"),
    "assigned-elsewhere": Words(
        "{person} is assigned to mission {mission} on some of these days",
        "{person} est en mission ({mission}) à certaines de ces dates"),
    "not-first-proposed": Words(
        "{person} is proposed first: give the reason for assigning somebody else",
        "{person} est en tête des propositions : indiquez le motif d’un autre choix"),
    "no-lead": Words("no lead is assigned to the mission", "aucun responsable n’est affecté à la mission"),
    "report-filed": Words("the report has already been filed", "le rapport est déjà déposé"),
    "feedback-recorded": Words(
        "the feedback of the beneficiary is already recorded",
        "l’avis du bénéficiaire est déjà consigné"),
    "field-assessed": Words(
        "{person} has already been assessed on this mission",
        "{person} a déjà fait l’objet d’une évaluation sur cette mission"),
    "not-on-the-mission": Words("{person} is not on this mission", "{person} ne participe pas à cette mission"),
    # appeals
    "not-the-appellants": Words(
        "candidacy {candidacy} is not one of {person}",
        "la candidature {candidacy} n’est pas celle de {person}"),
    "nothing-to-appeal": Words(
        "no decision of this kind was made on {candidacy}",
        "aucune décision de ce type n’a été prise sur {candidacy}"),
    "appeal-exists": Words(
        "this decision is already appealed against: {appeal}",
        "cette décision fait déjà l’objet d’un recours : {appeal}"),
    "acknowledged-already": Words(
        "this was acknowledged already",
        "l’accusé de réception est déjà enregistré"),
    "appeal-over": Words(
        "appeal {appeal} was decided, or not admitted",
        "le recours {appeal} est tranché ou a été déclaré irrecevable"),
    "appeal-closed": Words("appeal {appeal} is closed", "le recours {appeal} est clos"),
    "appeal-undecided": Words("appeal {appeal} is not decided yet", "le recours {appeal} n’est pas encore tranché"),
    "admissibility-decided": Words(
        "whether this appeal is heard has been decided already",
        "la recevabilité de ce recours est déjà tranchée"),
    "admissibility-undecided": Words(
        "first decide whether appeal {appeal} is heard",
        "tranchez d’abord la recevabilité du recours {appeal}"),
    "panel-touched": Words(
        "{person} may not hear this appeal: {why}",
        "{person} ne peut connaître de ce recours : {why}"),
    "not-on-panel": Words(
        "{person} was not appointed to hear appeal {appeal}",
        "{person} ne fait pas partie de la commission désignée pour le recours {appeal}"),
    "remedy-unfit": Words(
        "this outcome can lead to: {remedies}",
        "suites possibles de cette décision : {remedies}"),
    "appeal-of-another": Words(
        "appeal {appeal} is about another candidacy",
        "le recours {appeal} concerne une autre candidature"),
    "remedy-not-granted": Words(
        "appeal {appeal} was not decided with this remedy",
        "le recours {appeal} n’a pas été tranché avec cette suite"),
    "assessed-before": Words(
        "{person} assessed this candidate before, decided on them or heard the appeal: others assess again",
        "{person} a déjà évalué cette personne, décidé à son sujet ou connu du recours : d’autres l’évaluent à "
        "nouveau"),
    "not-rescored": Words(
        "others have not assessed this candidate again since appeal {appeal}: no new outcome yet",
        "aucun nouveau résultat : cette personne n’a pas encore été évaluée à nouveau après le recours {appeal}"),
    "remitted-already": Words(
        "what appeal {appeal} remits was remitted already",
        "le renvoi décidé sur le recours {appeal} a déjà été effectué"),
    "interim-measure": Words(
        "this waits until {until}, by an interim measure in appeal {appeal}",
        "suspendu jusqu’au {until} par une mesure provisoire dans le recours {appeal}"),
    "decided-before": Words(
        "{person} had a part in the decision that was remitted, or heard the appeal, and may not decide again",
        "{person} a pris part à la décision renvoyée ou a connu du recours et ne peut décider à nouveau"),
    "decider-heard-appeal": Words(
        "{person} heard appeal {appeal} in this case and may not decide",
        "{person} a connu du recours {appeal} dans ce dossier et ne peut donc pas décider"),
    # complaints
    "complaint-about-oneself": Words(
        "{person} cannot complain about themselves",
        "{person} ne peut porter plainte contre soi-même"),
    "complaint-concerns": Words(
        "the complaint concerns {person}, who may not act on it",
        "la plainte concerne {person}, qui ne peut intervenir dans son traitement"),
    "complaint-resolved": Words("complaint {complaint} is resolved", "la plainte {complaint} est résolue"),
    "not-investigated": Words(
        "the complaint has not been looked into yet",
        "la plainte n’a pas encore été instruite"),
    "reviewer-investigated": Words(
        "{person} looked into this complaint and may not resolve it",
        "{person} a instruit cette plainte et ne peut la résoudre"),
    "action-closed": Words(
        "corrective action {action} is closed",
        "l’action corrective {action} est close"),
    # continued competence and renewal
    "renewal-gaps": Words(
        "the scheme asks for more within this period of validity ({gaps})",
        "le programme demande davantage pendant cette période de validité ({gaps})"),
    "reassessment-without-evidence": Words(
        "evidence: the report of the reassessment is needed",
        "evidence : le rapport de la réévaluation est nécessaire"),
    "activity-logged": Words(
        "an activity of this kind, of {hours} hours on {day}, was stated already: state two of one day as one",
        "une activité de ce type, de {hours} heures le {day}, a déjà été déclarée : déclarez en une seule fois celles "
        "d’un même jour"),
    "hours-beyond-logged": Words(
        "accepted_hours: at most the {hours} hours that were stated",
        "accepted_hours : au plus les {hours} heures déclarées"),
    "fewer-hours-unexplained": Words(
        "reason: say why fewer than the {hours} hours that were stated count",
        "reason : indiquez pourquoi moins que les {hours} heures déclarées sont retenues"),
    "already-verified": Words(
        "the activity was verified already: {hours} hours count",
        "l’activité a déjà été validée : {hours} heures sont retenues"),
    "refresher-recorded": Words(
        "this refresher, or one on {day}, is recorded already",
        "ce recyclage, ou un autre du {day}, est déjà consigné"),
    "none-in-force": Words(
        "{person} holds no such certification that is in force",
        "{person} n’est titulaire d’aucune certification en vigueur de ce type"),
    "not-while-certified": Words(
        "on {day} no certification of {person} that is in force had taken effect",
        "le {day}, aucune certification en vigueur de {person} n’avait pris effet"),
    "outside-surveillance": Words(
        "until: from {since}, the day after the last review, to {until}",
        "until : du {since}, lendemain de la dernière surveillance, au {until}"),
    "recertification-requested": Words(
        "this renewal was asked for already, and is not decided on",
        "ce renouvellement est déjà demandé, et n’a pas fait l’objet d’une décision"),
    "recertification-not-requested": Words(
        "the holder has not asked for this renewal",
        "la personne titulaire n’a pas demandé ce renouvellement"),
    # the rights of persons over their data
    "legal-hold": Words(
        "the data of {person} must be kept while hold {hold} lasts",
        "les données de {person} doivent être conservées tant que le gel {hold} n’est pas levé"),
    "hold-released": Words("hold {hold} was released already", "le gel {hold} a déjà été levé"),
    "request-open": Words(
        "a request of {person} about their data waits for a decision: {request}",
        "une demande de {person} relative à ses données attend une décision : {request}"),
    "request-decided": Words("request {request} was decided already", "la demande {request} a déjà été tranchée"),
    "request-extended-already": Words(
        "the time to answer was extended already; it first ended on {date}",
        "le délai de réponse a déjà été prolongé ; il expirait à l’origine le {date}"),
    "request-overdue": Words(
        "the answer was due on {date}: after that day the time is not extended",
        "la réponse était due le {date} : passé ce jour, le délai ne se prolonge plus"),
    "erasure-refused": Words(
        "the request of {person} to erase their data was not granted",
        "la demande d’effacement présentée par {person} n’a pas été acceptée"),
    "retention-not-ended": Words(
        "the scheme has the data of {person} kept until {date}, included",
        "le programme prévoit la conservation des données de {person} jusqu’au {date} inclus"),
    "death-recorded": Words("the death of {person} was recorded already", "le décès de {person} est déjà consigné"),
    "region-unchanged": Words(
        "{administration} belongs to that region on {date} already",
        "{administration} appartient déjà à cette région le {date}"),
}
# fmt: on


# ``kind`` in French, where something does not exist or already exists; in English the kind is its own name.
KINDS_FR: dict[str, str] = {
    "activity": "activité",
    "administration": "administration",
    "advisor": "personne certifiée",
    "appeal": "recours",
    "calibration": "étalonnage",
    "candidacy": "candidature",
    "certificate": "certificat",
    "certification": "certification",
    "command": "commande",
    "competency": "compétence",
    "complaint": "plainte",
    "corrective action": "action corrective",
    "conflict": "conflit d’intérêts",
    "document": "document",
    "entry": "entrée du journal",
    "expiry": "échéance",
    "holder": "titulaire",
    "import": "import",
    "incident": "incident",
    "issuer": "émetteur",
    "key": "clé",
    "list": "liste",
    "mission": "mission",
    "misuse": "usage abusif",
    "officer": "responsable",
    "page": "page",
    "person": "personne",
    "risk": "risque",
    "scheme": "programme",
    "score sheet": "fiche d’évaluation",
    "session": "atelier",
    "statement": "déclaration",
    "status list": "liste de statut",
    "tile": "tuile du journal",
    "use": "emploi",
    "time-stamp": "horodatage",
    "request": "demande",
    "hold": "gel juridique",
}


class Refused(Exception):
    """The rules say no. ``words`` say why; ``fields`` hold the particulars by name.

    A role is named in each language, a tuple by its members.
    """

    texts: ClassVar[dict[str, Words]] = REFUSALS
    """By code, in English and in French."""

    def __init__(self, code: str, **fields: object) -> None:
        self.code = code
        self.fields = fields
        kind = str(fields.get("kind"))
        named = fields | {"kind": Words(kind, KINDS_FR.get(kind, kind))}
        self.words = Words(*(_filled(self.texts[code], named, language) for language in LANGUAGES))
        super().__init__(self.words.en)


def _filled(words: Words, fields: dict[str, object], language: Language) -> str:
    filled = words.into(language).format(**{name: _named(value, language) for name, value in fields.items()})
    return filled.rstrip()  # nothing follows the kind when the id is empty


def _named(value: object, language: Language) -> object:
    match value:
        case Words():
            return value.into(language)
        case Role():
            return ROLE_LABELS[value].into(language)
        case tuple():
            return ", ".join(str(_named(item, language)) for item in value)
        case _:
            return value
