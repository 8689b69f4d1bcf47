"""The rows of a ledger's entries, as the audit reads them: in the order of their places, as many as fit into memory."""

from collections.abc import Collection, Iterator

from ledger.auditing.judging import Row
from ledger.store.port import Database

BATCH = 1000


class Entries:
    """The rows after the first ``size`` places."""

    def __init__(self, database: Database, size: int) -> None:
        self._database, self._size = database, size

    def states(self, types: Collection[str] = ()) -> Iterator[tuple[int, bytes]]:
        """The place of each row and what it holds, which is bytes unless it was altered; of these types, if any."""
        last, mark = self._size, self._database.mark
        which = f"AND topic IN ({', '.join([mark] * len(types))})" if types else ""
        said = f"SELECT position, state FROM stored_events WHERE position > {mark} {which} "  # noqa: S608 - constants
        while rows := self._database.select(f"{said} ORDER BY position LIMIT {BATCH}", (last, *types)):
            yield from rows
            last = rows[-1][0]

    def rows(self, start: int, end: int) -> dict[int, Row]:
        """The rows from place ``start`` to ``end``, the latter excluded, by place."""
        mark = self._database.mark
        rows = self._database.select(
            "SELECT position, state, originator_id, originator_version, topic FROM stored_events "  # noqa: S608 - constants
            f"WHERE position >= {mark} AND position < {mark}",
            (start, end),
        )
        return {place: Row(place, state, (str(stream), *said)) for place, state, stream, *said in rows}
