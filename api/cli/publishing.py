"""The log and others: published files, a witness, and a demonstration of attacks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.cli.common import (
    FOLDER,
    Folder,
    Wrong,
    app,
    clock,
    err,
    in_language,
    language,
    opened,
    out,
    require_ledger,
    say,
    say_of,
)
from api.cli.serving import LOCAL, Host, Port, Tsa, address, listening, run_until_stopped
from api.clients.timestamping import Authority
from api.publishing.collecting import Collector
from api.publishing.files import write
from api.register import Register, Settings
from ledger.errors import Conflict
from ledger.files import read_text, write_whole
from ledger.log.policy import MAX_POLICY_BYTES
from ledger.signing.note import VerifierKey, is_key_name
from ledger.store.founding import TRUST
from ledger.trust import TrustRoot


@app.command()
def publish(
    target: Annotated[str, typer.Argument(help="The folder of a web server.")], tsa: Tsa = None, folder: Folder = FOLDER
) -> None:
    """Write the public part of the log as files: checkpoint, hash tiles, trust root, policy, bundles."""
    if not target:  # an empty path is the current folder
        raise Wrong("TARGET", "expected a folder", "un dossier est attendu")
    with opened(folder) as ledger:
        collector = Collector(ledger, None if tsa is None else Authority(tsa))
        if not collector.collect():
            raise Conflict("not-witnessed", f"no quorum of witnesses: {'; '.join(collector.troubles.values())}")
        with Register(ledger, Settings(base_url="")) as register:
            rows = register.models.certificates.everything()
            people = register.models.roster.people(row.person_id for row in rows)
            bundles = (register.bundle(row, people[row.person_id]) for row in rows)
            size = write(ledger, Path(target), certificates=bundles)
    for trouble in collector.troubles.values():
        err.print(f"{in_language('no answer:', 'sans réponse :')} {trouble}", markup=False)
    say(f"{size} entries published in {target}", f"{size} entrées publiées dans {target}")


@app.command("set-policy")
def set_policy(
    policy: Annotated[Path, typer.Argument(help="Witnesses and quorum, in the format of c2sp.org/tlog-policy.")],
    folder: Folder = FOLDER,
) -> None:
    """Change who must witness the log. This makes a new trust root, which every verifier needs."""
    require_ledger(folder)
    trust = msgspec.structs.replace(TrustRoot.load(folder / TRUST), policy=read_text(policy, MAX_POLICY_BYTES))
    write_whole(folder / TRUST, bytes(TrustRoot.parse(bytes(trust))))
    say_of(
        folder / TRUST,
        "give it to every verifier, then restart the register",
        "remettez-la à tous les vérificateurs, puis redémarrez le registre",
    )


@app.command()
def witness(
    store: Annotated[Path, typer.Argument(help="The folder for its key and for what it has seen.")],
    name: Annotated[str, typer.Option(help="The name of its key, such as witness.example.org.")],
    log: Annotated[list[str], typer.Option(help="The verifier key of a log (log_key in trust.json); repeat for more.")],
    host: Host = LOCAL,
    port: Port = 8100,
) -> None:
    """Run a witness, which cosigns the growth of logs (c2sp.org/tlog-witness); it first prints its verifier key."""
    try:
        logs = [VerifierKey.parse(text) for text in log]
    except ValueError as error:
        raise Wrong("--log", str(error), f"clé de vérification non valide ({error})") from None
    if not is_key_name(name):
        raise Wrong(
            "--name", "expected a name without spaces or plus signs", "un nom sans espace ni signe plus est attendu"
        )
    with listening(host, port) as listener:
        # Only here: without the web framework every other command starts twice as fast.
        from api.witness.app import create_app
        from api.witness.store import Witness

        own = Witness(store, name, logs, clock)
        out.print(f"witness {name} {own.verifier_key} {address(listener)}", markup=False)
        run_until_stopped(create_app(own), listener, address(listener))


@app.command()
def attacks() -> None:
    """Attack synthetic ledgers in nine ways and show how the audit names each. Exit code 1 if one goes unnoticed."""
    # Only here: it makes ledgers and a witness.
    from api.attacks import ATTACKS
    from ledger.auditing import Finding

    missed = 0
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            codes = attack.run(Path(folder) / "ledger")
        if attack.code in codes:
            outcome = f"{attack.code}: {Finding(attack.code, None, '').words.into(language())}"
        else:
            missed += 1
            outcome = in_language("NOT DETECTED", "NON DÉTECTÉ")
        out.print(f"{attack.words.into(language())}\n    {outcome}", markup=False)
    if missed:
        raise typer.Exit(1)
