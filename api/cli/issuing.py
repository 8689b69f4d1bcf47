"""The body as an issuer: its address, its keys, and the documents of its certificates."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli.common import FOLDER, Folder, Number, Wrong, argument, command, fail, group, option, out, say, say_of
from api.cli.language import in_language
from api.cli.naming import number_of
from api.cli.opening import opened, viewed
from api.cli.progress import bars
from api.clients.timestamping import Authority
from api.looks import Looks
from api.secretariat.recording import record_with_keys
from ledger.domain.refusal import Refused
from ledger.files import read_bounded, write_whole
from ledger.signing.keys import MAX_PEM_BYTES, SigningKey, save_private
from ledger.store.leases import DOCUMENTS, holding
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.credentials.forms import catalogue
from projections.credentials.issuing import Issuing
from projections.credentials.keys import key_sources, seal_chain
from projections.credentials.keys.enrolled import established
from projections.credentials.keys.issuer_key import enrolment
from projections.credentials.published import TROUBLE

issuer = group("issuer")

Source = Annotated[
    str,
    argument("file:PATH, env:NAME or a pkcs11: URI (RFC 7512).", "file:CHEMIN, env:NOM ou un URI pkcs11: (RFC 7512)."),
]
Sources = Annotated[
    list[str] | None,
    option(
        "file:PATH, env:NAME or pkcs11:URI; repeat it.",
        "file:CHEMIN, env:NOM ou URI pkcs11: ; option répétable.",
        "--issuer-key",
        envvar="PCA_LEDGER_ISSUER_KEYS",
    ),
]
KeyId = Annotated[
    str, argument("The id of the key, from issuer list.", "L’identifiant de la clé, affiché par issuer list.")
]
DirectorKey = Annotated[Path, option("The director’s key file.", "Le fichier de clé d’une personne de la direction.")]
SecurityKey = Annotated[
    Path, option("The security officer’s key file.", "Le fichier de clé d’une personne responsable de la sécurité.")
]
Tsa = Annotated[
    str | None,
    option(
        "A time-stamp authority (RFC 3161): PDF seals become B-T or B-LTA.",
        "Une autorité d’horodatage (RFC 3161) : les cachets des PDF deviennent B-T ou B-LTA.",
        envvar="PCA_LEDGER_TSA",
    ),
]


@command("issuer establish", issuer)
def establish(
    url: Annotated[
        str,
        argument(
            "https://HOST: part of every document, and permanent.",
            "https://HÔTE : figure définitivement dans chaque document.",
        ),
    ],
    director_key: DirectorKey,
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger:
        _record(ledger, Words("established", "établi"), url, "establish-issuer", director_key, url=url)


# Ed25519 signs Open Badges; P-256 signs JWTs and seals PDFs.
@command("issuer new-key", issuer)
def new_key(
    path: Annotated[Path, argument("A new file.", "Un nouveau fichier.")],
    kind: Annotated[Literal["ed25519", "p256"], option("The kind of key.", "Le type de clé.")],
) -> None:
    save_private(Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(SECP256R1()), path)
    say_of(path, f"a new {kind} key", f"une nouvelle clé {kind}")


@command("issuer certify", issuer)
def certify(
    source: Source,
    to: Annotated[
        Path,
        option("Where to write the chain (PEM, leaf first).", "Où écrire la chaîne (PEM, certificat final en tête)."),
    ],
    name: Annotated[str, option("The name of the body, as organisation.", "Le nom de l’organisme.")],
    url: Annotated[str, option("The established address of the issuer.", "L’adresse établie de l’émetteur.")],
    authority: Annotated[
        Path,
        option(
            "The key file of the root (P-256), kept offline afterwards.",
            "Le fichier de clé de la racine (P-256), à conserver ensuite hors ligne.",
        ),
    ],
    years: Annotated[
        int,
        option("Validity of the certificate, in years.", "Durée de validité du certificat, en années.", min=1, max=30),
    ] = 10,
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    root = seal_chain.load_authority(read_bounded(authority, MAX_PEM_BYTES))
    public, ends = key_sources.load(source).public, now + timedelta(days=365 * years)
    chain = seal_chain.make_chain(public, name, url, root, now, ends)
    write_whole(to, seal_chain.as_pem(chain))
    say_of(to, f"{len(chain)} certificates", f"{len(chain)} certificats")


@command("issuer enrol", issuer)
def enrol(
    source: Source,
    director_key: DirectorKey,
    security_key: SecurityKey,
    chain: Annotated[
        Path | None,
        option(
            "The X.509 chain of a sealing key (PEM, leaf first).",
            "La chaîne X.509 d’une clé de cachet (PEM, certificat final en tête).",
        ),
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    key = key_sources.load(source)
    pem = None if chain is None else read_bounded(chain, seal_chain.MAX_CHAIN_BYTES)
    with opened(folder) as ledger:
        url = established(ledger).url
        certificates = () if pem is None else seal_chain.parse_pem(pem, key.public, url, datetime.now(UTC))
        _record(
            ledger,
            Words("enrolled", "enregistrée"),
            f"{key.algorithm}, {key.key_id}",
            "enrol-issuer-key",
            security_key,
            director_key,
            **enrolment(key, url, certificates),
        )


@command("issuer retire", issuer)
def retire(key_id: KeyId, security_key: SecurityKey, folder: Folder = FOLDER) -> None:
    with opened(folder) as ledger:
        _record(ledger, Words("retired", "hors service"), key_id, "retire-issuer-key", security_key, key_id=key_id)


@command("issuer revoke", issuer)
def revoke(
    key_id: KeyId,
    security_key: SecurityKey,
    reason: Annotated[Literal["lost", "compromised"], option("Why it is revoked.", "Le motif de la révocation.")],
    since: Annotated[
        datetime | None, option("When it was compromised (UTC).", "Le moment de la compromission (UTC).")
    ] = None,
    folder: Folder = FOLDER,
) -> None:
    moment = None if since is None else since.replace(tzinfo=UTC)
    with opened(folder) as ledger:
        _record(
            ledger,
            Words("revoked", "révoquée"),
            key_id,
            "revoke-issuer-key",
            security_key,
            key_id=key_id,
            reason_code=reason,
            compromised_since=moment,
        )


@command("issuer list", issuer)
def list_keys(folder: Folder = FOLDER) -> None:
    with opened(folder) as ledger:
        body = established(ledger)
        out.print(body.url)
        for key_id, key in body.keys.items():
            if key_id in body.revoked:
                standing = in_language("revoked", "révoquée")
            else:
                standing = in_language("retired", "hors service") if key_id in body.ended else "active"
            seals = in_language(", seals documents", ", appose le cachet") if key.certificates else ""
            out.print(f"{key_id}  {key.algorithm}  {standing}{seals}")


@command("issuer make", issuer)
def make(
    issuer_key: Sources = None,
    official: Annotated[
        bool,
        option(
            "Documents are official, without the demonstration notice.",
            "Les documents sont officiels, sans mention de démonstration.",
            envvar="PCA_LEDGER_OFFICIAL",
        ),
    ] = False,
    tsa: Tsa = None,
    folder: Folder = FOLDER,
) -> None:
    keys = [key_sources.load(source) for source in issuer_key or ()]
    with viewed(folder) as (ledger, models), holding(folder, DOCUMENTS) as held, bars() as progress:
        emblems, authority = Looks.from_environment().emblems(), None if tsa is None else Authority(tsa)
        issuing = Issuing(ledger, models, keys, held, official=official, tsa=authority, emblems=emblems)
        made = issuing.catch_up(partial(progress, "certificates"))
    say(
        f"{made} certificates: documents made in every format",
        f"{made} certificats : documents établis dans tous les formats",
    )
    if issuing.troubles:
        raise typer.Exit(fail(f"{in_language('not made:', 'documents non établis :')} {issuing.troubles[TROUBLE]}", 1))


@command("document")
def document(
    number: Number,
    form: Annotated[str, argument(*2 * [", ".join(catalogue.by_name())])],
    path: Annotated[Path, argument("Where to write it.", "Où l’écrire.")],
    folder: Folder = FOLDER,
) -> None:
    if form not in catalogue.by_name():
        forms = ", ".join(catalogue.by_name())
        raise Wrong("FORM", f"expected one of: {forms}", f"valeur attendue parmi : {forms}")
    number = number_of(number)
    with opened(folder) as ledger:
        body = ledger.documents.get(number, form)
    if body is None:
        raise Refused("unknown", kind="document", id=f"{number}.{form}")
    write_whole(path, body)
    say_of(path, f"{len(body)} bytes", f"{len(body)} octets")


@command("holder")
def holder(number: Number, folder: Folder = FOLDER) -> None:
    number = number_of(number)
    with opened(folder) as ledger:
        made = ledger.documents.set_of(number)
        if made is None:
            raise Refused("unknown", kind="document", id=number)
        out.print(f"{ledger.read().issuer().url}/holder/{made.token}")


def _record(ledger: Ledger, done: Words, what: str, command: str, *key_files: Path, **arguments: Any) -> None:
    leaf = record_with_keys(ledger, command, *map(SigningKey.load, key_files), **arguments).index
    say(f"{done.en}: {what}, leaf {leaf}", f"{done.fr} : {what}, feuille {leaf}")
