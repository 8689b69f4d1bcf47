"""Workbooks are read as they look, within limits on memory and time."""

import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from api.secretariat.importing.reading import Faults, read_table
from api.secretariat.importing.workshop import FILES, read_workshop
from tests.api.secretariat.importing.files import (
    PLAN,
    as_workbook,
    contents,
    faults,
    notices,
    repacked,
    rows_of,
    workbook,
)

# Workbooks


def test_workbooks_say_the_same_as_csv(folder: Path) -> None:
    from_csv = read_workshop(folder)
    for name in FILES:
        as_workbook(folder, name)
    from_xlsx = read_workshop(folder)
    assert contents(from_csv) == contents(from_xlsx)
    assert from_csv.files.keys() == from_xlsx.files.keys()


def test_sheets_that_are_not_read_are_named(folder: Path) -> None:
    """Case I11."""

    def change(book: Any, sheet: Any) -> None:
        notes = book.add_worksheet("Notes")
        notes.write(0, 0, "old scores")
        book.add_worksheet("Blank")
        hidden = book.add_worksheet("Hidden")
        hidden.hide()
        book.add_chartsheet("Chart").add_series = None

    as_workbook(folder, "scores", change)
    said = notices(folder)
    assert said == {"scores.xlsx": "only the sheet “Data” is read, and not “Notes”, “Hidden” (hidden)"}


def test_hidden_rows_and_columns_are_named(folder: Path) -> None:
    """Case I11."""

    def change(_: Any, sheet: Any) -> None:
        for row in (1, 3, 5, 7, 9, 200):  # the last one has no values
            sheet.set_row(row, None, None, {"hidden": True})
        sheet.set_column(4, 4, None, None, {"hidden": True})

    as_workbook(folder, "scores", change)
    assert notices(folder) == {"scores.xlsx": "hidden rows or columns are read too: 2, 4, 6, 8, 10, …"}


def test_the_first_visible_sheet_is_read(folder: Path) -> None:
    """Case I11."""
    rows = rows_of(folder / "plan.csv")
    (folder / "plan.csv").unlink()
    with xlsxwriter.Workbook(folder / "plan.xlsx") as book:
        book.add_worksheet("Old").write(0, 0, "activity")
        sheet = book.add_worksheet("New")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.activate()
        sheet.set_first_sheet()
        book.worksheets()[0].hide()
    assert notices(folder) == {"plan.xlsx": "only the sheet “New” is read, and not “Old” (hidden)"}
    repacked(
        folder / "plan.xlsx", lambda data: data.replace(b'<sheet name="New"', b'<sheet state="veryHidden" name="New"')
    )
    assert faults(folder)["plan.xlsx"] == "no visible sheet"


def test_days_of_a_workbook_are_read_as_what_they_are(folder: Path) -> None:
    day = datetime(2017, 5, 16, tzinfo=UTC).replace(tzinfo=None)  # a workbook knows no zones

    def change(book: Any, sheet: Any) -> None:
        kinds = [book.add_format({"num_format": kind}) for kind in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm")]
        values = (day, day.replace(hour=9), day.replace(hour=9).time())
        for row, (kind, value) in enumerate(zip(kinds, values, strict=True), 1):
            sheet.write_row(row, 0, ["C04", "", 7])
            sheet.write_datetime(row, 1, value, kind)

    as_workbook(folder, "withdrawals", change)
    assert [where for where in faults(folder) if "!B" in where] == ["withdrawals.xlsx!B3", "withdrawals.xlsx!B4"]


def test_cells_without_the_value_that_they_show_are_faults(folder: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=A99", None, "#REF!")  # not assessed, as the library returns it
        sheet.merge_range(2, 1, 3, 1, "theoretical-knowledge")
        sheet.write_formula(4, 1, "=A98")
        sheet.merge_range(50, 3, 60, 4, "")

    as_workbook(folder, "plan", change)
    repacked(folder / "plan.xlsx", lambda data: data.replace(b"<f>A98</f><v>0</v>", b"<f>A98</f>"))
    assert faults(folder) == {
        "plan.xlsx!B2": "the formula in this cell has no value",
        "plan.xlsx!B5": "the formula in this cell has no value",
        "plan.xlsx!B3": "merged cells: split them, and fill in each one",
    }


@pytest.mark.parametrize("value", [True, 3.0000001, 1e300, "3", -1])
def test_a_number_of_a_workbook_is_whole(folder: Path, value: Any) -> None:
    as_workbook(folder, "scores", lambda _, sheet: sheet.write(1, 4, value))
    if value == "3":
        assert read_workshop(folder).scores["C01", "case-study", "A1"]["theoretical-knowledge"] == 3
    else:
        assert list(faults(folder)) == ["scores.xlsx!E2"]


# Sizes


def far(row: int, column: int) -> Callable[[Any, Any], object]:
    return lambda _, sheet: sheet.write(row, column, "x")


@pytest.mark.parametrize(
    ("change", "repack", "where", "says"),
    [
        (far(1_048_575, 16_383), None, "!XFD1048576", "at most 20000 rows and 50 columns"),
        (far(19_999, 1_012), None, "!ALY20000", "at most 20000 rows and 50 columns"),
        (far(20_000, 0), None, "!A20001", "at most 20000 rows and 50 columns"),
        (far(1_048_575, 16_383), (b'r="XFD1048576"', b"r='XFD1048576'"), "", "within 160 MB of memory"),
        (far(20_000, 50), (b'r="AY20001"', b"r='AY20001'"), "", "at most 20000 rows and 50 columns"),
        (far(1, 3), (b"<t>x</t>", b"<t>" + b"x" * 40_000_000 + b"</t>"), "", "its XML takes more than 30 MB"),
    ],
)  # fmt: skip
def test_a_workbook_is_read_within_limits(
    folder: Path, change: Callable[[Any, Any], object], repack: tuple[bytes, bytes] | None, where: str, says: str
) -> None:
    """Case I13."""
    as_workbook(folder, "withdrawals", change)
    if repack is not None:
        repacked(folder / "withdrawals.xlsx", lambda data: data.replace(*repack))
    assert (folder / "withdrawals.xlsx").stat().st_size < 600_000
    found = faults(folder)
    assert list(found) == [f"withdrawals.xlsx{where}"]
    assert says in found[f"withdrawals.xlsx{where}"]


def test_a_cell_that_only_has_a_style_is_not_there(folder: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    as_workbook(folder, "withdrawals", change)
    assert read_workshop(folder).withdrawals.keys() == {"C04"}


def test_a_workbook_that_lies_about_its_size_is_refused(folder: Path) -> None:
    as_workbook(folder, "withdrawals", far(1, 3))
    path = folder / "withdrawals.xlsx"
    repacked(path, lambda data: data.replace(b"<t>x</t>", b"<t>" + b"x" * 40_000_000 + b"</t>"))
    with zipfile.ZipFile(path) as archive:
        size = max(info.file_size for info in archive.infolist())
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 1000)))
    assert faults(folder)["withdrawals.xlsx"] == "not a readable XLSX file"


MEASURE = """
import resource, subprocess, sys
from pathlib import Path
program = "import sys; from pathlib import Path; from api.secretariat.importing.reading import *; "
program += "print(len(read_table(Path(sys.argv[1]), 'withdrawals', ('candidate', 'date', 'reason'), Faults()).rows))"
for folder in sys.argv[1:]:
    print(subprocess.run([sys.executable, "-c", program, folder], check=True, capture_output=True, text=True).stdout)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def test_hostile_files_are_read_within_200_mb(folder: Path) -> None:
    """Case I13."""
    rows = rows_of(folder / "withdrawals.csv")
    names = ("far", "hidden-far", "text", "quotes")
    for name in names:
        (folder / name).mkdir()
    for name in names[:3]:
        workbook(folder / name / "withdrawals.xlsx", rows, far(1_048_575, 16_383) if "far" in name else far(1, 3))
    repacked(folder / "hidden-far/withdrawals.xlsx", lambda d: d.replace(b'r="XFD1048576"', b"r='XFD1048576'"))
    repacked(folder / "text/withdrawals.xlsx", lambda d: d.replace(b"<t>x</t>", b"<t>" + b"x" * 40_000_000 + b"</t>"))
    (folder / "quotes/withdrawals.csv").write_text('candidate,date,reason\nC04,2017-05-15,"' + '""' * 2_400_000)
    printed = subprocess.run(
        [sys.executable, "-c", MEASURE, *(str(folder / name) for name in names)], check=True, capture_output=True, text=True
    ).stdout.split()  # fmt: skip
    assert printed[:-1] == ["0"] * len(names)
    assert 20 < int(printed[-1]) < 200


@pytest.fixture(scope="module")
def plan_workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("plan") / "plan.xlsx"
    workbook(path, rows_of(PLAN))
    return path.read_bytes()


@given(st.data())
def test_no_change_of_a_workbook_ends_in_anything_but_faults(
    tmp_path_factory: pytest.TempPathFactory, plan_workbook: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    place = data.draw(st.integers(0, len(plan_workbook) - 1))
    rest = plan_workbook[place + data.draw(st.integers(0, 4)) :]
    (folder / "plan.xlsx").write_bytes(plan_workbook[:place] + data.draw(st.binary(max_size=4)) + rest)
    found = Faults()
    table = read_table(folder, "plan", FILES["plan"], found)
    assert len(found) or [list(row.values.values()) for row in table.rows] == rows_of(PLAN)[1:]
    shutil.rmtree(folder)
