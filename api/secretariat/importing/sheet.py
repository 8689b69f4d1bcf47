"""A sheet as a file holds it: rows of text, with what is wrong and what is worth saying about it.

A CSV file is read strictly: what a reader of CSV would repair silently is a fault at its cell.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress

import msgspec

from ledger.words import Words

MAX_ROWS, MAX_COLUMNS = 20_000, 50  # the largest workshop so far has 256 rows, and the widest table 14 columns
SEPARATORS = {
    ",": Words("commas", "virgules"),
    ";": Words("semicolons", "points-virgules"),
    "\t": Words("tabs", "tabulations"),
}
TOO_LARGE = Words(
    f"expected at most {MAX_ROWS} rows and {MAX_COLUMNS} columns",
    f"{MAX_ROWS} lignes et {MAX_COLUMNS} colonnes au plus sont attendues",
)
_NOT_TEXT = Words("not a readable CSV file: save it as UTF-8", "fichier CSV illisible : enregistrez-le en UTF-8")
_MIXED = Words(
    "some of its characters are UTF-8 and others are not: save it as UTF-8",
    "une partie des caractères est en UTF-8, une autre non : enregistrez-le en UTF-8",
)
_QUOTE = Words(
    "a quotation mark that is not closed in the same row, or that does not enclose the whole value",
    "un guillemet n’est pas fermé sur la même ligne, ou n’entoure pas la valeur entière",
)
_IN_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_FIELDS = {separator: re.compile(rf'"((?:[^"]|"")*+)"|([^"{separator}]*)') for separator in SEPARATORS}


class Sheet(msgspec.Struct):
    """Rows of cells. A fault has the address of its cell, such as ``D14``, or none if it is about the whole sheet."""

    rows: list[list[str]] = []
    faults: list[tuple[str, Words]] = []
    notices: list[Words] = []


def letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_csv(data: bytes, columns: tuple[str, ...]) -> Sheet:
    """Read a CSV file; the separator is the one by which its first row names most of these columns."""
    sheet = Sheet()
    text = _decoded(data, sheet)
    if text.count("\n") + text.count("\r") > 2 * MAX_ROWS:  # before there is a row in memory for each
        sheet.faults.append(("", TOO_LARGE))
    if sheet.faults:
        return sheet
    lines = re.split(r"\r\n|\r|\n", text)
    if len(lines) > MAX_ROWS + 1:  # the last one is empty
        return Sheet(faults=[("", TOO_LARGE)])
    head = next(filter(str.strip, lines), "")
    separator = max(SEPARATORS, key=lambda s: len({name.strip(' "') for name in head.split(s)}.intersection(columns)))
    if separator != ",":
        named = SEPARATORS[separator]
        sheet.notices.append(
            Words(f"read with {named.en} between the values", f"lu avec des {named.fr} entre les valeurs")
        )
    for number, line in enumerate(lines, 1):
        cells, words = _cells(line, separator)
        if words is not None:
            sheet.faults.append((f"{letters(len(cells) - 1)}{number}", words))
        sheet.rows.append(cells)
    return sheet


def _decoded(data: bytes, sheet: Sheet) -> str:
    """Return the text of a file: UTF-16 with a byte order mark, UTF-8, or else Windows-1252, which is said."""
    try:
        if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            sheet.notices.append(Words("read as UTF-16", "lu en UTF-16"))
            return data.decode("utf-16")
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8-sig")
        if _IN_UTF8.search(data):
            sheet.faults.append(("", _MIXED))
            return ""
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        sheet.faults.append(("", _NOT_TEXT))
        return ""
    found = re.search(r"\w*[^\x00-\x7f]\w*", text)
    assert found is not None  # or it were UTF-8
    example = found[0][:40]
    sheet.notices.append(
        Words(
            f"read as Windows-1252, because it is not UTF-8: check the accents, for example {example!r}",
            f"lu en Windows-1252, faute d’être en UTF-8 : vérifiez les accents, par exemple {example!r}",
        )
    )
    return text


def _cells(line: str, separator: str) -> tuple[list[str], Words | None]:
    """Return the cells of a line (RFC 4180 2), and what is wrong with the last of them, where reading ended."""
    cells: list[str] = []
    position = 0
    while len(cells) <= MAX_COLUMNS:
        field = _FIELDS[separator].match(line, position)
        assert field is not None  # it matches an empty value, too
        quoted, plain = field.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        position = field.end()
        if position == len(line):
            return cells, None
        if line[position] != separator:
            return cells, _QUOTE
        position += 1
    return cells, TOO_LARGE
