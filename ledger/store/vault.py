"""The vault: the personal data that statements name by digest, deletable beside a log that is not.

Which person a disclosure is about is decided when it is appended. Each is sealed under the key of that person
(:mod:`ledger.store.keystore`): without the key a row says nothing, in whichever copy it is.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Self

import msgspec
from sqlalchemy import Column, Index, LargeBinary, Table, Text, delete, select

from ledger.disclosures import decoded
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.reader import Disclosed
from ledger.errors import Corrupt
from ledger.likeness import keys_of
from ledger.store.keystore.keeper import Keeper, Value
from ledger.store.keystore.port import person
from ledger.store.keystore.sealing import unseal
from ledger.store.port import Cursor, Database, Row, insert_rows, select_among
from ledger.store.tables import RECORD, Long

COMPARED = (*NAME_DETAILS, "email")  # the details by which persons are compared

SEALED_VALUES = Table(
    "sealed_values",
    RECORD,
    Column("digest", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("position", Long, nullable=False, index=True),
    Index("values_of_person", "person_id"),
)
_ROW = SEALED_VALUES.c
_COLUMNS = "digest, person_id, name, sealed, position"
_OF_DIGESTS = "SELECT digest, person_id, name, sealed FROM sealed_values WHERE digest IN ({})"
_COMPARABLE = (
    "SELECT digest, person_id, name, sealed, position FROM sealed_values "
    f"WHERE name IN ({', '.join(map(repr, COMPARED))})"
)
_text = msgspec.json.Decoder(tuple[str, str, str])
# A value is held once. Under another person it would survive the erasure of this one: NULL is refused as such.
_HELD_ALREADY = (
    "ON CONFLICT (digest) DO UPDATE SET person_id = NULL WHERE sealed_values.person_id <> excluded.person_id"
)


class Held(msgspec.Struct, frozen=True):
    """A value of the vault: the person whom the disclosure is about, and the disclosure as it was given.

    ``encoded`` is empty when what was sealed has been altered.
    """

    digest: str
    person_id: str
    name: str
    encoded: str


class Sealed(msgspec.Struct, frozen=True):
    """A row of the vault, but for the position of the entry that it came with."""

    digest: str
    person_id: str
    name: str
    sealed: bytes


class Identity(msgspec.Struct, frozen=True):
    """What a person was ever called, and their addresses."""

    person_id: str
    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Every given name with every family name: either may have changed alone."""
        whole = [f"{given} {family}".strip() for given in self.given or ("",) for family in self.family or ("",)]
        return list(filter(None, whole))

    @property
    def keys(self) -> set[str]:
        return keys_of(self.names, self.emails)

    def called(self, details: Sequence[Disclosed]) -> Self:
        """The same person with more details."""
        given, family, emails = (
            tuple(str(detail.value) for detail in details if detail.name == name) for name in COMPARED
        )
        return self.joined(type(self)(self.person_id, given, family, emails))

    def joined(self, other: Self) -> Self:
        """The same person with what another is called."""
        given, family, emails = self.given + other.given, self.family + other.family, self.emails + other.emails
        return type(self)(self.person_id, given, family, emails)


class Vault:
    """Reads the table. It is written only inside the transactions that record statements."""

    def __init__(self, database: Database, keys: Keeper) -> None:
        self._database = database
        self._keys = keys
        self._likenesses = _Likenesses()

    def get(self, digest: str) -> Held | None:
        """The value of a digest; None when it was never given, or was erased."""
        return self.held([digest]).get(digest)

    def held(self, digests: Iterable[str]) -> dict[str, Held]:
        """The values of those digests that are held, by digest."""
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, _OF_DIGESTS, digests)
        return {held.digest: held for held in self._opened([Sealed(*row) for row in rows])}

    def everything(self) -> list[Held]:
        """Every value."""
        return self._opened(self._database.run(select(SEALED_VALUES)))

    def locked(self) -> list[Held]:
        """What nobody can read without another key store, with nothing in ``encoded``."""
        persons = [row.person_id for row in self._database.run(select(_ROW.person_id).distinct())]
        keys = self._keys.keys([Value(person(one), "", b"") for one in persons])
        if len(keys) == len(persons):  # nearly always: no value is read for it
            return []
        rows = self._database.run(select(SEALED_VALUES))
        return [Held(r.digest, r.person_id, r.name, "") for r in rows if person(r.person_id) not in keys]

    def with_keys(self, keys: Iterable[str]) -> set[str]:
        """The person ids of those who have one of these comparison keys."""
        with self._likenesses.lock:
            reached = self._likenesses.reached
            new = f"{_COMPARABLE} AND position > {self._database.mark} ORDER BY position"
            rows = self._database.select(new, (reached,))
            if rows:
                # Of whom something was read before, that counts too.
                identities = self._identities(rows) if reached < 0 else self.identities({row[1] for row in rows})
                self._likenesses.add(identities.values(), rows[-1][4])
            return self._likenesses.found(keys)

    def forget(self, person_ids: Iterable[str]) -> None:
        """Forget how persons who were erased were called."""
        with self._likenesses.lock:
            self._likenesses.remove(person_ids)

    def identities(self, person_ids: Iterable[str]) -> dict[str, Identity]:
        """What these persons were ever called, by person id; nobody of whom nothing is held."""
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, f"{_COMPARABLE} AND person_id IN ({{}})", person_ids)
        return self._identities(rows)

    def _identities(self, rows: Iterable[Row]) -> dict[str, Identity]:
        """What persons are called in these rows. A value that is no text counts for nothing."""
        called: dict[str, dict[str, list[str]]] = {}
        for held in self._opened([Sealed(*row[:4]) for row in rows]):
            details = called.setdefault(held.person_id, {name: [] for name in COMPARED})
            with suppress(ValueError):
                details[held.name].append(_text.decode(decoded(held.encoded))[2])
        return {person_id: Identity(person_id, *map(tuple, called[person_id].values())) for person_id in called}

    def sealed(self, values: Sequence[Held]) -> list[Sealed]:
        """These values as they are held. Raises ``Destroyed`` when one is about somebody who was erased."""
        sealed = self._keys.sealed([Value(person(v.person_id), v.name, v.encoded.encode()) for v in values])
        return [Sealed(v.digest, v.person_id, v.name, data) for v, data in zip(values, sealed, strict=True)]

    def make_keys(self, values: Sequence[Held]) -> None:
        """Make the keys with which these values will be sealed. Raises ``Destroyed``."""
        self._keys.make({person(value.person_id) for value in values})

    def _opened(self, rows: Sequence[Row]) -> list[Held]:
        """What can be read, as there is a key."""
        values = list(map(_value, rows))
        keys = self._keys.keys(values)
        held = list[Held]()
        for row, value in zip(rows, values, strict=True):
            if value.owner in keys:
                encoded = b""
                with suppress(Corrupt, AttributeError, TypeError):  # not bytes either: it hides no other from readers
                    encoded = unseal(keys[value.owner], *value) or b""
                held.append(Held(row.digest, row.person_id, row.name, encoded.decode()))
        return held


class _Likenesses:
    """Whose names and addresses have which comparison keys. It is as old as the memory of its process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.reached = -1  # the position of the last entry whose values were added
        self._with_key: dict[str, set[str]] = {}
        self._keys: dict[str, set[str]] = {}

    def add(self, identities: Iterable[Identity], reached: int) -> None:
        for identity in identities:
            for key in identity.keys - self._keys.setdefault(identity.person_id, set()):
                self._keys[identity.person_id].add(key)
                self._with_key.setdefault(key, set()).add(identity.person_id)
        self.reached = reached

    def found(self, keys: Iterable[str]) -> set[str]:
        return set().union(*(self._with_key.get(key, set()) for key in keys))

    def remove(self, person_ids: Iterable[str]) -> None:
        for person_id in person_ids:
            for key in self._keys.pop(person_id, set()):
                self._with_key[key].discard(person_id)
                if not self._with_key[key]:
                    del self._with_key[key]


def hold(cursor: Cursor, rows: Iterable[Sealed], position: int) -> None:
    """Add rows, inside the transaction that records the statement which names their digests, up to ``position``.

    Raises IntegrityError when one is held about another person.
    """
    values = [(row.digest, row.person_id, row.name, row.sealed, position) for row in rows]
    insert_rows(cursor, SEALED_VALUES.name, _COLUMNS, values, _HELD_ALREADY)


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records it."""
    cursor.run(delete(SEALED_VALUES).where(_ROW.person_id.in_(list(person_ids))))


def _value(row: Row) -> Value:
    return Value(person(row.person_id), str(row.name), row.sealed)
