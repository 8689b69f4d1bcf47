"""Keys in a folder: a file each, named by the SHA-256 of its owner, and the list of persons whose keys were destroyed.

The keys of proposals, which last for days, are in one file (:mod:`ledger.store.keystore.one_file`); an earlier version
had a file for each of them too.

Whoever destroys a key writes it on the list first: one that was interrupted is destroyed when it is asked for again.
"""

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from ledger.errors import Unreadable
from ledger.files import PRIVATE, make_private, overwrite_all_synced, sync_folder, write_all_synced
from ledger.store.keystore.one_file import OneFile
from ledger.store.keystore.port import KEY_BYTES, PROPOSAL, Destroyed, remembered

LIST = "destroyed"  # a JSON string a line, which is only added to
PROPOSALS = "proposals"


class FolderKeys:
    """Implements :class:`ledger.store.keystore.port.KeyStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = folder / LIST
        self._proposals = OneFile(folder / PROPOSALS)
        self._read_before: tuple[object, frozenset[str]] = None, frozenset()  # the list, and its stamp

    def keys(self, owners: Iterable[str]) -> dict[str, bytes]:
        of_proposals, others = _divided(owners)
        found = self._proposals.keys(of_proposals) if of_proposals else {}
        for owner in others | (of_proposals - found.keys()):
            with suppress(FileNotFoundError):
                found[owner] = _read(f"{self._folder}/{_name(owner)}")
        return found

    def make(self, owners: Iterable[str]) -> dict[str, bytes]:
        owners = set(owners)
        with self._locked():
            if gone := remembered(owners) & self.destroyed():
                raise Destroyed(min(gone))
            keys = self.keys(owners)
            made = {owner: secrets.token_bytes(KEY_BYTES) for owner in sorted(owners - keys.keys())}
            of_proposals, others = _divided(owners)
            if of_proposals:
                self._proposals.add({owner: key for owner, key in made.items() if owner in of_proposals})
            if others:
                self._add_files({owner: key for owner, key in made.items() if owner in others})
        return keys | made

    def destroy(self, owners: Iterable[str]) -> None:
        owners = set(owners)
        with self._locked():
            self._list_destroyed(remembered(owners) - self.destroyed())
            of_proposals, others = _divided(owners)
            if of_proposals:
                others |= of_proposals - self._proposals.remove(of_proposals)
            if not others:
                return
            going = [self._going(owner) for owner in sorted(others)]
            there = [file for file in going if file.exists()]
            overwrite_all_synced([(file, bytes(KEY_BYTES)) for file in there])
            for file in there:
                file.unlink()
            sync_folder(self._folder)

    def destroyed(self) -> frozenset[str]:
        try:
            found = self._list.stat()
        except FileNotFoundError:
            return frozenset()
        stamp = found.st_ino, found.st_size, found.st_mtime_ns  # each destruction makes it longer
        if self._read_before[0] != stamp:
            self._read_before = stamp, read_owners(self._list)
        return self._read_before[1]

    def is_empty(self) -> bool:
        return not self._list.exists() and not any(self._folder.glob("*.key"))

    def close(self) -> None:
        """Nothing is held open."""

    def _file(self, owner: str) -> Path:
        return self._folder / _name(owner)

    def _going(self, owner: str) -> Path:
        """The name of a key that is destroyed: nobody reads one that is half overwritten."""
        file = self._file(owner)
        going = file.with_suffix(".going")
        with suppress(FileNotFoundError):  # there is none, or whoever destroyed it was interrupted
            file.replace(going)
        return going

    def _add_files(self, keys: dict[str, bytes]) -> None:
        files = [(self._folder / f"unfinished-{number}", key) for number, key in enumerate(keys.values())]
        write_all_synced(files, PRIVATE)
        for owner, (unfinished, _) in zip(keys, files, strict=True):
            os.replace(unfinished, f"{self._folder}/{_name(owner)}")
        sync_folder(self._folder)  # also for who made some of them, and was interrupted

    def _list_destroyed(self, owners: set[str]) -> None:
        if not owners:
            return
        with os.fdopen(os.open(self._list, os.O_RDWR | os.O_CREAT, PRIVATE), "r+b") as opened:
            written = opened.read()
            opened.seek(written.rfind(b"\n") + 1)  # over what was interrupted
            opened.truncate()
            opened.write(b"".join(msgspec.json.encode(owner) + b"\n" for owner in sorted(owners)))
            opened.flush()
            os.fsync(opened.fileno())
        sync_folder(self._folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        make_private(self._folder)
        with os.fdopen(os.open(self._folder / "lock", os.O_WRONLY | os.O_CREAT, PRIVATE), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _divided(owners: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return those of the owners that are proposals, and the others."""
    owners = set(owners)
    of_proposals = {owner for owner in owners if owner.startswith(PROPOSAL)}
    return of_proposals, owners - of_proposals


def _name(owner: str) -> str:
    return f"{sha256(owner.encode()).hexdigest()}.key"


def _read(file: str) -> bytes:
    """The key in a file, without what :mod:`pathlib` costs: who looks for a person may read everybody's."""
    opened = os.open(file, os.O_RDONLY)
    try:
        key = os.read(opened, KEY_BYTES + 1)
    finally:
        os.close(opened)
    if len(key) != KEY_BYTES:
        raise Unreadable(
            f"{file}: expected {KEY_BYTES} bytes; put a copy in its place",
            f"{file} : {KEY_BYTES} octets sont attendus ; remplacez-le par une copie",
        )
    return key


def read_owners(file: Path) -> frozenset[str]:
    """The owners on a list of destroyed keys. Raises OSError and ``Unreadable``."""
    # A last line without an end was interrupted, and destroyed nothing.
    lines = [line for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    try:
        return frozenset(msgspec.json.decode(line, type=str) for line in lines)
    except msgspec.DecodeError:
        raise Unreadable(
            f"{file}: expected a list of who was erased; put a copy in its place",
            f"{file} : une liste des personnes effacées est attendue ; remplacez-la par une copie",
        ) from None
