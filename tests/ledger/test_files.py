"""Files that somebody hands in are read up to a bound, and text is UTF-8."""

import resource
from pathlib import Path

import pytest

from ledger.errors import Unreadable
from ledger.files import PRIVATE, expecting, open_to_others, read_bounded, read_text, write_all_synced


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert read_bounded(path, 3) == b"abc"
    with pytest.raises(ValueError, match="file: expected at most 2 bytes"):
        read_bounded(path, 2)
    with pytest.raises(ValueError, match="at most 70000"):
        read_bounded(Path("/dev/zero"), 70_000)


def test_text_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("Écho\r\n".encode())
    assert read_text(path, 9) == "Écho\r\n"
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="file: expected text in UTF-8"):
        read_text(path, 9)


@pytest.mark.parametrize(
    ("data", "en", "fr"),
    [
        (b"", "expected a number; the file is empty", "le fichier est vide"),
        (b"x", "expected a number; found something else (invalid literal", "le fichier contient autre chose"),
    ],
)
def test_a_file_that_makes_no_sense_is_named_with_what_was_expected(
    tmp_path: Path, data: bytes, en: str, fr: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(Unreadable) as unreadable, expecting(path, "a number", "un nombre"):
        int(path.read_bytes())
    for said, words in zip(unreadable.value.words, (en, fr), strict=True):
        assert said.startswith(str(path))
        assert words in said


def test_what_is_gone_meanwhile_is_open_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "open").touch(0o644)
    (tmp_path / "link").symlink_to("nowhere")
    listed = [tmp_path / "gone.tmp", tmp_path / "open", tmp_path / "link"]
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(listed))
    assert open_to_others(tmp_path) == [tmp_path / "open"]


def test_a_file_that_was_written_in_part_is_no_file_that_was_written(tmp_path: Path) -> None:
    """Here where a quota ends. Half a key would be found out when nobody has the whole one any more."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_all_synced([(tmp_path / "key", bytes(32))], PRIVATE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
