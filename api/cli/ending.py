"""Ending what waits: withdraw a proposal, refuse it, take an import back."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import FOLDER, Folder, app, holder, opened, say
from api.secretariat.endings import COMMAND_LINE
from api.secretariat.inbox import Inbox
from ledger.signing.keys import SigningKey

Numbers = Annotated[list[int], typer.Argument(help="The numbers that pending lists.")]


@app.command()
def withdraw(
    numbers: Numbers,
    reason: Annotated[str | None, typer.Option(help="Why, in one line; best without names.")] = None,
    key: Annotated[
        Path | None, typer.Option(help="Your key file, for what you filed over HTTP.", show_default=False)
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    """Withdraw what you filed and what nobody can read. A trace stays; personal values are removed."""
    own = None if key is None else SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        by = COMMAND_LINE if own is None else holder(ledger, own)
        for number in numbers:
            inbox.withdraw(number, by, reason)
            say(f"withdrawn: no. {number}", f"retirée : proposition n° {number}")


@app.command()
def refuse(
    numbers: Numbers,
    reason: Annotated[str, typer.Option(help="Why, in one line; best without names.")],
    key: Annotated[Path, typer.Option(help="Your key file.")] = Path("officer.key"),
    folder: Folder = FOLDER,
) -> None:
    """Refuse what waits for your signature. Who filed it sees the reason; personal values are removed."""
    own = SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        person = holder(ledger, own)
        for number in numbers:
            inbox.refuse(number, person, reason)
            say(f"refused: no. {number}", f"refusée : proposition n° {number}")


@app.command("take-back")
def take_back(
    source: Annotated[str, typer.Argument(help="The id of the workshop, such as TOA-PCA-FR-2024-01.")],
    reason: Annotated[str | None, typer.Option(help="Why, in one line; best without names.")] = None,
    folder: Folder = FOLDER,
) -> None:
    """Take back an import of which nothing was signed, so that its corrected files can be imported."""
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        count = inbox.take_back(source, COMMAND_LINE, reason)
    say(
        f"taken back: {source}, {count} proposals; its corrected files can be imported now",
        f"annulé : import {source}, {count} propositions ; ses fichiers corrigés peuvent être importés",
    )
