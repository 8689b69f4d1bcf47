"""The command line ends what waits: withdraw, refuse, take back; and shows how it ended."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.api.cli.test_cli import DEMO, init
from tests.commands import run

GRANT = '{{"person_id": "{}", "role": "{}"}}'


@pytest.fixture
def founded(tmp_path: Path) -> Path:
    init(tmp_path)
    return tmp_path


def proposed(folder: Path, role: str = "auditor") -> str:
    """Propose something to the director; return its number."""
    officers = dict(line.split()[2:0:-1] for line in run(folder, "keys", "list").splitlines())
    director, other = officers["secretariat-director"], officers["moderator"]
    said = run(folder, "propose", "grant-role", GRANT.format(other, role), "--by", director)
    return said.removeprefix("filed as no. ").strip()


def test_a_proposal_is_withdrawn_and_its_end_is_listed(founded: Path) -> None:
    first, second = proposed(founded), proposed(founded, "assessor")
    assert "withdrawn: no. 1" in run(founded, "withdraw", first, second, "--reason", "filed twice")
    assert "no. 1 was withdrawn on" in run(founded, "withdraw", first, "--key", "keys/registrar.key", code=1)
    assert run(founded, "pending") == "0 waiting\n"
    listed = run(founded, "pending", "--all")
    assert "Role granted: person Given Exemple-moderator" in listed
    assert "was withdrawn on 20" in listed
    assert "by the secretariat (command line)\n" in listed
    assert "filed twice" not in listed  # who asks is not known
    assert ": filed twice" in run(founded, "pending", "--all", "--key", "keys/secretariat-director.key")
    assert "withdrawn" not in run(founded, "pending", "--all", "--key", "keys/registrar.key")
    assert "there is no statement 9" in run(founded, "withdraw", "9", code=1)
    french = run(founded, "pending", "--all", language="fr")
    assert "a été retirée le 20" in french
    assert "par le secrétariat (ligne de commande)" in french


def test_a_proposal_is_refused_by_its_signer(founded: Path) -> None:
    number = proposed(founded)
    key = ("--key", "keys/secretariat-director.key")
    assert "--reason" in run(founded, "refuse", number, *key, code=64)
    assert "500 characters" in run(founded, "refuse", number, "--reason", "x" * 501, *key, code=1)
    assert "no statement" in run(founded, "refuse", number, "--reason", "no", "--key", "keys/registrar.key", code=1)
    said = run(founded, "refuse", number, "--reason", "not trained yet", *key, language="fr")
    assert "refusée\N{NO-BREAK SPACE}: proposition n° 1" in said
    assert "nothing waits" in run(founded, "sign", number, "--yes", *key, code=1)


def test_an_import_is_taken_back_and_imported_again(founded: Path) -> None:
    run(founded, "import", str(DEMO), "--confirm")
    said = run(founded, "take-back", "TOA-PCA-FR-2017", "--reason", "scores of another day")
    assert said.startswith("taken back: TOA-PCA-FR-2017, ")
    assert "there is no import" in run(founded, "take-back", "TOA-PCA-FR-2017", code=1)
    first, second, waiting = run(founded, "pending", "--all", "--key", "keys/registrar.key").splitlines()
    assert "proposals, no. 1 to " in first
    assert second.endswith("by the secretariat (command line): scores of another day")
    assert waiting == "0 waiting"
    assert "introuvable\N{NO-BREAK SPACE}: import" in run(founded, "take-back", "x", code=1, language="fr")
    run(founded, "import", str(DEMO), "--confirm")
    run(founded, "sign", "--yes", "--key", "keys/registrar.key")
    assert "Signed or recorded: " in run(founded, "take-back", "TOA-PCA-FR-2017", code=1)


def test_what_cannot_be_read_is_listed_with_what_removes_it(founded: Path) -> None:
    number = proposed(founded)
    with closing(sqlite3.connect(founded / "ledger" / "ledger.db")) as database, database:
        database.execute("UPDATE proposals SET command = 'of-a-later-version'")
    listed = run(founded, "pending")
    assert f"cannot be read; to remove it, run: pca-ledger withdraw {number}" in listed
    assert "0 waiting" in listed
    run(founded, "withdraw", number)
    assert run(founded, "pending") == "0 waiting\n"
    assert "of-a-later-version" in run(founded, "pending", "--all")


def test_what_no_statement_can_state_is_wrong_input(founded: Path) -> None:
    """Case R2."""
    details = '{{"person_id": "x", "details": [{{"name": "a", "value": {}{}}}]}}'
    deep, deeper = (details.format("[" * depth, "]" * depth) for depth in (40, 900))
    by = ("--by", "x")
    assert "details[0].value: expected at most 32" in run(founded, "propose", "register-person", deep, *by, code=1)
    assert "ARGUMENTS" in run(founded, "propose", "register-person", deeper, *by, code=64)
    assert "ARGUMENTS" in run(founded, "propose", "register-person", "[" * 9000, "--by", "x", code=64)
    assert "signers[0]: expected a pseudonym" in run(
        founded, "propose", "grant-role", GRANT.format("x", "auditor"), "--by", "\udcff", code=1
    )
    assert run(founded, "pending") == "0 waiting\n"
