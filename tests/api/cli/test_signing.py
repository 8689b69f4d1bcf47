"""An officer is asked before they sign, in words of their own language; only an explicit yes signs."""

import os
import tempfile
from pathlib import Path

import pytest

from tests.commands import ROOT, ask, run, server
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


def sign(folder: Path, language: str, typed: str) -> str:
    environment = {**os.environ, "PCA_LEDGER": "ledger", "PCA_LEDGER_LANG": language, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(typed.encode())
        given.seek(0)
        files = given.fileno(), out.fileno(), err.fileno()
        ask(server(), str(folder), environment, ["sign", "--key", "director.key"], files)
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
