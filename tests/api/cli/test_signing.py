"""An officer is asked before they sign, in words of their own language; only an explicit yes signs."""

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commands import ROOT, ask, run, server
from tests.scenario import value
from tests.support import World, key_of

GRANT = '{"person_id": "panel1", "role": "moderator"}'


@pytest.fixture
def folder(staffed: World, tmp_path: Path) -> Path:
    """A role waits for the director, whose key is director.key."""
    staffed.reach_today()
    staffed.ledger.close()
    key_of("director").save(tmp_path / "director.key")
    run(tmp_path, "propose", "grant-role", GRANT, "--by", "director")
    return tmp_path


def sign(folder: Path, language: str, typed: str, *options: str) -> str:
    environment = {**os.environ, "PCA_LEDGER": "ledger", "PCA_LEDGER_LANG": language, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(typed.encode())
        given.seek(0)
        files = given.fileno(), out.fileno(), err.fileno()
        ask(server(), str(folder), environment, ["sign", "--key", "director.key", *options], files)
        out.seek(0)
        return out.read().decode()


@pytest.mark.parametrize(
    ("language", "typed", "question", "result"),
    [
        ("en", "y\n", "Grant Panel1 Exemple (France) the role of Moderator? [y/N]", "1 signed"),
        ("en", "\n", "? [y/N]", "0 signed"),
        ("en", "oui\n", "? [y/N]", "0 signed"),
        (
            "fr",
            "o\n",
            "Attribuer à Panel1 Exemple (France) la fonction «\u202fModération\u202f»\u202f? [o/N]",
            "1 signée",
        ),
        ("fr", "oui\n", "? [o/N]", "1 signée"),
        ("fr", "n\n", "? [o/N]", "0 signée"),
    ],
)
def test_only_a_yes_in_the_language_of_the_question_signs(
    folder: Path, language: str, typed: str, question: str, result: str
) -> None:
    """Case V13."""
    printed = sign(folder, language, typed)
    assert question in printed
    assert result in printed


@pytest.mark.parametrize(("typed", "result"), [("y\n", "1 signed, none waiting"), ("\n", "0 signed, 1 waiting")])
def test_one_yes_signs_the_whole_list(folder: Path, typed: str, result: str) -> None:
    printed = sign(folder, "en", typed, "--all")
    assert "Role granted: 1\nSign all 1? [y/N]" in printed
    assert result in printed


def test_a_list_is_signed_by_its_digest_and_nothing_once_it_has_changed(folder: Path) -> None:
    *_, argument = run(folder, "sign", "--list", "--key", "director.key").splitlines()
    run(folder, "propose", "grant-role", GRANT.replace("panel1", "panel2"), "--by", "director")
    refused = run(folder, "sign", *argument.split(), "--key", "director.key", code=1)
    assert "0 signed, 2 waiting" in refused
    assert "what is ready has changed" in refused
    mistyped = run(folder, "sign", "--listed", "all", "--key", "director.key", code=64)
    assert "--listed: expected the digest that --list prints" in mistyped
    *_, argument = run(folder, "sign", "--list", "--key", "director.key").splitlines()
    assert "2 signed, none waiting" in run(folder, "sign", *argument.split(), "--key", "director.key")
    assert "expected one of" in run(folder, "sign", "--all", "--list", "--key", "director.key", code=64)


def test_whoever_countersigns_the_change_of_a_sealed_sheet_reads_no_level(staffed: World, tmp_path: Path) -> None:
    staffed.plan()
    sheet = {"candidacy_id": staffed.candidate("awa"), "sheet_id": "s-1", "activity": "case-study"}
    staffed.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    staffed.do("submit-score-sheet", "assessor1", **sheet, commitment=value("levels", {"practical-skills": 3}))
    staffed.reach_today()
    staffed.ledger.close()
    for person in ("assessor1", "moderator"):
        key_of(person).save(tmp_path / f"{person}.key")
    change = {
        "candidacy_id": "c-awa",
        "old_sheet_id": "s-1",
        "sheet_id": "s-2",
        "reason_code": "omission",
        "commitment": {"name": "levels", "value": {"practical-skills": 5}},
    }
    run(tmp_path, "propose", "supersede-score-sheet", json.dumps(change), "--by", "assessor1", "--by", "moderator")
    for person, reads in (("assessor1", True), ("moderator", False)):
        for command in (["pending"], ["sign", "--list"], ["sign", "--yes"]):
            printed = run(tmp_path, *command, "--key", f"{person}.key")
            assert ("practical-skills 5" in printed, "levels (sealed)" in printed) == (reads, not reads), printed
