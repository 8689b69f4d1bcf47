"""Founding a ledger: in browsers, with a passkey of each founder, or with key files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from api.cli.common import FOLDER, Folder, Wrong, clock, command, option, say, say_of
from api.cli.listening import LOCAL, PORT, Host, Port, listening, run_until_stopped
from api.cli.opening import require_empty
from api.founding.app import PREFIX, create_app
from api.founding.ceremony import Founding
from api.secretariat.founding import APPOINTED, FOUNDERS, found
from api.secretariat.proposals import split_name
from ledger.domain.decisions.passkeys import require_site
from ledger.domain.form import SEALED_FORMS, TEXT_FORMS, Form
from ledger.domain.record import ROLE_LABELS, Role, Site
from ledger.domain.refusal import Refused
from ledger.files import expecting, read_text
from ledger.log.cosignature import MAX_NAME_BYTES, is_cosigner_name
from ledger.log.policy import MAX_POLICY_BYTES, Policy
from ledger.signing.envelope import Signature
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.store.founding import LeafZero, found_signed
from ledger.words import LANGUAGES


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
            "ROLE=Given Family; repeat for each founder or, with --keys, for each of the first officers.",
            "FONCTION=Prénom Nom ; à répéter pour chaque personne fondatrice ou, avec --keys, pour chacun des premiers "
            "responsables.",
        ),
    ],
    url: Annotated[
        str | None,
        option(
            "The register’s public address, for which passkeys are made.",
            "L’adresse publique du registre, pour laquelle les clés d’accès sont créées.",
        ),
    ] = None,
    rp_id: Annotated[
        str | None,
        option(
            "The domain of the passkeys, for ever, if not the host of --url.",
            "Le domaine des clés d’accès, définitif, si ce n’est pas l’hôte de --url.",
        ),
    ] = None,
    host: Host = LOCAL,
    port: Port = PORT,
    key_folder: Annotated[
        Path | None,
        option(
            "Found with key files instead of passkeys, and write them here.",
            "Fonder avec des fichiers de clé au lieu de clés d’accès, et les écrire ici.",
            "--keys",
        ),
    ] = None,
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
    wanted = FOUNDERS if key_folder is None else (*FOUNDERS, *APPOINTED)
    missing = ", ".join(role for role in wanted if not names.get(role))
    if missing or len(names) > len(wanted):
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
        if path is not None:
            require_empty(name_of, path)
    witnesses = None if policy is None else read_text(policy, MAX_POLICY_BYTES)
    if policy is not None and witnesses is not None:  # before anything is written
        with expecting(policy, "a policy (c2sp.org/tlog-policy)", "une politique (c2sp.org/tlog-policy)"):
            Policy.parse(witnesses)
    if key_folder is None:
        founders = {role: names[role] for role in FOUNDERS}
        site = site_of(url or f"http://localhost:{port}", rp_id)
        found_in_browsers(folder, founders, origin, (body_en, body_fr), site, witnesses, (host, port))
        return
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


def site_of(url: str, rp_id: str | None) -> Site:
    """Returns the site whose pages make passkeys. Raises ``Wrong``."""
    origin, form = url.rstrip("/"), TEXT_FORMS["origin"]
    if not form.fits(origin):
        raise Wrong("--url", f"expected {form.expected.en}", f"attendu : {form.expected.fr}")
    site = Site(rp_id or str(urlsplit(origin).hostname), origin)
    try:
        require_site(site)
    except Refused as refused:
        raise Wrong("--rp-id", *refused.words) from None
    return site


def found_in_browsers(
    folder: Path,
    names: Mapping[Role, str],
    origin: str,
    body: tuple[str, str],
    site: Site,
    policy: str | None,
    address: tuple[str, int],
) -> None:
    """Print a link for each founder, and serve them until stopped. The ledger is founded with the last signature."""

    def complete(leaf: LeafZero, signatures: list[Signature]) -> None:
        log_key, ml_dsa_key = SigningKey.generate(), MlDsaKey.generate()
        found_signed(folder, leaf, signatures, log_key=log_key, ml_dsa_key=ml_dsa_key, policy=policy)
        trust = folder / "trust.json"
        say(
            f"founded; trust root: {trust} (publish it where verifiers can find it). Stop this with Ctrl-C, then run "
            "pca-ledger serve",
            f"registre fondé ; racine de confiance : {trust} (publiez-la à un endroit accessible aux vérificateurs). "
            "Arrêtez avec Ctrl-C, puis lancez pca-ledger serve",
        )

    with listening(*address) as listener:
        founding = Founding(origin, body, site, names, clock, complete)
        for secret, founder in founding.founders.items():
            en, fr = (ROLE_LABELS[founder.role].into(each) for each in LANGUAGES)
            link = f"{site.origin}{PREFIX}/{secret}"
            say(f"{en}, {founder.name}: {link}", f"{fr}, {founder.name} : {link}")
        say(
            "give each founder their own link; both are good until this is stopped",
            "remettez à chaque personne fondatrice son propre lien ; les deux valent jusqu’à l’arrêt",
        )
        run_until_stopped(create_app(founding, official=True), listener, site.origin)
