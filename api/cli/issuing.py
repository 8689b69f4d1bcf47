"""The body as an issuer: its address, its keys, and the documents of its certificates."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli.common import FOLDER, Folder, Number, Wrong, app, fail, in_language, opened, out, say, say_of, viewed
from api.cli.progress import bars
from api.clients.timestamping import Authority
from api.secretariat.recording import record_with_keys
from ledger.domain.decisions.issuer import possession
from ledger.domain.refusal import Refused
from ledger.files import read_bounded, write_whole
from ledger.signing.keys import MAX_PEM_BYTES, SigningKey, save_private
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.credentials.forms import catalogue
from projections.credentials.issuing import Issuing
from projections.credentials.keys import key_sources, seal_chain
from projections.credentials.keys.enrolled import established
from projections.credentials.published import TROUBLE

issuer = typer.Typer(no_args_is_help=True, help="Issue documents: the address of the body, its keys, its documents.")
app.add_typer(issuer, name="issuer")

Source = Annotated[str, typer.Argument(help="file:PATH, env:NAME or a pkcs11: URI (RFC 7512).")]
Sources = Annotated[
    list[str] | None,
    typer.Option("--issuer-key", envvar="PCA_LEDGER_ISSUER_KEYS", help="file:PATH, env:NAME or pkcs11:URI; repeat it."),
]
DirectorKey = Annotated[Path, typer.Option(help="The director's key file.")]
SecurityKey = Annotated[Path, typer.Option(help="The security officer's key file.")]
Tsa = Annotated[
    str | None,
    typer.Option(envvar="PCA_LEDGER_TSA", help="A time-stamp authority (RFC 3161): PDF seals become B-T or B-LTA."),
]


@issuer.command("establish")
def establish(
    url: Annotated[str, typer.Argument(help="https://HOST: part of every document, and permanent.")],
    director_key: DirectorKey,
    folder: Folder = FOLDER,
) -> None:
    """Set the public address under which documents are issued."""
    with opened(folder) as ledger:
        _record(ledger, Words("established", "établi"), url, "establish-issuer", director_key, url=url)


# Ed25519 signs Open Badges; P-256 signs JWTs and seals PDFs.
@issuer.command("new-key")
def new_key(path: Path, kind: Annotated[Literal["ed25519", "p256"], typer.Option(help="The kind of key.")]) -> None:
    """Create a key file that only its owner can read; an existing file is never overwritten."""
    save_private(Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(SECP256R1()), path)
    say_of(path, f"a new {kind} key", f"une nouvelle clé {kind}")


@issuer.command("certify")
def certify(
    source: Source,
    to: Annotated[Path, typer.Option(help="Where to write the chain (PEM, leaf first).")],
    name: Annotated[str, typer.Option(help="The name of the body, as organisation.")],
    url: Annotated[str, typer.Option(help="The established address of the issuer.")],
    authority: Annotated[Path, typer.Option(help="The key file of the root (P-256), kept offline afterwards.")],
    years: Annotated[int, typer.Option(help="Validity of the certificate, in years.", min=1, max=30)] = 10,
) -> None:
    """Certify a P-256 key for sealing under your own root, without a certification authority."""
    now = datetime.now(UTC).replace(microsecond=0)
    root = seal_chain.load_authority(read_bounded(authority, MAX_PEM_BYTES))
    public, ends = key_sources.load(source).public, now + timedelta(days=365 * years)
    chain = seal_chain.make_chain(public, name, url, root, now, ends)
    write_whole(to, seal_chain.as_pem(chain))
    say_of(to, f"{len(chain)} certificates", f"{len(chain)} certificats")


@issuer.command("enrol")
def enrol(
    source: Source,
    director_key: DirectorKey,
    security_key: SecurityKey,
    chain: Annotated[Path | None, typer.Option(help="The X.509 chain of a sealing key (PEM, leaf first).")] = None,
    folder: Folder = FOLDER,
) -> None:
    """Enrol a key of the body, with proof of possession; a security officer and a director sign."""
    key = key_sources.load(source)
    pem = None if chain is None else read_bounded(chain, seal_chain.MAX_CHAIN_BYTES)
    with opened(folder) as ledger:
        url = established(ledger).url
        _record(
            ledger,
            Words("enrolled", "enregistrée"),
            f"{key.algorithm}, {key.key_id}",
            "enrol-issuer-key",
            security_key,
            director_key,
            algorithm=key.algorithm,
            public_key=key.public,
            certificates=() if pem is None else seal_chain.parse_pem(pem, key.public, url, datetime.now(UTC)),
            proof=key.sign(possession(url, key.key_id)),
        )


@issuer.command("retire")
def retire(key_id: str, security_key: SecurityKey, folder: Folder = FOLDER) -> None:
    """Retire a key that another replaces; what it has signed stays valid."""
    with opened(folder) as ledger:
        _record(ledger, Words("retired", "hors service"), key_id, "retire-issuer-key", security_key, key_id=key_id)


@issuer.command("revoke")
def revoke(
    key_id: str,
    security_key: SecurityKey,
    reason: Annotated[Literal["lost", "compromised"], typer.Option(help="Why it is revoked.")],
    since: Annotated[datetime | None, typer.Option(help="When it was compromised (UTC).")] = None,
    folder: Folder = FOLDER,
) -> None:
    """Revoke a key that is lost or compromised; what it signed after --since is in doubt."""
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


@issuer.command("list")
def list_keys(folder: Folder = FOLDER) -> None:
    """List the address and every key with its status."""
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


@issuer.command("make")
def make(
    issuer_key: Sources = None,
    official: Annotated[
        bool,
        typer.Option(envvar="PCA_LEDGER_OFFICIAL", help="Documents are official, without the demonstration notice."),
    ] = False,
    tsa: Tsa = None,
    folder: Folder = FOLDER,
) -> None:
    """Make the documents of every certificate that has none; `serve` does so automatically."""
    keys = [key_sources.load(source) for source in issuer_key or ()]
    with viewed(folder) as (ledger, models), bars() as progress:
        issuing = Issuing(ledger, models, keys, official=official, tsa=None if tsa is None else Authority(tsa))
        made = issuing.catch_up(partial(progress, "certificates"))
    say(
        f"{made} certificates: documents made in every format",
        f"{made} certificats : documents établis dans tous les formats",
    )
    if issuing.troubles:
        raise typer.Exit(fail(f"{in_language('not made:', 'documents non établis :')} {issuing.troubles[TROUBLE]}", 1))


@app.command()
def document(
    number: Number,
    form: Annotated[str, typer.Argument(help=", ".join(catalogue.by_name()))],
    path: Annotated[Path, typer.Argument(help="Where to write it.")],
    folder: Folder = FOLDER,
) -> None:
    """Write a document of a certificate to a file, byte for byte as it was signed."""
    if form not in catalogue.by_name():
        forms = ", ".join(catalogue.by_name())
        raise Wrong("FORM", f"expected one of: {forms}", f"valeur attendue parmi : {forms}")
    with opened(folder) as ledger:
        body = ledger.documents.get(number, form)
    if body is None:
        raise Refused("unknown", kind="document", id=f"{number}.{form}")
    write_whole(path, body)
    say_of(path, f"{len(body)} bytes", f"{len(body)} octets")


@app.command()
def holder(number: Number, folder: Folder = FOLDER) -> None:
    """Print the private address of a holder's documents. Send it only to the holder."""
    with opened(folder) as ledger:
        made = ledger.documents.set_of(number)
        if made is None:
            raise Refused("unknown", kind="document", id=number)
        out.print(f"{ledger.read().issuer().url}/holder/{made.token}")


def _record(ledger: Ledger, done: Words, what: str, command: str, *key_files: Path, **arguments: Any) -> None:
    leaf = record_with_keys(ledger, command, *map(SigningKey.load, key_files), **arguments).index
    say(f"{done.en}: {what}, leaf {leaf}", f"{done.fr} : {what}, feuille {leaf}")
