"""The subscriptions to webhooks: in the record, each sealed under a key of its own, which is destroyed with it.

So every process that may send knows them, and a copy of the database gives away neither addresses nor secrets.
"""

import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import delete, func, insert, select

from api.clients.addresses import require_address
from api.sharing.outbox import Outbox, Place, place_of, take_in_places
from ledger import strict_json
from ledger.domain.number import CertificateNumber, NumberError
from ledger.errors import Corrupt, Unfit, Unreadable
from ledger.files import expecting, read_bounded
from ledger.store.desk_tables import PLACES, SUBSCRIPTIONS
from ledger.store.earlier import take_in
from ledger.store.keystore import going
from ledger.store.keystore.keeper import Value
from ledger.store.ledger import Ledger
from ledger.store.port import Row

FILE = "webhooks.json"  # of earlier versions
FIELD = "subscription"
PREFIX = "whsec_"
SECRET_BYTES = 32
LEAST, MOST = 24, 64  # bytes of a secret (Standard Webhooks, signature scheme)
ID_BYTES = 6
MAX_BYTES = 4 * 1024 * 1024  # of all subscriptions together
_ROW = SUBSCRIPTIONS.c
_PLACED = select(SUBSCRIPTIONS, PLACES).join(PLACES, PLACES.c.subscription == _ROW.id).order_by(_ROW.id)


class Subscription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """``numbers`` are certificates whose certifications are followed; every certification if there are none. They may
    be written in any way, and become canonical.

    ``internal`` allows an address of a private network. Raises ValueError naming the field.
    """

    id: str
    url: str
    secret: str
    numbers: tuple[str, ...] = ()
    internal: bool = False

    def __post_init__(self) -> None:
        if not (self.id.isascii() and self.id.isalnum() and len(self.id) <= MOST):
            raise ValueError(f"id: expected at most {MOST} letters and digits")
        require_address(self.url)
        msgspec.structs.force_setattr(self, "numbers", tuple(map(_canonical, self.numbers)))
        try:
            key = b64decode(self.secret.removeprefix(PREFIX), validate=True)
        except Base64Error:
            key = b""
        if not self.secret.startswith(PREFIX) or not LEAST <= len(key) <= MOST:
            raise ValueError(f"secret: expected {PREFIX} and {LEAST} to {MOST} bytes in base64")


def _canonical(number: str) -> str:
    try:
        return str(CertificateNumber.read(number))
    except NumberError as error:
        raise Unfit(f"numbers: {number}: {error.words.en}", f"numbers : {number} : {error.words.fr}") from None


class Kept(NamedTuple):
    """What is kept of one subscription; ``subscription`` is None when the keys that are there do not open it."""

    id: str
    subscription: Subscription | None
    place: Place


class Subscriptions:
    """The subscriptions of one ledger. Safe for threads and processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._database, self._keys = ledger.database, ledger.keys
        self._outbox = Outbox(ledger.database)

    def all(self) -> list[Kept]:
        """Returns every subscription, by id."""
        return [Kept(row.id, self._opened(row), place_of(row)) for row in self._database.run(_PLACED)]

    def places(self) -> list[Place]:
        """Returns how far each has been notified, by id."""
        return list(map(place_of, self._database.run(_PLACED)))

    def require(self, subscription_id: str) -> Subscription:
        """Returns the subscription of an id. Raises ValueError when there is none, or it cannot be opened."""
        for row in self._database.run(select(SUBSCRIPTIONS).where(_ROW.id == subscription_id)):
            subscription = self._opened(row)
            if subscription is None:
                raise locked([subscription_id])
            return subscription
        raise _unknown(subscription_id)

    def add(self, subscription: Subscription, after: int) -> None:
        """Adds a subscription, which begins after an entry. Raises ValueError when there are too many."""
        with self._database.transaction(commit=True) as cursor:
            self._insert(subscription, after)
            ((size,),) = cursor.run(select(func.sum(func.length(_ROW.sealed))))
            if size > MAX_BYTES:
                raise Unfit(
                    f"webhooks: all subscriptions together hold more than {MAX_BYTES} bytes; remove some",
                    f"webhooks : les abonnements dépassent {MAX_BYTES} octets au total ; supprimez-en",
                )

    def remove(self, subscription_id: str) -> None:
        """Removes a subscription with its place and its key. Raises ValueError when there is none of this id."""
        with self._database.transaction(commit=True) as cursor:
            if not cursor.run(delete(SUBSCRIPTIONS).where(_ROW.id == subscription_id).returning(_ROW.id)):
                raise _unknown(subscription_id)
            self._outbox.forget(subscription_id)
            going.destroy(cursor, self._keys, [_owner(subscription_id)])

    def take_in(self) -> None:
        """Takes in what an earlier version kept in files of the ledger's folder. Raises ``Unreadable``."""
        take_in_places(self._database, self._ledger.folder)
        if (file := self._ledger.folder / FILE).exists():
            size = self._ledger.size()

            def put(found: Sequence[Subscription]) -> None:
                for subscription in found:
                    self._insert(subscription, size)

            with self._database.transaction(commit=True) as cursor:
                take_in(cursor, file, read_file, put)

    def _insert(self, subscription: Subscription, after: int) -> None:
        data = msgspec.json.encode(subscription)
        (sealed,) = self._keys.sealed([Value(_owner(subscription.id), FIELD, data)])
        with self._database.transaction(commit=True) as cursor:
            cursor.run(insert(SUBSCRIPTIONS), {"id": subscription.id, "sealed": sealed})
            self._outbox.begin(subscription.id, after)

    def _opened(self, row: Row) -> Subscription | None:
        try:
            (data,) = self._keys.opened([Value(_owner(row.id), FIELD, row.sealed)])
            return None if data is None else strict_json.decode(data, Subscription)
        except (Corrupt, ValueError):
            return None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    subscriptions: tuple[Subscription, ...] = ()

    def __post_init__(self) -> None:
        if len({subscription.id for subscription in self.subscriptions}) < len(self.subscriptions):
            raise ValueError("subscriptions: expected every id once")


def read_file(file: Path) -> tuple[Subscription, ...]:
    """Returns the subscriptions in a file of an earlier version. Raises ValueError when it cannot be read."""
    data = read_bounded(file, MAX_BYTES)
    with expecting(file, "subscriptions of webhooks", "des abonnements à des webhooks"):
        return strict_json.decode(data, _File).subscriptions


def locked(ids: Sequence[str]) -> Unreadable:
    """The error for subscriptions that the keys which are there do not open."""
    names = ", ".join(ids)
    return Unreadable(
        f"webhooks: the keys that are there do not open {names}; remove it and add it again",
        f"webhooks : les clés présentes n’ouvrent pas {names} ; supprimez-le et ajoutez-le de nouveau",
    )


def _unknown(subscription_id: str) -> Unfit:
    return Unfit(f"ID: there is no subscription {subscription_id}", f"ID : il n’y a pas d’abonnement {subscription_id}")


def _owner(subscription_id: str) -> str:
    return f"webhooks:{subscription_id}"


def subscribe(url: str, numbers: Sequence[str], *, internal: bool) -> Subscription:
    """Returns a new subscription with a new id and secret. Raises ValueError."""
    secret = PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return Subscription(
        id=secrets.token_hex(ID_BYTES), url=url, secret=secret, numbers=tuple(numbers), internal=internal
    )
