"""A second process says which claims hold; whatever it does not say is verified here."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from signal import SIGSTOP

import pytest
from msgspec.structs import replace

from ledger.signing import second_process
from ledger.signing.second_process import FEW, HOLDS, NAME_BYTES, SecondProcess, verify
from ledger.signing.verifying import Claim, Verifiers
from tests.ledger.signing.test_verifying import claim

GROUP = [claim(number) for number in range(4)]
WRONG = replace(GROUP[2], message=b"another")
FORGED = [*GROUP[:2], WRONG, GROUP[3]]


class Here(Verifiers):
    """Counts what is verified in this process."""

    def __init__(self) -> None:
        super().__init__()
        self.verified = 0

    def false(self, claims: list[Claim]) -> list[Claim]:  # type: ignore[override]  # a list is what it is given
        self.verified += len(claims)
        return super().false(claims)


@pytest.fixture
def here() -> Iterator[Here]:
    with closing(Here()) as verifiers:
        yield verifiers


@pytest.fixture
def _cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "_cores", lambda: 2)


@pytest.mark.usefixtures("_cores")
def test_only_what_does_not_hold_is_verified_here_too(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in the working directory, which may be an audited folder, is not imported by the other process."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger/__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'x')")
    monkeypatch.chdir(tmp_path)
    with closing(SecondProcess(here, FEW)) as process:
        for group in (GROUP, FORGED, [], GROUP):
            process.give(group)
        assert [process.false() for _ in range(4)] == [[], [WRONG], [], []]
    assert here.verified == 1
    assert not (tmp_path / "imported").exists()


@pytest.mark.usefixtures("_cores")
def test_a_process_that_was_killed_leaves_everything_to_this_one(here: Here) -> None:
    with closing(SecondProcess(here, FEW)) as process:
        process.give(FORGED)
        assert process.false() == [WRONG]
        other = process._process
        assert other is not None
        other.kill()
        other.wait()
        for _ in range(3):  # what is written to it is lost, or cannot be written
            process.give(FORGED)
        assert [process.false() for _ in range(3)] == [[WRONG]] * 3
    assert here.verified == 1 + 3 * len(FORGED)


@pytest.mark.usefixtures("_cores")
def test_whatever_interrupts_a_conversation_ends_the_process(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could say to which claim the next byte belongs."""
    with closing(SecondProcess(here, FEW)) as process:
        other = process._process
        assert other is not None
        assert os.getpgid(other.pid) != os.getpgid(0)  # Ctrl-C reaches this process alone
        assert other.stdout is not None
        monkeypatch.setattr(other, "stdout", Interrupted())
        process.give(GROUP)
        process.give(FORGED)
        with pytest.raises(KeyboardInterrupt):
            process.false()
        assert other.returncode is not None
        assert process.false() == [WRONG]


@pytest.mark.usefixtures("_cores")
def test_what_a_module_prints_as_it_is_imported_is_no_answer(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer after it would be taken for that of another claim, and a false one for one that holds."""
    (tmp_path / "sitecustomize.py").write_text(f"import os; os.write(1, bytes([{HOLDS}]) * 20)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(SecondProcess(here, FEW)) as process:
        process.give(FORGED)
        process.give(FORGED)
        assert [process.false(), process.false()] == [[WRONG]] * 2


@pytest.mark.usefixtures("_cores")
def test_a_process_that_is_stopped_is_not_waited_for_forever(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "PATIENCE_SECONDS", 0.05)
    with closing(SecondProcess(here, FEW)) as process:
        other = process._process
        assert other is not None
        other.send_signal(SIGSTOP)
        large = [replace(GROUP[0], message=bytes(2 * second_process.PIPE_BYTES))]
        for group in (FORGED, large):  # it waits to read, then to write
            process.give(group)
        assert [process.false(), process.false()] == [[WRONG], large]


class Interrupted(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise KeyboardInterrupt


def test_it_verifies_group_after_group_until_there_are_no_more() -> None:
    name = bytes(range(NAME_BYTES))
    given = b"".join(
        name + len(data).to_bytes(4, "big") + data for data in map(second_process._encoder.encode, (GROUP, [], FORGED))
    )
    said = io.BytesIO()
    verify(io.BytesIO(given), said)
    assert list(said.getvalue()) == [*name, *[HOLDS] * 4, *name, *name, HOLDS, HOLDS, 0, HOLDS]


def test_few_signatures_one_processor_and_a_frozen_program_have_no_second_process(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("it was started"))
    monkeypatch.setattr(second_process, "_cores", lambda: 2)
    assert SecondProcess(here, FEW - 1)._process is None
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert SecondProcess(here, FEW)._process is None
    monkeypatch.setattr(second_process, "_cores", lambda: 1)
    assert SecondProcess(here, FEW)._process is None


@pytest.mark.usefixtures("_cores")
def test_where_no_process_can_be_started_there_is_none(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with closing(SecondProcess(here, FEW)) as process:
        process.give(FORGED)
        assert process.false() == [WRONG]


def test_the_processors_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert second_process._cores() == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert second_process._cores() == 1
