"""A workshop is read whole or not at all, and every fault is named by its cell."""

import csv
import shutil
from pathlib import Path
from time import process_time

import pytest

from api.secretariat.importing.reading import MAX_FAULTS, MAX_LISTED, Faults
from api.secretariat.importing.workshop import FILES, read_workshop
from tests.api.secretariat.importing.files import (
    DEMO,
    WORKSHOPS,
    append,
    as_workbook,
    edit,
    faults,
    notices,
    put,
    rows_of,
    wrong,
)

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
    began = process_time()
    found = wrong(folder)
    assert process_time() - began < 5
    assert found.number == MAX_FAULTS
    assert found.notices[-1].words.en == "too many errors: the rest is not checked"
