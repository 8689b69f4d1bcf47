"""Tables in CSV or XLSX; each value has the address of its cell."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import msgspec
from python_calamine import CalamineWorkbook

from ledger.files import read_bounded
from ledger.words import Words

MAX_BYTES = 20_000_000


class Fault(msgspec.Struct, frozen=True):
    """An error in a cell, such as ``scores.csv!E14``."""

    where: str
    words: Words


class Faults(list[Fault]):
    """The faults that were found so far."""

    def add(self, where: str, en: str, fr: str) -> None:
        self.append(Fault(where, Words(en, fr)))


class WrongWorkshop(Exception):
    """All faults of a workshop's files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.where}: {fault.words.en}" for fault in self.faults))


class Row(msgspec.Struct, frozen=True):
    """One row of a file, and its number: values by column, without outer spaces."""

    file: str
    number: int
    columns: tuple[str, ...]
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def address(self, column: str) -> str:
        """The address of a value in its table, such as ``D14``."""
        return f"{letters(self.columns.index(column))}{self.number}"

    def cell(self, column: str) -> str:
        """The same with the name of its file, as a spreadsheet writes it: ``scores.csv!D14``."""
        return f"{self.file}!{self.address(column)}"


class Table(msgspec.Struct, frozen=True):
    """A file's rows; ``digest`` is the SHA-256 of their values, in hex, the same for CSV and XLSX."""

    file: str
    digest: str
    rows: tuple[Row, ...]


def read_table(folder: Path, name: str, columns: tuple[str, ...], faults: Faults) -> Table:
    """Read ``name``.csv or ``name``.xlsx with exactly these columns, in any order; adds to ``faults``."""
    path = next((p for p in (folder / f"{name}.csv", folder / f"{name}.xlsx") if p.is_file()), None)
    if path is None:
        faults.add(f"{name}.csv", "the file is missing (CSV or XLSX)", "le fichier manque (CSV ou XLSX)")
        return Table(name, "", ())
    try:
        data = read_bounded(path, MAX_BYTES)
        lines = _csv(data) if path.suffix == ".csv" else _xlsx(data)
    except (ValueError, csv.Error):
        faults.add(path.name, "not a readable CSV (UTF-8) or XLSX file", "fichier CSV (UTF-8) ou XLSX illisible")
        return Table(path.name, "", ())
    header = tuple(lines[0]) if lines else ()
    missing = sorted(set(columns) - set(header))
    for column in missing:
        faults.add(f"{path.name}!1", f"column missing: {column}", f"colonne manquante : {column}")
    for index, column in enumerate(header):
        if column not in columns or column in header[:index]:
            where = f"{path.name}!{letters(index)}1"
            faults.add(where, f"unexpected column: {column!r}", f"colonne inattendue : {column!r}")
    if missing:
        return Table(path.name, "", ())
    rows = tuple(
        Row(path.name, number, header, dict(zip(header, line + [""] * (len(header) - len(line)), strict=False)))
        for number, line in enumerate(lines[1:], 2)
        if any(line)
    )
    said = [[row[column] for column in columns] for row in rows]
    return Table(path.name, sha256(msgspec.json.encode([name, columns, said])).hexdigest(), rows)


def letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _csv(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig")
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    return [[cell.strip() for cell in line] for line in csv.reader(StringIO(text, newline=""), delimiter=separator)]


def _xlsx(data: bytes) -> list[list[str]]:
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
    except Exception as error:  # noqa: BLE001 - the library's errors share no class
        raise ValueError(str(error)) from None
    return [[_text(cell) for cell in line] for line in sheet.to_python(skip_empty_area=False)]


def _text(cell: Any) -> str:
    """Return a cell as text: spreadsheets hold whole numbers as floats, and days as moments."""
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell).strip()
