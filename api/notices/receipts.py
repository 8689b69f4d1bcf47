"""Receipts by e-mail of what an officer signed: whoever signs in another's name is noticed by that other."""

from collections.abc import Sequence
from hashlib import sha256

from api.notices.kinds import Kind, Wanted


def receipt(person_id: str, leaves: Sequence[int]) -> Wanted:
    """Return the notice to an officer of the statements that they signed with one gesture, by their leaves.

    It is queued by :meth:`Outbox.queue`, and sent once however often it is queued.
    """
    about = " ".join(map(str, sorted(leaves)))
    return Wanted(Kind.RECEIPT, person_id, sha256(about.encode()).hexdigest()[:32], about)
