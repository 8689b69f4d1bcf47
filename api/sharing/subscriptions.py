"""The subscriptions to webhooks: a file in the ledger's folder that only the operator reads and writes."""

import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from pathlib import Path

import msgspec

from api.clients.addresses import require_address
from ledger import strict_json
from ledger.domain.number import CertificateNumber, NumberError
from ledger.errors import Unfit
from ledger.files import expecting, read_bounded, write_whole

FILE = "webhooks.json"
PREFIX = "whsec_"
SECRET_BYTES = 32
LEAST, MOST = 24, 64  # bytes of a secret (Standard Webhooks, signature scheme)
ID_BYTES = 6
MAX_FILE_BYTES = 4 * 1024 * 1024


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


class Subscriptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file's content."""

    subscriptions: tuple[Subscription, ...] = ()

    def __post_init__(self) -> None:
        if len({subscription.id for subscription in self.subscriptions}) < len(self.subscriptions):
            raise ValueError("subscriptions: expected every id once")

    def require(self, subscription_id: str) -> Subscription:
        """Returns the subscription of an id. Raises ValueError when there is none."""
        for subscription in self.subscriptions:
            if subscription.id == subscription_id:
                return subscription
        raise Unfit(
            f"ID: there is no subscription {subscription_id}", f"ID : il n’y a pas d’abonnement {subscription_id}"
        )


def subscribe(url: str, numbers: Sequence[str], *, internal: bool) -> Subscription:
    """Returns a new subscription with a new id and secret. Raises ValueError."""
    secret = PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return Subscription(
        id=secrets.token_hex(ID_BYTES), url=url, secret=secret, numbers=tuple(numbers), internal=internal
    )


def load(folder: Path) -> Subscriptions:
    """Returns the subscriptions of a ledger; none without the file. Raises ValueError when it cannot be read."""
    try:
        data = read_bounded(folder / FILE, MAX_FILE_BYTES)
    except FileNotFoundError:
        return Subscriptions()
    with expecting(folder / FILE, "subscriptions of webhooks", "des abonnements à des webhooks"):
        return strict_json.decode(data, Subscriptions)


def save(folder: Path, subscriptions: Subscriptions) -> None:
    """Replaces the file. It holds secrets, so only its owner may read it."""
    data = msgspec.json.format(msgspec.json.encode(subscriptions), indent=2)
    write_whole(folder / FILE, data + b"\n")
