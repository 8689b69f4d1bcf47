"""The officers' commands: propose anything, see what waits, sign."""

import re
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.common import FOLDER, Folder, Wrong, argument, command, option, out, say
from api.cli.language import in_language, language
from api.cli.opening import holder, opened
from api.cli.signing_together import Signing
from api.publishing.erasing import Republishing
from api.secretariat.concerning import concerns
from api.secretariat.endings import COMMAND_LINE, IN_WORDS, Ending, How, who
from api.secretariat.forthcoming import require_new
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Trace, proposal
from api.words import command_in_words
from api.words.failures import failure_in_words
from api.words.levels import as_asked_of
from ledger import strict_json
from ledger.domain.record import ROLE_LABELS
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.errors import LedgerError
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.words import COLON, LANGUAGES

DIGEST = re.compile("[0-9a-f]{32}")  # of :func:`api.secretariat.together.digest_of`


@command("propose")
def propose(
    command: Annotated[
        str,
        argument(
            "A command such as grant-role; docs/events lists them.",
            "Une commande telle que grant-role ; docs/events en donne la liste.",
        ),
    ],
    arguments: Annotated[
        str,
        argument(
            'JSON; personal values as {"name": ..., "value": ...}.',
            'JSON ; données personnelles sous la forme {"name": ..., "value": ...}.',
        ),
    ],
    by: Annotated[
        list[str],
        option(
            "Person ids of the signers, in the order of the required roles.",
            "Identifiants des signataires, dans l’ordre des fonctions requises.",
        ),
    ],
    folder: Folder = FOLDER,
) -> None:
    if command not in BY_COMMAND_NAME:
        names = ", ".join(BY_COMMAND_NAME)
        raise Wrong("COMMAND", f"expected one of {names}", f"valeur attendue parmi {names}")
    seats = BY_COMMAND_NAME[command].seats
    if len(by) != len(seats):
        en, fr = (", ".join(ROLE_LABELS[role].into(each) for role in seats) for each in LANGUAGES)
        raise Wrong(
            "--by",
            f"expected {len(seats)} signers ({en}), found {len(by)}",
            f"{len(seats)} signataires attendus ({fr}), et non {len(by)}",
        )
    try:
        proposed = proposal(command, *by, **strict_json.decode(arguments.encode(), dict[str, Any]))
    except ValueError as error:
        raise Wrong("ARGUMENTS", str(error), f"arguments non valides ({error})") from None
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        require_new(proposed, ledger, inbox.waiting())
        (number,) = inbox.file([proposed], COMMAND_LINE)
        say(f"filed as no. {number}", f"déposé sous le n° {number}")


@command("pending")
def pending(
    key: Annotated[
        Path | None,
        option(
            "Your key file; without it, everything that waits is listed.",
            "Votre fichier de clé ; sans lui, tout ce qui attend est affiché.",
        ),
    ] = None,
    everything: Annotated[
        bool,
        option(
            "Also what was withdrawn, refused, taken back, or expired.",
            "Aussi ce qui a été retiré, refusé, annulé ou a expiré.",
            "--all",
        ),
    ] = False,
    folder: Folder = FOLDER,
) -> None:
    own = None if key is None else SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        person = None if own is None else holder(ledger, own)
        waiting = inbox.waiting(person)
        for item in waiting:
            # Without a key the reader is unknown, so sealed values stay sealed.
            command, signers = item.proposal.command, item.proposal.signers
            read = ledger.read(() if person is None else item.proposal.disclosures)
            words = command_in_words(command, language(), as_asked_of(person or "", command, signers, read))
            out.print(f"{item.number:5} {words}")
            try:
                inbox.preview(item)
            except (Refused, LedgerError) as error:
                why = failure_in_words(error)
                say(f"      not yet: {why.en}", f"      pas encore : {why.fr}")
        for trace in inbox.unreadable():
            what = in_language("cannot be read; to remove it, run", "illisible ; pour la supprimer, lancez")
            out.print(f"{trace.number:5} {what}{COLON.into(language())}pca-ledger withdraw {trace.number}")
        if everything:
            for ending, traces in groupby(inbox.ended(), lambda trace: trace.ending):
                _print_ended(ending, list(traces), ledger, person)
        say(f"{len(waiting)} waiting", f"{len(waiting)} en attente")


def _print_ended(ending: Ending | None, traces: list[Trace], ledger: Ledger, person: str | None) -> None:
    """Print how proposals ended, an import at once; the reason to who filed them or was to sign them."""
    read = ledger.read()
    listed = traces if person is None else [trace for trace in traces if concerns(trace, person, read)]
    if ending is None or not listed:
        return
    for trace in listed if ending.how is not How.TAKEN_BACK else ():
        item = trace.item
        words = trace.name if item is None else command_in_words(item.proposal.command, language(), read)
        out.print(f"{trace.number:5} {words}")
    if ending.how is How.TAKEN_BACK:
        count, first, last = len(listed), listed[-1].number, listed[0].number
        say(f"      {count} proposals, no. {first} to {last}", f"      {count} propositions, n° {first} à {last}")
    how, by, on = IN_WORDS[ending.how], who(ending.by), ending.at.date().isoformat()
    why = f"{COLON.into(language())}{ending.reason}" if person is not None and ending.reason else ""
    say(f"      {how.en} on {on} by {by.en}{why}", f"      {how.fr} le {on} par {by.fr}{why}")


@command("sign")
def sign(
    numbers: Annotated[
        list[int] | None,
        argument(
            "Numbers to sign; by default, everything that is ready.",
            "Numéros à signer ; par défaut, tout ce qui est prêt.",
        ),
    ] = None,
    key: Annotated[Path, option("Your key file.", "Votre fichier de clé.")] = Path("officer.key"),
    yes: Annotated[
        bool, option("Sign without asking for confirmation.", "Signer sans demander de confirmation.", "--yes")
    ] = False,
    together: Annotated[
        bool,
        option(
            "List everything that is ready, and ask once.",
            "Afficher tout ce qui est prêt, et ne demander qu’une confirmation.",
            "--all",
        ),
    ] = False,
    show: Annotated[
        bool,
        option(
            "Only list what is ready, with the digest for --listed.",
            "Afficher seulement ce qui est prêt, avec l’empreinte pour --listed.",
            "--list",
        ),
    ] = False,
    digest: Annotated[
        str | None,
        option(
            "Sign what --list showed with this digest, and nothing if that has changed.",
            "Signer ce que --list a affiché avec cette empreinte, et rien si cela a changé.",
            "--listed",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    if (chosen := [bool(numbers) or yes, together, show, digest is not None]).count(True) > 1:
        raise Wrong(
            ("--all", "--list", "--listed")[chosen.index(True, 1) - 1],
            "expected one of NUMBERS with --yes, --all, --list, --listed",
            "une seule possibilité est attendue : NUMÉROS et --yes, --all, --list ou --listed",
        )
    if digest is not None and not DIGEST.fullmatch(digest):
        en, fr = "expected the digest that --list prints", "l’empreinte que --list affiche est attendue"
        raise Wrong("--listed", f"{en}, of 32 hexadecimal digits", f"{fr}, de 32 chiffres hexadécimaux")
    own = SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        person = holder(ledger, own)
        signing = Signing(inbox, ledger, person, own)
        if yes and not numbers:
            signing.sign_ready()
        elif together or show or digest is not None:
            signing.sign_together(digest, only_list=show)
        else:
            signing.sign_each(numbers or (), ask=not yes)
        if replaced := Republishing(ledger).rewrite():
            say(
                f"published bundles replaced without the name: {replaced}",
                f"dossiers publiés remplacés sans le nom : {replaced}",
            )
        if not show:
            signing.say_result()
    if signing.failed:
        raise typer.Exit(1)
