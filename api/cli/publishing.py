"""Publishing the log as files, and changing who must witness it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.cli.common import FOLDER, Folder, Tsa, Wrong, app, err, in_language, opened, require_ledger, say, say_of
from api.clients.timestamping import Authority
from api.publishing.collecting import Collector
from api.publishing.erasing import Republishing, remember
from api.publishing.files import write
from api.register import Register, Settings
from ledger.errors import Conflict
from ledger.files import expecting, read_text, write_whole
from ledger.log.policy import MAX_POLICY_BYTES
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
            raise Conflict("not-witnessed", f"no quorum of witnesses: {'; '.join(_said(collector))}")
        remember(folder, Path(target))  # before anything with a name is there
        with Register(ledger, Settings(base_url="")) as register:
            rows = register.models.certificates.everything()
            people = register.models.roster.people(row.person_id for row in rows)
            bundles = (register.bundle(row, people[row.person_id]) for row in rows)
            size = write(ledger, Path(target), certificates=bundles)
        Republishing(ledger).rewrite()  # if a name ended meanwhile
    for trouble in _said(collector):
        err.print(f"{in_language('no answer:', 'sans réponse :')} {trouble}")
    say(f"{size} entries published in {target}", f"{size} entrées publiées dans {target}")


@app.command("set-policy")
def set_policy(
    policy: Annotated[Path, typer.Argument(help="Witnesses and quorum, in the format of c2sp.org/tlog-policy.")],
    folder: Folder = FOLDER,
) -> None:
    """Change who must witness the log. This makes a new trust root, which every verifier needs."""
    require_ledger(folder)
    text = read_text(policy, MAX_POLICY_BYTES)
    trust = msgspec.structs.replace(TrustRoot.load(folder / TRUST), policy=text)
    with expecting(policy, "a policy (c2sp.org/tlog-policy)", "une politique (c2sp.org/tlog-policy)"):
        trust = TrustRoot.parse(bytes(trust))
    write_whole(folder / TRUST, bytes(trust))
    say_of(
        folder / TRUST,
        "give it to every verifier, then restart the register",
        "remettez-la à tous les vérificateurs, puis redémarrez le registre",
    )


def _said(collector: Collector) -> list[str]:
    return [f"{name}: {why}" for name, why in collector.troubles.items()]
