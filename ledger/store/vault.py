"""The vault: the personal data that statements name by digest, deletable beside a log that is not.

Which person a disclosure is about is decided when it is appended.
"""

from collections.abc import Iterable

import msgspec

from ledger.store.port import Cursor, Database, rewrite, select, select_among

# Rows are only added at the end, and a person's rows are erased by writing all others anew.
TABLES = (
    "CREATE TABLE IF NOT EXISTS disclosures ("
    "digest TEXT PRIMARY KEY, person_id TEXT NOT NULL, name TEXT NOT NULL, encoded TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS disclosures_of_person ON disclosures (person_id)",
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


def hold(cursor: Cursor, rows: Iterable[Held]) -> None:
    """Add rows, inside the transaction that records the statement which names their digests.

    Raises IntegrityError when one is held about another person.
    """
    cursor.executemany(_INSERT, [(row.digest, row.person_id, row.name, row.encoded) for row in rows])


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records it."""
    erased = set(person_ids)
    rewrite(cursor, "disclosures", without=lambda row: row["person_id"] in erased)
