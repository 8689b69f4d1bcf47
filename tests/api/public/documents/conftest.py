"""Fixtures of a register whose body issues documents."""

from tests.issued import client, issued, issuer, number

__all__ = ["client", "issued", "issuer", "number"]
