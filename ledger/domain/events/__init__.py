"""Frozen facts, one module a subject. Their wire names stand in :mod:`ledger.domain.catalogue`."""
