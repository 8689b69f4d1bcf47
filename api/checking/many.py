"""Checks many certificates at once: a table with a column ``number`` is returned with a result for each row."""

import csv
from datetime import date
from io import StringIO
from itertools import islice

from api.cells import harmless
from api.checking.checks import check_presented
from api.checking.encodings import as_utf8
from api.confined import Patience
from api.problems import WrongInput
from api.register import Register
from ledger.verdict import Verdict
from ledger.words import Words

MAX_ROWS = 1000
MAX_COLUMNS = 100
MAX_BYTES = 1024 * 1024
COLUMN = "number"
ADDED = ("result", "result_en", "result_fr", "status", "checked_for")
EMPTY = Words("Nothing could be checked. Empty.", "Rien n’a pu être vérifié. Vide.")


def results(data: bytes, register: Register, day: date, patience: Patience | None = None) -> bytes:
    """The same rows, in order, with the columns of ADDED; equal numbers are checked once.

    Raises ``WrongInput`` naming the row, ``Stopped`` when nobody waits any more or it takes too long.
    """
    if len(data) > MAX_BYTES:
        raise _wrong(f"at most {MAX_BYTES} bytes", f"au plus {MAX_BYTES} octets")
    try:
        text = as_utf8(data).decode()
    except UnicodeDecodeError:
        raise _wrong("text in UTF-8 or UTF-16", "un texte en UTF-8 ou UTF-16") from None
    # Spreadsheets in French write semicolons, and tabs in UTF-16.
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), MAX_ROWS + 2))
    except csv.Error as error:
        raise _wrong(f"a table ({error})", f"un tableau ({error})") from None
    names = [name.strip().lower() for name in rows[0]] if rows else []
    if names.count(COLUMN) != 1:
        raise _wrong(f"a first row with one column {COLUMN}", f"une première ligne avec une seule colonne {COLUMN}")
    if len(rows) > MAX_ROWS + 1:
        raise _wrong(f"at most {MAX_ROWS} rows", f"au plus {MAX_ROWS} lignes")
    if len(rows[0]) > MAX_COLUMNS:
        raise _wrong(f"at most {MAX_COLUMNS} columns", f"au plus {MAX_COLUMNS} colonnes")
    for line, row in enumerate(rows, 1):
        if any(row[len(rows[0]) :]):
            most = len(rows[0])
            raise _wrong(f"at most {most} cells in row {line}", f"au plus {most} cellules à la ligne {line}")
    place = names.index(COLUMN)
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([*map(harmless, rows[0]), *ADDED])
    found: dict[str, tuple[str, ...]] = {}
    for row in filter(None, rows[1:]):
        whole = [*row, *[""] * (len(rows[0]) - len(row))][: len(rows[0])]
        number = whole[place].strip()
        if number not in found:
            found[number] = _result(number, register, day, patience)
        writer.writerow([*map(harmless, whole), *found[number]])
    return out.getvalue().encode()


def _result(number: str, register: Register, day: date, patience: Patience | None) -> tuple[str, ...]:
    if patience is not None:
        patience.remaining()
    if not number:
        return Verdict.NOT_CHECKED, *EMPTY, "", day.isoformat()
    report = check_presented(number.encode(), register, day, patience)
    says = (f"{label}. {sentence}" for label, sentence in zip(report.label, report.sentence, strict=True))
    return report.verdict, *says, report.status or "", day.isoformat()


def _wrong(en: str, fr: str) -> WrongInput:
    return WrongInput("file", f"expected {en}", f"attendu : {fr}")
