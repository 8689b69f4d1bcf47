"""Audits a simulated register: whole, again after an audit that was kept, and the documents beside it.

The files are on the disk of the run's folder, which the report names, and in the system's cache: an audit writes and
syncs nothing. Everything is inside the clock: reading, hashing, judging by every rule, and verifying each signature of
an officer and each note of the log once, which is what the rate of *audit* counts. The signatures of officers are
verified in a second process, which is started inside the clock. *audit-since* makes its judge of a
state whose file was read before, and audits what was recorded after it: a hundredth. Of documents, the baseline
verifies what the audit verifies, each proof with its canonical form, token and seal, once though several documents
carry it, and neither reads files nor compares anything. It verifies each on its own: what the audit keeps of the
expansion of one credential, for those of the same scheme, the baseline does not keep.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from unittest.mock import patch

from ledger.auditing import Kept, audit
from ledger.store.earlier_values import keys_to_audit
from ledger.store.notes import Notes
from ledger.store.opening import open_in_memory, open_to_audit
from ledger.store.reading import StoredRecord
from projections.credentials.auditing import audit_documents
from projections.credentials.forms.catalogue import by_name
from projections.credentials.gathering import issuer_of
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.proofs import json_ld
from projections.following import Following
from projections.names import Names
from projections.questions import Questions
from tests.benchmarks.erasing import Office
from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.benchmarks.registers import copied, simulated

GOAL = 0.75
DOCUMENTS_GOAL = 0.5
SINCE_GOAL = 10.0  # times the audits of everything, when a hundredth is new
NEW = 100  # of so many entries, one is new


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Three; that of signatures has no baseline where OpenSSL is not installed."""
    entries = min(size.entries)
    register = simulated(folder, entries)
    openssl, cores = shutil.which("openssl"), len(os.sched_getaffinity(0))
    again, everything = _since(copied(folder, entries, "audit-since"), entries // NEW)
    checked, verified = _documents(simulated(folder, entries, size.documents), stack)
    return [
        Comparison(
            "audit",
            "signatures",
            "openssl: not installed" if openssl is None else f"openssl speed, {cores} cores",
            GOAL,
            lambda: _audit(register),
            None if openssl is None else lambda: _verified_by(openssl, cores, size.openssl_seconds),
        ),
        Comparison("audit-since", "audits", "everything again", SINCE_GOAL, again, everything),
        Comparison("audit-documents", "documents", "their signatures alone", DOCUMENTS_GOAL, checked, verified),
    ]


def _audit(register: Path) -> float:
    with open_to_audit(register) as database:
        notes = len(Notes(database).checkpoints())  # each is published as it is, and counted once
    signatures = 0

    def work() -> None:
        nonlocal signatures
        report = audit(register)
        assert report.clean
        signatures = report.signatures + notes

    spent = seconds(work)
    return signatures / spent


def _verified_by(openssl: str, cores: int, time: int) -> float:
    """Verified a second on all cores at once: the last figure of the last line."""
    command = [openssl, "speed", "-multi", str(cores), "-seconds", str(time), "ed25519"]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return float(output.split()[-1])


def _since(register: Path, new: int) -> tuple[Run, Run]:
    """The audit of so many new entries, and of all of them."""
    kept: list[Kept] = []
    audit(register, keep=kept.append)
    with ExitStack() as opened:
        Office(register, opened).register(new)

    def again(since: Kept | None) -> None:
        report = audit(register, since=since)
        assert report.clean
        assert since is None or report.entries == new

    return lambda: 1 / seconds(lambda: again(kept[0])), lambda: 1 / seconds(lambda: again(None))


def _documents(register: Path, stack: ExitStack) -> tuple[Run, Run]:
    """The audit of the documents of a register, and the verification of each of them."""
    database = stack.enter_context(open_to_audit(register))
    record = StoredRecord(database, keys_to_audit(register, database))
    replayed = stack.enter_context(closing(open_in_memory()))
    Following(replayed, record.log, record.log.size).catch_up()
    models, recorded = Questions(replayed, Names(record.vault)), record.read().issuer()
    kept, once, seals = (
        record.documents.kept(),
        dict[tuple[object, str], Callable[[], object]](),
        list[Callable[[], object]](),
    )
    for made in record.documents.sets():
        row = models.certificates.by_number(made.number)
        assert row is not None
        keys = IssuerKeys(issuer_of(recorded.url, row), recorded)
        for name in made.forms:
            form, body = by_name()[name], record.documents.get(made.number, name)
            assert body is not None
            text = form.recognise(body)
            assert text is not None
            once[form.verify, text] = partial(form.verify, text, keys)
            if form.verify_seal is not None:
                seals.append(partial(form.verify_seal, body, keys, made.made))

    def verify() -> None:
        with patch.object(json_ld, "MAX_RECURRING_BYTES", 0):
            for one in (*once.values(), *seals):
                one()

    def check() -> None:
        assert audit_documents(record, models) == []

    return lambda: len(kept) / seconds(check), lambda: len(kept) / seconds(verify)
