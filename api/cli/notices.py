"""Notices by e-mail: what was sent and what was not, and what a person decides about it."""

import mailbox
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import FOLDER, Folder, Wrong, argument, clock, command, group, option, out, say, say_of, tell
from api.cli.language import in_language, language
from api.cli.opening import opened, opened_to_send
from api.notices.bounces import MAX_BYTES, bounce
from api.notices.kinds import KINDS, STATES, TO_DECIDE, WAITING, Kind, Notice, State
from api.notices.outbox import Outbox
from api.notices.people import People
from api.notices.settings import Address, Server
from ledger.files import read_bounded
from ledger.store.leases import NOTICES, holding
from ledger.words import Language

if TYPE_CHECKING:
    from api.notices.letters import Letter
    from api.register import Register

notices = group("notices")
Id = Annotated[str, argument("The id, from notices list.", "L’identifiant, affiché par notices list.")]
FIRST = (*TO_DECIDE, State.SENDING, *WAITING)  # what is listed unless everything is asked for


@command("notices list", notices)
def list_notices(
    everything: Annotated[
        bool, option("Also those that were sent or closed.", "Aussi les avis envoyés ou classés.", "--all")
    ] = False,
    person: Annotated[
        str | None, option("Only those to this person.", "Seulement les avis adressés à cette personne.")
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger:
        found = Outbox(ledger).listed(list(State) if everything else FIRST, person)
        nowhere = ", ".join(People(ledger).officers_without_address())
    if not found:
        tell("no notice", "aucun avis")
    for notice in found:
        _show(notice)
    if nowhere:
        tell(f"officers without an address: {nowhere}", f"responsables sans adresse : {nowhere}")


@command("notices preview", notices)
def preview(
    kind: Annotated[Kind, argument("The kind of notice.", "Le type d’avis.")],
    into: Annotated[
        Language | None,
        option("en or fr; by default, the terminal’s.", "en ou fr ; par défaut, celle du terminal.", "--language"),
    ] = None,
    to: Annotated[
        str | None,
        option("Send it to this address too, as a test.", "L’envoyer aussi à cette adresse, comme essai."),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    from api.notices import letters

    with opened_to_send(folder) as (_, register):
        letter = letters.preview(register, kind, into or language())
        say_of(in_language("Subject", "Objet"), f"{letter.subject}\n", f"{letter.subject}\n")
        out.print(letter.body, end="")
        if to is not None:
            _send_preview(letter, to, register)


@command("notices send", notices)
def send(folder: Folder = FOLDER) -> None:
    from api.notices.mailing import Mailing
    from api.secretariat.inbox import Inbox

    server = _server()
    with (
        opened_to_send(folder) as (ledger, register),
        closing(Inbox(ledger)) as inbox,
        holding(folder, NOTICES) as held,
    ):
        mailing = Mailing(register, ledger, server, lambda: inbox, clock, held)
        is_done = mailing.deliver()
        left = mailing.outbox.to_decide()
    if not is_done or left:
        say(
            "some notices were not sent; for the reasons, run pca-ledger notices list",
            "certains avis n’ont pas été envoyés ; pour en voir la cause, lancez pca-ledger notices list",
        )
        raise typer.Exit(1)
    say("everything has been sent", "tout a été envoyé")


@command("notices resend", notices)
def resend(notice: Id, folder: Folder = FOLDER) -> None:
    with opened(folder) as ledger:
        Outbox(ledger).resend(notice, clock())
    say_of(notice, "will be sent again", "sera envoyé à nouveau")


@command("notices close", notices)
def close(notice: Id, folder: Folder = FOLDER) -> None:
    with opened(folder) as ledger:
        Outbox(ledger).close(notice, clock())
    say_of(notice, "closed", "classé")


@command("notices bounce", notices)
def take_bounce(
    message: Annotated[
        Path,
        argument(
            "A returned message, a Maildir of them, or - for the standard input.",
            "Un message retourné, un dossier Maildir, ou - pour l’entrée standard.",
        ),
    ],
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger:
        outbox = Outbox(ledger)
        if message.is_dir():
            _take_maildir(outbox, mailbox.Maildir(message, create=False))
        elif str(message) == "-":
            _take(outbox, sys.stdin.buffer.read(MAX_BYTES + 1))
        else:
            _take(outbox, read_bounded(message, MAX_BYTES))


@command("notices choose", notices)
def choose(
    person: Annotated[str, argument("The id of a person.", "L’identifiant d’une personne.")],
    into: Annotated[
        Language | None, option("The language of their notices.", "La langue de leurs avis.", "--language")
    ] = None,
    digests: Annotated[
        bool | None,
        option(
            "Whether they get summaries of what waits for their signature.",
            "Envoyer ou non des récapitulatifs de ce qui attend leur signature.",
            "--digests/--no-digests",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger:
        people = People(ledger)
        recipient = people.recipient(person)
        if recipient is None or not (recipient.name or recipient.address):
            raise Wrong("PERSON", f"there is no person {person}", f"il n’y a pas de personne {person}")
        people.choose(person, language=into, digests=digests)
        choices, fails = people.choices(person), people.fails(recipient)
    wanted = in_language("yes", "oui") if choices.digests else in_language("no", "non")
    address = recipient.address or STATES[State.NO_ADDRESS].into(language())
    if fails:
        address += f" ({STATES[State.BOUNCED].into(language())})"
    say_of(
        person,
        f"{address}; language {choices.language or 'of what it is about'}; summaries {wanted}",
        f"{address} ; langue {choices.language or 'de ce dont il s’agit'} ; récapitulatifs {wanted}",
    )


def _show(notice: Notice) -> None:
    kind, state = (words.into(language()) for words in (KINDS[notice.kind], STATES[notice.state]))
    out.print(f"{notice.id}  {notice.changed:%Y-%m-%d %H:%M}  {notice.person_id}  {kind}  {state}")
    if notice.sending is not None:
        out.print(f"  {notice.sending.address}  {notice.sending.reply}".rstrip())
    if notice.state is State.DEFERRED:
        again = f"{notice.again:%Y-%m-%d %H:%M} UTC"
        out.print(f"  {in_language(f'next attempt from {again}', f'nouvel essai à partir de {again}')}")


def _take(outbox: Outbox, data: bytes) -> None:
    found = bounce(data)
    if found is None:
        say(
            "no report that a notice could not be delivered",
            "ce n’est pas un rapport indiquant qu’un avis n’a pu être remis",
        )
    elif outbox.bounce(found.notice_id, found.reason, clock()):
        say_of(found.notice_id, "returned as undeliverable", "retourné, non remis")
    else:
        say_of(found.notice_id, "no such notice was sent", "aucun avis de ce nom n’a été envoyé")


def _take_maildir(outbox: Outbox, maildir: mailbox.Maildir) -> None:
    """Take what is new, and note that it was seen, so that it is not taken again."""
    for key in sorted(maildir.keys()):
        message = maildir.get_message(key)
        if message.get_subdir() == "new":
            _take(outbox, maildir.get_bytes(key))
            message.set_subdir("cur")
            message.add_flag("S")
            maildir[key] = message


def _server() -> Server:
    server = Server.from_environment()
    if server is None:
        raise Wrong(
            "PCA_LEDGER_SMTP", "expected the address of the mail server", "adresse du serveur de messagerie attendue"
        )
    return server


def _send_preview(letter: "Letter", to: str, register: "Register") -> None:
    from api.notices.messages import message
    from api.notices.outbox import new_id
    from api.notices.smtp import Outcome, Session

    server = _server()
    try:
        address = Address.parse(to)
    except ValueError:
        raise Wrong("--to", "expected an address of mail", "une adresse électronique est attendue") from None
    made = message(letter, new_id(), address, "", server, clock(), reply_to=register.settings.looks.mail)
    with Session(server) as session:
        outcome = session.send(made, str(server.sender), address, lambda: True) or Outcome(State.UNKNOWN)
    say_of(to, *(f"{state} ({outcome.reply})" for state in STATES[outcome.state]))
    if outcome.state is not State.SENT:
        raise typer.Exit(1)
