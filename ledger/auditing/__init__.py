"""The full audit: everything is computed again from the signed bytes, in a database, an export or over HTTP.

1. Entries: positions without gaps, each in its one form, of this ledger, in the row that it names.
2. The Merkle tree: every stored node or tile is the hash of what it covers, none is missing, none is extra.
3. Signatures: each by a key and in a role that counted at that position, by distinct people.
4. Rules: each fact is what the rules answer again, separation of duties and computed results included.
5. Heads and times: each statement's signers saw a head that the log had before it; none is dated earlier.
6. Checkpoints: signed by the log, witnessed by the quorum, and of the tree that stands here; so are those
   that the auditor kept from earlier days.
7. The vault, in a database: each value hashes to a digest that an entry names, about that person; none is missing.
"""

from ledger.auditing.database import audit
from ledger.auditing.outside import audit_published
from ledger.auditing.report import AuditFinding, AuditReport, Progress

__all__ = ["AuditFinding", "AuditReport", "Progress", "audit", "audit_published"]
