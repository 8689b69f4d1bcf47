"""The store: the eventsourcing library's application on one SQLite file, and the ledger that drives it."""
