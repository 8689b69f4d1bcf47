"""Status lists: which documents are revoked or suspended at a given moment."""
