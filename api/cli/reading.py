"""Asking: the roster at both times, the history of a certificate, an export for auditors."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from api.cli.common import FOLDER, Folder, Wrong, app, day, end_of, in_language, language, opened, out, say, viewed
from api.publishing.files import write
from api.publishing.packing import pack
from ledger.bundle import assemble, disclosures_of
from ledger.domain.catalogue import ROLE_LABELS
from ledger.domain.number import CertificateNumber
from ledger.domain.refusal import Refused
from ledger.log.tiles import FULL
from projections.certificates.queries import CertificateRow
from projections.read_models import ReadModels


@app.command()
def roster(
    on: Annotated[str | None, typer.Option(help="Who was an advisor on this day (YYYY-MM-DD).")] = None,
    known_on: Annotated[str | None, typer.Option(help="As known on this day.")] = None,
    search: Annotated[str, typer.Option(help="Words of name or administration, accents forgiven.")] = "",
    folder: Folder = FOLDER,
) -> None:
    """Who is an advisor, on any day, as known on any day."""
    asked, known = day(on, "--on"), end_of(day(known_on, "--known-on"))
    with viewed(folder) as (_, models):
        advisors = models.roster.search(search, asked, known)
        columns = in_language("person name administration since until", "personne nom administration depuis jusqu’au")
        table = Table(*columns.split())
        for a in advisors:
            administration = in_language(a.administration.name_en, a.administration.name_fr)
            table.add_row(a.person_id, a.name or "—", administration, str(a.since), str(a.until or "—"))
        out.print(table, soft_wrap=False)
        count = len(advisors)
        say(
            f"{count} on {asked}, as known on {known.date()}",
            f"{count} à la date du {asked}, tels que connus le {known.date()}",
        )


@app.command()
def history(number: Annotated[str, typer.Argument(help="A certificate's number.")], folder: Folder = FOLDER) -> None:
    """Everything that led to a certificate, in order: what, when, who signed in which role by which key."""
    with viewed(folder) as (_, models):
        certificate = _certificate(models, number)
        out.print(f"certification {certificate.certification_id}", markup=False)
        for row in models.history.of_certification(certificate.certification_id):
            signers = "; ".join(
                f"{ROLE_LABELS[s.role].into(language())} {s.person_id} ({in_language('key', 'clé')} {s.key_id})"
                for s in row.signers
            )
            out.print(
                f"{row.position:6} {row.time:%Y-%m-%d %H:%M} {row.event_type.label.into(language())} | {signers}",
                markup=False,
            )


@app.command()
def bundle(
    number: Annotated[str, typer.Argument(help="A certificate's number.")],
    target: Annotated[Path, typer.Argument(help="A new file.")],
    with_name: Annotated[bool, typer.Option("--with-name", help="Disclose the holder's name.")] = False,
    disclose: Annotated[
        list[str] | None, typer.Option(help="Disclose only this, such as family_name; again for more.")
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    """Write the verification bundle of a certificate, as a zip file if TARGET ends with .zip.

    For its holder with the name, or with the parts of it that they choose; for others without.
    """
    with viewed(folder) as (ledger, models):
        certificate = _certificate(models, number)
        try:
            named = disclosures_of(ledger, certificate.content, None if with_name else disclose or ())
        except ValueError as error:
            raise Wrong("--disclose", str(error), f"valeur incorrecte ({error})") from None
        assembled = assemble(ledger, certificate.certification_id, certificate.number, named)
    data = pack(assembled) if target.suffix == ".zip" else bytes(assembled)
    with target.open("xb") as file:
        file.write(data)
    check = f"pca-ledger verify {target} --trust trust.json"
    says = in_language(f"{len(data)} bytes; verify it with: {check}", f"{len(data)} octets ; vérifiez-le par : {check}")
    out.print(f"{target}: {says}", markup=False)


@app.command()
def proof(
    entry: Annotated[int, typer.Argument(help="Which entry, counted from 1 as in histories and audits.", min=1)],
    target: Annotated[Path, typer.Argument(help="A new file, such as 17.tlog-proof.")],
    folder: Folder = FOLDER,
) -> None:
    """Write the proof that an entry stands in the published log, for anyone's tool (c2sp.org/tlog-proof)."""
    with opened(folder) as ledger:
        written = str(ledger.proof(entry - 1))
    with target.open("x", encoding="utf-8") as file:
        file.write(written)
    says = in_language(f"entry {entry}, leaf {entry - 1}", f"entrée {entry}, feuille {entry - 1}")
    out.print(f"{target}: {says}", markup=False)


@app.command()
def export(target: Annotated[Path, typer.Argument(help="A new folder.")], folder: Folder = FOLDER) -> None:
    """Write the published log with every entry, and today's roster: for auditors, who may run ``audit`` on it."""
    target.mkdir(parents=True)
    with viewed(folder) as (ledger, models):
        size = write(ledger, target, entries=True)
        with (target / "entries.jsonl").open("wb") as file:
            for start in range(0, size, FULL):
                for entry in ledger.entries(start, min(start + FULL, size)):
                    line = {"index": entry.id - 1, "envelope": msgspec.Raw(entry.state)}
                    file.write(msgspec.json.encode(line) + b"\n")
        with (target / "roster.csv").open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(("person", "name", "administration", "since", "until"))
            for a in models.roster.on(ledger.now().date(), ledger.now()):
                cells = (a.person_id, a.name or "", a.administration.id, a.since, a.until or "")
                writer.writerow([_harmless(str(cell)) for cell in cells])
    say(f"{size} entries in {target}", f"{size} entrées dans {target}")


def _certificate(models: ReadModels, number: str) -> CertificateRow:
    """Raises ``Wrong`` when the number cannot be one, and ``Refused`` when there is no such certificate."""
    try:
        parsed = CertificateNumber.parse(number)
    except ValueError as error:
        raise Wrong("NUMBER", str(error), f"numéro de certificat incorrect ({error})") from None
    certificate = models.certificates.by_number(str(parsed))
    if certificate is None:
        raise Refused("unknown", kind="certificate", id=number)
    return certificate


def _harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
