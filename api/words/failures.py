"""Failures other than refusals, in French too: the state has changed, a proof is not valid, a record is broken.

Most say where a signature, proof or file departs from its format, in the terms of that format. These particulars
follow the French sentence in English; what officers meet in everyday work has a sentence of its own.
"""

import errno

from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Corrupt, LedgerError, Unverifiable
from ledger.words import Words

OF_CLASS: dict[type[LedgerError], str] = {
    Conflict: "l’état du registre a changé entre-temps, ou ne permet pas encore cette opération",
    Unverifiable: "une signature, une preuve ou un format n’est pas valide",
    Corrupt: "les données enregistrées se contredisent",
}
OF_CODE: dict[str, str] = {
    "not-authenticated": "la demande n’est pas signée par la clé active d’un responsable",
    "signature-used": "cette signature a déjà servi : signez de nouveau la demande, avec un nouveau nonce",
    "key-not-enrolled": "cette clé n’est pas une clé active de ce registre",
    "signature-not-wanted": "aucune signature de cette personne n’est attendue ici",
    "signature-unknown-key": "signature émise avec une clé qui n’est pas une clé active de cette personne",
    "signature-invalid": "la signature n’est pas valide",
    "idempotency-key-reused": "cette clé Idempotency-Key a déjà servi à une autre demande",
    "moved-on": "le dossier a changé depuis la préparation : préparez et signez de nouveau",
    "clock-implausible": "l’heure de cette machine n’est pas plausible : corrigez-la, ou faites-la confirmer",
    "statement-expired": "la déclaration a attendu trop longtemps ses signatures : préparez-la de nouveau",
    "time-in-the-future": "la déclaration est datée dans l’avenir",
    "not-witnessed": "les témoins n’ont pas encore cosigné",
    "evidence-none": "les deux points de contrôle ne se contredisent pas",
}


def failure_in_words(error: Refused | LedgerError) -> Words:
    """Returns what was refused or failed."""
    if isinstance(error, Refused):
        return error.words
    sentence = OF_CODE.get(error.code) or OF_CLASS[type(error)]
    return Words(str(error), f"{sentence} ({error.code} : {error})")


OF_FILE: dict[int | None, Words] = {
    errno.ENOENT: Words("No such file or folder", "fichier ou dossier introuvable"),
    errno.EACCES: Words("permission denied", "accès refusé"),
    errno.EPERM: Words("permission denied", "accès refusé"),
    errno.EISDIR: Words("expected a file, found a folder", "un fichier est attendu, c’est un dossier"),
    errno.ENOTDIR: Words("part of the path is no folder", "une partie du chemin n’est pas un dossier"),
    errno.EROFS: Words("the file system is read-only", "le système de fichiers est en lecture seule"),
    errno.ENOSPC: Words("the disk is full", "le disque est plein"),
}


def file_in_words(error: OSError) -> Words:
    """Returns which file cannot be read or written, and why; what a server did not do has no file."""
    if error.filename is None:
        return Words(str(error), f"lecture ou écriture impossible : {error}")
    en, fr = OF_FILE.get(error.errno, Words(str(error.strerror), str(error.strerror)))
    return Words(f"{error.filename}: {en}", f"{error.filename} : {fr}")
