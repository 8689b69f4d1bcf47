"""The drill of the guide for operators: a backup, an erasure, a lost disk, and the command that restores."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.api.secretariat.test_erasure import forms
from tests.commands import run
from tests.support import World, key_of

FAMILY = "N'Guessan-Écho"
ERASE = '{"person_id": "awa", "basis_code": "request"}'


def named(folder: Path) -> list[str]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in found if any(form in path.read_bytes() for form in forms(FAMILY)))


def test_a_restored_register_names_nobody_who_was_erased(workshop: World, tmp_path: Path) -> None:
    folder, backup = workshop.ledger.folder, tmp_path / "backup"
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.reach_today()
    workshop.ledger.close()
    for person in ("protection", "security"):
        key_of(person).save(tmp_path / f"{person}.key")
    assert "N'Gu" in run(tmp_path, "roster", "--on", "2018-01-01")
    backup.mkdir()
    with closing(sqlite3.connect(folder / "ledger.db")) as live, closing(sqlite3.connect(backup / "ledger.db")) as copy:
        live.backup(copy)
        copy.execute("INSERT INTO notice_place VALUES (1, 0, '')")
        copy.commit()
    for name in ("log.key", "trust.json"):
        shutil.copyfile(folder / name, backup / name)
    shutil.copytree(folder / "person-keys", backup / "person-keys")
    run(tmp_path, "propose", "erase-personal-data", ERASE, "--by", "protection", "--by", "security")
    for person in ("protection", "security"):
        run(tmp_path, "sign", "--yes", "--key", f"{person}.key")
    run(tmp_path, "export", "export")
    shutil.copyfile(folder / "person-keys" / "destroyed", tmp_path / "destroyed")
    assert named(folder) == []
    assert named(backup) == []

    assert "move it elsewhere first" in run(tmp_path, "restore", "backup", code=1)
    (folder / "ledger.db").rename(tmp_path / "lost.db")
    assert "expected ledger.db in it" in run(tmp_path, "restore", "export", code=64)
    assert "was it set back" in run(tmp_path, "restore", "backup", code=1)
    printed = run(tmp_path, "restore", "backup", "--log", "export")
    assert "1 of them from the newer copy of the log" in printed
    assert "erased again: awa" in printed
    assert "notices that may have been sent since the backup: 1 (see" in printed
    assert "passed" in run(tmp_path, "audit")
    assert named(folder) == []
    assert "N'Gu" not in run(tmp_path, "roster", "--on", "2018-01-01")

    shutil.rmtree(folder)
    printed = run(tmp_path, "restore", "backup", "--erased", "destroyed", language="fr")
    assert "effacement répété : awa" in printed
    assert named(folder) == []
    assert "N'Gu" not in run(tmp_path, "roster", "--on", "2018-01-01")
