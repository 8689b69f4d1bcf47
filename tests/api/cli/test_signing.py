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
