"""CSV files are read strictly, in every usual encoding, and any bytes end in nothing but faults."""

import csv
import io
import shutil
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.secretariat.importing.reading import Faults, read_table
from api.secretariat.importing.sheet import SEPARATORS, read_csv
from api.secretariat.importing.workshop import FILES, read_workshop
from tests.api.secretariat.importing.files import contents, faults, notices, put, rows_of, wrong

# Rows and columns


def test_a_quotation_mark_that_is_not_closed_is_a_fault_at_its_cell(folder: Path) -> None:
    """Case I7."""
    (folder / "withdrawals.csv").write_text(
        'candidate,date,reason\nC04,2017-05-15,"released\nC06,2017-05-15,"ill"\nC07,2017-05-15,"a "" b"x\n',
        encoding="utf-8",
    )
    found = faults(folder)
    assert list(found) == ["withdrawals.csv!C2", "withdrawals.csv!C4"]
    assert "not closed in the same row" in found["withdrawals.csv!C2"]


@pytest.mark.parametrize(
    ("line", "cell", "says"),
    [
        ("C04,2017-05-15,released, for other duties", "D2", "needs quotation marks"),
        ("C04,2017-05-15", "C2", "expected 3 values"),
        ("C04", "B2", "expected 3 values"),
        ("C04,2017-05-15,,,,x", "F2", "needs quotation marks"),
        ('C04,2017-05-15, "released"', "C2", "quotation mark"),
        ('C04,2017-05-15,the "duties"', "C2", "quotation mark"),
        ("C04,2017-05-15,a\0b", "C2", "U+0000"),
        ("C04,2017-05-15,a\x0bb", "C2", "U+000B"),
        ("C04,2017-05-15,", "C2", "a value"),
    ],
)
def test_a_row_has_a_value_for_each_column(folder: Path, line: str, cell: str, says: str) -> None:
    """Case I8."""
    (folder / "withdrawals.csv").write_text(f"candidate,date,reason\n{line}\n", encoding="utf-8")
    found = faults(folder)
    assert says in found[f"withdrawals.csv!{cell}"]
    assert len(found) == 1


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_blank_lines_and_columns_without_name_and_values_are_ignored(folder: Path, ending: str) -> None:
    """Case I11."""
    text = f'{ending}candidate,date,reason,,{ending}{ending}C04,2017-05-15,"a, ""b""",,,{ending},,{ending} {ending}'
    (folder / "withdrawals.csv").write_bytes(text.encode())
    assert read_workshop(folder).withdrawals == {"C04": (date(2017, 5, 15), 'a, "b"')}
    assert read_workshop(folder).where("withdrawals", "C04") == "withdrawals.csv!B4"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("candidate,date,reason,note", {"D1": "'note'"}),
        ("candidate,date,reason,reason", {"D1": "'reason'"}),
        ("candidate,date,,reason", {"C1": "''"}),
        ("candidate,date,motive", {"1": "column missing: reason", "C1": "'motive'"}),
        ("C04,2017-05-15,released", {"1": "expected the columns candidate, date, reason"}),
        ("", {"1": "expected the columns candidate, date, reason"}),
    ],
)
def test_columns_are_those_of_the_table(folder: Path, header: str, expected: dict[str, str]) -> None:
    (folder / "withdrawals.csv").write_text(f"{header}\n", encoding="utf-8")
    found = faults(folder)
    assert list(found) == [f"withdrawals.csv!{cell}" for cell in expected]
    assert all(text in found[f"withdrawals.csv!{cell}"] for cell, text in expected.items())


def test_columns_are_in_any_order(folder: Path) -> None:
    (folder / "withdrawals.csv").write_text("reason,candidate,date\nill,C04,2017-05-15\n", encoding="utf-8")
    workshop = read_workshop(folder)
    assert workshop.withdrawals == {"C04": (date(2017, 5, 15), "ill")}
    assert workshop.where("withdrawals", "C04") == "withdrawals.csv!C2"


# Files


@pytest.mark.parametrize("kind", ["xlsx", "XLSX", "CSV"])
def test_a_table_in_two_files_is_a_question(folder: Path, kind: str) -> None:
    """Case I11."""
    (folder / f"Candidates.{kind}").write_bytes((folder / "candidates.csv").read_bytes())
    found = wrong(folder)
    assert [fault.words.en for fault in found.faults] == [
        f"this table is there more than once: keep one of Candidates.{kind}, candidates.csv"
    ]
    assert "is checked once" in found.notices[-1].words.en  # nothing is said of the candidates that the others name


def test_files_have_names_in_capitals_too(folder: Path) -> None:
    (folder / "scores.csv").rename(folder / "Scores.CSV")
    workshop = read_workshop(folder)
    assert workshop.where("scores", "C01", "case-study", "A1") == "Scores.CSV!D2"


def test_files_that_are_not_read_are_named(folder: Path) -> None:
    """Case I11."""
    (folder / "candidates.csv").rename(folder / "candidate.csv")
    for name in (".hidden", "~$scores.xlsx", "answers.csv"):
        (folder / name).touch()
    (folder / "a folder").mkdir()
    found = wrong(folder)
    assert [fault.where for fault in found.faults] == ["candidates.csv"]
    assert [notice.where for notice in found.notices] == ["candidate.csv", "candidates.csv"]
    (folder / "candidate.csv").rename(folder / "candidates.csv")
    for number in range(13):
        (folder / f"\x1b[2J{number}.txt").touch()
    said = notices(folder)
    assert len(said) == 11
    assert said["*"] == "3 more files are not read"
    assert "\x1b" not in "".join(said)


def test_what_is_no_folder_is_one_fault(tmp_path: Path) -> None:
    assert faults(tmp_path / "none") == {str(tmp_path / "none"): "expected a folder of CSV or XLSX files"}


def test_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "session.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "plan.csv").write_bytes(b"\x81")
    (tmp_path / "scores.xlsx").write_bytes(b"not a workbook")
    found = faults(tmp_path)
    assert found["session.csv"] == found["plan.csv"] == "not a readable CSV file: save it as UTF-8"
    assert found["scores.xlsx"] == "not a readable XLSX file"
    assert found["officers.csv"] == "the file is missing (CSV or XLSX)"
    assert len(found) == len(FILES)


def test_a_file_that_cannot_be_read_is_a_fault(folder: Path) -> None:
    memory = Path("/proc/self/mem")
    if not memory.is_file():
        pytest.skip("needs /proc/self/mem, whose first bytes nobody can read")
    (folder / "plan.csv").unlink()
    (folder / "plan.csv").symlink_to(memory)
    assert faults(folder)["plan.csv"] == "the file cannot be read"


# Encodings


def test_the_csv_of_french_excel_is_read_and_said(folder: Path) -> None:
    """Case I11."""
    as_it_was = contents(read_workshop(folder))
    for name in FILES:
        rows = rows_of(folder / f"{name}.csv")
        with (folder / f"{name}.csv").open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    said = [(notice.where, notice.words.en) for notice in read_workshop(folder).notices]
    assert (
        "candidates.csv",
        "read as Windows-1252, because it is not UTF-8: check the accents, for example 'Zoé'",
    ) in said
    assert ("plan.csv", "read with semicolons between the values") in said
    assert contents(read_workshop(folder)) == as_it_was


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_unicode_is_read_with_any_separator(folder: Path, encoding: str, separator: str) -> None:
    as_it_was = contents(read_workshop(folder))
    rows = rows_of(folder / "candidates.csv")
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    (folder / "candidates.csv").write_bytes((mark + text.getvalue()).encode(encoding))
    workshop = read_workshop(folder)
    assert contents(workshop) == as_it_was
    assert len(workshop.notices) == encoding.startswith("utf-16") + (separator != ",")


def test_a_file_in_two_encodings_is_not_guessed(folder: Path) -> None:
    data = (folder / "candidates.csv").read_bytes()
    (folder / "candidates.csv").write_bytes(data.replace("Zoé".encode(), "Zoé".encode("cp1252")) + "é".encode())
    assert "some of its characters are UTF-8" in faults(folder)["candidates.csv"]


@pytest.mark.parametrize("name", ["Zoé", "Élise", "N’Guessan", "Çağrı à la", "Ève"])
def test_accents_that_another_program_misread_are_faults(folder: Path, name: str) -> None:
    misread = name.encode().decode("cp1252", errors="replace")
    put(folder, "candidates", "C", misread)
    assert list(faults(folder)) == ["candidates.csv!C2"]
    put(folder, "candidates", "C", f"SÃO {name} Ângela IRMÃ")
    assert read_workshop(folder).candidates[0].family_name == f"SÃO {name} Ângela IRMÃ"


@pytest.mark.parametrize(
    ("rest", "where", "says"),
    [
        ("C04,2017-05-15,x\n" * 1_200_000, "", "at most 5 MB"),
        ("\n" * 4_900_000, "", "at most 20000 rows"),
        ("\n" * 20_000, "", "at most 20000 rows"),
        ("," * 4_900_000, "!AY2", "at most 20000 rows and 50 columns"),
        ('"a' * 1_600_000, "!A2", "quotation mark"),
        ('C04,2017-05-15,"' + '""' * 2_400_000, "!C2", "quotation mark"),
        ("C04,2017-05-15," + "x" * 4_900_000, "!C2", "at most 4000 characters, found 4900000"),
    ],
)
def test_a_csv_file_is_read_within_limits(folder: Path, rest: str, where: str, says: str) -> None:
    """Case I13."""
    (folder / "withdrawals.csv").write_text(f"candidate,date,reason\n{rest}", encoding="utf-8")
    began = process_time()
    found = faults(folder)
    assert process_time() - began < 5
    assert list(found) == [f"withdrawals.csv{where}"]
    assert says in found[f"withdrawals.csv{where}"]


# Any bytes

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)


@given(
    st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=20), st.sampled_from(sorted(SEPARATORS)), st.booleans()
)
def test_what_is_written_as_csv_is_read_as_it_was(rows: list[list[str]], separator: str, quote_all: bool) -> None:
    """read(write(rows)) == rows."""
    text = io.StringIO()
    quoting: Any = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=separator, quoting=quoting).writerows([list(FILES["withdrawals"]), *rows])
    sheet = read_csv(text.getvalue().encode(), FILES["withdrawals"])
    assert not sheet.faults
    assert sheet.rows == [list(FILES["withdrawals"]), *rows, [""]]


CSV_BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(st.sampled_from(',;\t"\r\n\0aé€\u200bC04 candidate,date,reason'), max_size=200).map(lambda t: t.encode()),
    st.lists(st.sampled_from(["candidate", "date", "reason", "C04", "2017-05-15", '"', ",", "\n", "é"])).map(lambda parts: "".join(parts).encode("cp1252")),
)  # fmt: skip


@given(CSV_BYTES)
def test_no_bytes_end_in_anything_but_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "withdrawals.csv").write_bytes(data)
    found = Faults()
    table = read_table(folder, "withdrawals", FILES["withdrawals"], found)
    assert all(set(row.values) >= set(FILES["withdrawals"]) for row in table.rows)
    assert table.whole or len(found)
    shutil.rmtree(folder)
