"""The benchmarks run and print every row. How fast anything is, no test says."""

import re
import shutil
from pathlib import Path
from tempfile import gettempdir

import pytest

from ledger.store.ledger import Ledger
from tests.benchmarks import growth
from tests.benchmarks.__main__ import BENCHMARKS, conditions, main
from tests.benchmarks.measuring import QUICK
from tests.benchmarks.registers import clock, copied, simulated

ROWS = (
    *("append-1", "append-10", "append-100", "append-1-grown", "append-10-grown", "append-100-grown"),
    *("append-1-postgresql", "append-10-postgresql", "append-100-postgresql"),
    *("submit-one", "submit-group", "submit-queued"),
    *("writer-32", "writer-256", "writer-32-proof", "writer-32-postgresql"),
    *("http-submit", "http-submit-cpu", "http-submit-proof", "sign-workshop", "erasure", "find-person", "find-first"),
    *("opening", "opening-grown", "command"),
    *("memory", "roster", "search", "home-count", "roster-grown", "search-grown", "home-count-grown", "roster-day"),
    *("replay", "rebuild", "rebuild-rows", "audit", "audit-since", "audit-documents"),
    *("proof-10^3", "proof-10^4", "proof-grown"),
    *("tile", "page-again", "page-first", "home-again", "home-first", "page-clients", "page-cores", "page-processes"),
    *("document", "document-verify"),
)


def test_every_row_is_measured_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--folder", gettempdir()])  # a short path, which PostgreSQL's socket needs
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in printed if line.startswith("│")] == list(ROWS)
    (disk,) = (line for line in printed if line.startswith("files: "))
    assert "sync" in disk
    assert any(line.startswith("This took ") for line in printed)  # and its end may be on another line


def test_every_row_is_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/benchmarks.md").read_text("utf-8")
    rows = [row.split("|")[1] for row in page.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall("`([^`]+)`", row)}
    assert {re.sub(r"\^[0-9]", "^N", row) for row in ROWS} - named == set()


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_conditions_of_each_row_are_stated(name: str) -> None:
    stated = conditions(BENCHMARKS[name])
    assert [word for word in ("sync", "verif", "clock") if word not in stated] == []


def test_what_is_not_installed_is_skipped_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    main(["--quick", "audit", "--folder", str(tmp_path)])
    (audit,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("│ audit "))
    assert "openssl: not installed" in audit
    assert "skipped" in audit


def test_a_row_is_profiled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--profile", "replay", "--folder", str(tmp_path)])
    assert "to_domain_event" in capsys.readouterr().out


def test_a_simulated_register_is_made_once_and_copied_to_be_written_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entries,) = QUICK.entries
    made = simulated(tmp_path, entries)
    monkeypatch.setattr("tests.benchmarks.registers.simulate", lambda *_, **__: pytest.fail("made twice"))
    assert simulated(tmp_path, entries) == made
    copy = copied(tmp_path, entries, "copy")
    with Ledger.open(copy, clock, is_simulated=True) as ledger:
        assert ledger.size() == entries
    assert (copy.parent / "keys" / "registrar.key").exists()


def test_what_grows_is_measured_once_and_printed_by_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "_measured", lambda name, ledger: growth.MEASURES[name](ledger))  # in this process
    for name in ("GROUPS", "SINGLES", "FIRST", "PAGES"):
        monkeypatch.setattr(growth, name, 2)
    arguments = ["--registers", str(tmp_path), "--entries", str(*QUICK.entries)]
    growth.main(arguments)
    printed = capsys.readouterr().out
    for name in ("simulate, s", *(f"{name}, " for name in growth.MEASURES)):
        assert f"\n| {name}" in printed
    monkeypatch.setattr(growth, "MEASURES", dict.fromkeys(growth.MEASURES, lambda _: pytest.fail("measured twice")))
    growth.main(arguments)
    assert printed.partition("| |")[2] == capsys.readouterr().out.partition("| |")[2]
