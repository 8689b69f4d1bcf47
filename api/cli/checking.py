"""Checking: the full audit, rebuilding the read models, and verifying one certificate offline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from api.cli.common import FOLDER, Folder, app, clock, day, err, language, out, require_ledger, viewed
from ledger.auditing import audit as audit_ledger
from ledger.bundle import MAX_BUNDLE_BYTES
from ledger.store.ledger import Ledger
from ledger.trust import TrustRoot
from ledger.verdict import RESULTS, VERDICTS, Verdict
from ledger.verification import RECENT
from ledger.verification import verify as verify_bundle
from projections.following import Progress as Tell
from projections.views import Views


@app.command()
def audit(folder: Folder = FOLDER) -> None:
    """Compute everything again: hashes, signatures, roles, rules, vault, and the read models."""
    require_ledger(folder)
    with _bar("entries") as tell:
        report = audit_ledger(folder, tell)
    for finding in report.findings:
        where = "" if finding.position is None else f"entry {finding.position}: "
        out.print(f"{finding.code}: {where}{finding.message}", markup=False)
    differences = 0
    if report.clean:
        with Ledger.open(folder, clock) as ledger, Views(ledger) as views, _bar("read models") as tell:
            for difference in views.differences(tell):
                differences += 1
                out.print(f"projection-differs: {difference.table}: {difference.kind} {difference.row}", markup=False)
    else:
        out.print("the read models were not compared: the record itself is not in order", markup=False)
    verdict = "in order" if report.clean and not differences else "NOT in order"
    out.print(f"{report.entries} entries, {report.signatures} signatures: {verdict}", markup=False)
    if not report.clean or differences:
        raise typer.Exit(1)


@app.command()
def rebuild(folder: Folder = FOLDER) -> None:
    """Replay the whole log into the read models."""
    with viewed(folder) as (ledger, views), _bar("entries") as tell:
        views.rebuild(tell)
        size = ledger.size()
    out.print(f"{size} entries replayed", markup=False)


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="A certificate's verification bundle.")],
    trust: Annotated[Path, typer.Option(help="The trust root, from a source you trust: never from the bundle.")],
    on: Annotated[str | None, typer.Option(help="Valid on which day (YYYY-MM-DD); today when not given.")] = None,
    recent: Annotated[int, typer.Option(help="How many days old the statement of status may be.")] = RECENT.days,
) -> None:
    """Check a certificate offline. Exit code 0: authentic and valid; 1: authentic, but; 2: not authentic."""
    root, asked = TrustRoot.load(trust), day(on, "--on")
    with bundle.open("rb") as file:
        data = file.read(MAX_BUNDLE_BYTES + 1)
    report = verify_bundle(data, root, clock(), day=asked, recent=timedelta(days=recent))
    french = language() == "fr"
    for check in report.checks:
        result, detail = RESULTS[check.result][french], check.detail[french]
        out.print(f"{check.number:2}. {check.title[french]}: {result} ({detail})", markup=False, soft_wrap=True)
    out.print(VERDICTS[report.verdict][french], markup=False)
    if report.verdict is not Verdict.VALID:
        raise typer.Exit(2 if report.verdict is Verdict.NOT_AUTHENTIC else 1)


@contextmanager
def _bar(what: str) -> Iterator[Tell]:
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(what)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        yield tell
