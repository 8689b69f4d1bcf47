"""The changes of certificates, one after the other, for feeds, calendars and webhooks."""

from projections.changes.queries import Change, Changes
from projections.changes.tables import Kind

__all__ = ["Change", "Changes", "Kind"]
