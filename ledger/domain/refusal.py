"""Refusals: what the rules answer when they say no, or not yet, in words a person can act on.

A refusal has a code that never changes its meaning, and a text in English and in French that names
what is missing. ``REFUSALS`` holds those of the rules; a package that refuses for other reasons has a subclass
with ``texts`` of its own.
"""

from __future__ import annotations

from typing import ClassVar

from ledger.domain.record import ROLE_LABELS, Role
from ledger.words import LANGUAGES, Language, Words

# fmt: off
REFUSALS: dict[str, Words] = {
    # who may act
    "seats-not-filled": Words(
        "this needs the signatures of {expected}; named here: {named}",
        "il faut les signatures de : {expected} ; désignés ici : {named}"),
    "signers-not-distinct": Words(
        "two signatures of one person count once: {person} is named twice",
        "deux signatures d'une même personne n'en font qu'une : {person} figure deux fois"),
    "role-not-held": Words(
        "{person} does not hold the role of {role}",
        "{person} n'exerce pas la fonction suivante : {role}"),
    "own-case": Words(
        "{person} is the person concerned and may not act in their own case",
        "{person} est la personne concernée et ne peut agir dans sa propre cause"),
    "decider-trained": Words(
        "{person} trained this candidate (workshop {session}) and may not decide (ISO/IEC 17024, 9.4.4)",
        "{person} a formé ce candidat (atelier {session}) et ne peut décider (ISO/IEC 17024, 9.4.4)"),
    "decider-scored": Words(
        "{person} scored this candidate (workshop {session}) and may not decide (ISO/IEC 17024, 9.4.4)",
        "{person} a évalué ce candidat (atelier {session}) et ne peut décider (ISO/IEC 17024, 9.4.4)"),
    "decider-moderated": Words(
        "{person} moderated this candidate's scores (workshop {session}) and may not decide (ISO/IEC 17024, 9.4.4)",
        "{person} a modéré les notes de ce candidat (atelier {session}) et ne peut décider (ISO/IEC 17024, 9.4.4)"),
    # does it exist, and does it stand free
    "unknown": Words("there is no {kind} {id}", "introuvable : {kind} {id}"),
    "already-exists": Words("{kind} {id} exists already", "existe déjà : {kind} {id}"),
    "malformed": Words("{field}: expected {expected}", "{field} : valeur attendue : {expected}"),
    "beyond-the-calendar": Words(
        "there is no day {months} months from {date}",
        "aucun jour n'existe à {months} mois du {date}"),
    "disclosure-missing": Words(
        "{field}: the value behind the digest was not given",
        "{field} : la valeur correspondant à l'empreinte n'a pas été fournie"),
    # officers
    "founders-missing": Words(
        "a ledger is founded by two people or more, among them: {expected}",
        "un registre est fondé par deux personnes ou plus, dont : {expected}"),
    "founders-not-distinct": Words(
        "each founder is another person with a key of their own: {person} is not",
        "chaque fondateur est une autre personne, avec sa propre clé : ce n'est pas le cas de {person}"),
    "role-not-grantable": Words("the role of {role} is not granted", "la fonction suivante ne s'attribue pas : {role}"),
    "role-already-held": Words(
        "{person} already holds the role of {role}",
        "{person} exerce déjà la fonction : {role}"),
    "roles-apart": Words(
        "{person} holds the role of {role}: who gives roles does not enrol keys, and the reverse",
        "{person} exerce la fonction {role} : qui attribue les fonctions n'enregistre pas les clés, et inversement"),
    "own-role": Words(
        "a director may not revoke their own role: another director must, so that one always remains",
        "un directeur ne peut se retirer sa propre fonction : un autre doit le faire, afin qu'il en reste toujours un"),
    "key-holder-differs": Words(
        "the key holder must sign as {person}, whose key is being enrolled",
        "le titulaire doit signer en tant que {person}, dont la clé est enregistrée"),
    "key-already-enrolled": Words(
        "key {key} was enrolled before and is never enrolled again",
        "la clé {key} a déjà été enregistrée et ne peut l'être de nouveau"),
    "key-not-active": Words(
        "key {key} is not an active key of {person}",
        "la clé {key} n'est pas une clé active de {person}"),
    "own-key": Words(
        "a security officer may not revoke the key they sign with",
        "un responsable de la sécurité ne peut révoquer sa propre clé"),
    "in-the-future": Words("{field} lies in the future", "{field} est dans l'avenir"),
    # the issuer of credentials
    "issuer-not-established": Words(
        "the issuer of credentials is not established yet",
        "l'émetteur des attestations n'est pas encore établi"),
    "issuer-address": Words(
        "url: expected https://HOST or https://HOST:PORT and nothing behind it, "
        "because a register is served at the root of its host",
        "url : valeur attendue : https://HÔTE ou https://HÔTE:PORT, sans rien derrière, "
        "car un registre est servi à la racine de son hôte"),
    "possession-not-proved": Words(
        "proof: key {key} did not sign that it is held",
        "proof : la clé {key} n'a pas signé qu'elle est détenue"),
    "issuer-key-not-active": Words(
        "key {key} is not an active key of the issuer",
        "la clé {key} n'est pas une clé active de l'émetteur"),
    # persons and administrations
    "person-erased": Words(
        "the personal data of {person} were erased",
        "les données personnelles de {person} ont été effacées"),
    "consent-unchanged": Words("this consent is already as asked", "ce consentement est déjà dans l'état demandé"),
    "certification-in-force": Words(
        "a certification of {person} is in force: its record is kept until it ends",
        "une certification de {person} est en vigueur : son dossier est conservé jusqu'à son terme"),
    "candidacy-open": Words(
        "{person} has an open candidacy in this scheme: {candidacy}",
        "{person} a une candidature en cours dans ce programme : {candidacy}"),
    "roles-held": Words("{person} still holds roles: {roles}", "{person} exerce encore des fonctions : {roles}"),
    "employment-unknown": Words(
        "the home administration of {person} is not recorded",
        "l'administration d'origine de {person} n'est pas consignée"),
    # scheme
    "version-not-greater": Words(
        "version {version} is not greater than {last}",
        "la version {version} n'est pas supérieure à {last}"),
    "version-not-drafted": Words("version {version} was not drafted", "la version {version} n'a pas été rédigée"),
    "version-already-approved": Words(
        "version {version} is approved already",
        "la version {version} est déjà approuvée"),
    "version-not-in-force": Words(
        "scheme version {version} is not approved with effect on {date}",
        "la version {version} du programme n'est pas approuvée avec effet au {date}"),
    # session
    "session-not-started": Words("the workshop begins on {date}", "l'atelier commence le {date}"),
    "session-not-over": Words("the workshop ends on {date}", "l'atelier se termine le {date}"),
    "session-closed": Words("workshop {session} is closed", "l'atelier {session} est clôturé"),
    "session-not-closed": Words("workshop {session} is not closed yet", "l'atelier {session} n'est pas encore clôturé"),
    "already-assigned": Words("{person} is assigned already", "{person} est déjà désigné"),
    "trainer-and-assessor": Words(
        "{person} cannot both train and assess in one workshop",
        "{person} ne peut à la fois former et évaluer dans un même atelier"),
    "candidacy-undecided": Words(
        "no selection decision yet on: {candidacies}",
        "pas encore de décision de sélection pour : {candidacies}"),
    "outcome-missing": Words("no outcome yet for: {candidacies}", "pas encore de résultat pour : {candidacies}"),
    "already-ranked": Words(
        "the ranking of {session} is computed already",
        "le classement de {session} est déjà établi"),
    "not-ranked": Words(
        "the ranking of {session} is not computed yet",
        "le classement de {session} n'est pas encore établi"),
    # candidacy and assessment
    "candidate-is-officer": Words(
        "{person} trains or assesses in this workshop and cannot be a candidate",
        "{person} forme ou évalue dans cet atelier et ne peut être candidat"),
    "officer-is-candidate": Words(
        "{person} was nominated for this workshop and can neither select, train, assess nor moderate in it",
        "{person} a été désigné pour cet atelier et ne peut y sélectionner, former, évaluer ni modérer"),
    "findings-incomplete": Words(
        "a finding is needed on every criterion, once; missing or unexpected: {criteria}",
        "il faut un constat pour chaque critère, une seule fois ; manquant ou inattendu : {criteria}"),
    "selection-decided": Words("the selection decision is taken already", "la décision de sélection est déjà prise"),
    "not-eligible": Words(
        "the candidate was not selected for the workshop",
        "le candidat n'a pas été sélectionné pour l'atelier"),
    "candidacy-withdrawn": Words("the candidacy was withdrawn", "la candidature a été retirée"),
    "certification-decided": Words(
        "the certification decision is taken already",
        "la décision de certification est déjà prise"),
    "assessor-not-assigned": Words(
        "{person} is not an assessor of workshop {session}",
        "{person} n'est pas évaluateur de l'atelier {session}"),
    "own-administration": Words(
        "{person} and the candidate belong to the same administration ({administration})",
        "{person} et le candidat relèvent de la même administration ({administration})"),
    "separation-period": Words(
        "{person} trained this candidate in workshop {session}, less than {months} months before; "
        "a countersigned exception is needed",
        "{person} a formé ce candidat lors de l'atelier {session}, moins de {months} mois "
        "auparavant ; une dérogation contresignée est requise"),
    "activity-not-assessed": Words("activity {activity} is not assessed", "l'activité {activity} n'est pas évaluée"),
    "sheet-exists": Words(
        "{person} has a live score sheet for this candidate and activity: supersede it with a reason",
        "{person} a déjà une fiche pour ce candidat et cette activité : remplacez-la en indiquant le motif"),
    "assessor-moderated": Words(
        "{person} moderated this candidate's scores and may not score",
        "{person} a modéré les notes de ce candidat et ne peut évaluer"),
    "levels-invalid": Words("levels: expected {expected}", "niveaux : valeur attendue : {expected}"),
    "sheets-missing": Words(
        "sheets stay sealed until all are in; missing: {missing}",
        "les fiches restent scellées tant que toutes ne sont pas remises ; manquantes : {missing}"),
    "sheets-revealed": Words(
        "score sheets of this candidacy are revealed: no other is taken any more",
        "des fiches de cette candidature sont dévoilées : aucune autre n'est plus acceptée"),
    "sheet-not-live": Words(
        "score sheet {sheet} is not a live sheet of this candidacy",
        "la fiche {sheet} n'est pas une fiche active de cette candidature"),
    "sheet-revealed": Words("score sheet {sheet} is revealed already", "la fiche {sheet} est déjà dévoilée"),
    "sheet-sealed": Words("score sheets are still sealed: {sheets}", "des fiches sont encore scellées : {sheets}"),
    "not-your-sheet": Words(
        "score sheet {sheet} was signed by another assessor",
        "la fiche {sheet} a été signée par un autre évaluateur"),
    "outcome-computed": Words("the outcome is computed already", "le résultat est déjà calculé"),
    "moderator-scored": Words(
        "{person} scored this candidate and may not moderate",
        "{person} a évalué ce candidat et ne peut modérer"),
    "moderator-trained": Words(
        "{person} trains in this workshop and may not moderate",
        "{person} forme dans cet atelier et ne peut modérer"),
    "levels-missing": Words(
        "only what is there is moderated: this cell has {found} levels of {required}",
        "on ne modère que ce qui est là : cette case a {found} niveaux sur {required}"),
    "cell-moderated": Words(
        "the levels of {cell} are moderated: another sheet leaves them as they are",
        "les niveaux de {cell} ont été modérés : une autre fiche les laisse tels quels"),
    "already-moderated": Words("this cell is moderated already", "cette case a déjà été modérée"),
    # certification
    "effective-too-early": Words("effective_from: not before {date}", "effective_from : pas avant le {date}"),
    "not-granted": Words("no certification was granted", "aucune certification n'a été accordée"),
    "withdrawn": Words(
        "the certification was withdrawn; that is final",
        "la certification a été retirée ; c'est définitif"),
    "expired": Words("the certification expired on {date}", "la certification a expiré le {date}"),
    "certificate-issued": Words("certificate {number} is issued already", "le certificat {number} est déjà délivré"),
    "certificate-missing": Words("no certificate was issued yet", "aucun certificat n'a encore été délivré"),
    "certificate-item-missing": Words(
        "the certificate lacks: {item} (ISO/IEC 17024, 9.4.8)",
        "il manque au certificat : {item} (ISO/IEC 17024, 9.4.8)"),
    "suspended": Words("the certification is suspended", "la certification est suspendue"),
    "not-suspended": Words("the certification is not suspended", "la certification n'est pas suspendue"),
    "no-expiry": Words("the certification does not expire", "la certification n'expire pas"),
    "scope-unchanged": Words(
        "certificate {number} states the scope of today already",
        "le certificat {number} indique déjà la portée actuelle"),
    "not-in-scope": Words(
        "not in the scope of the certification: {competencies}",
        "hors de la portée de la certification : {competencies}"),
    "already-in-scope": Words(
        "in the scope of the certification already: {competencies}",
        "déjà dans la portée de la certification : {competencies}"),
    "nothing-remains": Words(
        "nothing of the scope would remain: withdraw the certification instead",
        "il ne resterait rien de la portée : retirez plutôt la certification"),
    "not-in-scheme": Words(
        "not a competency of scheme version {version}: {competencies}",
        "pas une compétence de la version {version} du programme : {competencies}"),
    "assessed-too-early": Words(
        "assessed_on: not before {date}, since when this is not in the scope",
        "assessed_on : pas avant le {date}, date depuis laquelle ceci est hors de la portée"),
    "outside-renewal-window": Words(
        "renewal is possible from {opens} to {closes}",
        "le renouvellement est possible du {opens} au {closes}"),
}
# fmt: on


# What is meant by ``kind`` where something does not exist, or exists already; in English it is called what it is.
KINDS_FR: dict[str, str] = {
    "administration": "administration",
    "advisor": "conseiller",
    "candidacy": "candidature",
    "certificate": "certificat",
    "competency": "compétence",
    "document": "document",
    "entry": "entrée du journal",
    "expiry": "échéance",
    "holder": "titulaire",
    "holder of the role": "titulaire de la fonction",
    "issuer": "émetteur",
    "key": "clé",
    "person": "personne",
    "scheme": "programme",
    "score sheet": "fiche d'évaluation",
    "session": "atelier",
    "statement": "déclaration",
    "status list": "liste de statut",
    "tile": "tuile du journal",
    "time-stamp": "horodatage",
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
    return filled.rstrip()  # what does not exist may have no name: nothing follows its kind


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
