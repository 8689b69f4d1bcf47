"""Fixtures of a register whose body issues documents."""

from tests.issued import client, established_issuer, issued, issuer, made_documents, number

__all__ = ["client", "established_issuer", "issued", "issuer", "made_documents", "number"]
