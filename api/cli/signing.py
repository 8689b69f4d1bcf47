"""The officers' commands: import a workshop, propose anything, see what waits, sign."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.cli.common import FOLDER, Folder, app, err, fail, language, opened, out
from api.secretariat.desk import Desk
from api.secretariat.founding import new_id, proposal
from api.secretariat.importing import WrongWorkshop, plan_import, read_workshop
from api.words import command_in_words, event_in_words
from ledger.domain.commands import BY_COMMAND_NAME
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError, Unverifiable
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger


@app.command("import")
def import_workshop(
    source: Annotated[Path, typer.Argument(help="A folder of CSV or XLSX files.")],
    confirm: Annotated[bool, typer.Option("--confirm", help="File it; without this, a dry run.")] = False,
    folder: Folder = FOLDER,
) -> None:
    """Check a workshop's spreadsheets and turn their rows into statements that wait for their officers."""
    with opened(folder) as ledger:
        try:
            workshop = read_workshop(source, ledger.ids_of("administration"))
        except WrongWorkshop as wrong:
            for fault in wrong.faults:
                err.print(f"{fault.where}: {fault.en if language() == 'en' else fault.fr}", markup=False)
            raise typer.Exit(fail(f"{source}: {len(wrong.faults)} faults; nothing was filed", 2)) from None
        plan = plan_import(workshop, ledger, new_id)
        with closing(Desk(ledger)) as desk:
            plan.require_new(desk)
            for name, count in plan.counts().items():
                out.print(f"{count:5} {name}", markup=False)
            if not confirm:
                out.print("dry run: nothing was filed; again with --confirm to file it", markup=False)
                return
            plan.file(desk)
        for code, person in plan.people.items():
            out.print(f"{code}: person {person}", markup=False)


@app.command()
def propose(
    command: Annotated[str, typer.Argument(help="Such as grant-role; the list: docs/events.")],
    arguments: Annotated[str, typer.Argument(help='JSON; personal values as {"name": ..., "value": ...}.')],
    by: Annotated[list[str], typer.Option(help="Person ids of the signers, in the order of the seats.")],
    folder: Folder = FOLDER,
) -> None:
    """Put any command on the desk for its officers."""
    if command not in BY_COMMAND_NAME:
        raise ValueError(f"COMMAND: expected one of {', '.join(BY_COMMAND_NAME)}")
    seats = BY_COMMAND_NAME[command].seats
    if len(by) != len(seats):
        raise ValueError(f"--by: expected {len(seats)} signers ({', '.join(seats)}), found {len(by)}")
    values = msgspec.json.decode(arguments, type=dict[str, object])
    with opened(folder) as ledger:
        desk = Desk(ledger)
        (number,) = desk.file([proposal(command, *by, **values)], "command line")
        out.print(f"waits as number {number}", markup=False)
        desk.close()


@app.command()
def pending(
    key: Annotated[Path | None, typer.Option(help="Your key file; without it, everything that waits.")] = None,
    folder: Folder = FOLDER,
) -> None:
    """What waits for you, in words, and whether it is ready to be signed."""
    with opened(folder) as ledger:
        desk = Desk(ledger)
        person = None if key is None else _holder(ledger, SigningKey.load(key))
        waiting = desk.waiting(person)
        for item in waiting:
            # Without a key nobody is known to sign it: what is sealed stays so.
            read = ledger.read(() if person is None else item.proposal.disclosures)
            words = command_in_words(item.proposal.command, language(), read)
            out.print(f"{item.number:5} {words}", markup=False, soft_wrap=True)
            try:
                desk.preview(item)
            except Refused as refused:
                out.print(f"      not yet: {refused.en if language() == 'en' else refused.fr}", markup=False)
        out.print(f"{len(waiting)} waiting", markup=False)
        desk.close()


@app.command()
def sign(
    numbers: Annotated[list[int] | None, typer.Argument(help="Which ones; none: everything that is ready.")] = None,
    key: Annotated[Path, typer.Option(help="Your key file.")] = Path("officer.key"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    folder: Folder = FOLDER,
) -> None:
    """Sign what waits for you: one, many, or everything that is ready."""
    own = SigningKey.load(key)
    with opened(folder) as ledger:
        desk = Desk(ledger)
        person = _holder(ledger, own)
        signed = refused = 0
        for item in desk.waiting(person):
            if numbers and item.number not in numbers:
                continue
            try:
                _, event = desk.prepare(item.number)
                words = event_in_words(event, language(), ledger.read(item.proposal.disclosures))
                if not yes and not typer.confirm(words):
                    continue
                receipt = desk.sign(item.number, person, own)
            except (Refused, LedgerError) as error:
                refused += 1
                if numbers:
                    fail(f"{item.number}: {error}", 1)
                continue
            signed += 1
            place = "waits for the next signature" if receipt is None else f"recorded as leaf {receipt.index}"
            out.print(f"{item.number:5} {words}: {place}", markup=False, soft_wrap=True)
        out.print(f"{signed} signed, {refused} not ready", markup=False)
        desk.close()
    if numbers and refused:
        raise typer.Exit(1)


def _holder(ledger: Ledger, key: SigningKey) -> str:
    """The person for whom this key counts now. Raises ``Unverifiable``."""
    read = ledger.read()
    person = read.key_holder(key.key_id)
    if person is None or key.key_id not in read.officer(person).keys:
        raise Unverifiable("key-not-enrolled", f"key {key.key_id} is not an active key of this ledger")
    return person
