"""Everything that led to a certificate, in order: what, when, and who signed it in which role by which key."""

from projections.history.queries import History, HistoryRow, SignedBy

__all__ = ["History", "HistoryRow", "SignedBy"]
