"""Queries about the changes: those after or before a position of the log, and the last of a certification."""

from datetime import date, datetime
from typing import Any

import msgspec

from projections.changes import tables
from projections.changes.tables import Kind
from projections.entry import microseconds, moment
from projections.read_model import ReadModel

_SELECT = "SELECT changes.*, person_id FROM changes JOIN changing USING (certification_id) "
_MOVING = (Kind.RENEWED, Kind.WITHDRAWN, Kind.RELINQUISHED, Kind.ANNULLED, Kind.RESTORED)
_EXPIRING = (
    "WHERE certification_id IN (SELECT certification_id FROM changing WHERE expires_on BETWEEN ? AND ? "
    "UNION SELECT certification_id FROM changes WHERE known >= ? AND kind IN (?, ?, ?, ?, ?)) AND position = "
    "(SELECT max(position) FROM changes AS later WHERE later.certification_id = changes.certification_id) "
    "ORDER BY position"
)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change. ``position`` counts the log's entries from 1; ``recorded`` is when the log knew it.

    ``number`` is the document in use after it (None: none was issued yet), ``old_number`` the one that a
    reissue supersedes; ``expires_on`` is the last day of validity after it, None without end.
    """

    position: int
    recorded: datetime
    kind: Kind
    certification_id: str
    person_id: str
    number: str | None
    old_number: str | None
    effective_from: date
    expires_on: date | None


class Changes(ReadModel):
    """The changes of certificates and certifications."""

    TABLES, INDEXES, RECORD, IGNORED = tables.TABLES, tables.INDEXES, tables.RECORD, tables.IGNORED

    def after(self, position: int, limit: int) -> list[Change]:
        """The next changes after a position, in the order of the log."""
        return self._select("WHERE position > ? ORDER BY position LIMIT ?", position, limit)

    def before(self, position: int | None, limit: int) -> list[Change]:
        """The last changes before a position, or of all, the newest first."""
        if position is None:
            return self._select("ORDER BY position DESC LIMIT ?", limit)
        return self._select("WHERE position < ? ORDER BY position DESC LIMIT ?", position, limit)

    def last(self) -> int:
        """The position of the latest change; 0 while there is none."""
        (row,) = self._rows("SELECT coalesce(max(position), 0) AS last FROM changes")
        return int(row["last"])

    def expiring(self, first: date, last: date, moved_since: datetime) -> list[Change]:
        """The latest change of each certification that ends between two days, both included, in the order of the log.

        Also of those that were renewed or ended since a moment: what ended then ends on another day, or did before.
        """
        return self._select(_EXPIRING, first.isoformat(), last.isoformat(), microseconds(moved_since), *_MOVING)

    def last_of(self, certification_id: str) -> Change | None:
        """The latest change of one certification."""
        changes = self._select("WHERE certification_id = ? ORDER BY position DESC LIMIT 1", certification_id)
        return next(iter(changes), None)

    def _select(self, where: str, *parameters: str | int) -> list[Change]:
        return [_change(row) for row in self._rows(_SELECT + where, parameters)]


def _change(row: Any) -> Change:
    return Change(
        position=row["position"],
        recorded=moment(row["known"]),
        kind=Kind(row["kind"]),
        certification_id=row["certification_id"],
        person_id=row["person_id"],
        number=row["number"],
        old_number=row["old_number"],
        effective_from=date.fromisoformat(row["effective_from"]),
        expires_on=row["expires_on"] and date.fromisoformat(row["expires_on"]),
    )
