"""Files: written so that they are whole or not there, whatever happens meanwhile; read up to a bound.

They are their owner's only, from the moment when they are made, unless the caller says that everyone may read them.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ledger.errors import Unreadable, Unverifiable
from ledger.words import Words

PRIVATE, PUBLIC = 0o600, 0o666  # modes of files, less what the process's mask takes away
OPENED, SYNCING = 100, 4  # files at once


def write_whole(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file, or replace one, at once and for good: it is whole on the disk before it has its name.

    Its folder is made if there is none, and may be entered by who may read the file.
    """
    _make(path.parent, mode | (mode & 0o444) >> 2)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    write_synced(unfinished, data, mode)
    move(unfinished, path)


def write_synced(path: Path, data: bytes, mode: int) -> None:
    """Write a file; it is on the disk on return."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_all_synced(files: Sequence[tuple[Path, bytes]], mode: int) -> None:
    """Write some files; all are on the disk on return."""
    _write_all_synced(files, os.O_CREAT | os.O_TRUNC, mode)


def overwrite_all_synced(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write over the beginning of some files, where it is on the disk; all are there on return.

    Raises FileNotFoundError when one is not there.
    """
    _write_all_synced(files, 0, PRIVATE)


def _write_all_synced(files: Sequence[tuple[Path, bytes]], flags: int, mode: int) -> None:
    """Many are waited for at once: the disk flushes its cache for all of them, where it would for each in turn."""
    with ThreadPoolExecutor(SYNCING - 1) as pool:  # which starts no thread for one file
        for start in range(0, len(files), OPENED):
            with ExitStack() as stack:
                opened = []
                for path, data in files[start : start + OPENED]:
                    file = stack.enter_context(os.fdopen(os.open(path, os.O_WRONLY | flags, mode), "wb"))
                    file.write(data)
                    file.flush()
                    opened.append(file.fileno())
                first, *others = filter(None, (opened[thread::SYNCING] for thread in range(SYNCING)))
                waiting = [pool.submit(_sync, share) for share in others]
                _sync(first)
                for other in waiting:
                    other.result()  # raises what any of them raises


def _sync(opened: Sequence[int]) -> None:
    for file in opened:
        os.fsync(file)


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter. One that is there already keeps its mode."""
    _make(folder, 0o700)


def _make(folder: Path, mode: int) -> None:
    if not folder.exists():
        _make(folder.parent, mode)  # pathlib would let everyone enter those above it
    folder.mkdir(mode, exist_ok=True)


def private(path: str, flags: int) -> int:
    """Open a file for ``open``; a new one is its owner's only."""
    return os.open(path, flags, PRIVATE)


def open_to_others(folder: Path) -> list[Path]:
    """Return the folder and the files in it that others than their owner may read, write or enter."""
    found = []
    for path in (folder, *sorted(folder.iterdir())):
        with suppress(FileNotFoundError):  # of something unfinished, which was removed meanwhile
            mode = path.lstat().st_mode
            if (stat.S_ISREG(mode) or path == folder) and mode & (stat.S_IRWXG | stat.S_IRWXO):
                found.append(path)
    return found


def read_bounded(path: Path, at_most: int) -> bytes:
    """What somebody hands in as a file. Raises OSError, or ValueError when it holds more than so many bytes."""
    with path.open("rb") as file:
        data = file.read(at_most + 1)
    if len(data) > at_most:
        raise Unreadable(
            f"{path}: expected at most {at_most} bytes", f"{path} : {at_most} octets au plus sont attendus"
        )
    return data


def read_text(path: Path, at_most: int) -> str:
    """The same as text. Raises ValueError too when it is not UTF-8."""
    try:
        return read_bounded(path, at_most).decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{path}: expected text in UTF-8", f"{path} : un texte en UTF-8 est attendu") from None


@contextmanager
def expecting(path: Path, en: str, fr: str) -> Iterator[None]:
    """Turns a failure to make sense of a file into ``Unreadable``, which names it and what was expected there."""
    try:
        yield
    except (Unverifiable, ValueError) as error:
        if path.stat().st_size == 0:
            found = Words("the file is empty", "le fichier est vide")
        else:
            fr_only = (
                error.words.fr if isinstance(error, Unreadable) else error.fr if isinstance(error, Unverifiable) else ""
            )
            particulars = f" ({fr_only})" if fr_only else ""
            found = Words(f"found something else ({error})", f"le fichier contient autre chose{particulars}")
        raise Unreadable(f"{path}: expected {en}; {found.en}", f"{path} : attendu : {fr} ; {found.fr}") from None


def move(path: Path, target: Path) -> None:
    """Give a file or a folder its name, for good."""
    path.replace(target)
    sync_folder(target.parent)


def sync_folder(path: Path) -> None:
    """Keep for good which files a folder has, under which names."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
