"""The vault: the personal data that statements name by digest, deletable beside a log that is not.

Which person a disclosure is about is decided when it is appended. Beside the values are the keys by which persons of a
like name or the same address are found (:mod:`ledger.likeness`), which are erased with them.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import msgspec
from sqlalchemy import Column, Index, Table, Text, delete, select
from sqlalchemy.dialects.postgresql import insert

from ledger.disclosures import Disclosure
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.reader import Disclosed
from ledger.likeness import folding, keys_of
from ledger.store.port import Cursor, Database
from ledger.store.tables import RECORD, among

COMPARED = (*NAME_DETAILS, "email")  # the details by which persons are compared

DISCLOSURES = Table(
    "disclosures",
    RECORD,
    Column("digest", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("encoded", Text, nullable=False),
    Index("disclosures_of_person", "person_id"),
)
COMPARISON_KEYS = Table(
    "comparison_keys",
    RECORD,
    Column("person_id", Text, primary_key=True),
    Column("key", Text, primary_key=True, index=True),
)
COMPARISON_FOLDING = Table("comparison_folding", RECORD, Column("folding", Text, primary_key=True))
_ROW = DISCLOSURES.c
# A value is held once. Under another person it would survive the erasure of this one: NULL is refused as such.
_INSERT = insert(DISCLOSURES)
_HOLD = _INSERT.on_conflict_do_update(
    index_elements=["digest"], set_={"person_id": None}, where=_ROW.person_id != _INSERT.excluded.person_id
)


class Held(msgspec.Struct, frozen=True):
    """A row of the vault: the person whom the disclosure is about, and the disclosure as it was given."""

    digest: str
    person_id: str
    name: str
    encoded: str


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

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, digest: str) -> Held | None:
        """The row of a digest; None when it was never given, or was erased."""
        return self.held([digest]).get(digest)

    def held(self, digests: Iterable[str]) -> dict[str, Held]:
        """The rows of those digests that are held, by digest."""
        with self._database.transaction(commit=False) as cursor:
            return {row.digest: Held(*row) for row in among(cursor, select(DISCLOSURES), _ROW.digest, digests)}

    def everything(self) -> list[Held]:
        """Every row."""
        return [Held(*row) for row in self._database.run(select(DISCLOSURES))]

    def with_keys(self, keys: Iterable[str]) -> set[str]:
        """The person ids of those who have one of these comparison keys."""
        with self._database.transaction(commit=False) as cursor:
            rows = among(cursor, select(COMPARISON_KEYS.c.person_id), COMPARISON_KEYS.c.key, keys)
            return {row.person_id for row in rows}

    def identities(self, person_ids: Iterable[str]) -> dict[str, Identity]:
        """What these persons were ever called, by person id; nobody of whom nothing is held."""
        with self._database.transaction(commit=False) as cursor:
            return _identities(cursor, person_ids)

    def compared(self) -> list[str]:
        """The person ids of those who have comparison keys."""
        return sorted(row.person_id for row in self._database.run(select(COMPARISON_KEYS.c.person_id).distinct()))


def hold(cursor: Cursor, rows: Iterable[Held]) -> None:
    """Add rows, inside the transaction that records the statement which names their digests.

    Raises IntegrityError when one is held about another person.
    """
    rows = list(rows)
    cursor.run(_HOLD, [msgspec.structs.asdict(row) for row in rows])
    _add_keys(cursor, {row.person_id for row in rows if row.name in COMPARED})


def renew_keys(cursor: Cursor) -> None:
    """Make all comparison keys anew when they were made by another folding, or before there were such keys."""
    if [row.folding for row in cursor.run(select(COMPARISON_FOLDING))] == [folding()]:
        return
    cursor.run(delete(COMPARISON_KEYS))
    _add_keys(cursor, {row.person_id for row in cursor.run(select(_ROW.person_id).distinct())})
    cursor.run(delete(COMPARISON_FOLDING))
    cursor.run(insert(COMPARISON_FOLDING), {"folding": folding()})


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records it."""
    for table in (DISCLOSURES, COMPARISON_KEYS):
        cursor.run(delete(table).where(table.c.person_id.in_(list(person_ids))))


def _add_keys(cursor: Cursor, person_ids: set[str]) -> None:
    identities = _identities(cursor, person_ids).values()
    rows = [{"person_id": each.person_id, "key": key} for each in identities for key in sorted(each.keys)]
    cursor.run(insert(COMPARISON_KEYS).on_conflict_do_nothing(), rows)


def _identities(cursor: Cursor, person_ids: Iterable[str]) -> dict[str, Identity]:
    compared = select(DISCLOSURES).where(_ROW.name.in_(COMPARED))
    identities: dict[str, Identity] = {}
    for row in among(cursor, compared, _ROW.person_id, person_ids):
        known = identities.get(row.person_id) or Identity(row.person_id)
        identities[row.person_id] = known.called([Disclosure.parse(row.encoded)])
    return identities
