"""A log watched from outside, evidence against one, and the word of a time-stamp authority."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from cryptography.x509 import load_pem_x509_certificates

from api.cli.common import AuditorKey, Wrong, argument, clock, command, option, out, say, say_of, tell
from api.cli.language import language
from api.clients.fetching import reader
from api.publishing.monitoring import Alert, Monitor
from api.words.failures import file_in_words
from ledger.errors import Unreadable, Unverifiable
from ledger.files import expecting, read_bounded, read_text, write_whole
from ledger.log.checkpoint import open_checkpoint
from ledger.log.evidence import MAX_EVIDENCE_BYTES, Evidence, conflict
from ledger.published import PublishedLog
from ledger.signing.keys import MAX_PEM_BYTES, SigningKey
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.trust import TrustRoot
from projections.time_stamps import MAX_REPLY_BYTES, decoded_reply, stamped_at

Trust = Annotated[
    Path, option("The trust root, from a source that you trust.", "La racine de confiance, d’une source fiable.")
]
MOST_HOURS = 24 * 36_525  # a century


@command("monitor")
def monitor(
    source: Annotated[
        str,
        argument("The address of a register, or a published folder.", "L’adresse d’un registre, ou un dossier publié."),
    ],
    trust: Trust,
    state: Annotated[
        Path, option("The folder where it keeps what it has seen.", "Le dossier où conserver ce qui a été vu.")
    ],
    watch: Annotated[
        list[str] | None,
        option(
            "Number of a certificate to watch; repeat for more.", "Numéro d’un certificat à suivre ; option répétable."
        ),
    ] = None,
    stream: Annotated[
        list[str] | None,
        option(
            "A stream to watch, such as officer:ID; requires --key.",
            "Un flux à suivre, par exemple officer:ID ; requiert --key.",
        ),
    ] = None,
    key: AuditorKey = None,
    late: Annotated[
        float,
        option(
            "Hours after which a checkpoint is late.",
            "Nombre d’heures après lequel un point de contrôle est en retard.",
            min=0,
            max=MOST_HOURS,
        ),
    ] = 3,
    every: Annotated[
        float, option("Seconds between two checks.", "Secondes entre deux contrôles.", min=1, max=86_400)
    ] = 60,
    once: Annotated[
        bool,
        option(
            "Check once; exit code 1 if there is an alert.",
            "Contrôler une seule fois ; code de sortie 1 en cas d’alerte.",
            "--once",
        ),
    ] = False,
) -> None:
    if stream and key is None:
        raise Wrong(
            "--stream",
            "requires --key, because only auditors may read entries",
            "--key est requis, car seuls les auditeurs peuvent lire les entrées",
        )
    log = PublishedLog(reader(source, None if key is None else SigningKey.load(key)), TrustRoot.load(trust))
    watching = Monitor(
        log, state, clock, late=timedelta(hours=late), numbers=tuple(watch or ()), streams=tuple(stream or ())
    )
    standing: list[Alert] = []
    while True:
        try:
            alerts = watching.look()
        except (OSError, Unreadable) as error:
            if once:
                raise
            alerts = [_forgetful(error)]
        for alert in alerts:
            if alert not in standing:  # an alert that persists is printed once
                what = alert.words.into(language())
                out.print(f"{clock():%Y-%m-%d %H:%M:%S} {alert.code}: {what}")
        if once:
            if not alerts:
                tell(
                    "no alert: the log is consistent, and nothing watched has changed",
                    "aucune alerte : le journal est cohérent, et rien de ce qui est suivi n’a changé",
                )
            raise typer.Exit(1 if alerts else 0)
        standing = alerts
        time.sleep(every)


def _forgetful(error: OSError | Unreadable) -> Alert:
    """An alert rather than an end: a monitor that stopped would be missed by nobody."""
    words = error.words if isinstance(error, Unreadable) else file_in_words(error)
    return Alert("not-kept", *words)


@command("evidence")
def evidence(
    one: Annotated[Path, argument("A signed checkpoint.", "Un point de contrôle signé.")],
    other: Annotated[
        Path,
        argument("Another signed checkpoint of the same log.", "Un autre point de contrôle signé du même journal."),
    ],
    trust: Trust,
    target: Annotated[Path, option("A new file.", "Un nouveau fichier.", "--out")],
    log: Annotated[
        str | None,
        option(
            "Where to read the tiles of the larger tree, if the sizes differ.",
            "Où lire les tuiles du plus grand arbre, si les tailles diffèrent.",
        ),
    ] = None,
) -> None:
    root = TrustRoot.load(trust)
    notes = read_text(one, MAX_NOTE_BYTES), read_text(other, MAX_NOTE_BYTES)
    size = 0
    for path, note in zip((one, other), notes, strict=True):
        with expecting(path, f"a checkpoint of {root.origin}", f"un point de contrôle de {root.origin}"):
            size = max(size, open_checkpoint(note, root.verifier_key).size)
    nodes = None if log is None else PublishedLog(reader(log), root).nodes(size).get_node
    found = conflict(notes[0], notes[1], root.verifier_key, nodes)
    if found is None:
        raise Unverifiable("evidence-none", "the two checkpoints do not contradict each other")
    if target.exists():
        raise Wrong("--out", f"{target}: expected a new file", f"{target} : un nouveau fichier est attendu")
    write_whole(target, bytes(found))
    check = f"pca-ledger check-evidence {target} --trust trust.json"
    say_of(target, f"to check it, run {check}", f"pour le vérifier, lancez {check}")


@command("check-evidence")
def check_evidence(
    path: Annotated[Path, argument("A file of evidence.", "Un fichier de preuve.")], trust: Trust
) -> None:
    data = read_bounded(path, MAX_EVIDENCE_BYTES)
    with expecting(path, "evidence against a log", "une preuve contre un journal"):
        found = Evidence.parse(data)
    earlier, later = found.require_conflict(TrustRoot.load(trust).verifier_key)
    roots = earlier.root.hex(), later.root.hex()
    say(
        f"{earlier.origin} signed {earlier.size} entries with root {roots[0]}, and {later.size} entries that begin "
        f"differently (root {roots[1]}); the two contradict each other",
        f"{earlier.origin} a signé {earlier.size} entrées de racine {roots[0]}, puis {later.size} entrées qui "
        f"commencent différemment (racine {roots[1]}) : les deux se contredisent",
    )


@command("check-time-stamp")
def check_time_stamp(
    checkpoint: Annotated[
        Path, argument("A published checkpoint, unchanged.", "Un point de contrôle publié, inchangé.")
    ],
    reply: Annotated[
        Path, argument("The authority’s reply: checkpoint.tsr.", "La réponse de l’autorité : checkpoint.tsr.")
    ],
    authority: Annotated[
        Path,
        option(
            "The authority’s root certificate (PEM), from a source you trust.",
            "Le certificat racine de l’autorité (PEM), d’une source fiable.",
        ),
    ],
) -> None:
    note, data = read_bounded(checkpoint, MAX_NOTE_BYTES), read_bounded(reply, MAX_REPLY_BYTES)
    with expecting(reply, "a time-stamp reply (RFC 3161)", "une réponse d’horodatage (RFC 3161)"):
        decoded_reply(data)
    root = read_bounded(authority, MAX_PEM_BYTES)
    with expecting(authority, "certificates in PEM", "des certificats en PEM"):
        load_pem_x509_certificates(root)
    at = stamped_at(note, data, root)
    say_of(checkpoint, f"seen at {at:%Y-%m-%d %H:%M:%S} UTC", f"horodaté le {at:%Y-%m-%d %H:%M:%S} UTC")
