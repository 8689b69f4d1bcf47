"""What is taken out of a ledger: a bundle, a proof, an export for auditors."""

import csv
from pathlib import Path
from typing import Annotated

import msgspec

from api.cells import harmless
from api.cli.common import FOLDER, Folder, Number, Wrong, argument, command, option, say, say_of
from api.cli.naming import certificate_of
from api.cli.opening import opened, viewed
from api.publishing.files import write
from api.publishing.packing import pack
from ledger.files import private
from ledger.log.tiles import FULL
from ledger.store.bundling import assemble, disclosures_of


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
    with viewed(folder) as (ledger, models):
        target.mkdir(0o700, parents=True)
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
