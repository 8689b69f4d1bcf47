"""Lists, results computed again and versions tried on, at the command line, in both languages."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.api.lists.conftest import held_history, told
from tests.commands import run
from tests.support import World

__all__ = ["held_history", "told"]

ON = ("--on", "2018-06-01")


@pytest.fixture
def folder(told: World) -> str:
    return str(told.ledger.folder)


def test_a_list_is_printed_with_labels_in_the_language(folder: str, tmp_path: Path) -> None:
    printed = run(tmp_path, "list", "candidates", *ON, "--ledger", folder)
    assert "Not met or incomplete" in printed
    assert "qualified, not selected" in printed
    french = run(tmp_path, "list", "candidates", *ON, "--ledger", folder, language="fr")
    assert "Non atteint ou incomplet" in french
    assert "15,5" in french
    assert "6 lignes, après l’entrée" in french


def test_programs_read_it_from_standard_output_or_a_file(folder: str, tmp_path: Path) -> None:
    filtered = ("list", "candidates", "--filter", "decision=granted", "--ledger", folder)
    printed = run(tmp_path, *filtered, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO("".join(printed.splitlines(keepends=True)[:2])))
    assert row["candidacy_id"] == "c-awa"
    assert "1 rows" in run(tmp_path, *filtered, "--format", "xlsx", "--output", "awa.xlsx")
    assert (tmp_path / "awa.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "awa.xlsx").stat().st_mode & 0o077 == 0, "names are for whoever wrote it"
    run(tmp_path, *filtered, "--format", "jsonl", "--output", "awa.jsonl")
    assert json.loads((tmp_path / "awa.jsonl").read_text(encoding="utf-8"))["decision"] == "granted"


def test_the_lists_are_listed(tmp_path: Path) -> None:
    assert "agreement" in run(tmp_path, "list")
    assert "Taux" not in run(tmp_path, "list")
    assert "Alpha de Krippendorff" in run(tmp_path, "list", language="fr")


@pytest.mark.parametrize(
    ("arguments", "language", "says"),
    [
        (("list", "nothing"), "en", "NAME: expected one of advisors"),
        (("list", "late", "--days", "x"), "fr", "--days : attendu"),
        (("list", "sessions", "--days", "3"), "fr", "la liste sessions n’en prend pas"),
        (("list", "late", "--days", "-1"), "en", "--days: expected from 0 to"),
        (("list", "sessions", "--filter", "place"), "fr", "COLONNE=VALEUR attendu"),
        (("list", "sessions", "--filter", "mood=good"), "en", "--filter: expected one of session_id"),
        (("list", "sessions", "--known-on", "9999-01-01"), "fr", "--known-on : aujourd’hui ou un jour antérieur"),
        (("list", "sessions", "--output", "x"), "en", "--output: expected with another format"),
        (("recompute", "c-nobody"), "fr", "CANDIDATURE : aucune candidature"),
        (("what-if", "none", "1.0.0"), "en", "SCHEME: expected one of toa-pca-fr"),
        (("what-if", "toa-pca-fr", "9"), "fr", "VERSION : l’une de ces valeurs"),
    ],
)
def test_what_cannot_be_asked_is_said(
    folder: str, tmp_path: Path, arguments: tuple[str, ...], language: str, says: str
) -> None:
    printed = run(tmp_path, *arguments, "--ledger", folder, code=64, language=language)
    assert says in printed.replace("\u00a0", " ")


def test_a_result_is_explained_step_by_step(folder: str, tmp_path: Path) -> None:
    printed = run(tmp_path, "recompute", "c-kofi", "--ledger", folder)
    assert "settled at 3 by Moderator Exemple" in printed
    assert "2. kofi Exemple: 31/2 (15.500); no seat left" in printed
    french = run(tmp_path, "recompute", "c-kofi", "--ledger", folder, language="fr").replace("\u00a0", " ")
    assert "Le résultat enregistré est le même" in french


def test_a_version_is_tried_on(folder: str, tmp_path: Path) -> None:
    printed = run(tmp_path, "what-if", "toa-pca-fr", "1.0.0", "--filter", "differs=false", "--ledger", folder)
    assert "3 rows" in printed
    assert "Outcome under the version" in printed
