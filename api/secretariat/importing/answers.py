"""The importer's answers to questions about who is the same person: ``answers.csv``, beside the files it is about."""

from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex

import msgspec
from sqlalchemy import insert

from api.secretariat.importing.reading import Faults, WrongWorkshop, files_in, files_of, read_table
from ledger.store.desk_tables import IMPORT_ANSWERS
from ledger.store.port import Cursor

FILE = "answers"
COLUMNS = ("person", "known", "answer", "answered_by")
IS_SAME = {"same": True, "another": False}


class Answer(msgspec.Struct, frozen=True):
    """The ``person`` of a code in the files is the ``known`` one, by id or by a code of the files, or is another.

    ``answered_by`` is the person id of the officer who says so; ``cells`` are the addresses of the values by column.
    """

    person: str
    known: str
    is_same: bool
    answered_by: str
    cells: dict[str, str] = {}


def read_answers(folder: Path) -> tuple[Answer, ...]:
    """Read the answers beside a workshop's files; none where there is no such file. Raises ``WrongWorkshop``."""
    files = files_in(folder)
    if not (found := files_of(files, FILE)):
        return ()
    faults = Faults()
    rows = read_table({name: files[name] for name in found}, FILE, COLUMNS, faults).rows
    for row in rows:
        if row["answer"] not in IS_SAME:
            expected = ", ".join(IS_SAME)
            faults.add(row.cell("answer"), f"expected one of {expected}", f"valeur attendue parmi {expected}")
    if faults:
        raise WrongWorkshop(faults)
    return tuple(
        Answer(
            row["person"], row["known"], IS_SAME[row["answer"]], row["answered_by"], {c: row.cell(c) for c in COLUMNS}
        )
        for row in rows
    )


def keep(cursor: Cursor, source: str, answers: Iterable[Answer], filed: int) -> None:
    """Keep the answers by which an import was planned, inside the transaction that files it (at this POSIX time)."""
    names = ("id", "source", "person", "known", "is_same", "answered_by", "filed")
    rows = [(token_hex(), source, a.person, a.known, int(a.is_same), a.answered_by, filed) for a in answers]
    cursor.run(insert(IMPORT_ANSWERS), [dict(zip(names, row, strict=True)) for row in rows])
