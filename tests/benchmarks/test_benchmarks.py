"""The benchmarks run and print every row. How fast anything is, no test says."""

import shutil

import pytest

from tests.benchmarks.__main__ import main

ROWS = (
    *("append-1", "append-10", "append-100", "append-1-grown", "append-10-grown", "append-100-grown"),
    *("append-1-postgresql", "append-10-postgresql", "append-100-postgresql"),
    *("submit-group", "submit-queued", "replay", "audit"),
    *("proof-10^3", "proof-10^4", "proof-grown", "tile"),
    *("document", "document-verify", "document-page"),
)


def test_every_row_is_measured_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick"])
    printed = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert printed == list(ROWS)


def test_what_is_not_installed_is_skipped_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    main(["--quick", "audit"])
    (audit,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("│ audit"))
    assert "openssl: not installed" in audit
    assert "skipped" in audit


def test_a_row_is_profiled(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--profile", "replay"])
    assert "to_domain_event" in capsys.readouterr().out
