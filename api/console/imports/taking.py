"""Taking in the files that a browser sent, within limits of their number and size."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath, PureWindowsPath

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.problems import WrongInput
from api.secretariat.importing.reading import KINDS, MAX_BYTES
from api.secretariat.importing.workshop import BESIDE
from ledger.visible import HIDDEN
from ledger.words import Words

MAX_FILES = 12  # a workshop has seven tables
MAX_TOGETHER = 2 * MAX_BYTES
MAX_BODY_BYTES = MAX_TOGETHER + 64 * 1024  # with the separators of a form
MAX_NAME = 100
NONE = Words("Choose the files of a workshop.", "Choisissez les fichiers d’un atelier.")
ANSWERS = Words(
    "{name}: leave this file out, and answer the questions on the page",
    "{name} : n’envoyez pas ce fichier, et répondez aux questions sur la page",
)
KIND = Words(
    "{name}: expected a CSV file, or an XLSX file without macros",
    "{name} : un fichier CSV, ou un fichier XLSX sans macros, est attendu",
)
EMPTY = Words("{name}: this file is empty", "{name} : ce fichier est vide")
TWICE = Words("{name}: two files have this name", "{name} : deux fichiers portent ce nom")


async def files_in(request: Request) -> list[tuple[str, bytes]]:
    """Return the files of a form with their names, without their folders. Raises ``WrongInput``."""
    try:
        async with request.form(max_files=MAX_FILES, max_fields=1) as sent:
            chosen = [file for file in sent.getlist("file") if isinstance(file, UploadFile) and file.filename]
            return [(_name(file.filename or ""), await file.read()) for file in chosen]
    except HTTPException as error:
        if error.status_code != 400:  # 400: the form cannot be read, which Starlette explains in English only
            raise
        en, fr = f"expected a form with at most {MAX_FILES} files", f"attendu : un formulaire de {MAX_FILES} fichiers"
        raise WrongInput("file", en, f"{fr} au plus") from None


def wrong_in(files: Sequence[tuple[str, bytes]]) -> Iterator[Words]:
    """Yield why files cannot be read as those of a workshop, for each one."""
    if not files:
        yield NONE
    names = [name.casefold() for name, _ in files]
    for place, (name, data) in enumerate(files):
        kind = PurePosixPath(name.casefold())
        if kind.suffix not in KINDS:
            yield _about(name, KIND)
        elif not data:
            yield _about(name, EMPTY)
        elif kind.stem in BESIDE:
            yield _about(name, ANSWERS)
        elif names.index(name.casefold()) < place:
            yield _about(name, TWICE)


def _about(name: str, words: Words) -> Words:
    return Words(*(text.format(name=name) for text in words))


def _name(path: str) -> str:
    name = HIDDEN.sub("\N{REPLACEMENT CHARACTER}", PureWindowsPath(path).name)
    return name if len(name) <= MAX_NAME else name[-MAX_NAME:]
