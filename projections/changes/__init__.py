"""What became of certificates, one change after the other: what feeds, calendars and webhooks go by."""

from projections.changes.queries import Change, Changes
from projections.changes.tables import Kind

__all__ = ["Change", "Changes", "Kind"]
