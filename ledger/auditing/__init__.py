"""The full audit: everything is computed again from the signed bytes, in a database, an export or over HTTP.

1. Entries: positions have no gaps; each entry is in canonical form, of this ledger, and in the row that it names.
2. The Merkle tree: every stored node or tile is the hash of what it covers; none is missing and none is extra.
3. Signatures: each is by a key and in a role that was in force at that position; the signers are distinct people.
4. Rules: each fact is what the rules decide again, separation of duties and computed results included. What they would
   refuse by what is known today of the people, because two ids are one person, is a warning.
5. Heads and times: the signers of each statement saw a head that the log had before it; none is back-dated.
6. Checkpoints: each is signed by the log, witnessed by the quorum, and of this tree; so are those that the auditor
   kept from earlier days.
7. The vault, in a database: each value hashes to a digest that an entry names, about that person; no value is missing.

An auditor may keep what they found, sealed with a key of theirs (``Kept``): the next audit begins where that one ended.
"""

from ledger.auditing.database import audit, settled
from ledger.auditing.kept import Kept
from ledger.auditing.outside import audit_published
from ledger.auditing.report import AuditFinding, AuditReport, Outcome, Progress

__all__ = ["AuditFinding", "AuditReport", "Kept", "Outcome", "Progress", "audit", "audit_published", "settled"]
