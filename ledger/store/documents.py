"""Documents: each certificate in each form, the exact bytes that were signed once, kept beside the log.

They name the holder and are erased with the person. A place in the status lists stays taken: no other certificate
may have it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from ledger.store.port import AddedColumn, Cursor, Database, select

# The forms of every set that was made before sets recorded theirs.
FIRST_FORMS = ("pdf", "jsonld", "png", "svg", "jwt", "sd-jwt")
_FORMS = AddedColumn("document_sets", "forms", f"TEXT NOT NULL DEFAULT '{' '.join(FIRST_FORMS)}'")
_STATES_LEVELS = AddedColumn(
    "document_sets",
    "states_levels",
    "INTEGER NOT NULL DEFAULT 0",
    # Where a set did not record it, its Open Badge says so: only one that states levels has results.
    "UPDATE document_sets SET states_levels = 1 WHERE number IN (SELECT number FROM documents "
    "WHERE form = 'jsonld' AND instr(body, CAST('\"result\":' AS BLOB)) > 0)",
)
ADDED_COLUMNS = (_FORMS, _STATES_LEVELS)
TABLES = (
    "CREATE TABLE IF NOT EXISTS documents (number TEXT NOT NULL, form TEXT NOT NULL, body BLOB NOT NULL, "
    "PRIMARY KEY (number, form))",
    # ``token`` opens the documents to the holder, who may not want to be listed.
    "CREATE TABLE IF NOT EXISTS document_sets (number TEXT PRIMARY KEY, person_id TEXT NOT NULL, "
    f"token TEXT NOT NULL UNIQUE, made TEXT NOT NULL, {_FORMS.name} {_FORMS.definition}, "
    f"{_STATES_LEVELS.name} {_STATES_LEVELS.definition})",
    "CREATE TABLE IF NOT EXISTS status_places (number TEXT PRIMARY KEY, list INTEGER NOT NULL, "
    "place INTEGER NOT NULL, UNIQUE (list, place))",
)
PLACES = 131_072  # in a list (W3C Bitstring Status List, 6.1): a holder hides among so many
FULL = PLACES // 2  # then a free place is no longer found quickly: the next list begins


class StatusIndex(msgspec.Struct, frozen=True):
    """The place of a certificate in its status lists: the bit ``index`` of list ``number``, both from 0."""

    number: int
    index: int


class DocumentSet(msgspec.Struct, frozen=True):
    """The documents of one certificate: whose they are, the token that opens them to the holder, when they were made,
    in which forms, and whether they state the levels that the holder reached.
    """

    number: str
    person_id: str
    token: str
    made: datetime
    forms: tuple[str, ...]
    states_levels: bool


class DocumentStore:
    """The documents of one ledger. ``below`` returns a random number from 0 to its argument, excluded."""

    def __init__(self, database: Database, below: Callable[[int], int]) -> None:
        self._database = database
        self._below = below

    def get(self, number: str, form: str) -> bytes | None:
        """The bytes of a certificate in a form; None when they were never made, or were erased."""
        rows = select(self._database, "SELECT body FROM documents WHERE number = ? AND form = ?", (number, form))
        return rows[0]["body"] if rows else None

    def set_of(self, number: str) -> DocumentSet | None:
        """The documents of a certificate; None when they were never made, or were erased."""
        return next(iter(self._sets("WHERE number = ?", (number,))), None)

    def set_of_token(self, token: str) -> DocumentSet | None:
        """The documents that a holder's token opens; None when there are none."""
        return next(iter(self._sets("WHERE token = ?", (token,))), None)

    def sets(self) -> list[DocumentSet]:
        """The documents of every certificate, in the order in which they were made."""
        return self._sets("ORDER BY made, number", ())

    def place(self, number: str) -> StatusIndex:
        """The certificate's place in the status lists: a free one at random, until its documents are kept."""
        with self._database.transaction(commit=False) as cursor:
            cursor.execute("SELECT list, place FROM status_places WHERE number = ?", (number,))
            row = cursor.fetchone()
            if row is not None:
                return StatusIndex(row["list"], row["place"])
            current = current_list(_taken(cursor))
            while True:
                place = StatusIndex(current, self._below(PLACES))
                cursor.execute("SELECT 1 FROM status_places WHERE list = ? AND place = ?", (current, place.index))
                if cursor.fetchone() is None:
                    return place

    def taken(self) -> int:
        """How many places were ever taken, in all lists."""
        with self._database.transaction(commit=False) as cursor:
            return _taken(cursor)

    def kept(self) -> list[tuple[str, str]]:
        """Every document: the certificate's number, and the form."""
        rows = select(self._database, "SELECT number, form FROM documents ORDER BY number, form")
        return [(row["number"], row["form"]) for row in rows]

    def indexes(self) -> dict[str, StatusIndex]:
        """Every place that was ever taken, by certificate."""
        rows = select(self._database, "SELECT number, list, place FROM status_places")
        return {row["number"]: StatusIndex(row["list"], row["place"]) for row in rows}

    def keep(self, made: DocumentSet, place: StatusIndex, bodies: Mapping[str, bytes]) -> bool:
        """Keep all forms at once, and the place in the status lists that they name: it is never given again.

        Returns False, and keeps nothing, when the person was erased, or another process was faster with these documents
        or this place.
        """
        with self._database.transaction(commit=True) as cursor:
            # An erasure removes all that the vault holds about a person, under each of their ids.
            cursor.execute("SELECT 1 FROM disclosures WHERE person_id = ? LIMIT 1", (made.person_id,))
            is_erased = cursor.fetchone() is None
            cursor.execute("SELECT 1 FROM document_sets WHERE number = ?", (made.number,))
            is_made = cursor.fetchone() is not None
            cursor.execute(
                "SELECT number, list, place FROM status_places WHERE number = ? OR (list = ? AND place = ?)",
                (made.number, place.number, place.index),
            )
            taken = {(row["number"], row["list"], row["place"]) for row in cursor.fetchall()}
            if is_erased or is_made or not taken <= {(made.number, place.number, place.index)}:
                return False
            cursor.execute(
                "INSERT INTO status_places VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (made.number, place.number, place.index),
            )
            cursor.execute(
                "INSERT INTO document_sets VALUES (?, ?, ?, ?, ?, ?)",
                (
                    made.number,
                    made.person_id,
                    made.token,
                    made.made.isoformat(),
                    " ".join(made.forms),
                    int(made.states_levels),
                ),
            )
            cursor.executemany(
                "INSERT INTO documents VALUES (?, ?, ?)", [(made.number, form, body) for form, body in bodies.items()]
            )
            return True

    def _sets(self, where: str, parameters: tuple[str, ...]) -> list[DocumentSet]:
        columns = "number, person_id, token, made, forms, states_levels"
        return [
            DocumentSet(number, person_id, token, datetime.fromisoformat(made), tuple(forms.split()), bool(levels))
            for number, person_id, token, made, forms, levels in select(
                self._database, f"SELECT {columns} FROM document_sets {where}", parameters
            )
        ]


def current_list(taken: int) -> int:
    """The number of the list in which the next place is taken, after ``taken`` places.

    Lists are filled one after the other, each to the half; lists with larger numbers do not exist yet.
    """
    return taken // FULL


def _taken(cursor: Cursor) -> int:
    cursor.execute("SELECT count(*) AS taken FROM status_places")
    return int(cursor.fetchall()[0]["taken"])


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete every document of these persons, inside the transaction that records the erasure."""
    for person_id in person_ids:
        cursor.execute(
            "DELETE FROM documents WHERE number IN (SELECT number FROM document_sets WHERE person_id = ?)",
            (person_id,),
        )
        cursor.execute("DELETE FROM document_sets WHERE person_id = ?", (person_id,))
