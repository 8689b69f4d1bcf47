"""What all commands share: the application, the folder, the language, the opened ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ledger.store.ledger import Ledger
from ledger.words import Language, Words
from projections.read_models import ReadModels

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.info.help = "An event-sourced certification ledger: signed events, a Merkle log, rosters that can be rebuilt."
# Whoever reads lines with a program must find each whole, however wide the terminal is.
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

Folder = Annotated[Path, typer.Option("--ledger", envvar="PCA_LEDGER", help="The ledger's folder.", show_default=True)]
FOLDER = Path("ledger-data")


def language() -> Language:
    """The language of refusals and statements: PCA_LEDGER_LANG, or that of the environment."""
    wanted = os.environ.get("PCA_LEDGER_LANG") or os.environ.get("LANG", "")
    return "fr" if wanted.startswith("fr") else "en"


def in_language(en: str, fr: str) -> str:
    """Returns the text in the language of the environment."""
    return Words(en, fr).into(language())


def say(en: str, fr: str) -> None:
    """Print a line in the language of the environment."""
    out.print(in_language(en, fr), markup=False)


class Wrong(ValueError):
    """An argument or option is not what was expected, in_language in the language that is asked for."""

    def __init__(self, what: str, en: str, fr: str) -> None:
        super().__init__(in_language(f"{what}: {en}", f"{what} : {fr}"))


def fail(message: str, code: int) -> int:
    """One line on standard error; answers the exit code."""
    err.print(f"pca-ledger: {' '.join(message.splitlines())}", style="red", markup=False)
    return code


def clock() -> datetime:
    return datetime.now(UTC)


def require_ledger(folder: Path) -> None:
    """Raises ``Wrong`` saying how to found one."""
    if not (folder / "ledger.db").is_file():
        command = f"pca-ledger init --ledger {folder}"
        en, fr = "there is no ledger here; found one with", "il n’y a pas de registre ici ; fondez-en un par"
        raise Wrong(str(folder), f"{en}: {command}", f"{fr} : {command}")


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """A founded ledger. Raises ``Wrong`` where there is none."""
    require_ledger(folder)
    with Ledger.open(folder, clock) as ledger:
        yield ledger


@contextmanager
def viewed(folder: Path) -> Iterator[tuple[Ledger, ReadModels]]:
    """A ledger with its read models caught up."""
    with opened(folder) as ledger, ReadModels(ledger) as models:
        yield ledger, models


def day(text: str | None, option: str) -> date:
    """A day as YYYY-MM-DD; today when none is given. Raises ``Wrong`` naming the option."""
    if text is None:
        return clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        en, fr = "expected a day as YYYY-MM-DD, found", "un jour est attendu, sous la forme AAAA-MM-JJ, et non"
        raise Wrong(option, f"{en} {text!r}", f"{fr} {text!r}") from None


def end_of(known_on: date) -> datetime:
    """What is known on a day is what was known by its end, UTC."""
    return datetime.combine(known_on, time.max, UTC)


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error: told how many are done, of how many."""
    from rich.progress import Progress  # only here: most commands show none

    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(what)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        yield tell
