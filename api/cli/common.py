"""What all commands share: the application, the language, and what is printed in it. It loads no other command."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from api.cli.commands import COMMANDS
from api.cli.language import in_language, language, quoted
from api.cli.usage import Command, Group, name_of_argument
from ledger.visible import visible

WRONG = 64  # EX_USAGE of sysexits.h: the command line is not what was expected

# A program that reads the lines must find each whole, however narrow the terminal is, and as it was recorded.
_settings: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False, "soft_wrap": True}


class Terminal(Console):
    """Prints texts of others too, such as a name in a ledger: none of them can move the cursor or hide a word."""

    def render_str(self, text: str, **settings: Any) -> Text:
        return super().render_str(visible(text, lines=True), **settings)


out, err = Terminal(**_settings), Terminal(stderr=True, **_settings)


def say(en: str, fr: str) -> None:
    """Print a line in the language of the environment."""
    out.print(in_language(en, fr))


def say_of(subject: object, en: str, fr: str) -> None:
    """Print a line about a subject, such as a path."""
    say(f"{subject}: {en}", f"{subject} : {fr}")


def tell(en: str, fr: str) -> None:
    """Print a line for the person at the terminal on standard error, which keeps standard output for programs."""
    err.print(in_language(en, fr))


class Wrong(ValueError):
    """An argument, an option or a file is not what was expected, said in the language of the environment."""

    def __init__(self, what: str, en: str, fr: str) -> None:
        named = name_of_argument(what)
        super().__init__(in_language(f"{named.en}: {en}", f"{named.fr} : {fr}"))


def fail(message: str, code: int) -> int:
    """Print one line on standard error; returns the exit code."""
    err.print(f"pca-ledger: {visible(' '.join(message.splitlines()))}", style="red")
    return code


def confirm(en: str, fr: str) -> bool:
    """Ask a question, which only an explicit yes affirms. Raises ``typer.Abort`` when the input ends."""
    out.print(in_language(f"{en} [y/N]: ", f"{fr} [o/N] : "), end="")
    try:
        reply = input().strip().casefold()
    except (EOFError, KeyboardInterrupt):
        raise typer.Abort from None
    return reply in (("o", "oui") if language() == "fr" else ("y", "yes"))


def clock() -> datetime:
    return datetime.now(UTC)


def day(text: str | None, option: str) -> date:
    """Returns a day given as YYYY-MM-DD, or today. Raises ``Wrong`` naming the option."""
    if text is None:
        return clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        en, fr = "expected a date as YYYY-MM-DD, found", "date attendue au format AAAA-MM-JJ, et non"
        found = quoted(text)
        raise Wrong(option, f"{en} {found.en}", f"{fr} {found.fr}") from None


def end_of(known_on: date) -> datetime:
    """Returns the end of a day, UTC: what is known on a day is what was known by its end."""
    return datetime.combine(known_on, time.max, UTC)


app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help=in_language(
        "A certification ledger: signed events in a Merkle log, from which every roster can be rebuilt.",
        "Un registre de certifications : des événements signés dans un journal de Merkle, d’où toute liste peut être "
        "reconstruite.",
    ),
)


def group(name: str) -> typer.Typer:
    """Returns a group of commands, with the help that the table of commands has for it."""
    made = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(made, name=name, help=COMMANDS[name].help.into(language()))
    return made


def command(path: str, of: typer.Typer = app) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a function as a command, such as ``keys new``, with the help that the table of commands has for it."""
    return of.command(path.rpartition(" ")[2], cls=Command, help=COMMANDS[path].help.into(language()))


def option(en: str, fr: str, *names: str, **settings: Any) -> Any:
    """Returns an option of a command, with its help in the language of the environment.

    Whether a file can be read shows when it is read, and is said then.
    """
    return typer.Option(*names, help=in_language(en, fr), readable=False, **settings)


def argument(en: str, fr: str, **settings: Any) -> Any:
    """Returns an argument of a command, with its help in the language of the environment."""
    return typer.Argument(help=in_language(en, fr), readable=False, **settings)


def _show_versions(is_wanted: bool) -> None:
    if is_wanted:
        from api.cli.versions import versions

        for line in versions():
            out.print(line)
        raise typer.Exit


@app.callback()
def pca_ledger(
    version: Annotated[
        bool,
        option(
            "Show the versions of the program and of what it reads and writes.",
            "Afficher les versions du programme et de ce qu’il lit et écrit.",
            "--version",
            callback=_show_versions,
            is_eager=True,
        ),
    ] = False,
) -> None: ...


Folder = Annotated[
    Path,
    option("The folder of the ledger.", "Le dossier du registre.", "--ledger", envvar="PCA_LEDGER"),
]
FOLDER = Path("ledger-data")
Number = Annotated[str, argument("The number of a certificate.", "Le numéro d’un certificat.")]
AuditorKey = Annotated[
    Path | None,
    option(
        "Key file of an auditor, to read entries over HTTP.",
        "Fichier de clé d’une personne chargée d’un audit, pour lire les entrées par HTTP.",
    ),
]
Tsa = Annotated[
    str | None,
    option(
        "A time-stamp authority (RFC 3161) for what is published.",
        "Une autorité d’horodatage (RFC 3161) pour ce qui est publié.",
        envvar="PCA_LEDGER_TSA",
    ),
]
