"""The doors: what the secretariat, auditors and the public reach of the ledger."""
