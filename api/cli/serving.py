"""Serving a register over HTTP."""

import socket
from collections.abc import Iterable, Mapping
from contextlib import closing, nullcontext
from functools import partial
from types import MappingProxyType
from typing import Annotated

from api.app import create_app
from api.cli.common import FOLDER, Folder, Tsa, Wrong, clock, command, err, option, tell
from api.cli.issuing import Sources
from api.cli.language import in_language
from api.cli.listening import LOCAL, PORT, Host, Port, address, listening, run_until_stopped
from api.cli.opening import opened
from api.clients.addresses import require_address
from api.clients.timestamping import Authority
from api.console.imports.uploads import removing_old
from api.doors.rates import Proxies
from api.notices.mailing import Mailing
from api.notices.outbox import Outbox
from api.notices.settings import Server
from api.observing.measures import Measures
from api.publishing.collecting import TIME_STAMP, Collector
from api.publishing.erasing import Republishing
from api.register import Register, Settings, is_demonstration
from api.secretariat.inbox import Inbox
from api.secretariat.office import Desk, Office
from api.sharing.subscriptions import Subscriptions
from api.sharing.webhooks import Deliverer
from ledger.errors import Unreadable
from ledger.signing.keys import SigningKey
from ledger.store.following import Troubles
from ledger.store.leases import DOCUMENTS, NOTICES, PUBLISHING, WEBHOOKS, Leases
from ledger.store.ledger import Ledger
from ledger.store.writer import Writer
from projections.credentials.issuing import Issuing
from projections.credentials.keys import key_sources

Peers = Annotated[
    list[str] | None,
    option(
        "The address of another body’s register, to check certificates that it issued; repeat for more.",
        "L’adresse du registre d’un autre organisme, pour vérifier ses certificats ; option répétable.",
        "--peer",
        envvar="PCA_LEDGER_PEERS",
    ),
]


@command("serve")
def serve(
    host: Host = LOCAL,
    port: Port = PORT,
    tsa: Tsa = None,
    issuer_key: Sources = None,
    peer: Peers = None,
    read_only: Annotated[
        bool,
        option(
            "Only read the database, which may be a replica: serve what is public, without the secretariat.",
            "Lire seulement la base de données, qui peut être un réplica : servir ce qui est public, sans le "
            "secrétariat.",
            "--read-only",
        ),
    ] = False,
    folder: Folder = FOLDER,
) -> None:
    peers = tuple(_peer(text) for text in peer or ())
    with listening(host, port) as listener, opened(folder, read_only=read_only) as ledger:
        if read_only:
            serve_replica(ledger, listener, issuer_key or (), peers)
        else:
            serve_ledger(ledger, listener, issuer_key or (), tsa, peers)


def serve_replica(
    ledger: Ledger, listener: socket.socket, issuer_keys: Iterable[str], peers: tuple[str, ...] = ()
) -> None:
    """Serve what is public of a ledger that is only read, until the process is stopped."""
    settings = Settings.from_environment(address(listener), peers)
    keys = [key_sources.load(source) for source in issuer_keys]
    with closing(Register(ledger, settings, issuer_keys=keys)) as register:
        run_until_stopped(create_app(register), listener, settings.base_url, Proxies(settings.proxies).names)


def serve_ledger(
    ledger: Ledger,
    listener: socket.socket,
    issuer_keys: Iterable[str],
    tsa: str | None = None,
    peers: tuple[str, ...] = (),
    demonstrated: Mapping[str, SigningKey] = MappingProxyType({}),
) -> None:
    """Serve an opened ledger with everything that follows it, until the process is stopped.

    ``demonstrated`` are the keys of a demonstration's officers, by person.
    """
    settings = Settings.from_environment(address(listener), peers)
    if not ledger.publications.policy.asks:
        warning = in_language(
            "warning: this log has no witnesses; to name witnesses, run pca-ledger set-policy FILE",
            "attention : ce journal n’a aucun témoin ; pour en nommer, lancez pca-ledger set-policy FICHIER",
        )
        err.print(warning)
    server = None if is_demonstration(ledger.folder) else Server.from_environment()
    if server is None and not is_demonstration(ledger.folder):
        tell(
            "no mail server is set (PCA_LEDGER_SMTP): no notices are sent by e-mail",
            "aucun serveur de messagerie n’est indiqué (PCA_LEDGER_SMTP) : aucun avis n’est envoyé par courriel",
        )
    measures = Measures()
    authority = None if tsa is None else Authority(tsa)
    troubles, keys = Troubles(), [key_sources.load(source) for source in issuer_keys]
    official, emblems = settings.official, settings.looks.emblems()
    duties = {PUBLISHING: (TIME_STAMP, *ledger.publications.policy.witnesses), WEBHOOKS: ()}
    duties |= ({DOCUMENTS: ()} if keys else {}) | ({NOTICES: ()} if server else {})
    leases = Leases(ledger.folder, duties, troubles, ledger.log.appends.announce)
    with (
        ledger.database.listening(ledger.log.appends.announce),
        leases.running(),
        Collector(ledger, leases.of(PUBLISHING), authority, troubles).running(),
        closing(Register(ledger, settings, troubles, keys)) as register,
        Issuing(
            ledger,
            register.models,
            keys,
            leases.of(DOCUMENTS),
            official=official,
            tsa=authority,
            emblems=emblems,
            troubles=troubles,
        ).running()
        if keys
        else nullcontext(),
        Republishing(ledger).running(troubles),
        (deliverer := Deliverer(register, Subscriptions(ledger), clock, leases.of(WEBHOOKS), troubles)).running(
            ledger.log.appends
        ),
        Writer(ledger, observe=measures.committed) as writer,
        Desk(partial(Inbox, ledger, writer.record), troubles).running(ledger) as desk,
        removing_old(desk, ledger, troubles),
        Mailing(register, ledger, server, desk, clock, leases.of(NOTICES), troubles).running(ledger.log.appends)
        if server
        else nullcontext(),
    ):
        office = Office(ledger, desk, settings.base_url, sends_mail=server is not None)
        proxies = Proxies(settings.proxies).names
        measures.watch("writer_waiting", "Statements that wait for the writer.", writer.waiting)
        measures.watch("webhooks_backlog", "Entries that some subscriber has not acknowledged.", deliverer.backlog)
        measures.watch("webhooks_failing", "Subscribers whose last message failed.", deliverer.failing)
        measures.watch("notices_waiting", "Notices that wait to be sent.", Outbox(ledger).waiting)
        measures.watch("notices_to_decide", "Notices about which a person decides.", Outbox(ledger).to_decide)
        measures.watch("leases_held", "Whether this process has a duty.", leases.held, "duty")
        run_until_stopped(create_app(register, office, measures, demonstrated), listener, settings.base_url, proxies)


def _peer(text: str) -> str:
    try:
        return str(require_address(text)).rstrip("/")
    except Unreadable as error:
        en, fr = error.words.en.removeprefix("url: "), error.words.fr.removeprefix("url : ")
        raise Wrong("--peer", f"{text}: {en}", f"{text} : {fr}") from None
