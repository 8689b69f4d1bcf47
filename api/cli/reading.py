"""What is taken out of a ledger: a bundle, a proof, an export for auditors."""

import csv
from pathlib import Path
from typing import Annotated

import msgspec

from api.cli.common import FOLDER, Folder, Number, Wrong, argument, command, option, say, say_of
from api.cli.listing import harmless
from api.cli.naming import certificate_of
from api.cli.opening import opened, viewed
from api.publishing.files import write
from api.publishing.packing import pack
<<<<<<< HEAD
from ledger.domain.certificate_status import STATUS_LABELS, CertificateStatus
from ledger.domain.number import CertificateNumber
from ledger.domain.record import ROLE_LABELS
from ledger.domain.refusal import Refused
from ledger.files import private
from ledger.log.tiles import FULL
from ledger.store.bundling import assemble, disclosures_of
from projections.certificates.queries import CertificateRow
from projections.read_models import ReadModels


@command("roster")
def roster(
    on: Annotated[
        str | None, option("Roster on this date (YYYY-MM-DD).", "Liste à cette date (AAAA-MM-JJ).", metavar="DATE")
    ] = None,
    known_on: Annotated[
        str | None, option("As known on this date (YYYY-MM-DD).", "Selon l’état du registre à cette date (AAAA-MM-JJ).")
    ] = None,
    search: Annotated[
        str,
        option(
            "Words of a name or administration; accents do not matter.",
            "Mots d’un nom ou d’une administration ; les accents sont sans importance.",
        ),
    ] = "",
    folder: Folder = FOLDER,
) -> None:
    asked, known = day(on, "--on"), end_of(day(known_on, "--known-on"))
    with viewed(folder) as (_, models):
        advisors = models.roster.search(search, asked, known)
        columns = in_language(
            "person name administration status since until", "personne nom administration statut depuis jusqu’au"
        )
        table = Table(*columns.split())
        for a in advisors:
            administration = in_language(a.administration.name_en, a.administration.name_fr)
            status = STATUS_LABELS[CertificateStatus(a.status)].into(language())
            table.add_row(a.person_id, a.name or "—", administration, status, str(a.since), str(a.until or "—"))
        out.print(table, soft_wrap=False)
        count = len(advisors)
        say(
            f"{count} on {asked}, as known on {known.date()}",
            f"{count} au {asked}, selon l’état du registre au {known.date()}",
        )


@command("history")
def history(number: Number, folder: Folder = FOLDER) -> None:
    with viewed(folder) as (_, models):
        certificate = _certificate(models, number)
        out.print(f"certification {certificate.certification_id}")
        for row in models.history.of_certification(certificate.certification_id):
            signers = "; ".join(
                f"{ROLE_LABELS[s.role].into(language())} {s.person_id} ({in_language('key', 'clé')} {s.key_id})"
                for s in row.signers
            )
            out.print(f"{row.position:6} {row.time:%Y-%m-%d %H:%M} {row.event_type.label.into(language())} | {signers}")
=======
from ledger.files import private
from ledger.log.tiles import FULL
from ledger.store.bundling import assemble, disclosures_of
>>>>>>> aa63f640e6eab028508fe72cabbbfabec695fb35


@command("bundle")
def bundle(
    number: Number,
    target: Annotated[Path, argument("A new file.", "Un nouveau fichier.")],
    with_name: Annotated[
        bool, option("Disclose the holder’s name.", "Divulguer le nom de la personne titulaire.", "--with-name")
    ] = False,
    disclose: Annotated[
        list[str] | None,
        option(
            "Disclose only this, such as family_name; repeat for more.",
            "Ne divulguer que ceci, par exemple family_name ; option répétable.",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    with viewed(folder) as (ledger, models):
        certificate = certificate_of(models, number)
        try:
            named = disclosures_of(ledger, certificate.content, None if with_name else disclose or ())
        except ValueError as error:
            raise Wrong("--disclose", str(error), f"valeur incorrecte ({error})") from None
        assembled = assemble(ledger, certificate.certification_id, certificate.number, named)
    data = pack(assembled) if target.suffix == ".zip" else bytes(assembled)
    with open(target, "xb", opener=private) as file:
        file.write(data)
    check = f"pca-ledger verify {target} --trust trust.json"
    say_of(
        target,
        f"{len(data)} bytes; to verify it, run {check}",
        f"{len(data)} octets ; pour le vérifier, lancez {check}",
    )


@command("proof")
def proof(
    entry: Annotated[
        int,
        argument(
            "The entry, counted from 1 as in histories and audits.",
            "L’entrée, comptée à partir de 1 comme dans les historiques et les audits.",
            min=1,
        ),
    ],
    target: Annotated[
        Path, argument("A new file, such as 17.tlog-proof.", "Un nouveau fichier, par exemple 17.tlog-proof.")
    ],
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger:
        written = str(ledger.proof(entry - 1))
    with target.open("x", encoding="utf-8") as file:
        file.write(written)
    say_of(target, f"entry {entry}, leaf {entry - 1}", f"entrée {entry}, feuille {entry - 1}")


@command("export")
def export(target: Annotated[Path, argument("A new folder.", "Un nouveau dossier.")], folder: Folder = FOLDER) -> None:
    target.mkdir(0o700, parents=True)
    with viewed(folder) as (ledger, models):
        size = write(ledger, target, entries=True)
        with open(target / "entries.jsonl", "wb", opener=private) as file:
            for start in range(0, size, FULL):
                for entry in ledger.entries(start, min(start + FULL, size)):
                    line = {"index": entry.id - 1, "envelope": msgspec.Raw(entry.state)}
                    file.write(msgspec.json.encode(line) + b"\n")
        with open(target / "roster.csv", "w", encoding="utf-8", newline="", opener=private) as text:
            writer = csv.writer(text)
            writer.writerow(("person", "name", "administration", "since", "until"))
            for a in models.roster.on(ledger.now().date(), ledger.now()):
                cells = (a.person_id, a.name or "", a.administration.id, a.since, a.until or "")
                writer.writerow([harmless(str(cell)) for cell in cells])
    say(f"{size} entries in {target}", f"{size} entrées dans {target}")
