"""Statuses over two times: true from day to day, known from moment to moment.

When something new is known, the open rows of the certification end and new ones begin, so that the status as known
earlier can still be read.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from ledger.domain.spans import Span, span_around
from ledger.domain.standing import Status
from projections.writing import Cursor


class Timeline(msgspec.Struct, frozen=True):
    """The statuses of a certification as known at a moment, in order; none before the grant was known."""

    spans: tuple[Span, ...]

    def around(self, day: date) -> Span | None:
        """The status on a day with the days over which it holds; None before the first day."""
        return span_around(self.spans, day)

    def on(self, day: date) -> Status:
        """The status on a day."""
        span = self.around(day)
        if span is not None:
            return span.status
        if any(span.status is Status.ANNULLED for span in self.spans):
            return Status.ANNULLED  # it never counted, whatever the day
        return Status.NOT_YET_VALID if self.spans else Status.NONE


def begin(cursor: Cursor, table: str, certification_id: str, known: int, rows: Iterable[Span]) -> None:
    """Begins with ``rows`` what is known of a certification.

    The table has the columns certification_id, first_day, last_day, status, known_from, known_until.
    """
    cursor.executemany(
        f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, NULL)",
        [
            (certification_id, s.first_day.isoformat(), s.last_day and s.last_day.isoformat(), s.status, known)
            for s in rows
        ],
    )


def supersede(cursor: Cursor, table: str, certification_id: str, known: int, rows: Iterable[Span]) -> None:
    """Ends what was known of a certification until now, and begins with ``rows``, in a table like that."""
    cursor.execute(
        f"DELETE FROM {table} WHERE certification_id = ? AND known_until IS NULL AND known_from = ?",
        (certification_id, known),
    )
    cursor.execute(
        f"UPDATE {table} SET known_until = ? WHERE certification_id = ? AND known_until IS NULL",
        (known, certification_id),
    )
    begin(cursor, table, certification_id, known, rows)


def at_both_times(day: str, known: str) -> str:
    """Returns the SQL condition for the row that is true on ``:day`` as known at ``:known``."""
    return (
        f"first_day <= {day} AND (last_day IS NULL OR last_day >= {day}) "
        f"AND known_from <= {known} AND (known_until IS NULL OR known_until > {known})"
    )
