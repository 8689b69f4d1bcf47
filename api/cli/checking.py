"""Checking: rebuilding the read models, and verifying one certificate offline."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.auditing import bar
from api.cli.common import FOLDER, Folder, app, clock, day, language, out, viewed
from api.packing import MAX_ZIP_BYTES, unpacked
from ledger.errors import Unverifiable
from ledger.trust import TrustRoot
from ledger.verdict import RESULTS, VERDICTS, Verdict
from ledger.verification import RECENT
from ledger.verification import verify as verify_bundle


@app.command()
def rebuild(folder: Folder = FOLDER) -> None:
    """Replay the whole log into the read models."""
    with viewed(folder) as (ledger, views), bar("entries") as tell:
        views.rebuild(tell)
        size = ledger.size()
    out.print(f"{size} entries replayed", markup=False)


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="A certificate's verification bundle, JSON or zip.")],
    trust: Annotated[Path, typer.Option(help="The trust root, from a source you trust: never from the bundle.")],
    on: Annotated[str | None, typer.Option(help="Valid on which day (YYYY-MM-DD); today when not given.")] = None,
    recent: Annotated[int, typer.Option(help="How many days old the statement of status may be.")] = RECENT.days,
) -> None:
    """Check a certificate offline. Exit code 0: authentic and valid; 1: authentic, but; 2: not authentic."""
    root, asked = TrustRoot.load(trust), day(on, "--on")
    with bundle.open("rb") as file:
        data = file.read(MAX_ZIP_BYTES + 1)
    try:
        data = unpacked(data)
    except Unverifiable as error:
        raise ValueError(f"BUNDLE: {error}") from None
    report = verify_bundle(data, root, clock(), day=asked, recent=timedelta(days=recent))
    french = language() == "fr"
    for check in report.checks:
        result, detail = RESULTS[check.result][french], check.detail[french]
        out.print(f"{check.number:2}. {check.title[french]}: {result} ({detail})", markup=False, soft_wrap=True)
    out.print(VERDICTS[report.verdict][french], markup=False)
    if report.verdict is not Verdict.VALID:
        raise typer.Exit(2 if report.verdict is Verdict.NOT_AUTHENTIC else 1)
