"""Keys of proposals in one file: to make or destroy many, the disk is waited for once, and not once for each.

The file is a row of places of 64 bytes: a key, then the SHA-256 of its owner, or zeros where a new key may go. A place
does not cross a sector of the disk (512 bytes), so a write that is cut short leaves the others as they were; of its own
it leaves the owner until the key is overwritten. Where two processes write, the caller holds a lock. A reader does not:
a key that is half overwritten opens nothing, as one that is gone.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path

from ledger.files import PRIVATE, sync_folder
from ledger.store.keystore.port import KEY_BYTES

NAME_BYTES = 32
PLACE_BYTES = KEY_BYTES + NAME_BYTES
NOBODY = bytes(NAME_BYTES)
FEW = 16  # owners for whom the file is searched; for more it is quicker to list all that it has


class OneFile:
    """The keys of owners with random names, of whom nothing is left once they are destroyed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def keys(self, owners: Iterable[str]) -> dict[str, bytes]:
        """Return the keys of those owners who have one here."""
        try:
            held = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        return {owner: held[place : place + KEY_BYTES] for owner, place in _places(held, owners)}

    def add(self, keys: dict[str, bytes]) -> None:
        """Keep keys of owners who have none; they are on the disk on return."""
        with self._synced(os.O_CREAT) as file:
            held = _read(file)
            if not held:  # it is new, or whoever made it was interrupted
                sync_folder(self._file.parent)
            for place, (owner, key) in zip(_free(held), keys.items(), strict=False):
                os.pwrite(file, key + _name(owner), place)

    def remove(self, owners: Iterable[str]) -> set[str]:
        """Overwrite the keys of those owners who have one, on the disk on return; return who had one.

        Also of whoever had one until somebody was interrupted here: what they overwrote is on the disk then.
        """
        try:
            with self._synced() as file:
                found = dict(_places(_read(file), owners))
                for place in found.values():
                    os.pwrite(file, bytes(PLACE_BYTES), place)
        except FileNotFoundError:
            return set()
        return set(found)

    @contextmanager
    def _synced(self, flags: int = 0) -> Iterator[int]:
        file = os.open(self._file, os.O_RDWR | flags, PRIVATE)
        try:
            yield file
            os.fdatasync(file)
        finally:
            os.close(file)


def _read(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _places(held: bytes, owners: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the place of each owner who has one."""
    names = {owner: _name(owner) for owner in owners}
    if len(names) > FEW:
        ends = range(KEY_BYTES, len(held), PLACE_BYTES)
        listed = {held[end : end + NAME_BYTES]: end for end in ends}
        found = {owner: listed.get(name, -1) for owner, name in names.items()}
    else:
        found = {owner: held.find(name) for owner, name in names.items()}
    return ((owner, end - KEY_BYTES) for owner, end in found.items() if end > 0)


def _free(held: bytes) -> Iterator[int]:
    """Yield the places where nobody's key is, then those behind the end, without end."""
    for place in range(0, len(held) - PLACE_BYTES + 1, PLACE_BYTES):
        if held.startswith(NOBODY, place + KEY_BYTES):
            yield place
    yield from count(len(held) - len(held) % PLACE_BYTES, PLACE_BYTES)


def _name(owner: str) -> bytes:
    return sha256(owner.encode()).digest()
