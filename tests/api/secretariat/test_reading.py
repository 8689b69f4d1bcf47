"""A workshop's files are read strictly: every fault is at its cell, its cause is said once, and nothing is guessed."""

import csv
import io
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from api.secretariat.importing.reading import MAX_FAULTS, MAX_LISTED, Faults, WrongWorkshop, read_table
from api.secretariat.importing.sheet import SEPARATORS, read_csv
from api.secretariat.importing.workshop import FILES, Workshop, read_workshop

DEMO = Path(__file__).parents[3] / "api" / "demo_data"
WORKSHOPS = sorted(path.name for path in DEMO.iterdir() if path.is_dir())
PLAN = DEMO / WORKSHOPS[0] / "plan.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a workshop that is in order."""
    for name in FILES:
        shutil.copy(DEMO / WORKSHOPS[0] / f"{name}.csv", tmp_path)
    return tmp_path


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


# Sets


@pytest.mark.parametrize(
    ("name", "line", "cell", "says"),
    [
        ("plan", "case-study,theoretical-knowledge", "B11", "the pair is named twice"),
        ("plan", "lecture,", "B11", "the pair is named twice"),
        ("plan", "lecture,communication", "B11", "either competencies or one empty value"),
        ("withdrawals", "C04,2017-05-16,ill", "A3", "each candidate once"),
        ("officers", "A1,Somebody Else,FR,assessor", "A12", "each code once"),
        ("officers", "A1,Assesseur Un,FR,facilitator", "A12", "each code once"),
        ("candidates", "C01,Awa,Diallo,SN,awa@example.org,fr,9", "A14", "each code once"),
        ("selection", "C01,pca-experience,met,P1;P2", "B38", "each criterion once"),
        ("scores", "C01,case-study,theoretical-knowledge,A1,5", "D161", "each assessor once"),
        ("session", "TOA-PCA-FR-2017,t,t,2017-05-15,2017-05-19,p,fr,f,2,3,1,5,36,2", None, "exactly one workshop"),
    ],
)
def test_what_is_a_set_has_each_of_its_members_once(
    folder: Path, name: str, line: str, cell: str | None, says: str
) -> None:
    """Cases I1 and I8."""
    append(folder / f"{name}.csv", line)
    found = faults(folder)
    assert says in found[f"{name}.csv!{cell}" if cell else f"{name}.csv"]
    assert len(found) == 1


def test_a_code_is_of_an_officer_or_of_a_candidate(folder: Path) -> None:
    append(folder / "candidates.csv", "A1,Awa,Diallo,SN,awa@example.org,fr,9")
    assert "each code once, for one person" in faults(folder)["candidates.csv!A14"]


@pytest.mark.parametrize("panel", ["P1;P1", "P1;P1;P2", "P1", "P1;P9", "P1;A1", ""])
def test_a_panel_has_two_members(folder: Path, panel: str) -> None:
    edit(folder / "selection.csv", "P1;P2", panel)
    assert "two members of the selection panel" in faults(folder)["selection.csv!D2"]


def test_a_panel_is_the_same_in_any_order(folder: Path) -> None:
    edit(folder / "selection.csv", "P1;P2", " P2 ; P1 ")
    assert read_workshop(folder).panels["C01"] == ("P2", "P1")


def test_languages_are_split_and_each_is_named_once(folder: Path) -> None:
    """Case I11."""
    edit(folder / "candidates.csv", "fr;pt", "fr ; pt;")
    assert read_workshop(folder).candidates[0].languages == ("fr", "pt")
    for languages in ("fr;fr", "fr;xx", "French", "", ";"):
        put(folder, "candidates", "F", languages)
        assert "ISO 639-1 codes" in faults(folder)["candidates.csv!F2"]


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


# Values


def test_every_fault_is_named_by_cell_at_once(folder: Path) -> None:
    edit(
        folder / "scores.csv", "C01,case-study,theoretical-knowledge,A1,5", "C01,case-study,theoretical-knowledge,A1,9"
    )
    edit(folder / "scores.csv", "C01,case-study,theoretical-knowledge,A4,4", "C99,lecture,theoretical-knowledge,A9,4")
    edit(folder / "candidates.csv", "SN", "sn")
    edit(folder / "officers.csv", ",registrar", ",king")
    edit(folder / "selection.csv", "C01,pca-experience,met,P1;P2", "C01,technical-knowledge,perhaps,P1")
    edit(folder / "candidates.csv", ",CM,", ",ZZ,")
    edit(folder / "session.csv", "TOA-PCA-FR-2017", "toa 2017")
    edit(folder / "session.csv", ",fr,", ",French,")
    edit(folder / "plan.csv", "case-study", "Case study")
    (folder / "withdrawals.csv").write_text("candidate,date\n", encoding="utf-8")
    assert {
        "scores.csv!E2", "scores.csv!A3", "scores.csv!C3", "scores.csv!D3", "candidates.csv!D2", "officers.csv!D11",
        "session.csv!A2", "session.csv!G2", "plan.csv!A3", "candidates.csv!D6",
        "selection.csv!B3", "selection.csv!C2", "selection.csv!D2", "candidates.csv!A2", "withdrawals.csv!1",
    } <= faults(folder).keys()  # fmt: skip


HIDDEN = ("\0", "\x1b", "\x85", "\u061c", "\u200d", "\u200e", "\u2028", "\u202e", "\u2066", "\ufffd")


@pytest.mark.parametrize(
    "name", [*(f"Za{hidden}ra" for hidden in HIDDEN), "\u200b", "N" * 101, "N" * 4000, "N" * 100_000, ""]
)
@pytest.mark.parametrize(("table", "column"), [("candidates", "C"), ("officers", "B")])
def test_a_name_is_one_that_a_document_can_show(folder: Path, table: str, column: str, name: str) -> None:
    """Case I10."""
    put(folder, table, column, name)
    found = faults(folder)
    assert list(found) == [f"{table}.csv!{column}2"]
    assert len(found[f"{table}.csv!{column}2"]) < 250
    as_workbook(folder, table)
    if name != "\0":
        assert list(faults(folder)) == [f"{table}.xlsx!{column}2"]


@pytest.mark.parametrize("name", ["张伟", "ไทย", "Zo张"])
def test_a_name_in_letters_that_no_document_can_show_is_a_fault(folder: Path, name: str) -> None:
    """Case I10: it was accepted, and the documents of a certified person were never made."""
    put(folder, "candidates", "C", name)
    assert list(faults(folder)) == ["candidates.csv!C2"]
    put(folder, "candidates", "C", "Nguyễn Łœß Đặng-Ẹ̀kọ́ Ƙɓɗ Ελένη")
    read_workshop(folder)


def test_spaces_accents_and_what_has_no_width_are_made_alike_in_a_name(folder: Path) -> None:
    """Cases I4, I10: what has no width says nothing, and a name that holds it is the same name."""
    name = " He\u0301le\u0300ne \u00a0 A\u200bwa\ufeff ,Exem\u00adple  Alpha"
    edit(folder / "candidates.csv", "Koffi,Exemple-Alpha", name)
    first = read_workshop(folder).candidates[0]
    assert (first.given_name, first.family_name) == ("Hélène Awa", "Exemple Alpha")


def test_one_name_is_accepted_and_said(folder: Path) -> None:
    """Case I10."""
    edit(folder / "officers.csv", "Assesseur Un", "Soekarno")
    edit(folder / "candidates.csv", "Koffi,Exemple-Alpha", ",Megawati")
    workshop = read_workshop(folder)
    assert workshop.officers[0].name == "Soekarno"
    assert (workshop.candidates[0].given_name, workshop.candidates[0].family_name) == ("", "Megawati")
    assert notices(folder)["candidates.csv!B2"].startswith("no given name")
    rows = rows_of(folder / "candidates.csv")
    with (folder / "candidates.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *([row[0], "", *row[2:]] for row in rows[1:])])
    said = notices(folder)
    assert list(said) == [*(f"candidates.csv!B{row}" for row in range(2, 7)), "candidates.csv!B"]
    assert said["candidates.csv!B"] == "and 7 more like these"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *((column, value) for column in ("B", "C", "F", "H") for value in ("T" * 301, "T" * 100_000, "", "a\u202eb", "…")),
        *((column, value) for column in "IJKLMN" for value in ("1e3", "٣", "3.0000001", "3.0", "-1", "9" * 5000, "", "03", "+3", "1_0", "TRUE")),
        *((column, value) for column in "DE" for value in ("15/05/2017", "20170515", "2017-W20-1", "42870", "2017-05-15T10:00", "1899-12-31", "")),
        ("G", "xx"),
        ("L", "1"),
        ("E", "2017-05-14"),
    ],
)  # fmt: skip
def test_a_value_of_the_workshop_is_bounded(folder: Path, column: str, value: str) -> None:
    """Case I9."""
    put(folder, "session", column, value)
    found = faults(folder)
    assert f"session.csv!{column}2" in found
    assert {where.partition("!")[0] for where in found} == {"session.csv"}
    assert sum(map(len, found.values())) < 500


# What relates the tables


def test_scores_and_withdrawals_are_of_candidates_who_attend(folder: Path) -> None:
    """Case I9."""
    append(folder / "withdrawals.csv", "C05,2017-05-15,ill")  # the panel refused C05, and C04 withdrew
    append(folder / "scores.csv", *(f"{code},presentation,communication,A1,3" for code in ("C05", "C04")))
    assert {where: says.partition(",")[0] for where, says in faults(folder).items()} == {
        "withdrawals.csv!A3": "expected a candidate who was selected",
        "scores.csv!A161": "expected a candidate who was selected",
        "scores.csv!A162": "expected a candidate who did not withdraw",
    }


def test_each_competency_is_assessed_in_some_activity(folder: Path) -> None:
    """Case I9."""
    plan = folder / "plan.csv"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace(",advisory-capacity", ",practical-skills"), encoding="utf-8"
    )
    assert faults(folder)["plan.csv"] == "no activity assesses advisory-capacity"


@pytest.mark.parametrize(
    ("code", "least", "role"), [("D2", 2, "decision-authority"), ("A2", 4, "assessor"), ("P1", 2, "selection-panel")]
)
def test_there_are_enough_officers(folder: Path, code: str, least: int, role: str) -> None:
    """Case I14."""
    edit(folder / "session.csv", ",36,2", ",36,4")
    officers = folder / "officers.csv"
    lines = officers.read_text(encoding="utf-8").splitlines(keepends=True)
    officers.write_text("".join(line for line in lines if not line.startswith(code)), encoding="utf-8")
    assert (
        faults(folder)["officers.csv"] == f"expected {least} or more officers with the role {role}, found {least - 1}"
    )


# Noise


@pytest.mark.parametrize("name", [name for name in FILES if name != "withdrawals"])
def test_a_column_with_another_name_is_said_and_not_what_follows(folder: Path, name: str) -> None:
    """Case I12."""
    for column in FILES[name]:
        shutil.copy(DEMO / WORKSHOPS[0] / f"{name}.csv", folder)
        edit(folder / f"{name}.csv", column, f"{column}s")
        found = wrong(folder)
        assert found.number == 2
        assert found.faults[0].words.en == f"column missing: {column}"
        assert "is checked once" in found.notices[-1].words.en


def test_candidates_under_other_codes_are_a_few_and_their_number(folder: Path) -> None:
    """Case I12."""
    candidates = folder / "candidates.csv"
    candidates.write_text(candidates.read_text(encoding="utf-8").replace("\nC", "\nc"), encoding="utf-8")
    found = wrong(folder)
    assert found.number == 12 + 36 + 1 + 159
    assert len(found.faults) == 6 + 6 + 1 + 6
    assert faults(folder)["candidates.csv!A"] == "and 7 more like these"


def test_thousands_of_faults_are_a_few_and_their_number(folder: Path) -> None:
    """Case I12."""
    append(folder / "scores.csv", *(f"X{n},case-study,communication,A1,{n}" for n in range(6, 5006)))
    found = wrong(folder)
    assert found.number == 15_000
    assert [fault.where for fault in found.faults[:6]] == [
        *(f"scores.csv!A{row}" for row in range(161, 166)),
        "scores.csv!A",
    ]
    assert found.faults[5].words.en == "and 4995 more like these"
    assert len(found.faults) == 18


def test_a_list_of_faults_has_an_end() -> None:
    found = Faults()
    for number in range(1000):
        found.add(f"file{number}.csv", "wrong", "faux")
        found.add(f"file{number}.csv!A1", "wrong", "faux")
        found.add(f"file{number}.csv!A1", "what follows", "ce qui suit")
    assert len(found) == 2000
    listed = found.listed()
    assert len(listed) == MAX_LISTED + 1
    assert listed[-1].words.en == "and more errors in other columns"


def test_reading_ends_when_there_are_too_many_faults(folder: Path) -> None:
    """Case I12."""
    for name in ("selection", "plan", "scores"):
        columns = FILES[name]
        rows = f"{'x,' * (len(columns) - 1)}y\u202e\n" * 19_000
        (folder / f"{name}.csv").write_text(f"{','.join(columns)}\n{rows}", encoding="utf-8")
    began = monotonic()
    found = wrong(folder)
    assert monotonic() - began < 5
    assert found.number == MAX_FAULTS
    assert found.notices[-1].words.en == "too many errors: the rest is not checked"


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
    began = monotonic()
    found = faults(folder)
    assert monotonic() - began < 10  # a busy machine may take longer to start a process
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
    began = monotonic()
    found = faults(folder)
    assert monotonic() - began < 5
    assert list(found) == [f"withdrawals.csv{where}"]
    assert says in found[f"withdrawals.csv{where}"]


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
