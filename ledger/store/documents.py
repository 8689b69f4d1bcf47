"""Documents: each certificate in each form, the exact bytes that were signed once, kept beside the log.

They name the holder: they are sealed under the person's key, and erased with it. A place in the status lists stays
taken: no other certificate may have it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from ledger.store.keystore.keeper import Keeper, Value
from ledger.store.keystore.port import person
from ledger.store.port import Cursor, Database, Row
from ledger.store.tables import RECORD
from ledger.store.vault import SEALED_VALUES

DOCUMENTS = Table(
    "sealed_documents",
    RECORD,
    Column("number", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
# ``token`` opens the documents to the holder, who may not want to be listed.
DOCUMENT_SETS = Table(
    "document_sets",
    RECORD,
    Column("number", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("made", Text, nullable=False),
    Column("forms", Text, nullable=False),
    Column("states_levels", Integer, nullable=False),
)
STATUS_PLACES = Table(
    "status_places",
    RECORD,
    Column("number", Text, primary_key=True),
    Column("list", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    UniqueConstraint("list", "place"),
)
_SET, _PLACE = DOCUMENT_SETS.c, STATUS_PLACES.c
_COLUMNS = ", ".join(DOCUMENT_SETS.columns.keys())
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
    """The documents of one ledger. ``below`` returns a random number from 0 to its argument, excluded.

    ``lock`` locks the head of the log inside a transaction: nobody is erased meanwhile.
    """

    def __init__(
        self, database: Database, keys: Keeper, lock: Callable[[Cursor], object], below: Callable[[int], int]
    ) -> None:
        self._database = database
        self._keys = keys
        self._lock = lock
        self._below = below

    def get(self, number: str, form: str) -> bytes | None:
        """The bytes of a certificate in a form; None when they were never made, or were erased.

        Raises ``Corrupt`` when they were altered.
        """
        return self.opened(self._sealed(and_(DOCUMENTS.c.number == number, DOCUMENTS.c.form == form)).get(form))

    def sealed(self, number: str) -> dict[str, Value]:
        """A certificate in each of its forms, in one statement, for :meth:`opened`: one may be altered, others not."""
        return self._sealed(DOCUMENTS.c.number == number)

    def opened(self, sealed: Value | None) -> bytes | None:
        """The bytes behind a sealed document; None when there is none, or its key is destroyed.

        Raises ``Corrupt`` when they were altered.
        """
        return None if sealed is None else self._keys.opened([sealed])[0]

    def _sealed(self, which: ColumnElement[bool]) -> dict[str, Value]:
        rows = self._database.run(
            select(DOCUMENTS, _SET.person_id)
            .join_from(DOCUMENTS, DOCUMENT_SETS, DOCUMENTS.c.number == _SET.number)
            .where(which)
        )
        return {row.form: value_of(row.person_id, row.number, row.form, row.sealed) for row in rows}

    def set_of(self, number: str) -> DocumentSet | None:
        """The documents of a certificate; None when they were never made, or were erased."""
        # In plain SQL, since every page of a certificate asks: preparing the statement took most of the time.
        statement = f"SELECT {_COLUMNS} FROM document_sets WHERE number = {self._database.mark}"
        return next(map(_set_of, self._database.select(statement, (number,))), None)

    def set_of_token(self, token: str) -> DocumentSet | None:
        """The documents that a holder's token opens; None when there are none."""
        return next(iter(self._sets(select(DOCUMENT_SETS).where(_SET.token == token))), None)

    def sets(self) -> list[DocumentSet]:
        """The documents of every certificate, in the order in which they were made."""
        return self._sets(select(DOCUMENT_SETS).order_by(_SET.made, _SET.number))

    def place(self, number: str) -> StatusIndex:
        """The certificate's place in the status lists: a free one at random, until its documents are kept."""
        with self._database.transaction(commit=False) as cursor:
            for row in cursor.run(select(STATUS_PLACES).where(_PLACE.number == number)):
                return StatusIndex(row.list, row.place)
            current = current_list(_taken(cursor))
            while True:
                place = StatusIndex(current, self._below(PLACES))
                if not cursor.run(select(_PLACE.number).where(_is_at(place))):
                    return place

    def taken(self) -> int:
        """How many places were ever taken, in all lists."""
        with self._database.transaction(commit=False) as cursor:
            return _taken(cursor)

    def kept(self) -> list[tuple[str, str]]:
        """Every document: the certificate's number, and the form."""
        rows = self._database.run(select(DOCUMENTS.c.number, DOCUMENTS.c.form))
        return sorted((row.number, row.form) for row in rows)

    def indexes(self) -> dict[str, StatusIndex]:
        """Every place that was ever taken, by certificate."""
        return {row.number: StatusIndex(row.list, row.place) for row in self._database.run(select(STATUS_PLACES))}

    def keep(self, made: DocumentSet, place: StatusIndex, bodies: Mapping[str, bytes]) -> bool:
        """Keep all forms at once, and the place in the status lists that they name: it is never given again.

        Returns False, and keeps nothing, when the person was erased, or another process was faster with these documents
        or this place.
        """
        with self._database.transaction(commit=True) as cursor:
            self._lock(cursor)
            # An erasure removes all that the vault holds about a person, under each of their ids.
            theirs = SEALED_VALUES.c.person_id == made.person_id
            held = cursor.run(select(SEALED_VALUES.c.digest).where(theirs).limit(1))
            is_made = cursor.run(select(_SET.number).where(_SET.number == made.number))
            taken = {
                (row.number, row.list, row.place)
                for row in cursor.run(select(STATUS_PLACES).where(or_(_PLACE.number == made.number, _is_at(place))))
            }
            mine = (made.number, place.number, place.index)
            if not held or is_made or not taken <= {mine}:
                return False
            cursor.run(
                insert(STATUS_PLACES).on_conflict_do_nothing(),
                dict(zip(("number", "list", "place"), mine, strict=True)),
            )
            row = {
                "made": made.made.isoformat(),
                "forms": " ".join(made.forms),
                "states_levels": int(made.states_levels),
            }
            cursor.run(insert(DOCUMENT_SETS), msgspec.structs.asdict(made) | row)
            sealed = self._keys.sealed([value_of(made.person_id, made.number, *body) for body in bodies.items()])
            cursor.run(
                insert(DOCUMENTS),
                [
                    {"number": made.number, "form": form, "sealed": data}
                    for form, data in zip(bodies, sealed, strict=True)
                ],
            )
            return True

    def _sets(self, statement: Select[Any]) -> list[DocumentSet]:
        return [_set_of(row) for row in self._database.run(statement)]


def _set_of(row: Row) -> DocumentSet:
    number, person_id, token, made, forms, states_levels = row
    return DocumentSet(
        number, person_id, token, datetime.fromisoformat(made), tuple(forms.split()), bool(states_levels)
    )


def value_of(person_id: str, number: str, form: str, data: bytes) -> Value:
    return Value(person(person_id), f"{form} of {number}", data)


def current_list(taken: int) -> int:
    """The number of the list in which the next place is taken, after ``taken`` places.

    Lists are filled one after the other, each to the half; lists with larger numbers do not exist yet.
    """
    return taken // FULL


def _taken(cursor: Cursor) -> int:
    return int(cursor.run(select(func.count()).select_from(STATUS_PLACES))[0][0])


def _is_at(place: StatusIndex) -> ColumnElement[bool]:
    return and_(_PLACE.list == place.number, _PLACE.place == place.index)


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete every document of these persons, inside the transaction that records the erasure."""
    theirs = _SET.person_id.in_(list(person_ids))
    cursor.run(delete(DOCUMENTS).where(DOCUMENTS.c.number.in_(select(_SET.number).where(theirs))))
    cursor.run(delete(DOCUMENT_SETS).where(theirs))
