"""The officers' commands: propose anything, see what waits, sign."""

from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.common import FOLDER, Folder, Wrong, argument, command, confirm, fail, option, out, say
from api.cli.language import in_language, language
from api.cli.opening import holder, opened
from api.publishing.erasing import Republishing
from api.secretariat.endings import COMMAND_LINE, IN_WORDS, Ending, How, who
from api.secretariat.forthcoming import require_new
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Trace, proposal
from api.words import command_in_words, event_in_words, question_in_words
from api.words.failures import failure_in_words
from ledger import strict_json
from ledger.domain.record import ROLE_LABELS
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.errors import LedgerError
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Receipt
from ledger.words import COLON, LANGUAGES, Words


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
            read = ledger.read(() if person is None else item.proposal.disclosures)
            words = command_in_words(item.proposal.command, language(), read)
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
    own = [t for t in traces if t.filed_by == person or (t.item is not None and person in t.item.people)]
    listed = traces if person is None else own
    if ending is None or not listed:
        return
    for trace in listed if ending.how is not How.TAKEN_BACK else ():
        item = trace.item
        words = trace.name if item is None else command_in_words(item.proposal.command, language(), ledger.read())
        out.print(f"{trace.number:5} {words}")
    if ending.how is How.TAKEN_BACK:
        count, first, last = len(listed), listed[-1].number, listed[0].number
        say(f"      {count} proposals, no. {first} to {last}", f"      {count} propositions, n° {first} à {last}")
    how, by, on = IN_WORDS[ending.how], who(ending.by), ending.at.date().isoformat()
    why = f"{COLON.into(language())}{ending.reason}" if own and ending.reason else ""
    say(f"      {how.en} on {on} by {by.en}{why}", f"      {how.fr} le {on} par {by.fr}{why}")


def _agreed(number: int, prepared: Prepared) -> bool:
    """Whether the officer agrees to sign: all that the statement states is said, then asked."""
    asked, beside = zip(*(question_in_words(prepared.event, each, prepared.read) for each in LANGUAGES), strict=True)
    said = Words(*beside).into(language())
    out.print(f"{number:5} {said}" if said else f"{number:5}")
    return confirm(*asked)


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
    folder: Folder = FOLDER,
) -> None:
    own = SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        person = holder(ledger, own)
        signed = declined = refused = 0
        waiting = inbox.waiting(person)
        for number in sorted(set(numbers or ()) - {item.number for item in waiting}):
            refused += 1
            en, fr = (
                "nothing waits for your signature under this number",
                "aucune signature ne vous est demandée sous ce numéro",
            )
            fail(in_language(f"{number}: {en}", f"{number} : {fr}"), 1)
        for item in waiting:
            if numbers and item.number not in numbers:
                continue
            try:
                _, prepared = inbox.prepare(item.number, person)
                words = event_in_words(prepared.event, language(), prepared.read)
                if not yes and not _agreed(item.number, prepared):
                    declined += 1
                    continue
                added = inbox.add(item.number, person, prepared.signed_by(own))
            except (Refused, LedgerError) as error:
                refused += 1
                if numbers:
                    why = failure_in_words(error)
                    fail(f"{item.number}: {why.into(language())}", 1)
                continue
            signed += 1
            if isinstance(added, Receipt):
                place = in_language(f"recorded as leaf {added.index}", f"enregistré, feuille {added.index}")
            else:
                place = in_language("waiting for the next signature", "en attente de la signature suivante")
            out.print(f"{item.number:5} {words}{COLON.into(language())}{place}")
        if replaced := Republishing(ledger).rewrite():
            say(
                f"published bundles replaced without the name: {replaced}",
                f"dossiers publiés remplacés sans le nom : {replaced}",
            )
        still = refused + declined
        feminine = "signée" if signed < 2 else "signées"
        say(f"{signed} signed, {still or 'none'} waiting", f"{signed} {feminine}, {still or 'aucune'} en attente")
    if numbers and refused:
        raise typer.Exit(1)
