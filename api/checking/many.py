"""Checks many certificates at once: a table with a column ``number`` is returned with a result for each row."""

import csv
from datetime import date
from io import StringIO

from api.checking.checks import check_presented
from api.problems import WrongInput
from api.register import Register
from ledger.verdict import VERDICTS

MAX_ROWS = 1000
MAX_BYTES = 1024 * 1024
COLUMN = "number"
ADDED = ("result", "result_en", "result_fr", "status", "checked_for")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins with one of them for a formula


def results(data: bytes, register: Register, day: date) -> bytes:
    """The same rows, in order, with the columns of ADDED. Raises ``WrongInput`` naming the row."""
    if len(data) > MAX_BYTES:
        raise _wrong(f"at most {MAX_BYTES} bytes", f"au plus {MAX_BYTES} octets")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong("text in UTF-8", "un texte en UTF-8") from None
    # Spreadsheets in French write semicolons.
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _wrong(f"a table ({error})", f"un tableau ({error})") from None
    if not rows or COLUMN not in [name.strip().lower() for name in rows[0]]:
        raise _wrong(f"a first row with a column {COLUMN}", f"une première ligne avec une colonne {COLUMN}")
    if len(rows) > MAX_ROWS + 1:
        raise _wrong(f"at most {MAX_ROWS} rows", f"au plus {MAX_ROWS} lignes")
    place = [name.strip().lower() for name in rows[0]].index(COLUMN)
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([*map(_cell, rows[0]), *ADDED])
    for row in filter(None, rows[1:]):
        whole = [*row, *[""] * (len(rows[0]) - len(row))]
        writer.writerow([*map(_cell, whole), *_result(whole[place], register, day)])
    return out.getvalue().encode()


def _result(number: str, register: Register, day: date) -> tuple[str, ...]:
    report = check_presented(number.strip().encode(), register, day)
    return report.verdict, *VERDICTS[report.verdict], report.status or "", day.isoformat()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _wrong(en: str, fr: str) -> WrongInput:
    return WrongInput("file", f"expected {en}", f"attendu : {fr}")
