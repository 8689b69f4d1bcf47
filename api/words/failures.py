"""Failures other than refusals, in French too: the state has changed, a proof is not valid, a record is broken.

Most say where a signature, proof or file departs from its format, in the terms of that format. These particulars
follow the French sentence in English; what officers meet in everyday work has a sentence of its own.
"""

import errno
import socket

from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Corrupt, LedgerError, Unreachable, Unverifiable
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
    if isinstance(error, Unverifiable) and error.fr:
        return Words(str(error), f"{error.fr} ({error.code})")
    sentence = OF_CODE.get(error.code) or OF_CLASS[type(error)]
    return Words(str(error), f"{sentence} ({error.code} : {error})")


OF_SYSTEM: dict[int | None, Words] = {
    errno.ENOENT: Words("no such file or folder", "fichier ou dossier introuvable"),
    errno.EEXIST: Words("it exists already", "ce fichier ou dossier existe déjà"),
    errno.EACCES: Words("permission denied", "accès refusé"),
    errno.EPERM: Words("permission denied", "accès refusé"),
    errno.EISDIR: Words("expected a file, found a folder", "un fichier est attendu, c’est un dossier"),
    errno.ENOTDIR: Words("part of the path is no folder", "une partie du chemin n’est pas un dossier"),
    errno.ENOTEMPTY: Words("the folder is not empty", "le dossier n’est pas vide"),
    errno.ENAMETOOLONG: Words("the name is too long", "le nom est trop long"),
    errno.ELOOP: Words("the links lead in a circle", "les liens forment une boucle"),
    errno.EROFS: Words("the file system is read-only", "le système de fichiers est en lecture seule"),
    errno.ENOSPC: Words("the disk is full", "le disque est plein"),
    errno.EDQUOT: Words("the disk quota is used up", "le quota de disque est épuisé"),
    errno.EFBIG: Words("the file would be too large", "le fichier serait trop volumineux"),
    errno.EIO: Words("the device failed", "le support est défaillant"),
    errno.EMFILE: Words("too many files are open", "trop de fichiers sont ouverts"),
    errno.EADDRINUSE: Words("another program uses this port", "un autre programme utilise ce port"),
    errno.EADDRNOTAVAIL: Words("this machine has no such address", "cette machine n’a pas cette adresse"),
    errno.ECONNREFUSED: Words("nothing listens at this address", "aucun service à cette adresse"),
    errno.EHOSTUNREACH: Words("the host cannot be reached", "l’hôte est injoignable"),
    errno.ENETUNREACH: Words("the network cannot be reached", "le réseau est injoignable"),
    errno.ETIMEDOUT: Words("no answer in time", "aucune réponse à temps"),
    socket.EAI_NONAME: Words("the name of the host is not known", "le nom de l’hôte est inconnu"),
    socket.EAI_AGAIN: Words(
        "the name of the host cannot be resolved now", "le nom de l’hôte ne peut être résolu pour l’instant"
    ),
}


def of_system(error: OSError) -> Words:
    """Returns the reason that the operating system gives; one that is not in the table in its own words."""
    return OF_SYSTEM.get(error.errno) or Words(*2 * [str(error.strerror or error)])


def file_in_words(error: OSError) -> Words:
    """Returns which file cannot be read or written, and why; what a server or a device did not do names no file."""
    if isinstance(error, Unreachable):
        return error.words
    why = of_system(error)
    if error.errno is None:
        return why
    if error.filename is None:
        return Words(f"cannot read or write: {why.en}", f"lecture ou écriture impossible : {why.fr}")
    # Of two, such as those of a renaming, the second is where something went wrong.
    path = error.filename2 or error.filename
    return Words(f"{path}: {why.en}", f"{path} : {why.fr}")
