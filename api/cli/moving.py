"""Moving a ledger from one database to another, and bringing its tables up to this version."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

from api.cli.common import FOLDER, Folder, Wrong, command, option, say
from api.cli.opening import require_ledger, tell_of_backups
from api.cli.progress import bars
from ledger.auditing import audit
from ledger.auditing.report import Progress
from ledger.errors import Corrupt
from ledger.store import moving
from ledger.store.earlier_values import seal_earlier
from ledger.store.founding import TRUST
from ledger.store.keystore.keeper import Keeper
from ledger.store.keystore.opening import open_keys
from ledger.store.migrations import HEAD
from ledger.store.opening import DATABASE, VARIABLE, address_of, open_database, open_founded, open_record, open_server
from ledger.store.port import Database
from ledger.trust import TrustRoot

FILE = "sqlite"


@command("migrate")
def migrate(
    to: Annotated[
        str | None,
        option(
            f"postgresql://USER@HOST/NAME of an empty database, or {FILE} for {DATABASE} in the ledger’s folder.",
            f"postgresql://UTILISATEUR@HÔTE/NOM d’une base vide, ou {FILE} pour {DATABASE} dans son dossier.",
        ),
    ] = None,
    take_back: Annotated[
        bool,
        option(
            "Use the database again that the ledger was moved from; what was recorded since is not in it.",
            "Utiliser de nouveau la base d’où le registre a été déplacé ; ce qui a été enregistré depuis n’y est pas.",
            "--take-back",
        ),
    ] = False,
    folder: Folder = FOLDER,
) -> None:
    require_ledger(folder)
    if take_back:
        with closing(open_record(folder)) as database:
            moving.take_back(database)
        say(f"{folder} uses this database again", f"{folder} utilise de nouveau cette base de données")
    elif to is None:
        with tell_of_backups(folder), closing(_founded(folder)):
            say(f"{folder}: the tables are of version {HEAD}", f"{folder} : les tables sont à la version {HEAD}")
    else:
        _move(folder, to)


def _move(folder: Path, to: str) -> None:
    if to == FILE and not address_of(folder):
        raise Wrong("--to", f"{DATABASE} is the database already", f"{DATABASE} est déjà la base de données")
    with closing(open_record(folder)) as source, closing(_target(folder, to)) as target:
        is_finished = moving.finish(source, target)
    if not is_finished:
        with (
            bars() as progress,
            closing(_founded(folder)) as source,
            closing(_target(folder, to)) as target,
        ):
            audited = partial(_audit, folder, "" if to == FILE else to, partial(progress, "entries"))
            moved = moving.move(source, target, audited, partial(progress, "rows"))
        say(
            f"{moved.entries} entries and {moved.rows} rows moved; the audit passed; tree root {moved.root.hex()}",
            f"{moved.entries} entrées et {moved.rows} lignes déplacées ; audit conforme ; racine {moved.root.hex()}",
        )
    if to == FILE:
        say(f"now unset {VARIABLE}", f"maintenant, supprimez la variable {VARIABLE}")
    else:
        say(
            f"now set {VARIABLE} to that address, wherever the register runs",
            f"maintenant, donnez cette adresse à {VARIABLE}, partout où le registre fonctionne",
        )


def _founded(folder: Path) -> Database:
    """The database of the ledger, of this version: what an earlier one had in clear is sealed."""
    database = open_founded(folder, TrustRoot.load(folder / TRUST))
    try:
        with closing(open_keys(folder)) as store:
            seal_earlier(database, Keeper(store))
    except BaseException:
        database.close()
        raise
    return database


def _target(folder: Path, to: str) -> Database:
    return open_database(folder / DATABASE) if to == FILE else open_server(to)


def _audit(folder: Path, address: str, progress: Progress) -> None:
    report = audit(folder, progress, address=address)
    if report.findings:
        first = report.findings[0]
        raise Corrupt(first.code, f"the audit found problems, and nothing was moved: {first.message}")
