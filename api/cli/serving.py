"""Serving: a register over HTTP, and the demonstration."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import FOLDER, Folder, Wrong, app, clock, end_of, err, in_language, opened, out
from api.cli.issuing import Sources
from api.register import Register, Settings, is_demonstration
from api.secretariat.inbox import Inbox
from ledger.domain.standing import Status
from ledger.store.ledger import Ledger
from ledger.store.writer import Writer
from projections.certificates import CertificateRow

if TYPE_CHECKING:
    from starlette.applications import Starlette

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on; 0 takes any that is free.", min=0, max=65535)]
Tsa = Annotated[
    str | None,
    typer.Option(envvar="PCA_LEDGER_TSA", help="A time-stamp authority (RFC 3161) for what is published."),
]
Peers = Annotated[
    list[str] | None,
    typer.Option(
        "--peer",
        envvar="PCA_LEDGER_PEERS",
        help="The address of another body's register, to check certificates that it issued; repeat for more.",
    ),
]
LOCAL, PORT = "127.0.0.1", 8000
GRACE_SECONDS = 10
KEYS, LEDGER = "keys", "ledger"
NOBODY_WITNESSES = (
    "warning: this log has no witnesses; to name witnesses, run pca-ledger set-policy FILE",
    "attention : ce journal n’a aucun témoin ; pour en nommer, lancez pca-ledger set-policy FICHIER",
)


@app.command()
def serve(
    host: Host = LOCAL,
    port: Port = PORT,
    tsa: Tsa = None,
    issuer_key: Sources = None,
    peer: Peers = None,
    folder: Folder = FOLDER,
) -> None:
    """Serve the register. PCA_LEDGER_URL is its public address; PCA_LEDGER_OFFICIAL=1 removes the banner."""
    peers = tuple(_peer(text) for text in peer or ())
    with listening(host, port) as listener, opened(folder) as ledger:
        _serve(ledger, listener, issuer_key or (), tsa, peers)


@app.command()
def demo(
    where: Annotated[
        Path, typer.Option("--in", help="The folder of the demonstration; an empty one is filled.")
    ] = Path("demo-register"),
    host: Host = LOCAL,
    port: Port = PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make it without serving it or taking a port.")] = False,
) -> None:
    """Make a register from three synthetic workshops, with the key of every officer, and serve it."""
    from api import demo as demonstration  # which makes documents: no other command need wait for that

    folder, keys = where / LEDGER, where / KEYS
    with nullcontext() if no_serve else listening(host, port) as listener:
        # Documents state an address even if nothing is served yet: where the next demo would serve.
        url = _url(host, port or PORT) if listener is None else address(listener)
        if not is_demonstration(folder):
            if where.exists() and any(where.iterdir()):
                raise Wrong(
                    "--in",
                    f"{where}: expected an empty folder, or a finished demonstration",
                    f"{where} : un dossier vide ou une démonstration achevée est attendu",
                )
            with err.status(in_language("recording nine years", "enregistrement de neuf années")) as status:
                demonstration.make(folder, keys, lambda text: status.update(text), url)
        with Ledger.open(folder, clock) as ledger:
            _introduce(ledger, folder, keys, url)
            if listener is not None:
                _serve(ledger, listener, [f"file:{keys / name}.key" for name in demonstration.ISSUER_KEYS])


def listening(host: str, port: int) -> socket.socket:
    """Bound before anything else is done: a port that is taken is in_language at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that says it is TCP does asyncio turn Nagle's algorithm off, which costs 40 ms a request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise OSError(f"--port: cannot listen on {host}:{port} ({error.strerror}); try --port 0") from None
    return listener


def address(listener: socket.socket) -> str:
    return _url(*listener.getsockname()[:2])


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _peer(text: str) -> str:
    from api.clients.addresses import require_address

    try:
        return str(require_address(text)).rstrip("/")
    except ValueError as error:
        raise ValueError(f"--peer: {text}: {str(error).removeprefix('url: ')}") from None


def run_until_stopped(application: Starlette, listener: socket.socket, url: str) -> None:
    """Serve until Ctrl-C or a signal; whoever is being answered then has ``GRACE_SECONDS``."""
    # Only here: without the web framework every other command starts twice as fast.
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # Said no earlier: a signal before the server heeds signals may be lost.
            out.print(
                in_language(f"serving {url} (stop with Ctrl-C)", f"service disponible sur {url} (arrêt avec Ctrl-C)"),
                markup=False,
            )

    config = uvicorn.Config(
        application, log_level="warning", server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    Server(config).run(sockets=[listener])


def _serve(
    ledger: Ledger,
    listener: socket.socket,
    issuer_keys: Iterable[str],
    tsa: str | None = None,
    peers: tuple[str, ...] = (),
) -> None:
    from api.app import create_app
    from api.clients.timestamping import Authority
    from api.publishing.collecting import Collector
    from api.secretariat.office import Office
    from api.sharing.webhooks import Deliverer
    from projections.credentials.issuing import Issuing
    from projections.credentials.keys import key_sources

    settings = Settings.from_environment(address(listener), peers)
    if not ledger.publications.policy.asks:
        err.print(in_language(*NOBODY_WITNESSES), markup=False)
    authority = None if tsa is None else Authority(tsa)
    collector = Collector(ledger, authority)
    keys = [key_sources.load(source) for source in issuer_keys]
    with (
        collector.running(),
        Register(ledger, settings, collector.troubles, keys) as register,
        Issuing(
            ledger, register.models, keys, official=settings.official, tsa=authority, troubles=collector.troubles
        ).running()
        if keys
        else nullcontext(),
        closing(Deliverer(register, ledger.folder, clock)) as deliverer,
        deliverer.running(),
        Writer(ledger) as writer,
        closing(Inbox(ledger, writer.record)) as inbox,
    ):
        office = Office(ledger, inbox, settings.base_url)
        run_until_stopped(create_app(register, office), listener, settings.base_url)


def _introduce(ledger: Ledger, folder: Path, keys: Path, url: str) -> None:
    """The addresses to open and the commands to try."""
    with Register(ledger, Settings(base_url=url)) as register:
        models, today = register.models, ledger.now().date()
        advisors = models.roster.on(today, end_of(today))
        by_status: dict[Status, CertificateRow] = {}
        # Of who is listed, everyone may open the documents.
        in_use = models.certificates.in_use()
        people = models.roster.people(row.person_id for row in in_use)
        for row in sorted(in_use, key=lambda row: people[row.person_id].name is None):
            by_status.setdefault(models.certificates.timeline(row.certification_id, end_of(today)).on(today), row)
    any_one = by_status.get(Status.VALID) or next(iter(by_status.values()))
    suspended, withdrawn = by_status.get(Status.SUSPENDED), by_status.get(Status.WITHDRAWN)
    between = date(2026, 3, 10)
    lines = [
        in_language(
            "Demonstration, not an official register: all people are fictitious, and the clock was simulated.",
            "Démonstration, et non registre officiel : personnes fictives, horloge simulée.",
        ),
        "",
        f"  {in_language('the roster       ', 'la liste         ')}   {url}/advisors",
        # As time passes its certificates expire: there may be nobody of a kind.
        *(
            f"  {in_language('an advisor       ', 'une personne     ')}   {url}/advisors/{a.person_id}"
            for a in advisors[:1]
        ),
        f"  {in_language('a certificate    ', 'un certificat    ')}   {url}/certificates/{any_one.number}",
    ]
    if suspended is not None:
        lines.append(
            f"  {in_language('one in French    ', 'un en français   ')}   {url}/certificates/{suspended.number}?lang=fr"
        )
    if withdrawn is not None:
        lines += [
            f"  {in_language('one withdrawn    ', 'un autre, retiré ')}   {url}/certificates/{withdrawn.number}",
            f"  {in_language('  as known before', '  avant le retrait')}   "
            f"{url}/certificates/{withdrawn.number}?on={between}&known_on={between}",
        ]
    lines += [
        f"  {in_language('its diploma      ', 'son diplôme      ')}   {url}/certificates/{any_one.number}.pdf",
        f"  {in_language('as JSON          ', 'en JSON          ')}   "
        f"curl -H 'Accept: application/json' {url}/certificates/{any_one.number}",
        "",
        f"  export PCA_LEDGER={folder}",
        "  ./dev run roster --on 2018-01-01",
        f"  ./dev run history {any_one.number}",
        f"  ./dev run bundle {any_one.number} certificate.json --with-name",
        f"  ./dev run verify certificate.json --trust {folder}/trust.json",
        "  ./dev run audit",
        f"  ./dev run pending --key {keys}/registrar.key",
        f"  ./dev run sign --yes --key {keys}/registrar.key",
        "",
    ]
    for line in lines:
        out.print(line, markup=False)
