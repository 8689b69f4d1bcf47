"""Attacks on synthetic ledgers, which show what the proofs are for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from api.attacks import ATTACKS
from api.cli.common import app, in_language, language, out
from ledger.auditing import AuditFinding


@app.command()
def attacks() -> None:
    """Attack synthetic ledgers in nine ways, and show by what name each is caught. Exit code 1 if one is not."""
    missed = 0
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            codes = attack.run(Path(folder) / "ledger")
        if attack.code in codes:
            outcome = f"{attack.code}: {AuditFinding(attack.code, None, '').words.into(language())}"
        else:
            missed += 1
            outcome = in_language("NOT CAUGHT", "NON DÉCELÉ")
        out.print(f"{attack.words.into(language())}\n    {outcome}", markup=False)
    if missed:
        raise typer.Exit(1)
