"""Erasures that are not finished: copies of the erased values may still be in the database's own log."""

from eventsourcing.persistence import PersistenceError

from ledger.store.port import Cursor, Database, select

TABLES = ("CREATE TABLE IF NOT EXISTS unfinished_erasures (position INTEGER PRIMARY KEY)",)


class Erasures:
    """Finishes erasures as soon as no reader prevents it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._may_be_unfinished = True  # until it was read: a process may have ended in between

    def have_begun(self) -> None:
        """An erasure was committed."""
        self._may_be_unfinished = True

    def are_unfinished(self) -> bool:
        """Whether erased values may still be in the database's log, because somebody was reading."""
        return bool(self._last())

    def finish(self) -> None:
        """Remove what is left of erased values. What cannot be done now is tried again the next time."""
        if not self._may_be_unfinished:
            return
        self._may_be_unfinished = False  # before it is read: an erasure that begins meanwhile sets it again
        try:
            finished = self._finished()
        except PersistenceError:
            finished = False
        if not finished:
            self._may_be_unfinished = True

    def _finished(self) -> bool:
        last = self._last()
        if not last:
            return True
        if not self._database.forget_erased():
            return False
        with self._database.transaction(commit=True) as cursor:
            # Not those that another process began meanwhile.
            cursor.execute("DELETE FROM unfinished_erasures WHERE position <= ?", (last,))
        return True

    def _last(self) -> int:
        """The position of the last one; 0 when there is none."""
        (row,) = select(self._database, "SELECT coalesce(max(position), 0) AS last FROM unfinished_erasures")
        return int(row["last"])


def begin(cursor: Cursor, position: int) -> None:
    """Note an erasure by the entry at ``position``, inside the transaction that appends it."""
    cursor.execute("INSERT INTO unfinished_erasures VALUES (?)", (position,))
