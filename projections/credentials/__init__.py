"""Certificates as they are issued: the forms of documents, their proofs, the keys that sign them, and status lists."""
