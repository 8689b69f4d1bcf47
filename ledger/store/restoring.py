"""Restoring a ledger from a backup, with what was recorded since, and without what was erased since.

A backup holds the vault as it was: whoever copies it back brings back every value that was erased later. So it is
restored beside the folder, goes on with the entries of a newer copy of the log, forgets everyone whom its own log or
the list of erasures names, signs everybody out, and only then takes its place.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from sqlalchemy import delete

from ledger.errors import Corrupt, Unreadable
from ledger.files import make_private, move, private
from ledger.log.tree import root_at
from ledger.published import PublishedLog
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import SignedEvent, decode_payload
from ledger.store.cache import remove
from ledger.store.clock import Clock
from ledger.store.console_tables import CEREMONIES, LINKS, SESSIONS
from ledger.store.erasures import LIST, read_list
from ledger.store.founding import LOG_KEY, TRUST
from ledger.store.keystore import opening as keystore
from ledger.store.keystore.folder import LIST as DESTROYED
from ledger.store.keystore.opening import FOLDER, open_keys
from ledger.store.keystore.port import KeyStore, person
from ledger.store.ledger import Ledger
from ledger.store.opening import DATABASE, VARIABLE, address_of
from ledger.store.publishing import ML_DSA_KEY, PUBLISHED

BESIDE = (LOG_KEY, ML_DSA_KEY, TRUST)


class Restored(msgspec.Struct, frozen=True):
    """How many entries the ledger has now, how many of them came from the newer copy, and who was erased again."""

    entries: int
    added: int
    erased: tuple[str, ...]


def restore(
    backup: Path,
    folder: Path,
    clock: Clock,
    log: PublishedLog | None = None,
    erased: Iterable[str] = (),
    settle: Callable[[Ledger], object] = lambda _: None,
) -> Restored:
    """Restore a ledger whose database is gone, all of it or nothing.

    ``log`` is a newer copy of the same log, with entries; ``erased`` are ids from a copy of the list of erasures.
    ``settle`` is called with the restored ledger before it takes its place.
    Raises FileExistsError while there is a database, ``Unreadable`` for one on a server, OSError, ``Unverifiable``, and
    ``Corrupt`` when ``log`` is another one, or when more was published than is restored.
    """
    if address_of(folder):
        raise Unreadable(
            f"a backup is restored into {DATABASE}: unset {VARIABLE}, then run pca-ledger migrate --to",
            f"une sauvegarde est restaurée dans {DATABASE} : supprimez {VARIABLE}, puis déplacez le registre avec "
            "pca-ledger migrate --to",
        )
    if (folder / DATABASE).exists():
        raise FileExistsError(f"{folder / DATABASE}: move it elsewhere first; if it can be read, export its entries")
    unfinished = folder.with_name(f".{folder.name}.restoring")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a restoring that was interrupted
    make_private(unfinished)
    try:
        for name in (DATABASE, f"{DATABASE}-wal"):
            _copy(backup / name, unfinished / name)
        for name in BESIDE:
            _copy(_newer(folder, backup, name), unfinished / name)
        keys = _keys(backup, folder, unfinished)
        keys.destroy(map(person, {*erased, *_listed(folder), *_listed(backup)}))
        with Ledger.open(unfinished, clock, keys=keys) as ledger:
            _end_what_was_begun(ledger)
            added, again = _go_on(ledger, log) if log is not None else 0, ledger.erased_again
        _copy(_newer(folder, backup, PUBLISHED), unfinished / PUBLISHED)
        # What was added may erase people too, and more may have been published.
        with Ledger.open(unfinished, clock, keys=_keys(backup, folder, unfinished)) as ledger:
            restored = Restored(ledger.size(), added, (*again, *ledger.erased_again))
            settle(ledger)
        _put(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return restored


def _end_what_was_begun(ledger: Ledger) -> None:
    """Sign everybody out: of sessions, links and challenges, a backup does not know which ended since, or were used."""
    with ledger.database.transaction(commit=True) as cursor:
        for table in (SESSIONS, LINKS, CEREMONIES):
            cursor.run(delete(table))


def _go_on(ledger: Ledger, log: PublishedLog) -> int:
    """Append the entries that only the other copy has: each was signed, and the log's checkpoint covers it."""
    size, checkpoint = ledger.size(), log.latest()
    shared = min(size, checkpoint.size)
    if root_at(shared, log.nodes(checkpoint.size).get_node) != ledger.tree.root_at(shared):
        raise Corrupt("log-forked", f"the newer copy holds other entries among the first {shared} than the backup")
    if checkpoint.size > size:
        for batch in log.entries(checkpoint.size, size):
            events = [SignedEvent(decode_payload(open_envelope(state).payload), state) for state in batch]
            ledger.application.events.put(events, expects_size=ledger.size())
        if ledger.tree.root_at(checkpoint.size) != checkpoint.root:
            raise Corrupt("log-forked", "the entries of the newer copy are not those that its checkpoint covers")
    return ledger.size() - size


def _keys(backup: Path, folder: Path, unfinished: Path) -> KeyStore:
    """The keys of persons: those that are there, or else a copy of the backup's, where the folder will have them."""
    if keystore.address_of(folder) != str(folder / FOLDER) or (folder / FOLDER).exists():
        return open_keys(folder)
    if (backup / FOLDER).exists() and not (unfinished / FOLDER).exists():
        make_private(unfinished / FOLDER)
        for file in (backup / FOLDER).iterdir():
            _copy(file, unfinished / FOLDER / file.name)
    return open_keys(unfinished)


def _listed(folder: Path) -> frozenset[str]:
    """The erased persons, by the lists in a folder."""
    lists = (folder / LIST, folder / FOLDER / DESTROYED)
    return frozenset().union(*(read_list(file) for file in lists if file.exists()))


def _newer(folder: Path, backup: Path, name: str) -> Path:
    """Return a file of the folder, or else of the backup, which is older."""
    return folder / name if (folder / name).exists() else backup / name


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        with source.open("rb") as read, open(target, "wb", opener=private) as written:
            shutil.copyfileobj(read, written)


def _put(unfinished: Path, folder: Path) -> None:
    """Move the files into the folder, the database last: without it there is no ledger."""
    make_private(folder)
    remove(folder / DATABASE)  # a write-ahead log of the database that is gone
    for path in sorted(unfinished.iterdir(), key=lambda path: path.name == DATABASE):
        move(path, folder / path.name)
