"""The vault: the personal data that statements name by digest, deletable beside a log that is not.

Which person a disclosure is about is decided when it is appended. Beside the values are the keys by which persons of a
like name or the same address are found (:mod:`ledger.likeness`), which are erased with them.
"""

from collections.abc import Iterable, Sequence
from typing import Self

import msgspec

from ledger.disclosures import Disclosure
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.reader import Disclosed
from ledger.likeness import folding, keys_of
from ledger.store.port import Cursor, Database, rewrite, select, select_among

COMPARED = (*NAME_DETAILS, "email")  # the details by which persons are compared

# Rows are only added at the end, and a person's rows are erased by writing all others anew.
TABLES = (
    "CREATE TABLE IF NOT EXISTS disclosures ("
    "digest TEXT PRIMARY KEY, person_id TEXT NOT NULL, name TEXT NOT NULL, encoded TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS disclosures_of_person ON disclosures (person_id)",
    "CREATE TABLE IF NOT EXISTS comparison_keys ("
    "person_id TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (person_id, key))",
    "CREATE INDEX IF NOT EXISTS comparison_keys_by_key ON comparison_keys (key)",
    "CREATE TABLE IF NOT EXISTS comparison_folding (folding TEXT PRIMARY KEY)",
)
_SELECT = "SELECT digest, person_id, name, encoded FROM disclosures"
# A value is held once. Under another person it would survive the erasure of this one: NULL is refused as such.
_INSERT = (
    "INSERT INTO disclosures VALUES (?, ?, ?, ?) "
    "ON CONFLICT (digest) DO UPDATE SET person_id = NULL WHERE disclosures.person_id <> excluded.person_id"
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
            rows = select_among(cursor, f"{_SELECT} WHERE digest IN ({{}})", digests)
            return {row["digest"]: Held(*row) for row in rows}

    def everything(self) -> list[Held]:
        """Every row."""
        return [Held(*row) for row in select(self._database, _SELECT)]

    def with_keys(self, keys: Iterable[str]) -> set[str]:
        """The person ids of those who have one of these comparison keys."""
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, "SELECT person_id FROM comparison_keys WHERE key IN ({})", keys)
            return {row["person_id"] for row in rows}

    def identities(self, person_ids: Iterable[str]) -> dict[str, Identity]:
        """What these persons were ever called, by person id; nobody of whom nothing is held."""
        with self._database.transaction(commit=False) as cursor:
            return _identities(cursor, person_ids)

    def compared(self) -> list[str]:
        """The person ids of those who have comparison keys."""
        rows = select(self._database, "SELECT DISTINCT person_id FROM comparison_keys ORDER BY person_id")
        return [row["person_id"] for row in rows]


def hold(cursor: Cursor, rows: Iterable[Held]) -> None:
    """Add rows, inside the transaction that records the statement which names their digests.

    Raises IntegrityError when one is held about another person.
    """
    rows = list(rows)
    cursor.executemany(_INSERT, [(row.digest, row.person_id, row.name, row.encoded) for row in rows])
    _add_keys(cursor, {row.person_id for row in rows if row.name in COMPARED})


def renew_keys(cursor: Cursor) -> None:
    """Make all comparison keys anew when they were made by another folding, or before there were such keys."""
    cursor.execute("SELECT folding FROM comparison_folding")
    if [row["folding"] for row in cursor.fetchall()] == [folding()]:
        return
    rewrite(cursor, "comparison_keys", without=lambda _: True)
    cursor.execute("SELECT DISTINCT person_id FROM disclosures")
    _add_keys(cursor, {row["person_id"] for row in cursor.fetchall()})
    cursor.execute("DELETE FROM comparison_folding")
    cursor.execute("INSERT INTO comparison_folding VALUES (?)", (folding(),))


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records it."""
    erased = set(person_ids)
    for table in ("disclosures", "comparison_keys"):
        rewrite(cursor, table, without=lambda row: row["person_id"] in erased)


def _add_keys(cursor: Cursor, person_ids: set[str]) -> None:
    rows = [(each.person_id, key) for each in _identities(cursor, person_ids).values() for key in sorted(each.keys)]
    cursor.executemany("INSERT INTO comparison_keys VALUES (?, ?) ON CONFLICT DO NOTHING", rows)


def _identities(cursor: Cursor, person_ids: Iterable[str]) -> dict[str, Identity]:
    statement = f"{_SELECT} WHERE name IN {COMPARED} AND person_id IN ({{}})"
    identities: dict[str, Identity] = {}
    for row in select_among(cursor, statement, person_ids):
        known = identities.get(row["person_id"]) or Identity(row["person_id"])
        identities[row["person_id"]] = known.called([Disclosure.parse(row["encoded"])])
    return identities
