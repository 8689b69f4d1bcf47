"""Refusals of the inbox: to file, to prepare yet, and to end."""

from typing import ClassVar

from ledger.domain.refusal import Refused
from ledger.words import Words


class NotFiled(Refused):
    """Refusals to file a proposal, to prepare it yet, or to end it."""

    texts: ClassVar = {
        "workshop-imported": Words(
            "workshop {session} has already been imported", "l’atelier {session} a déjà été importé"
        ),
        "file-imported": Words(
            "{file} has already been imported, as {name} of {source}",
            "{file} a déjà été importé, sous le nom {name} de {source}",
        ),
        "not-yet": Words(
            "an earlier step has not been recorded yet", "une étape précédente n’est pas encore enregistrée"
        ),
        "signer-not-named": Words(
            "{person} is not among the signers; only a registrar or a programme manager may file statements for others",
            "{person} ne figure pas parmi les signataires ; seuls les responsables du registre et du programme "
            "peuvent déposer des déclarations pour autrui",
        ),
        "agreement-of-another": Words(
            "only {person} may file that they agree to a key",
            "{person} est la seule personne qui puisse déposer son accord à une clé",
        ),
        "findings-first": Words(
            "other members of the panel recorded findings on this candidate: record your own first",
            "d’autres membres du jury ont enregistré leurs constats sur cette candidature : enregistrez d’abord les "
            "vôtres",
        ),
        "earlier-step-ended": Words(
            "an earlier step, no. {number}, {how}: once that is put right, withdraw this one and propose it again",
            "une étape précédente, n° {number}, {how} : une fois celle-ci corrigée, retirez la présente et "
            "proposez-la de nouveau",
        ),
        "import-incomplete": Words(
            "{reason}; no. {number} of the same import {how}",
            "{reason} ; la proposition n° {number} du même import {how}",
        ),
        "undecidable": Words(
            "the rules cannot decide this proposal ({error}); withdraw it",
            "les règles ne permettent pas de traiter cette proposition ({error}) ; retirez-la",
        ),
        "proposal-ended": Words(
            "no. {number} {how} on {date}; propose it again if it is needed",
            "la proposition n° {number} {how} le {date} ; déposez-la de nouveau au besoin",
        ),
        "proposal-recorded": Words(
            "no. {number} is recorded, as leaf {leaf}; correct it by a new statement",
            "la proposition n° {number} est enregistrée, feuille {leaf} ; corrigez-la par une nouvelle déclaration",
        ),
        "filed-by-another": Words(
            "no. {number} was filed by {filer}, who can withdraw it; those who were to sign it can refuse it",
            "la proposition n° {number} a été déposée par {filer}, à qui revient son retrait ; ses signataires peuvent "
            "la refuser",
        ),
        "import-signed": Words(
            "import {source} cannot be taken back: withdraw what is wrong by its number, and propose it again as it "
            "should be. Signed or recorded: {numbers}",
            "l’import {source} ne peut être annulé : retirez ce qui est incorrect par son numéro, puis proposez-le de "
            "nouveau sous sa forme correcte. Signatures données ou enregistrées : {numbers}",
        ),
        "import-needed": Words(
            "import {source} cannot be taken back before what needs it: {sources}",
            "l’import {source} ne peut être annulé avant ce qui en dépend : {sources}",
        ),
    }
