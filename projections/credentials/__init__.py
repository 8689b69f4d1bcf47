"""Certificates as they are issued: forms of documents, their proofs, the keys that sign them, status lists."""
