"""What the commands that serve something share: where to listen, and serving until they are stopped."""

import socket
from collections.abc import Sequence
from typing import Annotated

import uvicorn
from starlette.applications import Starlette

from api.cli.common import Wrong, option, say
from api.doors.connections import configuration
from api.words.failures import of_system

Host = Annotated[str, option("The address to listen on.", "L’adresse d’écoute.")]
Port = Annotated[
    int,
    option(
        "The port to listen on; 0 takes any that is free.",
        "Le port d’écoute ; 0 en choisit un libre.",
        min=0,
        max=65535,
    ),
]
LOCAL, PORT = "127.0.0.1", 8000


def listening(host: str, port: int) -> socket.socket:
    """A listening socket. Commands bind it first, so that a taken port is reported at once. Raises ``Wrong``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only if the socket says that it is TCP; left on, it costs 40 ms a request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        why = of_system(error)
        raise Wrong(
            "--port",
            f"cannot listen on {host}:{port} ({why.en}); to take any free port, use --port 0",
            f"écoute impossible sur {host}:{port} ({why.fr}) ; pour prendre un port libre, utilisez --port 0",
        ) from None
    return listener


def address(listener: socket.socket) -> str:
    """The http address of a listening socket."""
    return http_address(*listener.getsockname()[:2])


def http_address(host: str, port: int) -> str:
    """The http address of a host and a port."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run_until_stopped(application: Starlette, listener: socket.socket, url: str, proxies: Sequence[str] = ()) -> None:
    """Serve until Ctrl-C or a signal; requests that are under way are finished first."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # Printed no earlier: a signal that comes before the server handles signals may be lost.
            say(f"serving {url} (stop with Ctrl-C)", f"service disponible sur {url} (arrêt avec Ctrl-C)")

    Server(configuration(application, proxies)).run(sockets=[listener])
