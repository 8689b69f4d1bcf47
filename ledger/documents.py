"""Documents: each certificate in each form, the exact bytes that were signed once, kept beside the log.

They name the holder, so they are erased with the person; that a place in the status lists was taken is
remembered for ever, because no other certificate may take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore

from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Stream
from ledger.domain.subjects import BY_FACT

# The forms of every set that was made before sets recorded theirs.
FIRST_FORMS = ("pdf", "jsonld", "png", "svg", "jwt", "sd-jwt")
_FORMS_COLUMN = f"forms TEXT NOT NULL DEFAULT '{' '.join(FIRST_FORMS)}'"
CREATE_TABLES = (
    "CREATE TABLE IF NOT EXISTS documents (number TEXT NOT NULL, form TEXT NOT NULL, body BLOB NOT NULL, "
    "PRIMARY KEY (number, form))",
    # ``token`` opens the documents to the holder, who may not want to be listed.
    "CREATE TABLE IF NOT EXISTS document_sets (number TEXT PRIMARY KEY, person_id TEXT NOT NULL, "
    f"token TEXT NOT NULL UNIQUE, made TEXT NOT NULL, {_FORMS_COLUMN})",
    "CREATE TABLE IF NOT EXISTS status_places (number TEXT PRIMARY KEY, list INTEGER NOT NULL, "
    "place INTEGER NOT NULL, UNIQUE (list, place))",
)
PLACES = 131_072  # in a list (W3C Bitstring Status List, 6.1): a holder hides among so many
FULL = PLACES // 2  # from here on a free place is no longer found quickly: the next list begins


class StatusIndex(msgspec.Struct, frozen=True):
    """The place of a certificate in its status lists: of list ``number``, from 0, the bit ``index``."""

    number: int
    index: int


class DocumentSet(msgspec.Struct, frozen=True):
    """That a certificate's documents were made: whose they are, what opens them to the holder, when, in which forms."""

    number: str
    person_id: str
    token: str
    made: datetime
    forms: tuple[str, ...]


class Documents:
    """The documents of one ledger. ``below`` answers a random number from 0 to its argument, excluded."""

    def __init__(self, datastore: SQLiteDatastore, below: Callable[[int], int]) -> None:
        self._datastore = datastore
        self._below = below

    def get(self, number: str, form: str) -> bytes | None:
        """The bytes of a certificate in a form; None when they were never made, or were erased."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT body FROM documents WHERE number = ? AND form = ?", (number, form))
            row = cursor.fetchone()
            return None if row is None else row["body"]

    def set_of(self, number: str) -> DocumentSet | None:
        """That its documents were made; None when they were not, or were erased."""
        return next(iter(self._sets("WHERE number = ?", (number,))), None)

    def set_of_token(self, token: str) -> DocumentSet | None:
        """The same, for the holder who was given this token."""
        return next(iter(self._sets("WHERE token = ?", (token,))), None)

    def sets(self) -> list[DocumentSet]:
        """Every certificate whose documents are kept, in the order of making."""
        return self._sets("ORDER BY rowid", ())

    def place(self, number: str) -> StatusIndex:
        """The certificate's place in the status lists; a free one, at random, until its documents are kept."""
        with self._datastore.transaction(commit=False) as cursor:
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
        with self._datastore.transaction(commit=False) as cursor:
            return _taken(cursor)

    def kept(self) -> list[tuple[str, str]]:
        """Every document: the certificate's number, and the form."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT number, form FROM documents ORDER BY number, form")
            return [(row["number"], row["form"]) for row in cursor.fetchall()]

    def indexes(self) -> dict[str, StatusIndex]:
        """Every place that was ever taken, by certificate."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT number, list, place FROM status_places ORDER BY rowid")
            return {row["number"]: StatusIndex(row["list"], row["place"]) for row in cursor.fetchall()}

    def keep(self, made: DocumentSet, place: StatusIndex, bodies: Mapping[str, bytes]) -> bool:
        """Keep all forms at once, which name a place in the status lists: it is never given again.

        False, and nothing is kept, when the person is erased, or others were faster with these documents or this place.
        """
        with self._datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "SELECT 1 FROM stored_events WHERE originator_id = ? AND topic = ?",
                (str(Stream("person", made.person_id)), BY_FACT[PersonalDataErased].wire_name),
            )
            is_erased = cursor.fetchone() is not None
            cursor.execute("SELECT 1 FROM document_sets WHERE number = ?", (made.number,))
            is_made = cursor.fetchone() is not None
            cursor.execute(
                "SELECT number, list, place FROM status_places WHERE number = ?1 OR (list = ?2 AND place = ?3)",
                (made.number, place.number, place.index),
            )
            taken = {(row["number"], row["list"], row["place"]) for row in cursor.fetchall()}
            if is_erased or is_made or not taken <= {(made.number, place.number, place.index)}:
                return False
            cursor.execute(
                "INSERT OR IGNORE INTO status_places VALUES (?, ?, ?)", (made.number, place.number, place.index)
            )
            cursor.execute(
                "INSERT INTO document_sets VALUES (?, ?, ?, ?, ?)",
                (made.number, made.person_id, made.token, made.made.isoformat(), " ".join(made.forms)),
            )
            cursor.executemany(
                "INSERT INTO documents VALUES (?, ?, ?)", [(made.number, form, body) for form, body in bodies.items()]
            )
            return True

    def _sets(self, where: str, parameters: tuple[str, ...]) -> list[DocumentSet]:
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT number, person_id, token, made, forms FROM document_sets {where}", parameters)
            return [
                DocumentSet(number, person_id, token, datetime.fromisoformat(made), tuple(forms.split()))
                for number, person_id, token, made, forms in cursor.fetchall()
            ]


def current_list(taken: int) -> int:
    """The number of the list in which the next place is taken, after so many: those after it do not exist yet.

    Lists are filled one after the other, each to the half.
    """
    return taken // FULL


def _taken(cursor: SQLiteCursor) -> int:
    cursor.execute("SELECT count(*) AS taken FROM status_places")
    return int(cursor.fetchone()["taken"])


def migrate(cursor: SQLiteCursor) -> None:
    """Add the column for forms to a database that an earlier version made."""
    cursor.execute("SELECT 1 FROM pragma_table_info('document_sets') WHERE name = 'forms'")
    if cursor.fetchone() is None:
        cursor.execute(f"ALTER TABLE document_sets ADD COLUMN {_FORMS_COLUMN}")


def erase(cursor: SQLiteCursor, person_ids: Iterable[str]) -> None:
    """Delete every document of these persons, inside the transaction that records the erasure."""
    for person_id in person_ids:
        cursor.execute(
            "DELETE FROM documents WHERE number IN (SELECT number FROM document_sets WHERE person_id = ?)",
            (person_id,),
        )
        cursor.execute("DELETE FROM document_sets WHERE person_id = ?", (person_id,))
