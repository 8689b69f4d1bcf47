"""Files: written so that they are whole or not there, whatever happens meanwhile; read up to a bound."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file, or replace one, at once and for good: it is whole on the disk before it has its name.

    ``mode`` says who may read it, less what the process's mask takes away.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    write_synced(unfinished, data, mode)
    move(unfinished, path)


def write_synced(path: Path, data: bytes, mode: int) -> None:
    """Write a file; it is on the disk on return."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read_bounded(path: Path, at_most: int) -> bytes:
    """What somebody hands in as a file. Raises OSError, or ValueError when it holds more than so many bytes."""
    with path.open("rb") as file:
        data = file.read(at_most + 1)
    if len(data) > at_most:
        raise ValueError(f"{path}: expected at most {at_most} bytes")
    return data


def read_text(path: Path, at_most: int) -> str:
    """The same as text. Raises ValueError too when it is not UTF-8."""
    try:
        return read_bounded(path, at_most).decode()
    except UnicodeDecodeError:
        raise ValueError(f"{path}: expected text in UTF-8") from None


def move(path: Path, target: Path) -> None:
    """Give a file or a folder its name, for good."""
    path.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
