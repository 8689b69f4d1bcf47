"""Applications over real HTTP on this machine, and a register with a client that needs none."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from api.app import create_app
from api.cli.listening import listening
from api.doors.connections import configuration
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.store.ledger import Ledger
from projections.credentials.keys.issuer_key import IssuerKey


@contextmanager
def serving(app: ASGIApp, listener: socket.socket | None = None, **options: Any) -> Iterator[str]:
    """Serve it in a thread; yields its address. Whoever must know the address before binds ``listener``."""
    listener = listener or listening("127.0.0.1", 0)
    port = listener.getsockname()[1]  # connections wait in the queue until the server accepts them
    server = uvicorn.Server(configuration(app, **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def client_of(
    ledger: Ledger, url: str = "https://r.example", keys: Sequence[IssuerKey] = (), inbox: Inbox | None = None
) -> Iterator[TestClient]:
    """A client of a register over this ledger, with a secretariat if it has an inbox."""
    office = Office(ledger, lambda: inbox, url) if inbox else None
    with (
        Register(ledger, Settings(base_url=url), None, keys) as register,
        TestClient(create_app(register, office), base_url=url) as client,
    ):
        yield client
