"""Which bits of the status lists are set: a function of the moment that is asked about, from the read models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from ledger.documents import Documents
from ledger.domain.standing import Status
from projections.certificates import Certificates

Purpose = Literal["revocation", "suspension"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def positions(
    documents: Documents, certificates: Certificates, purpose: Purpose, number: int, at: datetime
) -> frozenset[int]:
    """The places set in a list at a moment, as known then.

    Revoked is a certificate whose certification is withdrawn, or that a later document supersedes. Expiry is
    no revocation: the credential says itself until when it is valid.
    """
    statuses = certificates.all_statuses(at.date(), at)
    found = set()
    for certificate, place in documents.places(number).items():
        # Its place was taken, but at that moment nothing was known of it.
        status, is_superseded = statuses.get(certificate, (None, False))
        is_set = status is Status.SUSPENDED if purpose == "suspension" else status is Status.WITHDRAWN or is_superseded
        if is_set:
            found.add(place)
    return frozenset(found)
