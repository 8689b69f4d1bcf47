"""Tables at the terminal, and what commands that print one have in common."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, cast

from rich.cells import cell_len, set_cell_size

from api.cli.common import Wrong, day, option, out, tell
from api.cli.language import language
from api.lists.catalogue import Answer
from api.lists.formats import Format, Unavailable, chunks
from api.lists.listing import Unasked, cell
from ledger.files import private
from ledger.visible import visible

BINARY = ("xlsx", "parquet")
_NAMED = {
    "list": "NAME",
    "filter": "--filter",
    "days": "--days",
    "known_on": "--known-on",
    "candidacy": "CANDIDACY",
    "scheme": "SCHEME",
    "version": "VERSION",
    "subject": "SUBJECT",
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
On = Annotated[str | None, option("On this date (YYYY-MM-DD).", "À cette date (AAAA-MM-JJ).", metavar="DATE")]
KnownOn = Annotated[
    str | None,
    option(
        "As known on this date (YYYY-MM-DD).",
        "Selon l’état du registre à cette date (AAAA-MM-JJ).",
        metavar="DATE",
    ),
]
WithOn = Annotated[
    str | None,
    option(
        "Compare with this date, and print only what differs.",
        "Comparer avec cette date, et n’afficher que les différences.",
        metavar="DATE",
    ),
]


def given_day(text: str | None, name: str) -> date | None:
    """Returns the day of an option; None where it was not given. Raises ``Wrong``."""
    return None if text is None else day(text, name)


def print_answer(answer: Answer, form: str, output: Path | None) -> None:
    """Prints a table, or writes it to a new file."""
    if form == "table":
        if output is not None:
            raise Wrong(
                "--output", "expected with another format than table", "à utiliser avec un autre format que table"
            )
        columns = answer.table.on_screen
        lines = [[column.label.into(language()) for column in columns]]
        for row in answer.rows:
            values = (cell(getattr(row, column.name), column.kind, language()) for column in columns)
            lines.append([_shown(value) for value in values])
        print_lines(lines)
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


def print_lines(lines: Sequence[Sequence[str]]) -> None:
    """Prints lines of cells below each other. No line is broken, however narrow the terminal."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        out.print("  ".join(set_cell_size(text, width) for text, width in zip(line, widths, strict=True)).rstrip())


@contextmanager
def answering() -> Iterator[None]:
    """Turns a question that cannot be asked, or a format that is not there, into a wrong command line."""
    try:
        yield
    except Unasked as error:
        raise Wrong(_NAMED[error.field], *error.words) from None
    except Unavailable as error:
        raise Wrong("--format", *error.words) from None


def _shown(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, float):
        text = f"{value:.3f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if language() == "fr" else text
    return visible(str(value))
