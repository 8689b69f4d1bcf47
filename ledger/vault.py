"""Personal data beside the log: each value with its salt in a table, its digest in the statement.

A value is kept in the form of an RFC 9901 disclosure. Without the salt nobody can guess the value back
from the digest, so that deleting the disclosure erases it while every signature and proof holds. Here
are the form, the table and the erasure; which person a disclosure belongs to is decided at the append.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from ledger.domain.events.common import Digest
from ledger.domain.reader import Disclosed
from ledger.domain.record import Fact
from ledger.errors import Unverifiable
from ledger.signing.canonical import encode_untyped

if TYPE_CHECKING:  # who checks a disclosure offline needs no database
    from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore

SALT_BYTES = 16  # RFC 9901 9.3: at least 128 random bits
_MIN_SALT_CHARACTERS = 22  # 16 bytes in base64url

# Rows are only ever added at the end, and a person's are erased by writing all others anew: SQLite
# leaves copies in the gaps of a page when it moves rows between pages, even with secure_delete.
CREATE_TABLE = (
    "CREATE TABLE IF NOT EXISTS disclosures ("
    "digest TEXT PRIMARY KEY, person_id TEXT NOT NULL, name TEXT NOT NULL, encoded TEXT NOT NULL)"
)
CREATE_INDEX = "CREATE INDEX IF NOT EXISTS disclosures_of_person ON disclosures (person_id)"
_COLUMNS = "digest, person_id, name, encoded"
# A value is held once. Under another person it would survive the erasure of this one: NULL is refused as such.
_INSERT = (
    "INSERT INTO disclosures VALUES (?, ?, ?, ?) "
    "ON CONFLICT (digest) DO UPDATE SET person_id = NULL WHERE person_id <> excluded.person_id"
)


class Disclosure(msgspec.Struct, frozen=True):
    """A value by name, with a salt of its own. ``value`` is JSON-like, without floats."""

    name: str
    value: Any
    salt: str

    @property
    def encoded(self) -> str:
        """base64url, without padding, of the JSON array [salt, name, value] (RFC 9901 4.2.1)."""
        return _base64url(encode_untyped([self.salt, self.name, self.value]))

    @property
    def digest(self) -> str:
        """What stands in the statement (43 characters)."""
        return digest_of(self.encoded)

    @classmethod
    def parse(cls, encoded: str) -> Disclosure:
        """The disclosure that is written exactly so. Raises ``Unverifiable``."""
        try:
            salt, name, value = msgspec.json.decode(
                urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)), type=tuple[str, str, Any]
            )
            disclosure = cls(name, value, salt)
            if disclosure.encoded == encoded and len(salt) >= _MIN_SALT_CHARACTERS:
                return disclosure
        except (ValueError, Base64Error, msgspec.DecodeError):
            pass
        raise Unverifiable("disclosure-malformed", "expected base64url of a canonical JSON array [salt, name, value]")


class Held(msgspec.Struct, frozen=True):
    """A row of the vault: whose disclosure, and the disclosure as it was given."""

    digest: str
    person_id: str
    name: str
    encoded: str

    def disclosed(self) -> Disclosed:
        """What a decision reads. Raises ``Unverifiable`` when the row does not parse."""
        disclosure = Disclosure.parse(self.encoded)
        return Disclosed(disclosure.name, disclosure.value, disclosure.salt)


class Vault:
    """What the table holds. It is written only inside the transactions that record statements."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        self._datastore = datastore

    def get(self, digest: str) -> Held | None:
        """The row behind a digest; None when it was never given, or was erased."""
        return next(iter(self._select("WHERE digest = ?", (digest,))), None)

    def owners(self, digests: Iterable[str]) -> dict[str, str]:
        """Whose values those of the digests are that are held."""
        asked = list(digests)
        if not asked:
            return {}
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT digest, person_id FROM disclosures WHERE digest IN (SELECT value FROM json_each(?))",
                (msgspec.json.encode(asked).decode(),),
            )
            return {row["digest"]: row["person_id"] for row in cursor.fetchall()}

    def of_person(self, person_id: str) -> list[Held]:
        """Everything held about a person, in the order of recording."""
        return self._select("WHERE person_id = ? ORDER BY rowid", (person_id,))

    def everything(self) -> list[Held]:
        """Every row, for an audit."""
        return self._select("ORDER BY rowid", ())

    def _select(self, where: str, parameters: tuple[str, ...]) -> list[Held]:
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM disclosures {where}", parameters)
            return [Held(*row) for row in cursor.fetchall()]


def digest_of(encoded: str) -> str:
    """base64url(SHA-256(ASCII(disclosure))) without padding (RFC 9901 4.2.3)."""
    return _base64url(sha256(encoded.encode("ascii")).digest())


def digest_for(disclosure: Disclosure) -> Digest:
    """What an event names in the place of the disclosed value."""
    return Digest(disclosure.name, disclosure.digest)


def random_salt() -> str:
    """128 fresh random bits, as RFC 9901 9.3 recommends."""
    return secrets.token_urlsafe(SALT_BYTES)


def seal(tree: Any, new_salt: Callable[[], str] = random_salt) -> tuple[Any, tuple[Disclosure, ...]]:
    """Put a digest in the place of each ``{"name": ..., "value": ...}`` in a JSON-like tree.

    Answers the tree that may be recorded and the disclosures that stay in the vault.
    """
    disclosures: list[Disclosure] = []
    return _sealed(tree, new_salt, disclosures), tuple(disclosures)


def digests_of(facts: Fact) -> tuple[Digest, ...]:
    """Every digest in a fact, in the order of its fields."""
    return tuple(_digests_in(facts))


def hold(cursor: SQLiteCursor, rows: Iterable[Held]) -> None:
    """Add rows, inside the transaction that records the statement which names their digests.

    Raises IntegrityError when one is held about another person.
    """
    cursor.executemany(_INSERT, [(row.digest, row.person_id, row.name, row.encoded) for row in rows])


def erase(cursor: SQLiteCursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records it.

    All other rows are written anew into emptied pages; secure_delete overwrites the old pages with zeros.
    """
    erased = tuple(person_ids)
    cursor.execute(f"SELECT {_COLUMNS} FROM disclosures ORDER BY rowid")
    kept = [tuple(row) for row in cursor.fetchall() if row[1] not in erased]
    cursor.execute("DELETE FROM disclosures")
    cursor.executemany(_INSERT, kept)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _sealed(tree: Any, new_salt: Callable[[], str], disclosures: list[Disclosure]) -> Any:
    match tree:
        case {"name": str(name), "value": value} if len(tree) == 2:
            disclosure = Disclosure(name, value, new_salt())
            disclosures.append(disclosure)
            return {"name": name, "digest": disclosure.digest}
        case dict():
            return {key: _sealed(item, new_salt, disclosures) for key, item in tree.items()}
        case list() | tuple():
            return [_sealed(item, new_salt, disclosures) for item in tree]
        case _:
            return tree


def _digests_in(value: Any) -> Iterable[Digest]:
    if isinstance(value, Digest):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _digests_in(item)
    elif isinstance(value, msgspec.Struct):
        for field in _fields_with_digests(type(value)):
            yield from _digests_in(getattr(value, field))


@cache
def _fields_with_digests(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(struct) if _may_hold(field.type))


@cache
def _may_hold(kind: Any) -> bool:
    """Whether a value of this type can hold a digest."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind is Digest or bool(_fields_with_digests(kind))
    return any(map(_may_hold, getattr(kind, "__args__", ())))
