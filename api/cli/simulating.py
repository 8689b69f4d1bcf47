"""A simulated register of any size, to measure with."""

from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated

from api.cli.common import FOLDER, Folder, Wrong, clock, command, day, option, say
from api.cli.language import in_language
from api.cli.opening import require_empty
from api.cli.progress import bars
from api.simulating.decade import FEWEST, MOST, simulate
from ledger.store.opening import VARIABLE, address_of

EARLIEST = date(1981, 1, 1)  # the ten years before it are after 1970, from which times are counted
BEFORE_TODAY = timedelta(days=1)  # by default: no statement of today, whatever the hour is


@command("simulate")
def simulate_register(
    entries: Annotated[
        int,
        option(
            f"How many entries the log is to have, from {FEWEST} to {MOST}.",
            f"Le nombre d’entrées du journal, de {FEWEST} à {MOST}.",
        ),
    ],
    seed: Annotated[
        int,
        option(
            "People, dates and results follow from this number; keys and salts are random.",
            "Personnes, dates et résultats découlent de ce nombre ; les clés et les sels sont aléatoires.",
        ),
    ] = 1,
    until: Annotated[
        str | None,
        option(
            "The last day of the ten years (YYYY-MM-DD), from 1981 on; yesterday unless given.",
            "Le dernier jour des dix années (AAAA-MM-JJ), à partir de 1981 ; hier par défaut.",
            metavar="DATE",
        ),
    ] = None,
    documents: Annotated[
        int,
        option(
            "Make the documents of the first certificates, of at least so many; each takes as long as many entries.",
            "Établir les documents des premiers certificats, au moins de ce nombre ; chacun prend le temps de "
            "nombreuses entrées.",
            min=0,
        ),
    ] = 0,
    keys: Annotated[
        Path | None,
        option(
            "A folder for the officers’ key files; without it, nobody can sign anything more.",
            "Un dossier pour les fichiers de clé des responsables ; sans lui, personne ne pourra plus rien signer.",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    if not FEWEST <= entries <= MOST:
        found = f"{FEWEST} to {MOST}, found {entries}", f"{FEWEST} à {MOST} attendu, et non {entries}"
        raise Wrong("--entries", f"expected a number from {found[0]}", f"un nombre de {found[1]}")
    yesterday = clock().date() - BEFORE_TODAY
    last = yesterday if until is None else day(until, "--until")
    if not EARLIEST <= last <= yesterday:
        found = f"{EARLIEST} to {yesterday}, found {last}", f"{EARLIEST} au {yesterday} est attendu, et non le {last}"
        raise Wrong("--until", f"expected a day from {found[0]}", f"un jour du {found[1]}")
    require_empty("--ledger", folder)
    if keys is not None:
        require_empty("--keys", keys)
    began, what = monotonic(), in_language("entries", "entrées")
    with bars() as show:
        made = simulate(
            folder,
            entries,
            seed=seed,
            until=last,
            documents=documents,
            keys=keys,
            tell=lambda done: show(what, done, entries),
        )
    seconds = monotonic() - began
    say(
        f"Simulated, not an official register: {made.entries:,} entries, {made.workshops:,} workshops, "
        f"{made.persons:,} persons, {made.certificates:,} certificates, {made.documented:,} with documents.",
        f"Registre simulé, et non officiel : {made.entries} entrées, {made.workshops} ateliers, "
        f"{made.persons} personnes, {made.certificates} certificats, dont {made.documented} avec documents.",
    )
    if not address_of(folder):
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        say(f"{size:,} bytes in {folder}, in {seconds:.0f} s.", f"{size} octets dans {folder}, en {seconds:.0f} s.")
    else:
        say(f"In the database of {VARIABLE}, in {seconds:.0f} s.", f"Dans la base de {VARIABLE}, en {seconds:.0f} s.")
