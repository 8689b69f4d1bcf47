"""Which bits of the status lists are set: a function of the moment that is asked about, from the read models."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from ledger.documents import Documents
from ledger.domain.standing import Status
from projections.certificates import Certificates

Purpose = Literal["revocation", "suspension"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


class Bits(NamedTuple):
    """The places that are set in a list; ``are_all_placed`` unless a certificate that should be set may yet get one."""

    positions: frozenset[int]
    are_all_placed: bool


def bits_of(
    documents: Documents, certificates: Certificates, purpose: Purpose, number: int, day: date, known: datetime
) -> Bits:
    """List ``number`` on a day, as known at a moment.

    Revoked is a certificate whose certification is withdrawn, or that a later document supersedes. Expiry is
    no revocation: the credential says itself until when it is valid.
    """
    statuses, places = certificates.all_statuses(day, known), documents.indexes()
    found, are_all_placed = set(), True
    for certificate, (status, is_superseded) in statuses.items():
        is_set = status is Status.SUSPENDED if purpose == "suspension" else status is Status.WITHDRAWN or is_superseded
        if not is_set:
            continue
        place = places.get(certificate)
        if place is None:
            # It has no documents. They may still be made, but not once another certificate supersedes it.
            are_all_placed = are_all_placed and is_superseded
        elif place.number == number:
            found.add(place.index)
    return Bits(frozenset(found), are_all_placed)
