"""The command ``import`` lists who is known, new or in question, and files nothing before each question is answered."""

import shutil
from pathlib import Path

import pytest

from tests.api.cli.test_cli import DEMO, init
from tests.commands import run


def write(folder: Path, email: str, year: str, level: str) -> None:
    """The pilot, whose first candidate has this address, as the workshop of a year with other scores."""
    shutil.copytree(DEMO, folder)
    for table, old, new in (
        ("candidates", "Koffi,Exemple-Alpha,SN,c01@example.org", f"Hélène,Exemple-Zoulou,SN,{email}"),
        ("session", "2017", year),
        ("withdrawals", "2017", year),
        ("scores", "A1,5", f"A1,{level}"),
    ):
        path = folder / f"{table}.csv"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a ledger in which the pilot waits, and a second workshop, ``later``."""
    init(tmp_path)
    write(tmp_path / "pilot", "helene@douane.sn", "2017", "5")
    write(tmp_path / "later", "h.zoulou@douane.sn", "2022", "4")
    assert "C01: new" in run(tmp_path, "import", "pilot").splitlines()
    run(tmp_path, "import", "pilot", "--confirm")
    return tmp_path


def test_a_question_shows_both_people_and_is_answered_in_a_file(folder: Path) -> None:
    """Cases I5, I6."""
    asked = run(folder, "import", "later", "--confirm", code=64).splitlines()
    assert "C01: in question" in asked
    assert any(line.startswith("A1: known, person ") for line in asked)
    where, new, known, answer, says = asked[-5:]
    assert where == "candidates.csv!A2: is this a known person?"
    assert new == "  C01  Hélène Exemple-Zoulou | SN | h.zoulou@douane.sn | candidate"
    person = known.split()[0]
    assert known == f"  {person}  Hélène Exemple-Zoulou | SN | helene@douane.sn | candidate"
    assert answer == f"  answers.csv: C01,{person},same|another,answered_by"
    assert says == "pca-ledger: later: questions to answer in answers.csv: 1; nothing was filed"
    officers = dict(line.split()[2:0:-1] for line in run(folder, "keys", "list").splitlines())
    (folder / "later" / "answers.csv").write_text(
        f"person,known,answer,answered_by\nC01,{person},same,{officers['registrar']}\n", "utf-8"
    )
    assert f"C01: known, person {person}" in run(folder, "import", "later").splitlines()
    assert f"C01: person {person}" in run(folder, "import", "later", "--confirm").splitlines()
    assert "already been imported" in run(folder, "import", "later", code=1)


def test_a_question_is_asked_in_french(folder: Path) -> None:
    asked = run(folder, "import", "later", language="fr", code=64).splitlines()
    assert "C01\N{NO-BREAK SPACE}: à préciser" in asked
    assert asked[-5].endswith("est-ce une personne déjà connue\N{NARROW NO-BREAK SPACE}?")
    assert asked[-4].endswith(" | candidature")
