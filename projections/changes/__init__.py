"""What became of certificates, one change after the other: what feeds, calendars and webhooks go by."""

from projections.changes.queries import Change, Changes
from projections.changes.tables import TABLES, Kind, record

__all__ = ["TABLES", "Change", "Changes", "Kind", "record"]
