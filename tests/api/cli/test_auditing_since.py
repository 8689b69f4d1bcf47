"""``audit --keep`` and ``audit --since``: what an auditor keeps, and goes on from."""

import json
from pathlib import Path

from ledger.signing.keys import SigningKey
from ledger.store.tree import node_count
from tests.commands import run
from tests.ledger.auditing.test_audit import tampered
from tests.support import World


def test_an_auditor_goes_on_from_what_they_kept(world: World, tmp_path: Path) -> None:
    first = run(tmp_path, "audit", "--keep", "state")
    assert "your key: state.key\n" in first
    assert "kept for --since: state\n" in first
    key = SigningKey.load(tmp_path / "state.key")
    assert (tmp_path / "state.key").stat().st_mode & 0o77 == 0

    world.do("grant-role", "director", person_id="security", role="registrar")
    again = run(tmp_path, "audit", "--since", "state", "--keep", "state", "--report", "found")
    assert "\n1 entries, 1 signatures: passed\n" in again
    assert "not checked: entries that were audited before: " in again
    assert "your key" not in again
    assert SigningKey.load(tmp_path / "state.key").public == key.public
    found = json.loads((tmp_path / "found.json").read_bytes())["report"]
    assert (found["entries"], found["size"]) == (1, world.ledger.size())

    assert "0 entries, 0 signatures: passed" in run(tmp_path, "audit", "--since", "state", "--key", "state.key")


def test_false_and_could_not_be_checked_are_told_apart(world: World, tmp_path: Path) -> None:
    run(tmp_path, "audit", "--keep", "state")
    SigningKey.generate().save(tmp_path / "other.key")
    printed = run(tmp_path, "audit", "--since", "state", "--key", "other.key", language="fr", code=2)
    assert "complet et signé avec cette clé" in printed

    size = world.ledger.size()
    last = [
        f"DELETE FROM stored_events WHERE position = {size}",
        f"DELETE FROM tree_nodes WHERE place > {node_count(size - 1)}",
    ]
    tampered(world.ledger.folder, *last)
    assert "rolled-back: " in run(tmp_path, "audit", "--since", "state", code=1)


def test_what_could_not_be_kept_or_gone_on_from_is_told_before_the_audit(world: World, tmp_path: Path) -> None:
    nowhere = run(tmp_path, "audit", "--keep", "nowhere/state", code=64)
    assert "--keep: nowhere/state: expected a file in a folder that exists" in nowhere
    folder = run(tmp_path, "audit", "--keep", "ledger", language="fr", code=64)
    assert "ledger : un fichier dans un dossier existant est attendu" in folder
    assert "no.key" in run(tmp_path, "audit", "--keep", "state", "--key", "no.key", code=2)
    assert "--since: state: expected a file of --keep" in run(tmp_path, "audit", "--since", "state", code=64)
    (tmp_path / "state").write_bytes(b"")
    assert "--key: state: expected the key that signed it" in run(tmp_path, "audit", "--since", "state", code=64)


def test_what_is_published_is_audited_as_a_whole(tmp_path: Path) -> None:
    printed = run(tmp_path, "audit", "export", "--trust", "trust.json", "--since", "state", code=64)
    assert "expected a ledger’s folder" in printed
