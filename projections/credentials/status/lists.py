"""The status lists of a body: which certificates are not in force at a moment, and the lists as they are signed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

import msgspec

from ledger.domain.refusal import Refused
from ledger.domain.standing import ENDED, Status
from ledger.log.checkpoint import Checkpoint
from ledger.store.documents import DocumentStore, current_list
from ledger.store.ledger import Ledger
from projections.certificates import Certificates
from projections.credentials.facts import IssuerIdentity, StatusPurpose
from projections.credentials.keys.enrolled import Signers, badge_key, established
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.proofs import data_integrity, vc_jwt
from projections.credentials.status import token_list
from projections.credentials.status.status_list import StatusList
from projections.credentials.status.token_list import INVALID, SUSPENDED, TokenList, TokenStatus
from projections.read_models import ReadModels

CACHED_LISTS = 64  # of at most 25 kB each


class Places(NamedTuple):
    """Places in a list; ``are_complete`` is false when a certificate that belongs to them may still get its place."""

    positions: frozenset[int]
    are_complete: bool

    def __or__(self, other: "Places") -> "Places":
        return Places(self.positions | other.positions, self.are_complete and other.are_complete)


class OutOfForce(NamedTuple):
    """The places of a list whose certificates are not in force: ``ended`` ones stay so, ``suspended`` ones may not."""

    ended: Places
    suspended: Places

    def listed_under(self, purpose: StatusPurpose) -> Places:
        """Most verifiers of Open Badges read the list of revocations only, so it has both (docs/decisions/0036)."""
        return self.suspended if purpose == "suspension" else self.ended | self.suspended


class SignedList(msgspec.Struct, frozen=True):
    """A signed status list as it is sent; ``is_final`` is true when nothing recorded or made later can change it."""

    body: bytes
    is_final: bool


class _Question(NamedTuple):
    """Which list is asked for, at which moment, and from which state of the register it is answered.

    With more entries in the read models, or more places taken, another list is signed.
    """

    number: int
    moment: datetime
    known: datetime
    is_past: bool
    entries: int
    taken: int


class StatusLists:
    """Signs a list when a program asks for it, and again only after something changed."""

    def __init__(self, ledger: Ledger, models: ReadModels, keys: Iterable[IssuerKey]) -> None:
        self._ledger, self._models, self._keys = ledger, models, tuple(keys)
        self._bits, self._tokens = lru_cache(CACHED_LISTS)(self._sign_bits), lru_cache(CACHED_LISTS)(self._sign_tokens)

    def bits(
        self, issuer: IssuerIdentity, purpose: StatusPurpose, number: int, at: datetime | None, *, as_jwt: bool = False
    ) -> SignedList:
        """A W3C list as it is now, or as it was ``at`` a moment (aware UTC): JSON-LD, or a VC-JWT. Raises ``Refused``.

        The list names the latest published head whose entries were all known at that moment. It is made from those
        entries at least.
        """
        return self._bits(issuer, purpose, self._question(number, at), as_jwt)

    def tokens(self, issuer: IssuerIdentity, number: int, at: datetime | None) -> SignedList:
        """The same as a Token Status List, which holds both purposes. Raises ``Refused``."""
        return self._tokens(issuer, self._question(number, at))

    def _question(self, number: int, at: datetime | None) -> _Question:
        taken = self._ledger.documents.taken()
        if number > current_list(taken):
            raise Refused("unknown", kind="status list", id=str(number))
        # A list may be a minute old, so that it can be compared and cached.
        moment = self._ledger.now().replace(second=0) if at is None else at
        known = datetime.combine(moment.date(), time.max, UTC) if at is None else at
        entries = self._models.following.position
        # The last published entry became known only later, and so does whatever is published after it.
        is_past = at is not None and self._ledger.size_at(at) < entries
        return _Question(number, moment, known, is_past, entries, taken)

    def _head(self, asked: _Question) -> Checkpoint | None:
        return self._ledger.publications.latest_of(min(asked.entries, self._ledger.size_at(asked.known)))

    def _out_of_force(self, asked: _Question) -> OutOfForce:
        documents, certificates = self._ledger.documents, self._models.certificates
        return out_of_force(documents, certificates, asked.number, asked.moment.date(), asked.known)

    def _sign_bits(self, issuer: IssuerIdentity, purpose: StatusPurpose, asked: _Question, as_jwt: bool) -> SignedList:
        places = self._out_of_force(asked).listed_under(purpose)
        unsigned = StatusList(
            issuer=issuer, purpose=purpose, number=asked.number, moment=asked.moment, head=self._head(asked)
        ).document(places.positions)
        if as_jwt:
            key = self._signers().p256
            body = vc_jwt.sign(unsigned, key, issuer.verification_method(key.key_id), typ=vc_jwt.LIST_TYPE).encode()
        else:
            badge = badge_key(self._ledger.read().issuer(), self._keys)
            method = issuer.verification_method(badge.key_id)
            body = msgspec.json.encode(data_integrity.sign(unsigned, badge, method, self._ledger.now()))
        return SignedList(body, is_final=asked.is_past and places.are_complete)

    def _sign_tokens(self, issuer: IssuerIdentity, asked: _Question) -> SignedList:
        ended, suspended = self._out_of_force(asked)
        statuses: dict[int, TokenStatus] = dict.fromkeys(suspended.positions, SUSPENDED)
        statuses |= dict.fromkeys(ended.positions, INVALID)
        unsigned = TokenList(issuer=issuer, number=asked.number, moment=asked.moment, head=self._head(asked))
        signers = self._signers()
        body = token_list.sign(unsigned.claims(statuses), signers.p256, signers.chain).encode()
        return SignedList(body, is_final=asked.is_past and (ended | suspended).are_complete)

    def _signers(self) -> Signers:
        return Signers.of(established(self._ledger), self._keys, self._ledger.now())


def out_of_force(
    documents: DocumentStore, certificates: Certificates, number: int, day: date, known: datetime
) -> OutOfForce:
    """What list ``number`` holds on a day, as known at a moment.

    A certificate has ended when its certification is withdrawn, relinquished or annulled, or when a later certificate
    supersedes it. Expiry is no such end: the credential itself states how long it is valid. A certificate counts as
    suspended while its certification is, or while it states more than is certified.
    """
    statuses, places = certificates.all_statuses(day, known), documents.indexes()
    overstating = certificates.overstating(day, known)
    found: tuple[set[int], set[int]] = set(), set()
    are_complete = [True, True]
    for certificate, (status, is_superseded) in statuses.items():
        place = places.get(certificate)
        has_ended = status in ENDED or is_superseded
        is_suspended = status is Status.SUSPENDED or certificate in overstating
        for kind, holds in enumerate((has_ended, is_suspended)):
            if not holds:
                continue
            if place is None:
                # It has no documents. They may still be made, unless another certificate supersedes it.
                are_complete[kind] = are_complete[kind] and is_superseded
            elif place.number == number:
                found[kind].add(place.index)
    ended, suspended = (Places(frozenset(one), whole) for one, whole in zip(found, are_complete, strict=True))
    return OutOfForce(ended, suspended)
