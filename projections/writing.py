"""Writes the rows of a batch: insertions wait until a statement about their table, or the end, and go in together.

It relies on three things. An insertion waits only if it states all of its values, so that it reads nothing. Those of
one table keep their order among each other, and no table has a trigger or a reference to another. Every other statement
is run at once, after what waits for any table that its text names: so it finds the rows that it would have found had
each been inserted in its turn.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from ledger.store.port import Row

_INSERTION = re.compile(r"INSERT INTO (\w+) VALUES \([?, NUL\d]*\)")  # of values only


class Cursor(Protocol):
    """What a handler needs of a transaction: a cursor, or the writing of a batch."""

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> object: ...

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> object: ...

    def fetchone(self) -> Row: ...

    def fetchall(self) -> list[Row]: ...


class Batch:
    """Implements :class:`Cursor` on a cursor. ``finish`` is called after the last statement."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._waiting: dict[str, list[Sequence[Any]]] = {}  # rows by the statement that inserts them

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> None:
        if statement in self._waiting:
            self._waiting[statement].append(parameters)
            return
        words = _words(statement)
        for insertion in [other for other in self._waiting if _table(other) in words]:
            self._insert(insertion)
        if _table(statement):
            self._waiting[statement] = [parameters]
        else:
            self._cursor.execute(statement, parameters)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> None:
        for row in parameters:
            self.execute(statement, row)

    def fetchone(self) -> Row:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Row]:
        return self._cursor.fetchall()

    def finish(self) -> None:
        """Insert all that waits."""
        for insertion in list(self._waiting):
            self._insert(insertion)

    def _insert(self, insertion: str) -> None:
        self._cursor.executemany(insertion, self._waiting.pop(insertion))


@cache
def _table(statement: str) -> str:
    """The table of an insertion that may wait; empty for any other statement."""
    matched = _INSERTION.fullmatch(statement)
    return "" if matched is None else matched[1]


@cache
def _words(statement: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", statement))
