"""Verifying signatures in a second process changes nothing in what an audit says, whatever becomes of that process."""

import io
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.auditing import AuditReport, audit, database
from ledger.auditing.signatures import AHEAD, Signatures
from ledger.signing import second_process
from ledger.signing.envelope import open_envelope
from ledger.signing.second_process import SecondProcess
from ledger.signing.statement import SignedEvent, decode_payload
from ledger.signing.verifying import Claim, Verifiers
from tests.ledger.auditing.conftest import InThisProcess
from tests.ledger.auditing.test_forged import IMPOSSIBLE, append
from tests.ledger.auditing.test_one_fault import unsigned
from tests.scenario import names
from tests.support import World

OTHER_FAULTS = ("a stream of no kind", "a stream of another kind", "an unknown sheet revealed")


@pytest.fixture
def faulty(workshop: World) -> Path:
    """A ledger with forged signatures, alone and several in a row, and with faults of other kinds between them."""
    people = [{"person_id": f"p{number}", "details": names("X")} for number in range(12)]
    submissions = [workshop.submission("register-person", "registrar", **person) for person in people]
    for number, submission in enumerate(submissions):
        event = decode_payload(open_envelope(submission.envelope).payload)
        forge = unsigned if number % 3 else bytes
        workshop.ledger.application.events.put([SignedEvent(event, forge(submission.envelope))])
        if number % 4 == 0:
            _, stream, facts, by = IMPOSSIBLE[OTHER_FAULTS[number // 4]]
            append(workshop, (stream, 1, facts, by))
    workshop.ledger.close()
    return workshop.ledger.folder


class CutShort(io.BytesIO):
    """Nothing can be read after some answers, within a group."""

    left = second_process.NAME_BYTES + 10

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        size = min(size, self.left)
        self.left -= size
        return super().read(size)


class Denials(io.BytesIO):
    def write(self, said: Any) -> int:
        return super().write(said[: second_process.NAME_BYTES].ljust(len(said), b"\0"))


class Ending(InThisProcess):
    """It ends after some answers."""

    def __init__(self) -> None:
        super().__init__(CutShort())


class Contrary(InThisProcess):
    """It says of everything that it does not hold."""

    def __init__(self) -> None:
        super().__init__(Denials())


class Gone(InThisProcess):
    """It was killed before anything was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.stdin = io.BufferedWriter(io.FileIO("/dev/full", "w"))  # type: ignore[assignment]


def audited(folder: Path, monkeypatch: pytest.MonkeyPatch, process: Callable[[], object], at_once: int) -> AuditReport:
    monkeypatch.setattr(second_process, "_started", process)
    monkeypatch.setattr(database, "AT_ONCE", at_once)
    return audit(folder)


def test_the_report_is_the_same_with_a_second_process_and_without(
    faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = audited(faulty, monkeypatch, lambda: None, 1000)
    codes = [finding.code for finding in alone.findings]
    assert codes.count("signature-invalid") == 8
    assert len(set(codes)) > 2
    for process in (lambda: None, InThisProcess, Ending, Contrary, Gone):
        for at_once in (7, 16):
            assert audited(faulty, monkeypatch, process, at_once) == alone


def test_no_more_groups_wait_than_are_counted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the second process is, memory is bounded; and nothing is returned before it is given."""

    class Slow(SecondProcess):
        given = most = 0

        def give(self, claims: Sequence[Claim]) -> None:
            Slow.given += 1
            Slow.most = max(Slow.most, Slow.given)
            super().give(claims)

        def false(self) -> list[Claim]:
            Slow.given -= 1
            return super().false()

    with closing(Verifiers()) as here, closing(Slow(here, 0)) as process:
        with Signatures([], process) as signatures:
            for _ in range(3 * AHEAD):
                signatures.give([], {})
        assert (Slow.given, Slow.most) == (0, AHEAD + 1)


def test_what_ends_an_audit_leaves_no_signature_unverified(faulty: Path) -> None:
    """An entry that cannot be read ends the audit: what was found before is all in the report."""

    def fails(done: int, of: int) -> None:
        if done == of:
            raise ValueError("this is the end")

    report = audit(faulty, fails)
    assert {"database-unreadable", "signature-invalid"} <= {finding.code for finding in report.findings}
