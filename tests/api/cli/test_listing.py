"""The roster and histories by name, as lines, CSV and JSON, and what numbers, names and files are told apart by."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from api.cells import harmless
from api.cli.listing import CertificationHistory, EventRow, RosterList, RosterRow, Signature
from tests.commands import run
from tests.projections.test_changes import NUMBER
from tests.support import World

ON = ("--on", "2017-06-01")


@pytest.fixture
def folder(workshop: World) -> str:
    """A ledger in which Awa is certified and did not agree to be listed."""
    workshop.ledger.close()
    return str(workshop.ledger.folder)


def printed_json(printed: str) -> Any:
    """What is on standard output: the lines for the person at the terminal come after it, on standard error."""
    return json.JSONDecoder().raw_decode(printed)[0]


def test_the_roster_names_everyone_and_marks_who_is_not_listed(folder: str, tmp_path: Path) -> None:
    printed = run(tmp_path, "roster", *ON, "--ledger", folder, "--format", "json")
    (advisor,) = printed_json(printed)["advisors"]
    assert (advisor["name"], advisor["is_listed"], advisor["number"]) == ("awa N'Guessan-Écho", False, NUMBER)
    assert "1 on 2017-06-01" in printed
    assert "* not listed: this name is not public" in printed
    assert "absent de la liste publique" in run(tmp_path, "roster", *ON, "--ledger", folder, language="fr")


def test_the_roster_is_a_table_for_spreadsheets(folder: str, tmp_path: Path) -> None:
    printed = run(tmp_path, "roster", *ON, "--ledger", folder, "--format", "csv", "--search", "echo nguessan")
    header, row, *_ = csv.reader(io.StringIO(printed))
    assert dict(zip(header, row, strict=True))["number"] == NUMBER
    assert "0 on" in run(tmp_path, "roster", *ON, "--ledger", folder, "--format", "csv", "--search", "nobody")


def test_who_is_not_certified_any_more_is_found_with_the_status(folder: str, tmp_path: Path) -> None:
    """Case V9."""
    later = ("roster", "--on", "2021-01-01", "--ledger", folder)
    assert "0 on 2021-01-01" in run(tmp_path, *later)
    assert (
        printed_json(run(tmp_path, *later, "--search", "awa", "--format", "json"))["advisors"][0]["status"] == "expired"
    )


def test_the_reference_names_every_field_that_programs_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    for kind in (RosterList, RosterRow, CertificationHistory, EventRow, Signature):
        for field in kind.__struct_fields__:
            assert f"`{field}`" in page, (kind, field)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("Awa") == "Awa"


@pytest.mark.parametrize("subject", [NUMBER, NUMBER.lower().replace("-", " "), "Awa", "echo nguessan", "awa"])
def test_a_history_is_found_by_number_and_by_name(folder: str, tmp_path: Path, subject: str) -> None:
    """Case V2: a number is read as people type it."""
    printed = run(tmp_path, "history", subject, "--ledger", folder)
    assert printed.startswith("certification c-awa\n")
    assert "Score sheet submitted: candidate awa N'Guessan-Écho" in printed


def test_a_history_says_who_signed_with_which_scores(folder: str, tmp_path: Path) -> None:
    found = printed_json(run(tmp_path, "history", NUMBER, "--ledger", folder, "--format", "json"))
    (certification,) = found["certifications"]
    assert certification["name"] == "awa N'Guessan-Écho"
    assert NUMBER in certification["numbers"]
    by_type = {event["type"]: event for event in certification["events"]}
    revealed = by_type["score-sheet-revealed/v1"]
    assert "levels " in revealed["words"]
    assert all(signer["name"] for event in certification["events"] for signer in event["signers"])
    assert any(event["disclosed"] for event in certification["events"])
    submitted = by_type["score-sheet-submitted/v1"]  # a sheet that is superseded is never revealed
    assert "levels (sealed)" in submitted["words"]
    assert submitted["disclosed"] == {}
    printed = run(tmp_path, "history", NUMBER, "--ledger", folder, "--format", "csv")
    rows = list(csv.reader(io.StringIO(printed)))
    assert rows[0] == ["certification_id", "position", "time", "type", "words", "signers"]
    assert len([row for row in rows if len(row) == 6]) == 1 + len(certification["events"])


@pytest.mark.parametrize(
    ("subject", "code", "en", "fr"),
    [
        ("nobody", 1, "no certificate has this number, and no certified person this name", "aucun certificat n’a ce numéro"),
        ("", 1, "no certified person this name", "aucune personne certifiée ce nom"),
        (NUMBER[:-1] + ("C" if NUMBER[-1] != "C" else "D"), 64, "one character looks mistyped", "un caractère semble mal saisi"),
        ("TOA-PCA-FR-2017-09-RZH", 64, "SUBJECT: check", "OBJET : vérifiez"),
    ],
)  # fmt: skip
def test_what_means_nobody_is_said(folder: str, tmp_path: Path, subject: str, code: int, en: str, fr: str) -> None:
    """Case V3."""
    for language, expected in (("en", en), ("fr", fr)):
        assert expected in run(tmp_path, "history", subject, "--ledger", folder, code=code, language=language)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["missing.pdf"], 64, "there is no file missing.pdf, and it is no certificate number"),
        ([NUMBER[:-1] + ("C" if NUMBER[-1] != "C" else "D")], 64, "one character looks mistyped"),
        ([NUMBER, "--trust", "trust.json"], 64, "--trust: verifies a bundle"),
        ([f"https://example.org/certificates/{NUMBER}", "--trust", "trust.json"], 64, "--trust: verifies a bundle"),
        (["."], 3, "expected a file, found a folder"),
        ([NUMBER.lower(), *ON], 0, "Number in force"),
    ],
)
def test_a_number_a_file_and_an_address_are_told_apart(
    folder: str, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    printed = run(tmp_path, "verify", *arguments, "--ledger", folder, code=code)
    assert says in printed
    assert "Errno" not in printed
