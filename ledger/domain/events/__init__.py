"""Frozen facts, one module a subject. Their wire names are in :mod:`ledger.domain.decisions`."""
