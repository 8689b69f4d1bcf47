"""A file that is only read: on a read-only mount, in a snapshot or an archive, or while a register goes on with it.

SQLite reads a file in WAL mode only beside an index of its write-ahead log (``-shm``), which it makes where it may
write. Where nobody has the file open there is none, and none is left beside a file that was only read.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eventsourcing.persistence import OperationalError

from ledger.errors import Unreadable
from ledger.store.engines.sqlite import SQLiteDatabase
from ledger.store.port import Changed

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100  # https://www.sqlite.org/fileformat.html, 1.3
LARGEST_PAGE = 65_536  # is written as 1

_Stamp = tuple[object, ...]


@contextmanager
def reading(path: Path) -> Iterator[SQLiteDatabase]:
    """Yields the database in a file, and writes nothing beside one that nobody has open.

    Raises OSError, ``Unreadable`` when it is no database or is cut short, and at the end ``Changed`` when the file was
    written meanwhile and could not be locked.
    """
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    _require_whole(path, has_log=has_log)
    if path.with_name(f"{path.name}-shm").exists():
        # Somebody has it open, or had: the log and the locks of others are heeded.
        with closing(_opened(path, "mode=ro")) as database:
            if _is_readable(database):
                yield database
                return
    before = _stamp(path, log)
    try:
        if has_log:
            with TemporaryDirectory() as folder:
                for file in (path, log):
                    shutil.copyfile(file, Path(folder) / file.name)
                _require_unchanged(before, path, log)
                with closing(_opened(Path(folder) / path.name, "mode=ro")) as database:
                    yield database
        else:
            # The log holds nothing: the file is all there is.
            with closing(_opened(path, "immutable=1")) as database:
                yield database
    finally:
        _require_unchanged(before, path, log)


def _opened(path: Path, how: str) -> SQLiteDatabase:
    return SQLiteDatabase(f"{path.absolute().as_uri()}?{how}", read_only=True)


def _is_readable(database: SQLiteDatabase) -> bool:
    """Whether SQLite can use the log's index where it is."""
    try:
        database.select("SELECT count(*) FROM sqlite_schema")
    except OperationalError:
        return False
    return True


def _require_whole(path: Path, *, has_log: bool) -> None:
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        raise Unreadable(
            f"{path}: expected an SQLite database, found something else",
            f"{path} : une base de données SQLite est attendue, le fichier contient autre chose",
        )
    page, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    expected, found = (LARGEST_PAGE if page == 1 else page) * pages, path.stat().st_size
    if found < expected and not has_log:  # else it may be growing
        raise Unreadable(
            f"{path}: cut short: {found} bytes of {expected}; copy the file again",
            f"{path} : fichier tronqué : {found} octets sur {expected} ; copiez-le de nouveau",
        )


def _stamp(*paths: Path) -> _Stamp:
    """What changes when a file is written."""
    found = [path.stat() if path.exists() else None for path in paths]
    return tuple(stat and (stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in found)


def _require_unchanged(before: _Stamp, *paths: Path) -> None:
    if _stamp(*paths) != before:
        raise Changed(f"{paths[0]} was written while it was read")
