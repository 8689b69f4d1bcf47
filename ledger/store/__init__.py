"""The store: the eventsourcing library's application on a database behind one port, and the ledger that drives it."""
