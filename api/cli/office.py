"""Founding a ledger, and the keys of its officers."""

from pathlib import Path
from typing import Annotated

from api.cli.common import FOLDER, Folder, argument, command, group, option, out, say, say_of, tell
from api.cli.language import in_language
from api.cli.opening import opened
from api.secretariat.recording import record_with_keys
from ledger.domain.record import OfficerKey, Passkey
from ledger.domain.recovery import irreplaceable
from ledger.signing.keys import SigningKey

keys = group("keys")


@command("keys new", keys)
def new(path: Annotated[Path, argument("A new file.", "Un nouveau fichier.")]) -> None:
    key = SigningKey.generate()
    key.save(path)
    say_of(path, f"key {key.key_id}", f"clé {key.key_id}")


@command("keys enrol", keys)
def enrol(
    person: Annotated[str, option("Person id of the officer.", "Identifiant de la personne responsable.")],
    key: Annotated[
        Path, option("Key file of the officer, to prove possession.", "Son fichier de clé, pour prouver la possession.")
    ],
    security_key: Annotated[
        Path, option("The security officer’s key file.", "Le fichier de clé d’une personne responsable de la sécurité.")
    ],
    agreeing_key: Annotated[
        Path | None,
        option(
            "A key file that the officer has already: with it they agree to another key.",
            "Un fichier de clé que cette personne possède déjà, pour donner son accord à une autre.",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    own, security = SigningKey.load(key), SigningKey.load(security_key)
    with opened(folder) as ledger:
        if agreeing_key is not None and own.key_id not in ledger.read().officer(person).agreed:
            record_with_keys(ledger, "agree-to-key", SigningKey.load(agreeing_key), person_id=person, key_id=own.key_id)
        receipt = record_with_keys(ledger, "register-key", security, own, person_id=person, public_key=own.public)
    say(
        f"enrolled: key {own.key_id} of {person}, leaf {receipt.index}",
        f"enregistrée : clé {own.key_id} de {person}, feuille {receipt.index}",
    )


@command("keys list", keys)
def list_keys(folder: Folder = FOLDER) -> None:
    with opened(folder) as ledger:
        read = ledger.read()
        for person in ledger.people():
            officer = read.officer(person)
            for key_id, key in officer.keys.items():
                out.print(f"{key_id}  {person}  {', '.join(sorted(officer.roles))}{_kind(key)}")
        for person in irreplaceable(ledger.people(), read):
            tell(
                f"! if {person} loses this only key, nobody can give them another: see docs/how-to/operate.md",
                f"! si {person} perd cette seule clé, personne ne peut lui en donner une autre : voir "
                "docs/how-to/operate.md",
            )


def _kind(key: OfficerKey) -> str:
    """Return what a passkey is, after what is said of every key."""
    if not isinstance(key, Passkey):
        return ""
    if key.is_backup_eligible:
        return in_language(f"  synced passkey, {key.rp_id}", f"  clé d’accès synchronisée, {key.rp_id}")
    return in_language(f"  passkey of one device, {key.rp_id}", f"  clé d’accès d’un seul appareil, {key.rp_id}")
