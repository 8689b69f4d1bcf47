"""The status lists of a body: which bits are set at a given moment, and the lists as they are signed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

import msgspec

from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.store.documents import DocumentStore, current_list
from ledger.store.ledger import Ledger
from projections.certificates import Certificates
from projections.credentials.facts import IssuerIdentity, StatusPurpose
from projections.credentials.keys.enrolled import badge_key
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.proofs import data_integrity
from projections.credentials.status.status_list import StatusList
from projections.read_models import ReadModels

CACHED_LISTS = 64  # of at most 25 kB each


class Bits(NamedTuple):
    """The bits to set in a list; ``are_all_placed`` is false when a certificate to be set may still get its place."""

    positions: frozenset[int]
    are_all_placed: bool


class SignedList(msgspec.Struct, frozen=True):
    """A signed status list in JSON-LD; ``is_final`` is true when nothing recorded or made later can change it."""

    body: bytes
    is_final: bool


class StatusLists:
    """Signs a list when a program asks for it, and again only after something changed."""

    def __init__(self, ledger: Ledger, models: ReadModels, keys: Iterable[IssuerKey]) -> None:
        self._ledger, self._models, self._keys = ledger, models, tuple(keys)
        self._signed = lru_cache(CACHED_LISTS)(self._sign)

    def signed(self, issuer: IssuerIdentity, purpose: StatusPurpose, number: int, at: datetime | None) -> SignedList:
        """A status list as it is now, or as it was ``at`` a moment (aware UTC). Raises ``Refused``.

        The list names the latest published head whose entries were all known at that moment. It is made from those
        entries at least.
        """
        taken = self._ledger.documents.taken()
        if number > current_list(taken):
            raise Refused("unknown", kind="status list", id=f"{purpose}/{number}")
        # A list may be a minute old, so that it can be compared and cached.
        moment = self._ledger.now().replace(second=0) if at is None else at
        known = datetime.combine(moment.date(), time.max, UTC) if at is None else at
        entries = self._models.following.position
        head = self._ledger.publications.latest_of(min(entries, self._ledger.size_at(known)))
        # The last published entry became known only later, and so does whatever is published after it.
        is_past = at is not None and self._ledger.size_at(at) < entries
        unsigned = StatusList(issuer=issuer, purpose=purpose, number=number, moment=moment, head=head)
        return self._signed(unsigned, known, is_past, entries, taken)

    def _sign(self, unsigned: StatusList, known: datetime, is_past: bool, *_held: int) -> SignedList:
        """``_held``: with more entries in the read models, or more places taken, another list is signed."""
        key = badge_key(self._ledger.read().issuer(), self._keys)
        bits = bits_of(
            self._ledger.documents,
            self._models.certificates,
            unsigned.purpose,
            unsigned.number,
            unsigned.moment.date(),
            known,
        )
        method = unsigned.issuer.verification_method(key.key_id)
        signed = data_integrity.sign(unsigned.document(bits.positions), key, method, self._ledger.now())
        return SignedList(msgspec.json.encode(signed), is_final=is_past and bits.are_all_placed)


def bits_of(
    documents: DocumentStore,
    certificates: Certificates,
    purpose: StatusPurpose,
    number: int,
    day: date,
    known: datetime,
) -> Bits:
    """The bits of list ``number`` on a day, as known at a moment.

    A certificate is revoked when its certification is withdrawn, or when a later certificate supersedes it. Expiry is
    no revocation: the credential itself states how long it is valid.
    """
    statuses, places = certificates.all_statuses(day, known), documents.indexes()
    positions, are_all_placed = set(), True
    for certificate, (status, is_superseded) in statuses.items():
        is_set = status is Status.SUSPENDED if purpose == "suspension" else status is Status.WITHDRAWN or is_superseded
        if not is_set:
            continue
        place = places.get(certificate)
        if place is None:
            # It has no documents. They may still be made, unless another certificate supersedes it.
            are_all_placed = are_all_placed and is_superseded
        elif place.number == number:
            positions.add(place.index)
    return Bits(frozenset(positions), are_all_placed)
