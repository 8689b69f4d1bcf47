"""Lists that answer questions about the history, one candidate's result computed again, and a version tried on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, cast

import typer
from rich.cells import cell_len, set_cell_size

from api.cli.common import FOLDER, Folder, Wrong, argument, command, day, option, out, tell
from api.cli.language import language
from api.cli.opening import opened
from api.lists.catalogue import LISTS, Answer, ask
from api.lists.formats import Format, Unavailable, chunks
from api.lists.listing import Unasked, cell, filtered
from api.lists.recomputed import recomputed, under
from ledger.files import private
from ledger.visible import visible

DIFFERS = 1  # what is recorded is not what the rules give
BINARY = ("xlsx", "parquet")
_NAMED = {
    "list": "NAME",
    "filter": "--filter",
    "days": "--days",
    "known_on": "--known-on",
    "candidacy": "CANDIDACY",
    "scheme": "SCHEME",
    "version": "VERSION",
}
Form = Annotated[
    Literal["table", "csv", "xlsx", "jsonl", "parquet"],
    option("How the list is printed.", "La forme de la liste.", "--format"),
]
Output = Annotated[
    Path | None,
    option(
        "A new file; without it, the list is printed.",
        "Un nouveau fichier\u202f; sans cette option, la liste est affichée.",
    ),
]
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
    on: Annotated[
        str | None, option("List on this date (YYYY-MM-DD).", "Liste à cette date (AAAA-MM-JJ).", metavar="DATE")
    ] = None,
    known_on: Annotated[
        str | None,
        option(
            "As known on this date (YYYY-MM-DD).",
            "Selon l’état du registre à cette date (AAAA-MM-JJ).",
            metavar="DATE",
        ),
    ] = None,
    days: Annotated[
        int | None,
        option(
            "The number of days of the lists expiring and late.",
            "Le nombre de jours des listes expiring et late.",
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
    asked, known = _day(on, "--on"), _day(known_on, "--known-on")
    with _wrong(), opened(folder) as ledger:
        answer = ask(ledger, name, on=asked, known_on=known, days=days, filters=_filters(filters))
        _print(answer, form, output)


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
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    with _wrong(), opened(folder) as ledger:
        answer, differs = recomputed(ledger, candidacy)
        _print(answer, form, output)
    if differs:
        tell("what is recorded is something else", "ce qui est enregistré est différent")
        raise typer.Exit(DIFFERS)


@command("what-if")
def what_if(
    scheme: Annotated[str, argument("The id of a scheme.", "L’identifiant d’un programme.")],
    version: Annotated[str, argument("One of its versions, a draft too.", "L’une de ses versions, même un projet.")],
    filters: Filters = None,
    form: Form = "table",
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    with _wrong(), opened(folder) as ledger:
        found = under(ledger, scheme, version)
        rows = filtered(found.rows, found.table, _filters(filters))
        _print(Answer(found.table, rows, found.position), form, output)


def _print(answer: Answer, form: str, output: Path | None) -> None:
    if form == "table":
        if output is not None:
            raise Wrong(
                "--output", "expected with another format than table", "à utiliser avec un autre format que table"
            )
        _print_table(answer)
    elif output is not None:
        parts = chunks(answer, cast(Format, form), language())
        with open(output, "xb", opener=private) as file:
            file.writelines(parts)
    elif form in BINARY and sys.stdout.isatty():
        en, fr = (
            f"expected with {form}, which no terminal can show",
            f"attendu avec {form}, qu’un terminal n’affiche pas",
        )
        raise Wrong("--output", en, fr)
    else:
        for part in chunks(answer, cast(Format, form), language()):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    count, position = len(answer.rows), answer.position
    tell(f"{count} rows, after entry {position}", f"{count} lignes, après l’entrée {position}")


def _print_table(answer: Answer) -> None:
    columns = answer.table.on_screen
    lines = [[column.label.into(language()) for column in columns]]
    for row in answer.rows:
        values = (cell(getattr(row, column.name), column.kind, language()) for column in columns)
        lines.append([_shown(value) for value in values])
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:  # none is broken, however narrow the terminal
        out.print("  ".join(set_cell_size(text, width) for text, width in zip(line, widths, strict=True)).rstrip())


def _shown(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, float):
        text = f"{value:.3f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if language() == "fr" else text
    return visible(str(value))


def _day(text: str | None, name: str) -> date | None:
    return None if text is None else day(text, name)


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


@contextmanager
def _wrong() -> Iterator[None]:
    """Turns a question that cannot be asked, or a format that is not there, into a wrong command line."""
    try:
        yield
    except Unasked as error:
        raise Wrong(_NAMED[error.field], *error.words) from None
    except Unavailable as error:
        raise Wrong("--format", *error.words) from None
