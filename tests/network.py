"""The network between a process and its PostgreSQL server: a proxy that stalls, refuses, and cuts when it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from api.cli.listening import listening

COMMIT = b"COMMIT"


class Commit(Enum):
    """What becomes of a COMMIT and of its answer."""

    PASSES = auto()
    IS_LOST = auto()  # it never reaches the server
    ANSWER_IS_LOST = auto()  # the server has committed, and nobody is told


class Network:
    """Forwards connections to a server's port, as long as nothing is done to them. It has ``port`` itself."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = listening("127.0.0.1", 0)
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]
        self.commit = Commit.PASSES
        """What becomes of the next COMMIT. After one that is lost in any way they pass again."""
        self._passes = threading.Event()
        self._passes.set()
        self._refuses = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Nothing arrives meanwhile, in either direction, and nobody is told; afterwards it does."""
        self._passes.clear()
        try:
            yield
        finally:
            self._passes.set()

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Every connection is cut, and every new one too, for as long as the block runs."""
        self._refuses = True
        self.cut()
        try:
            yield
        finally:
            self._refuses = False

    def cut(self) -> None:
        """Cut every connection."""
        with self._lock:
            for end in self._open:
                _cut(end)
            self._open.clear()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._passes.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._refuses:
                    client.close()
                    continue
                try:
                    server = socket.create_connection(("127.0.0.1", self._server_port))
                except OSError:
                    client.close()
                    continue
                connection = _Connection(self, client, server)
                with self._lock:
                    self._open |= {client, server}
                for work in (connection.forward_questions, connection.forward_answers):
                    threading.Thread(target=work, daemon=True).start()

    def take_commit(self) -> Commit:
        """What becomes of a COMMIT that has just come."""
        with self._lock:
            commit, self.commit = self.commit, Commit.PASSES
            return commit

    def wait(self) -> None:
        self._passes.wait()


class _Connection:
    """One client's connection and the one to the server."""

    def __init__(self, network: Network, client: socket.socket, server: socket.socket) -> None:
        self._network, self._client, self._server = network, client, server
        self._answer_is_lost = False

    def forward_questions(self) -> None:
        with suppress(OSError):  # either end is cut
            for message in self._received(self._client):
                if COMMIT in message:
                    commit = self._network.take_commit()
                    if commit is Commit.IS_LOST:
                        break
                    self._answer_is_lost = commit is Commit.ANSWER_IS_LOST
                self._server.sendall(message)
        self._cut()

    def forward_answers(self) -> None:
        with suppress(OSError):
            for message in self._received(self._server):
                if self._answer_is_lost and COMMIT in message:
                    break
                self._client.sendall(message)
        self._cut()

    def _received(self, end: socket.socket) -> Iterator[bytes]:
        while message := end.recv(65536):
            self._network.wait()
            yield message

    def _cut(self) -> None:
        _cut(self._client)
        _cut(self._server)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def network_to(server_port: int) -> Iterator[Network]:
    """A network between clients and the server at a port of this machine."""
    network = Network(server_port)
    try:
        yield network
    finally:
        network.close()
