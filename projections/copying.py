"""Starting from another process's read models: a copy of them is there at once, and only the newest entries are read.

A copy is used only when it is whole, of the same version of the tables, and of this log; otherwise all is replayed.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from ledger.errors import Corrupt
from ledger.store.cache import remove
from ledger.store.engines.sqlite_copying import copy
from ledger.store.opening import open_database
from ledger.store.recorder import LedgerRecorder
from projections.following import Following, is_current


def start_from_another(path: Path, ledger_folder: Path, log: LedgerRecorder) -> None:
    """Puts a copy of another process's read models at ``path``, if nothing is there and there is one to copy.

    Others are looked for in the ledger's folder, and in the folders beside that of ``path``; the latest first.
    """
    if path.parent == ledger_folder or path.exists():
        return
    copied = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.copied.db")
    for source in _others(path, ledger_folder):
        try:
            copy(source, copied)
            if _is_of(copied, log):
                with suppress(FileExistsError):  # another process was faster
                    os.link(copied, path)
                return
        except (PersistenceError, OSError) as error:
            logging.getLogger("pca-ledger").warning("the read models in %s cannot be copied: %s", source, error)
        finally:
            remove(copied)


def _others(path: Path, ledger_folder: Path) -> Iterator[Path]:
    folders = {ledger_folder, *path.parent.absolute().parent.iterdir()} - {path.parent.absolute()}
    found = [folder / path.name for folder in folders if (folder / path.name).is_file()]
    yield from sorted(found, key=lambda file: file.stat().st_mtime, reverse=True)


def _is_of(copied: Path, log: LedgerRecorder) -> bool:
    with closing(open_database(copied)) as database:
        if not is_current(database):
            return False
        try:
            position, _ = Following(database, log).require_same_log()
        except Corrupt:
            return False
        return position > 0
