"""A published log as files is what the register serves, and never shows less or other than before."""

import os
from pathlib import Path

import pytest

from api.publishing.files import write
from ledger.errors import Corrupt, Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.tree import root_at
from ledger.published import PublishedLog
from tests.serving import client_of
from tests.support import World, key_of
from tests.watched import published


@pytest.fixture
def www(tmp_path: Path) -> Path:
    folder = tmp_path / "www"
    folder.mkdir()
    return folder


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_files_are_what_the_register_serves(workshop: World, www: Path) -> None:
    size = write(workshop.ledger, www)
    assert size == workshop.ledger.size()
    with client_of(workshop.ledger) as client:
        for path in files(www):
            assert client.get(f"/{path}").content == (www / path).read_bytes(), path
    assert not any("entries" in path for path in files(www))
    log = published(www, workshop)
    assert root_at(size, log.nodes(size).get_node) == log.latest().root


def test_a_folder_grows_with_the_log(world: World, www: Path) -> None:
    write(world.ledger, www)
    before = {path: (www / path).stat().st_mtime_ns for path in files(www) if path.startswith("tile")}
    world.appoint()
    size = write(world.ledger, www)
    assert published(www, world).latest().size == size
    assert f"tile/0/000.p/{size}" in files(www)
    assert all((www / path).stat().st_mtime_ns == time for path, time in before.items())
    assert not [path for path in files(www) if path.endswith(".tmp")]


def test_entries_are_written_for_auditors(workshop: World, www: Path) -> None:
    size = write(workshop.ledger, www, entries=True)
    log = published(www, workshop)
    entries = [entry for batch in log.entries(size) for entry in batch]
    assert entries == [entry.state for entry in workshop.ledger.entries(0, size)]
    assert [entry for batch in log.entries(size, 30) for entry in batch] == entries[30:]
    log.require_entries(size)


@pytest.mark.parametrize(
    ("more", "root", "code"), [(1, None, "checkpoint-ahead"), (0, bytes(32), "log-forked"), (-1, None, None)]
)
def test_a_folder_that_shows_more_or_other_is_left_alone(
    world: World, www: Path, more: int, root: bytes | None, code: str | None
) -> None:
    _, checkpoint = world.ledger.latest()
    size = checkpoint.size + more
    shown = root or (world.ledger.tree.root_at(size) if more <= 0 else checkpoint.root)
    note = sign_checkpoint(Checkpoint(checkpoint.origin, size, shown), key_of("log"))
    (www / "checkpoint").write_text(note, encoding="utf-8")
    if code is None:
        write(world.ledger, www)
        return
    with pytest.raises(Corrupt) as caught:
        write(world.ledger, www)
    assert caught.value.code == code
    assert files(www) == {"checkpoint"}
    assert (www / "checkpoint").read_text(encoding="utf-8") == note


def test_the_checkpoint_comes_last(world: World, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    replace = Path.replace

    def noted(path: Path, target: Path) -> Path:
        written.append(target.name)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    write(world.ledger, www)
    assert written[-1] == "checkpoint"
    assert os.fspath(www / "tile") in {os.fspath(path) for path in www.iterdir()}


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("checkpoint", b"\xff", "note-malformed"),
        ("checkpoint", None, "tile-missing"),
        ("tile/0/000.p/1", None, "tile-missing"),
        ("tile/0/000.p/1", b"short", "tile-length"),
        ("tile/entries/000.p/1", None, "tile-missing"),
        ("tile/entries/000.p/1", b"\x00", "bundle-cut-short"),
        ("tile/entries/000.p/1", b"", "bundle-cut-short"),
    ],
)
def test_a_broken_publication_is_not_believed(
    world: World, www: Path, path: str, data: bytes | None, code: str
) -> None:
    size = write(world.ledger, www, entries=True)
    assert size == 1
    (www / path).unlink() if data is None else (www / path).write_bytes(data)
    log = published(www, world)
    with pytest.raises(Unverifiable) as caught:
        read_all(log, size)
    assert caught.value.code == code


def read_all(log: PublishedLog, size: int) -> None:
    log.latest()
    log.nodes(size).get_node(0, 0)
    assert len([entry for batch in log.entries(size) for entry in batch]) == size


def test_a_publication_without_entries_says_who_has_them(world: World, www: Path) -> None:
    write(world.ledger, www)
    with pytest.raises(OSError, match="auditor's key"):
        published(www, world).require_entries(1)
    with pytest.raises(ValueError, match="expected a folder or an http"):
        published(www / "nowhere", world)


def test_a_stamp_of_an_earlier_checkpoint_is_taken_away(world: World, www: Path) -> None:
    write(world.ledger, www)
    world.ledger.notes.add_time_stamp(world.ledger.latest()[0], b"reply")
    write(world.ledger, www)
    assert (www / "checkpoint.tsr").read_bytes() == b"reply"
    world.appoint()
    write(world.ledger, www)
    assert not (www / "checkpoint.tsr").exists()


def test_what_an_interrupted_run_left_is_taken_away(world: World, www: Path) -> None:
    ours = f"checkpoint.{os.getpid()}.tmp"
    for name in ("checkpoint.4194305.tmp", ours, "notes.tmp"):  # no process has the first number
        (www / name).write_bytes(b"")
    write(world.ledger, www)
    assert {name for name in files(www) if name.endswith(".tmp")} <= {ours, "notes.tmp"}
    assert "checkpoint.4194305.tmp" not in files(www)
