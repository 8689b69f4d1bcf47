"""Restoring a ledger from a backup, so that nobody who was erased comes back."""

from pathlib import Path
from typing import Annotated

from api.cli.common import FOLDER, AuditorKey, Folder, Wrong, argument, clock, command, option, say
from api.cli.language import in_language
from api.clients.fetching import reader
from api.notices.restored import doubt
from ledger.published import PublishedLog
from ledger.signing.keys import SigningKey
from ledger.store.cache import remove
from ledger.store.erasures import read_list
from ledger.store.founding import TRUST
from ledger.store.keystore.folder import LIST
from ledger.store.keystore.opening import FOLDER as KEYS
from ledger.store.opening import DATABASE
from ledger.store.restoring import restore as restore_ledger
from ledger.trust import TrustRoot
from projections.read_models import DATABASE as READ_MODELS
from projections.read_models import PUBLIC_DATABASE


@command("restore")
def restore(
    backup: Annotated[
        Path,
        argument(
            "The folder of the backup: ledger.db, the log’s keys, the trust root.",
            "Le dossier de la sauvegarde : ledger.db, les clés du journal, la racine de confiance.",
        ),
    ],
    log: Annotated[
        str | None,
        option(
            "A newer copy of the log, with entries: an export, or the address of a register.",
            "Une copie plus récente du journal, avec ses entrées : un export ou l’adresse d’un registre.",
        ),
    ] = None,
    key: AuditorKey = None,
    erased: Annotated[
        list[Path] | None,
        option(
            f"A copy of {KEYS}/{LIST} that is kept elsewhere; repeat for more.",
            f"Une copie de {KEYS}/{LIST} conservée ailleurs ; option répétable.",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    if not (backup / DATABASE).is_file():
        raise Wrong("BACKUP", f"{backup}: expected {DATABASE} in it", f"{backup} : {DATABASE} doit s’y trouver")
    trust = TrustRoot.load((folder if (folder / TRUST).exists() else backup) / TRUST)
    newer = None if log is None else PublishedLog(reader(log, None if key is None else SigningKey.load(key)), trust)
    listed = {person for file in erased or () for person in read_list(file)}
    doubtful = list[int]()
    restored = restore_ledger(
        backup, folder, clock, newer, listed, lambda ledger: doubtful.append(doubt(ledger, clock()))
    )
    for name in (READ_MODELS, PUBLIC_DATABASE):
        remove(folder / name)  # of another history: they are filled again
    say(
        f"{restored.entries} entries in {folder}, {restored.added} of them from the newer copy of the log",
        f"{restored.entries} entrées dans {folder}, dont {restored.added} de la copie plus récente du journal",
    )
    again = ", ".join(restored.erased) or in_language("nobody", "aucun")
    say(f"erased again: {again}", f"effacement répété : {again}")
    if sum(doubtful):
        say(
            f"notices that may have been sent since the backup: {sum(doubtful)} (see pca-ledger notices list)",
            f"avis peut-être envoyés depuis la sauvegarde : {sum(doubtful)} (voir pca-ledger notices list)",
        )
    check = f"pca-ledger audit --ledger {folder}"
    say(f"now run {check}", f"lancez maintenant {check}")
