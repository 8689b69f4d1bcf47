"""Files that somebody hands in are read up to a bound, and text is UTF-8."""

from pathlib import Path

import pytest

from ledger.files import open_to_others, read_bounded, read_text


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


def test_what_is_gone_meanwhile_is_open_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "open").touch(0o644)
    (tmp_path / "link").symlink_to("nowhere")
    listed = [tmp_path / "gone.tmp", tmp_path / "open", tmp_path / "link"]
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(listed))
    assert open_to_others(tmp_path) == [tmp_path / "open"]
