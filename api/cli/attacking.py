"""Attacks on synthetic ledgers, which show what the proofs are for."""

import os
import tempfile
from pathlib import Path

import typer

from api.attacks import ATTACKS
from api.cli.common import command, out
from api.cli.language import in_language, language
from ledger.auditing import AuditFinding
from ledger.store import opening
from ledger.store.keystore import opening as keystore


@command("attacks")
def attacks() -> None:
    missed = 0
    for name in (opening.VARIABLE, keystore.VARIABLE):
        os.environ.pop(name, None)  # what is attacked is never where a real ledger is
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            codes = attack.run(Path(folder) / "ledger")
        if attack.code in codes:
            outcome = f"{attack.code}: {AuditFinding(attack.code, None, '').words.into(language())}"
        else:
            missed += 1
            outcome = in_language("NOT DETECTED", "NON DÉTECTÉ")
        out.print(f"{in_language(attack.en, attack.fr)}\n    {outcome}")
    if missed:
        raise typer.Exit(1)
