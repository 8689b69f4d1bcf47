"""Everything that led to a certificate, in order: what, when, and who signed it in which role by which key."""

from projections.history.queries import History, HistoryRow, SignedBy
from projections.history.tables import INDEXES, TABLES, record

__all__ = ["INDEXES", "TABLES", "History", "HistoryRow", "SignedBy", "record"]
