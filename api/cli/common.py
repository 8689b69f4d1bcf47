"""What all commands share: the application, the folder, the language, the opened ledger."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ledger.errors import Unverifiable
from ledger.files import open_to_others
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.words import Language, Words
from projections.read_models import ReadModels

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
# A program that reads the lines must find each whole, however narrow the terminal is.
_console = partial(Console, markup=False, highlight=False, soft_wrap=True)
out, err = _console(), _console(stderr=True)

Folder = Annotated[
    Path, typer.Option("--ledger", envvar="PCA_LEDGER", help="The folder of the ledger.", show_default=True)
]
FOLDER = Path("ledger-data")
Number = Annotated[str, typer.Argument(help="The number of a certificate.")]
AuditorKey = Annotated[Path | None, typer.Option(help="Key file of an auditor, to read entries over HTTP.")]
Tsa = Annotated[
    str | None,
    typer.Option(envvar="PCA_LEDGER_TSA", help="A time-stamp authority (RFC 3161) for what is published."),
]


@app.callback()  # without it Typer takes no name of a command where only one is loaded
def pca_ledger() -> None:
    """A certification ledger: signed events in a Merkle log, from which every roster can be rebuilt."""


def language() -> Language:
    """Returns the language of all output: PCA_LEDGER_LANG, or the language of the environment."""
    wanted = os.environ.get("PCA_LEDGER_LANG") or os.environ.get("LANG", "")
    return "fr" if wanted.startswith("fr") else "en"


def in_language(en: str, fr: str) -> str:
    """Returns the text in the language of the environment."""
    return Words(en, fr).into(language())


def say(en: str, fr: str) -> None:
    """Print a line in the language of the environment."""
    out.print(in_language(en, fr))


def say_of(subject: object, en: str, fr: str) -> None:
    """Print a line about a subject, such as a path."""
    say(f"{subject}: {en}", f"{subject} : {fr}")


class Wrong(ValueError):
    """An argument or option is not what was expected, said in the language of the environment."""

    def __init__(self, what: str, en: str, fr: str) -> None:
        super().__init__(in_language(f"{what}: {en}", f"{what} : {fr}"))


def fail(message: str, code: int) -> int:
    """Print one line on standard error; returns the exit code."""
    err.print(f"pca-ledger: {' '.join(message.splitlines())}", style="red")
    return code


def clock() -> datetime:
    return datetime.now(UTC)


def require_ledger(folder: Path) -> None:
    """Raises ``Wrong``, which says how to found a ledger, where there is none."""
    if not (folder / "ledger.db").is_file():
        command = f"pca-ledger init --ledger {folder}"
        en, fr = "there is no ledger here; to found one, run", "aucun registre ici ; pour en fonder un, lancez"
        raise Wrong(str(folder), f"{en}: {command}", f"{fr} : {command}")


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """Yields a founded ledger. Raises ``Wrong`` where there is none."""
    require_ledger(folder)
    if found := open_to_others(folder):
        paths, command = ", ".join(map(str, found)), f"chmod -R go= {folder}"
        warning = in_language(
            f"warning: other users can open {paths}; to prevent this, run {command}",
            f"attention : d’autres utilisateurs peuvent ouvrir {paths} ; pour l’empêcher, lancez {command}",
        )
        err.print(warning)
    with Ledger.open(folder, clock) as ledger:
        yield ledger


def holder(ledger: Ledger, key: SigningKey) -> str:
    """Returns the person whose active key this is. Raises ``Unverifiable``."""
    read = ledger.read()
    person = read.key_holder(key.key_id)
    if person is None or key.key_id not in read.officer(person).keys:
        raise Unverifiable("key-not-enrolled", f"key {key.key_id} is not an active key of this ledger")
    return person


@contextmanager
def viewed(folder: Path) -> Iterator[tuple[Ledger, ReadModels]]:
    """Yields a ledger with its read models caught up."""
    with opened(folder) as ledger, ReadModels(ledger) as models:
        yield ledger, models


def day(text: str | None, option: str) -> date:
    """Returns a day given as YYYY-MM-DD, or today. Raises ``Wrong`` naming the option."""
    if text is None:
        return clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        en, fr = "expected a date as YYYY-MM-DD, found", "date attendue au format AAAA-MM-JJ, et non"
        raise Wrong(option, f"{en} {text!r}", f"{fr} {text!r}") from None


def end_of(known_on: date) -> datetime:
    """Returns the end of a day, UTC: what is known on a day is what was known by its end."""
    return datetime.combine(known_on, time.max, UTC)
