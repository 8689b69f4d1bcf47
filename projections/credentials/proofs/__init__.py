"""Signatures over documents: JOSE, Data Integrity over canonical RDF, and selective disclosure."""
