"""A list as a file: CSV, JSON Lines and Parquet for programs, XLSX for people.

Programs get the names of columns and codes as they are, in every language; people get both in their own.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any, Literal

import msgspec
import xlsxwriter

from api.cells import harmless
from api.lists.catalogue import Answer
from api.lists.listing import Kind, cell, plain
from ledger.words import Language, Words

Format = Literal["csv", "xlsx", "jsonl", "parquet"]
EXTRA = "parquet"  # of the package: what Parquet needs is too large for everybody
CELL_LIMIT = 32_767  # characters in a cell of a spreadsheet
LINES = 1000  # that are sent at once
_WIDEST, _NARROWEST = 60, 8


class Unavailable(Exception):
    """A format needs an extra of the package that is not installed."""

    def __init__(self) -> None:
        command = f"pip install pca-ledger[{EXTRA}]"
        self.words = Words(
            f"Parquet needs the extra {EXTRA}: {command}", f"Parquet demande le supplément {EXTRA}\u00a0: {command}"
        )
        super().__init__(self.words.en)


def chunks(answer: Answer, form: Format, language: Language) -> Iterator[bytes]:
    """Returns a list as a file, in parts. Raises ``Unavailable``, before the first part."""
    return _WRITERS[form](answer, language)


def _csv(answer: Answer, language: Language) -> Iterator[bytes]:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in answer.table.columns])
    for number, row in enumerate(answer.rows, 1):
        writer.writerow([_csv_cell(value) for value in _plain(row, language)])
        if number % LINES == 0:
            yield _taken(text)
    yield _taken(text)


def _jsonl(answer: Answer, language: Language) -> Iterator[bytes]:
    names = [column.name for column in answer.table.columns]
    for start in range(0, len(answer.rows), LINES):
        rows = answer.rows[start : start + LINES]
        yield msgspec.json.Encoder().encode_lines(
            [dict(zip(names, _plain(row, language), strict=True)) for row in rows]
        )


def _xlsx(answer: Answer, language: Language) -> Iterator[bytes]:
    """Texts are texts: nothing is taken for a formula, a number or an address."""
    file = BytesIO()
    settings = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, {**settings, "remove_timezone": True})
    sheet = book.add_worksheet(answer.table.name[:31])
    bold = book.add_format({"bold": True})
    forms = {
        Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        Kind.NUMBER: book.add_format({"num_format": "0.000"}),
    }
    columns = answer.table.columns
    widths = [_NARROWEST] * len(columns)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.label.into(language), bold)
    for line, row in enumerate(answer.rows, 1):
        for place, column in enumerate(columns):
            value = cell(getattr(row, column.name), column.kind, language)
            widths[place] = max(widths[place], min(len(str(value)), _WIDEST))
            if isinstance(value, date):
                sheet.write_datetime(line, place, value, forms[column.kind])
            elif isinstance(value, int | float):
                sheet.write_number(line, place, value, forms.get(column.kind))
            elif value is not None:
                sheet.write_string(line, place, str(value)[:CELL_LIMIT])
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    if answer.rows:
        sheet.autofilter(0, 0, len(answer.rows), len(columns) - 1)
    book.close()
    return iter((file.getvalue(),))


def _parquet(answer: Answer, language: Language) -> Iterator[bytes]:
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise Unavailable from None
    types = {
        Kind.WHOLE: arrow.int64(),
        Kind.NUMBER: arrow.float64(),
        Kind.FLAG: arrow.bool_(),
        Kind.DAY: arrow.date32(),
        Kind.MOMENT: arrow.timestamp("us", "UTC"),
        Kind.TEXTS: arrow.list_(arrow.string()),
        Kind.CODES: arrow.list_(arrow.string()),
        Kind.POSITIONS: arrow.list_(arrow.int64()),
    }
    columns = answer.table.columns
    schema = arrow.schema([(column.name, types.get(column.kind, arrow.string())) for column in columns])
    names = [column.name for column in columns]
    rows = [dict(zip(names, _plain(row, language), strict=True)) for row in answer.rows]
    file = BytesIO()
    parquet.write_table(arrow.Table.from_pylist(rows, schema), file)
    return iter((file.getvalue(),))


_WRITERS: dict[Format, Callable[[Answer, Language], Iterator[bytes]]] = {
    "csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet,
}  # fmt: skip
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}


def _plain(row: msgspec.Struct, language: Language) -> list[Any]:
    return [plain(getattr(row, name), language) for name in row.__struct_fields__]


def _csv_cell(value: Any) -> str:
    """A number is none but a number, also below zero: only texts can be taken for a formula."""
    return _text(value) if isinstance(value, int | float) else harmless(_text(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _taken(text: StringIO) -> bytes:
    """Returns what was written since, and begins anew."""
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written
