"""Publishing the log as files, and changing who must witness it."""

from pathlib import Path
from time import monotonic, sleep
from typing import Annotated

import msgspec

from api.cli.common import FOLDER, Folder, Tsa, Wrong, argument, command, err, say, say_of
from api.cli.language import in_language
from api.cli.opening import opened, require_ledger
from api.clients.timestamping import Authority
from api.publishing.collecting import Collector
from api.publishing.erasing import Republishing, remember
from api.publishing.files import write
from ledger.errors import Conflict
from ledger.files import expecting, read_text, write_whole
from ledger.log.policy import MAX_POLICY_BYTES
from ledger.store.following import POLL_SECONDS
from ledger.store.founding import TRUST
from ledger.store.leases import PUBLISHING, HeldElsewhere, holding
from ledger.store.ledger import Ledger
from ledger.trust import TrustRoot

PATIENCE = 15.0  # seconds: longer than two requests to each witness take


@command("publish")
def publish(
    target: Annotated[str, argument("The folder of a web server.", "Le dossier d’un serveur web.")],
    tsa: Tsa = None,
    folder: Folder = FOLDER,
) -> None:
    if not target:  # an empty path is the current folder
        raise Wrong("TARGET", "expected a folder", "un dossier est attendu")
    from api.register import Register, Settings

    with opened(folder) as ledger:
        troubles = collected(ledger, tsa)
        remember(folder, Path(target))  # before anything with a name is there
        with Register(ledger, Settings(base_url="")) as register:
            rows = register.models.certificates.everything()
            people = register.models.roster.people(row.person_id for row in rows)
            bundles = (register.bundle(row, people[row.person_id]) for row in rows)
            size = write(ledger, Path(target), certificates=bundles)
        Republishing(ledger).rewrite()  # if a name ended meanwhile
    for trouble in troubles:
        err.print(f"{in_language('no answer:', 'sans réponse :')} {trouble}")
    say(f"{size} entries published in {target}", f"{size} entrées publiées dans {target}")


@command("set-policy")
def set_policy(
    policy: Annotated[
        Path,
        argument(
            "Witnesses and quorum, in the format of c2sp.org/tlog-policy.",
            "Les témoins et le quorum, au format c2sp.org/tlog-policy.",
        ),
    ],
    folder: Folder = FOLDER,
) -> None:
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


def collected(ledger: Ledger, tsa: str | None) -> list[str]:
    """Publishes what is not published yet, or waits until the process does so that has this duty.

    Returns what failed all the same. Raises ``Conflict`` without a quorum, and ``HeldElsewhere`` when that process did
    not publish in time.
    """
    try:
        with holding(ledger.folder, PUBLISHING) as held:
            collector = Collector(ledger, held, None if tsa is None else Authority(tsa))
            is_published = collector.collect()
            said = [f"{name}: {why}" for name, why in collector.troubles.items()]
    except HeldElsewhere:
        deadline = monotonic() + PATIENCE
        while ledger.publications.unpublished() is not None:
            if monotonic() > deadline:
                raise
            sleep(POLL_SECONDS)
        return []
    if not is_published:
        raise Conflict("not-witnessed", f"no quorum of witnesses: {'; '.join(said)}")
    return said
