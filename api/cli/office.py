"""Founding a ledger, and the keys of its officers."""

from pathlib import Path
from typing import Annotated

from api.cli.common import FOLDER, Folder, Wrong, argument, clock, command, group, option, out, say, say_of
from api.cli.language import in_language
from api.cli.opening import opened, require_empty
from api.secretariat.founding import APPOINTED, FOUNDERS, found
from api.secretariat.proposals import split_name
from api.secretariat.recording import record_with_keys
from ledger.domain.form import SEALED_FORMS, TEXT_FORMS, Form
from ledger.domain.record import OfficerKey, Passkey, Role
from ledger.files import expecting, read_text
from ledger.log.cosignature import MAX_NAME_BYTES, is_cosigner_name
from ledger.log.policy import MAX_POLICY_BYTES, Policy
from ledger.signing.keys import SigningKey

keys = group("keys")


@command("init")
def init(
    origin: Annotated[
        str,
        option(
            "The name of the log, such as ledger.example.org/pca.",
            "Le nom du journal, par exemple ledger.example.org/pca.",
        ),
    ],
    body_en: Annotated[
        str, option("Name of the certification body in English.", "Nom de l’organisme de certification en anglais.")
    ],
    body_fr: Annotated[
        str, option("Name of the certification body in French.", "Nom de l’organisme de certification en français.")
    ],
    officer: Annotated[
        list[str],
        option(
            "ROLE=Given Family; repeat for each of the first officers.",
            "FONCTION=Prénom Nom ; à répéter pour chacun des premiers responsables.",
        ),
    ],
    key_folder: Annotated[
        Path,
        option("Where to write the officers’ key files.", "Où écrire les fichiers de clé des responsables.", "--keys"),
    ],
    policy: Annotated[
        Path | None,
        option(
            "Witnesses and quorum, in the format of c2sp.org/tlog-policy.",
            "Les témoins et le quorum, au format c2sp.org/tlog-policy.",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    names = {role: name for role, _, name in (entry.partition("=") for entry in officer)}
    missing = ", ".join(role for role in (*FOUNDERS, *APPOINTED) if not names.get(role))
    if missing:
        en, fr = f"expected ROLE=NAME for each of: {missing}", f"FONCTION=NOM est attendu pour : {missing}"
        raise Wrong("--officer", en, fr)
    if not is_cosigner_name(origin):
        en = f"expected a name without spaces or plus signs, of at most {MAX_NAME_BYTES} bytes"
        fr = f"un nom sans espace ni signe plus, de {MAX_NAME_BYTES} octets au plus, est attendu"
        raise Wrong("--origin", en, fr)
    name = SEALED_FORMS["family_name"]
    texts: list[tuple[str, str, Form]]
    texts = [("--body-en", body_en, TEXT_FORMS["body_en"]), ("--body-fr", body_fr, TEXT_FORMS["body_fr"])]
    texts += [("--officer", part, name) for full in names.values() for part in split_name(full) if part]
    for name_of, text, form in texts:  # before anything is written
        if not form.fits(text):
            raise Wrong(name_of, f"expected {form.expected.en}", f"attendu : {form.expected.fr}")
    for name_of, path in (("--keys", key_folder), ("--ledger", folder)):
        require_empty(name_of, path)
    witnesses = None if policy is None else read_text(policy, MAX_POLICY_BYTES)
    if policy is not None and witnesses is not None:  # before anything is written
        with expecting(policy, "a policy (c2sp.org/tlog-policy)", "une politique (c2sp.org/tlog-policy)"):
            Policy.parse(witnesses)
    ledger, officers = found(
        folder,
        clock,
        origin=origin,
        body=(body_en, body_fr),
        names={Role(r): n for r, n in names.items()},
        policy=witnesses,
        keys=key_folder,
    )
    for role, (person, key) in officers.items():
        file = f"{key_folder / role}.key"
        say_of(role, f"person {person}, key {key.key_id} in {file}", f"personne {person}, clé {key.key_id} dans {file}")
    trust = folder / "trust.json"
    say(
        f"trust root: {trust} (publish it where verifiers can find it)",
        f"racine de confiance : {trust} (publiez-la à un endroit accessible aux vérificateurs)",
    )
    ledger.close()


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
    folder: Folder = FOLDER,
) -> None:
    own, security = SigningKey.load(key), SigningKey.load(security_key)
    with opened(folder) as ledger:
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


def _kind(key: OfficerKey) -> str:
    """Return what a passkey is, after what is said of every key."""
    if not isinstance(key, Passkey):
        return ""
    if key.is_backup_eligible:
        return in_language(f"  synced passkey, {key.rp_id}", f"  clé d’accès synchronisée, {key.rp_id}")
    return in_language(f"  passkey of one device, {key.rp_id}", f"  clé d’accès d’un seul appareil, {key.rp_id}")
