"""What is sent to the console as files: the workbook that it offers, and what is refused in words."""

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from api.console.imports import template
from api.console.imports.taking import MAX_FILES
from api.secretariat.importing.reading import files_held
from api.secretariat.importing.workshop import FILES, members, read_workshop
from tests.api.console.imports.conftest import pilot, send
from tests.api.console.pages import SAME_SITE, Browser
from tests.api.secretariat.importing.files import PLAN, contents, rows_of

LIST = "/console/imports"


def book_of(change: Any = lambda *_: None) -> bytes:
    """The pilot as one workbook; ``change`` gets the book."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for table in FILES:
            sheet = book.add_worksheet(table.title())
            for line, row in enumerate(rows_of(PLAN.with_name(f"{table}.csv"))):
                for place, value in enumerate(row):
                    sheet.write(line, place, date.fromisoformat(value) if value[4:5] == "-" == value[7:8] else value)
                    if value[4:5] == "-" == value[7:8]:
                        day = book.add_format({"num_format": "yyyy-mm-dd"})
                        sheet.write_datetime(line, place, date.fromisoformat(value), day)
        change(book)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with another part in its archive."""
    file = BytesIO(data)
    with ZipFile(file, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def test_one_workbook_says_what_a_file_for_each_table_says() -> None:
    read = read_workshop(files_held({"workshop (1).xlsx": book_of()}))
    assert contents(read) == contents(read_workshop(files_held(pilot())))
    assert read.files.keys() == read_workshop(files_held(pilot())).files.keys()
    assert read.where("session") == "workshop (1).xlsx!session!A2"


def test_sheets_that_are_no_table_are_named_and_missing_ones_are_errors(registrar: Browser) -> None:
    page = send(registrar, {"workshop.xlsx": book_of(lambda book: book.add_worksheet("Scores 2").write(0, 0, "C1"))})
    assert "not read, since no table has this name: “Scores 2”" in page.text
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("session")
    page = send(registrar, {"workshop.xlsx": file.getvalue()})
    assert "workshop.xlsx!plan" in page.texts("td[data-label=Cell]")
    assert "no sheet of the name plan" in page.texts("td[data-label=Error]")


def test_the_template_has_a_sheet_for_each_table_with_the_codes_to_choose_from(client: TestClient) -> None:
    Browser(client).enter("registrar")
    response = client.get(f"{LIST}/workshop.xlsx")
    assert response.headers["content-disposition"] == 'attachment; filename="workshop.xlsx"'
    with CalamineWorkbook.from_filelike(BytesIO(response.content)) as book:
        assert book.sheet_names == [*FILES, "lists"]
        for table, columns in FILES.items():
            assert book.get_sheet_by_name(table).to_python() == [list(columns)]
        lists = {column[0]: [*column[1:]] for column in zip(*book.get_sheet_by_name("lists").to_python(), strict=True)}
    assert set(lists["administration"]) == {*members()}
    with ZipFile(BytesIO(response.content)) as archive:
        officers = archive.read("xl/worksheets/sheet3.xml").decode()
        comments = archive.read("xl/comments3.xml").decode()
    assert "lists!$B$2:$B$6" in officers
    assert "given name first" in comments
    assert "prénom d’abord" in comments


def test_the_template_is_filled_with_the_plan_of_an_approved_version(workshop: Any) -> None:
    (number,) = template.versions(workshop.read())
    data = template.workbook([*members()], workshop.read().scheme("toa-pca-fr").drafts[number])
    with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
        plan, session = (book.get_sheet_by_name(name).to_python() for name in ("plan", "session"))
    assert ["lecture", ""] in plan
    assert ["case-study", "practical-skills"] in plan
    assert {"seats", "cut_score"} <= {name for name, value in zip(*session, strict=True) if value != ""}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("scores.xlsm", b"PK", "scores.xlsm: expected a CSV file, or an XLSX file without macros"),
        ("scores.pdf", b"%PDF-1.7", "scores.pdf: expected a CSV file"),
        ("scores.csv", b"", "scores.csv: this file is empty"),
        ("answers.csv", b"person", "answers.csv: leave this file out"),
        ("C:\\files\\<b>.txt", b"x", "<b>.txt: expected a CSV file"),
    ],
)
def test_what_is_no_table_is_refused_before_it_is_read(registrar: Browser, name: str, data: bytes, words: str) -> None:
    assert words in send(registrar, {**pilot(), name: data}, status=422).text
    assert registrar.get(f"{LIST}/check").h1 == "Imports"


def test_hostile_workbooks_are_refused_in_words(registrar: Browser) -> None:
    files = {name: data for name, data in pilot().items() if name not in ("plan.csv", "scores.csv", "selection.csv")}
    plain = BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write_formula(0, 0, "=1/0", None, "#DIV/0!")
    bomb = with_part(plain.getvalue(), "xl/bomb.xml", b" " * (31 * 1024 * 1024))
    page = send(
        registrar,
        {
            **files,
            "plan.xlsx": bomb,
            "scores.xlsx": with_part(plain.getvalue(), "xl/vbaProject.bin", b"macro"),
            "selection.xlsx": plain.getvalue(),
        },
    )
    found = dict(zip(page.texts("td[data-label=Cell]"), page.texts("td[data-label=Error]"), strict=True))
    assert found["plan.xlsx"] == "its XML takes more than 30 MB"
    assert found["scores.xlsx"] == "a workbook with macros: save it as XLSX without macros"
    assert found["selection.xlsx!A1"] == "the formula in this cell has no value"


def test_a_form_with_too_much_in_it_is_refused(client: TestClient, registrar: Browser) -> None:
    assert "Choose the files of a workshop." in send(registrar, {}, status=422).text
    many = [("file", (f"{number}.csv", b"x")) for number in range(MAX_FILES + 1)]
    assert client.post(LIST, files=many, headers=SAME_SITE).status_code == 400
    large = [("file", ("scores.csv", b"x" * 11_000_000))]
    assert client.post(LIST, files=large, headers=SAME_SITE).status_code == 413
    assert "at most 5 MB" in send(registrar, {**pilot(), "scores.csv": b"x" * 5_000_001}).text
