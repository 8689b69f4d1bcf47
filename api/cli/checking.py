"""Checking: the full audit, and rebuilding the read models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.progress import Progress

from api.cli.common import FOLDER, Folder, app, clock, err, out, require_ledger, viewed
from ledger.audit import audit as audit_ledger
from ledger.store.ledger import Ledger
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


@contextmanager
def _bar(what: str) -> Iterator[Tell]:
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(what)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        yield tell
