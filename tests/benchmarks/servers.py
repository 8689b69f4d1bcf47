"""A PostgreSQL server of this machine that syncs at each commit, started once in a run and shared by all rows."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

from ledger.store.opening import VARIABLE
from tests.postgresql import Server

_started: dict[Path, Server] = {}  # by the folder of the run


def address(folder: Path, name: str, stack: ExitStack) -> str:
    """The address of an empty database of this name, which is made on the server of a run."""
    if folder not in _started:
        server = Server(Path(mkdtemp(dir=folder)), {})
        server.start()
        stack.callback(lambda: _started.pop(folder).close())
        _started[folder] = server
    with _started[folder].connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return _started[folder].url(name)


@contextmanager
def founded_there(where: str) -> Iterator[None]:
    """Ledgers that are founded within it are at this address."""
    with patch.dict(os.environ, {VARIABLE: where}):
        yield
