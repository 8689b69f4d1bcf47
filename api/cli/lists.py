"""Lists that answer questions about the history, one candidate's result computed again, and a version tried on."""

from typing import Annotated

import typer

from api.cli.common import FOLDER, Folder, Wrong, argument, command, option, out, tell
from api.cli.language import language
from api.cli.opening import opened
from api.cli.tables import Form, KnownOn, On, Output, WithOn, answering, given_day, print_answer
from api.lists.catalogue import LISTS, ask, differing
from api.lists.recomputed import recomputed, under

DIFFERS = 1  # what is recorded is not what the rules give
Filters = Annotated[
    list[str] | None,
    option(
        "COLUMN=VALUE: only rows with this value, whatever the case; repeat for more.",
        "COLONNE=VALEUR\u00a0: seulement les lignes avec cette valeur, sans égard à la casse\u202f; option répétable.",
        "--filter",
    ),
]


@command("list")
def show_list(
    name: Annotated[
        str | None,
        argument(
            "The name of a list; without it, the lists are shown.",
            "Le nom d’une liste ; sans nom, les listes sont affichées.",
        ),
    ] = None,
    filters: Filters = None,
    form: Form = "table",
    on: On = None,
    known_on: KnownOn = None,
    days: Annotated[
        int | None,
        option(
            "The number of days of the lists expiring and late.",
            "Le nombre de jours des listes expiring et late.",
        ),
    ] = None,
    with_on: WithOn = None,
    with_known_on: Annotated[
        str | None,
        option(
            "Compare with what was known on this date, and print only what differs.",
            "Comparer avec l’état du registre à cette date, et n’afficher que les différences.",
            metavar="DATE",
        ),
    ] = None,
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    if name is None:
        width = max(map(len, LISTS))
        for listing in LISTS.values():
            out.print(f"{listing.name:{width}}  {listing.about.into(language())}")
        return
    asked, known = given_day(on, "--on"), given_day(known_on, "--known-on")
    other, other_known = given_day(with_on, "--with-on"), given_day(with_known_on, "--with-known-on")
    wanted = _filters(filters)
    with answering(), opened(folder) as ledger:
        answer = ask(ledger, name, on=asked, known_on=known, days=days, filters=wanted)
        if other is not None or other_known is not None:
            answer = differing(answer, ask(ledger, name, on=other, known_on=other_known, days=days, filters=wanted))
        print_answer(answer, form, output)


@command("recompute")
def recompute(
    candidacy: Annotated[
        str,
        argument(
            "The id of a candidacy, or the number of a certificate.",
            "L’identifiant d’une candidature, ou le numéro d’un certificat.",
        ),
    ],
    form: Form = "table",
    known_on: KnownOn = None,
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    known = given_day(known_on, "--known-on")
    with answering(), opened(folder) as ledger:
        answer, differs = recomputed(ledger, candidacy, known_on=known)
        print_answer(answer, form, output)
    if differs:
        tell("what is recorded is something else", "ce qui est enregistré est différent")
        raise typer.Exit(DIFFERS)


@command("what-if")
def what_if(
    scheme: Annotated[str, argument("The id of a scheme.", "L’identifiant d’un programme.")],
    version: Annotated[str, argument("One of its versions, a draft too.", "L’une de ses versions, même un projet.")],
    filters: Filters = None,
    form: Form = "table",
    known_on: KnownOn = None,
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    known, wanted = given_day(known_on, "--known-on"), _filters(filters)
    with answering(), opened(folder) as ledger:
        print_answer(under(ledger, scheme, version, known_on=known, filters=wanted), form, output)


def _filters(given: list[str] | None) -> dict[str, str]:
    found = {}
    for text in given or ():
        name, mark, value = text.partition("=")
        if not mark or name.strip() in found:
            raise Wrong(
                "--filter", "expected COLUMN=VALUE, once for a column", "COLONNE=VALEUR attendu, une fois par colonne"
            )
        found[name.strip()] = value
    return found
