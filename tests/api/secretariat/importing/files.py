"""The files of a workshop, changed by tests, and what a reading of them says."""

import csv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from api.secretariat.importing.reading import WrongWorkshop
from api.secretariat.importing.workshop import Workshop, read_workshop

DEMO = Path(__file__).parents[4] / "api" / "demo_data"
WORKSHOPS = sorted(path.name for path in DEMO.iterdir() if path.is_dir())
PLAN = DEMO / WORKSHOPS[0] / "plan.csv"


def wrong(folder: Path) -> WrongWorkshop:
    with pytest.raises(WrongWorkshop) as error:
        read_workshop(folder)
    assert all(said.words.en and said.words.fr for said in (*error.value.faults, *error.value.notices))
    return error.value


def faults(folder: Path) -> dict[str, str]:
    """What is wrong with a folder, by place."""
    return {fault.where: fault.words.en for fault in wrong(folder).faults}


def notices(folder: Path) -> dict[str, str]:
    return {notice.where: notice.words.en for notice in read_workshop(folder).notices}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def append(path: Path, *lines: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def put(folder: Path, table: str, column: str, value: str) -> None:
    """Set a value in the second row of a table."""
    rows = rows_of(folder / f"{table}.csv")
    rows[1][ord(column) - ord("A")] = value
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def workbook(path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Any, Any], object] = lambda *_: None) -> None:
    """Write a sheet; ``change`` gets the workbook and the sheet."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if str(cell).isdigit():
                    sheet.write_number(number, column, int(cell))
                else:
                    sheet.write_string(number, column, cell)
        change(book, sheet)


def as_workbook(folder: Path, name: str, change: Callable[[Any, Any], object] = lambda *_: None) -> None:
    """Turn one of the files into a workbook."""
    path = folder / f"{name}.csv"
    workbook(folder / f"{name}.xlsx", rows_of(path), change)
    path.unlink()


def repacked(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change every part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(data))


def contents(workshop: Workshop) -> dict[str, Any]:
    return {f: getattr(workshop, f) for f in workshop.__struct_fields__ if f not in ("files", "notices")}
