"""Ending what waits: withdraw a proposal, refuse it, take an import back."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

from api.cli.common import FOLDER, Folder, argument, command, option, say
from api.cli.opening import holder, opened
from api.secretariat.endings import COMMAND_LINE
from api.secretariat.inbox import Inbox
from ledger.signing.keys import SigningKey

Numbers = Annotated[list[int], argument("The numbers that pending lists.", "Les numéros affichés par pending.")]


@command("withdraw")
def withdraw(
    numbers: Numbers,
    reason: Annotated[
        str | None, option("Why, in one line; best without names.", "Le motif, en une ligne ; de préférence sans nom.")
    ] = None,
    key: Annotated[
        Path | None,
        option(
            "Your key file, for what you filed over HTTP.",
            "Votre fichier de clé, pour ce que vous avez déposé par HTTP.",
            show_default=False,
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    own = None if key is None else SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        by = COMMAND_LINE if own is None else holder(ledger, own)
        for number in numbers:
            inbox.withdraw(number, by, reason)
            say(f"withdrawn: no. {number}", f"retirée : proposition n° {number}")


@command("refuse")
def refuse(
    numbers: Numbers,
    reason: Annotated[
        str, option("Why, in one line; best without names.", "Le motif, en une ligne ; de préférence sans nom.")
    ],
    key: Annotated[Path, option("Your key file.", "Votre fichier de clé.")] = Path("officer.key"),
    folder: Folder = FOLDER,
) -> None:
    own = SigningKey.load(key)
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        person = holder(ledger, own)
        for number in numbers:
            inbox.refuse(number, person, reason)
            say(f"refused: no. {number}", f"refusée : proposition n° {number}")


@command("take-back")
def take_back(
    source: Annotated[
        str,
        argument(
            "The id of the workshop, such as TOA-PCA-FR-2024-01.",
            "L’identifiant de l’atelier, par exemple TOA-PCA-FR-2024-01.",
        ),
    ],
    reason: Annotated[
        str | None, option("Why, in one line; best without names.", "Le motif, en une ligne ; de préférence sans nom.")
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        count = inbox.take_back(source, COMMAND_LINE, reason)
    say(
        f"taken back: {source}, {count} proposals; its corrected files can be imported now",
        f"annulé : import {source}, {count} propositions ; ses fichiers corrigés peuvent être importés",
    )
