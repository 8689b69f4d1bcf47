"""Watches a file: the question takes some three microseconds, on a connection of its own that waits for nobody."""

import sqlite3
from collections.abc import Callable
from threading import Lock

from ledger.store.port import Mark

_VERSION = "PRAGMA data_version"  # changes with each commit of another connection, in whichever process


class SQLiteWatch:
    """Implements :class:`ledger.store.port.Watch`."""

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        self._opened = opened
        self._connection: sqlite3.Connection | None = None
        self._openings = 0  # a version of one connection says nothing on another
        self._lock = Lock()

    async def mark(self) -> Mark | None:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._opened()
                    self._connection.execute("PRAGMA busy_timeout = 0")
                    self._openings += 1
                return (self._openings, *self._connection.execute(_VERSION).fetchall()[0])
            except sqlite3.Error:
                return None

    async def close(self) -> None:
        self.give_up()

    def give_up(self) -> None:
        """Closes the connection; the next question opens another."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
