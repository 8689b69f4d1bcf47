"""Verifying what somebody presents, offline, by a register elsewhere, or by the ledger of a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import confined
from api.checking import numbers
from api.checking.encodings import as_utf8
from api.cli.common import FOLDER, Folder, Wrong, argument, clock, command, day, option, out, say_of
from api.cli.language import language, quoted
from api.cli.opening import opened
from api.clients import asking
from api.confined import Stopped
from api.publishing.packing import MAGIC, MAX_ZIP_BYTES, unpacked
from ledger.domain.number import NotANumber
from ledger.errors import Unverifiable
from ledger.files import write_whole
from ledger.trust import TrustRoot
from ledger.verdict import RESULTS, Verdict, VerificationReport
from ledger.verification import RECENT, verify_bundle
from ledger.words import COLON

if TYPE_CHECKING:
    from api.register import Register

MOST_DAYS = 36_525  # a century
EXIT_CODES = {Verdict.IN_FORCE: 0, Verdict.NOT_IN_FORCE: 1, Verdict.NOT_AUTHENTIC: 2, Verdict.NOT_CHECKED: 3}


@command("verify")
def verify(
    presented: Annotated[
        str,
        argument(
            "A certificate in any format, a certificate number, or a CSV table.",
            "Un certificat en tout format, un numéro de certificat ou un tableau CSV.",
        ),
    ],
    trust: Annotated[
        Path | None,
        option(
            "Verify a bundle offline, with this trust root from a source that you trust.",
            "Vérifier un dossier hors ligne, avec cette racine de confiance reçue d’une source fiable.",
        ),
    ] = None,
    ask: Annotated[
        str | None,
        option(
            "Ask the register at this address, which you trust.",
            "Interroger le registre à cette adresse, à laquelle vous vous fiez.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        option("Where to write the table with the results.", "Où écrire le tableau complété des résultats."),
    ] = None,
    on: Annotated[
        str | None,
        option(
            "Date to check (YYYY-MM-DD); today by default.", "Date à vérifier (AAAA-MM-JJ) ; aujourd’hui par défaut."
        ),
    ] = None,
    recent: Annotated[
        int,
        option(
            "Maximum age of the status statement, in days.",
            "Ancienneté maximale de la déclaration de statut, en jours.",
            min=0,
            max=MOST_DAYS,
        ),
    ] = RECENT.days,
    folder: Folder = FOLDER,
) -> None:
    (data, is_file), on_day = _read(presented), day(on, "--on")
    if presented.lower().endswith(".csv"):
        if to is None:
            en, fr = "expected a file for the table with the results", "indiquez le fichier de la table des résultats"
            raise Wrong("--to", en, fr)
        write_whole(to, _many(data, ask, folder, on_day))
        say_of(to, "written", "écrit")
        return
    if ask is not None and not ask.startswith(("http://", "https://")):
        en, fr = (
            "expected the http(s) address of a register, found",
            "l’adresse http(s) d’un registre est attendue, et non",
        )
        found = quoted(ask)
        raise Wrong("--ask", f"{en} {found.en}", f"{fr} {found.fr}")
    if trust is not None and not is_file:
        raise Wrong(
            "--trust",
            "verifies a bundle; a number or an address is looked up with --ask or --ledger",
            "vérifie un dossier ; un numéro ou une adresse se cherche avec --ask ou --ledger",
        )
    report = _offline(data, trust, on_day, recent) if trust else _by_register(data, ask, folder, on_day)
    for check in report.checks:
        title, detail, result = (words.into(language()) for words in (check.title, check.detail, RESULTS[check.result]))
        out.print(f"{check.number:2}. {title}{COLON.into(language())}{result} ({detail})")
    out.print(f"{report.label.into(language())}. {report.sentence.into(language())}")
    raise typer.Exit(EXIT_CODES[report.verdict])


def _read(presented: str) -> tuple[bytes, bool]:
    """Returns the content of a file, or a number or an address as bytes; and whether it is a file.

    Raises ``Wrong`` when it is none of them.
    """
    path = Path(presented)
    if path.exists():
        with path.open("rb") as file:
            return file.read(MAX_ZIP_BYTES + 1), True
    is_address = presented.strip(numbers.AROUND).startswith(("http://", "https://"))
    try:
        if is_address or ("/" not in presented and numbers.find(presented) is not None):
            return presented.encode(), False
    except Unverifiable as error:
        raise Wrong("PRESENTED", str(error), error.fr) from None
    expected = NotANumber.words
    raise Wrong(
        "PRESENTED",
        f"there is no file {presented}, and it is no certificate number ({expected.en})",
        f"il n’y a pas de fichier {presented}, et ce n’est pas un numéro de certificat ({expected.fr})",
    )


def _offline(data: bytes, trust: Path, on_day: date, recent: int) -> VerificationReport:
    """Raises ``Unverifiable`` for a ZIP file that cannot be read: then nothing could be checked."""
    root = TrustRoot.load(trust)
    try:
        data = confined.run(unpacked, data) if data.startswith(MAGIC) else as_utf8(data)
    except Stopped as stopped:
        raise Unverifiable("bundle-unread", *stopped.words) from None
    return verify_bundle(data, root, clock(), day=on_day, recent=timedelta(days=recent))


def _by_register(data: bytes, ask: str | None, folder: Path, on_day: date) -> VerificationReport:
    if ask is not None:
        return asking.report(ask, data, on_day)
    from api.checking.checks import check_presented  # it checks documents of every form

    with _register(folder) as register:
        return check_presented(data, register, on_day)


def _many(data: bytes, ask: str | None, folder: Path, on_day: date) -> bytes:
    if ask is not None:
        return asking.table(ask, data, on_day)
    from api.checking import many
    from api.problems import WrongInput

    with _register(folder) as register:
        try:
            return many.results(data, register, on_day)
        except WrongInput as error:
            raise Wrong(error.field, *error.expected) from None


@contextmanager
def _register(folder: Path) -> Iterator["Register"]:
    from api.register import Register, Settings

    with opened(folder) as ledger, Register(ledger, Settings.from_environment("")) as register:
        yield register
