"""An HTTP client that takes little of the processors that it shares with the server: one thread, connections that are
kept open, each with one request under way, whose bytes are made before.
"""

import selectors
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

OK, LENGTH, END = b"HTTP/1.1 200 ", b"\r\ncontent-length: ", b"\r\n\r\n"


def request(path: str) -> bytes:
    """The request for a page, as a browser might send it."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: en\r\n"
        "User-Agent: benchmark\r\n\r\n"
    ).encode()


def ask(ports: Iterable[int], requests: Iterable[bytes]) -> int:
    """Sends all requests, one after another on one connection to each of the ports; returns how many were answered.

    A port that is named twice has two connections. Raises AssertionError for an answer that is not 200.
    """
    left, done = iter(requests), 0
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        for port in ports:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ, bytearray())
            _send_next(selector, connection, left)
        while selector.get_map():
            for key, _ in selector.select(30.0):
                assert isinstance(key.fileobj, socket.socket)
                received: bytearray = key.data
                part = key.fileobj.recv(1 << 20)
                assert part, "the server closed the connection"
                received += part
                if _is_whole(received):
                    done += 1
                    received.clear()
                    _send_next(selector, key.fileobj, left)
    return done


def _send_next(selector: selectors.BaseSelector, connection: socket.socket, left: Iterator[bytes]) -> None:
    try:
        connection.sendall(next(left))
    except StopIteration:
        selector.unregister(connection)


def _is_whole(received: bytearray) -> bool:
    end = received.find(END)
    if end < 0:
        return False
    assert received.startswith(OK), received[:end]
    at = received.index(LENGTH) + len(LENGTH)
    return len(received) == end + len(END) + int(received[at : received.index(b"\r", at)])


def length(port: int, wanted: bytes) -> int:
    """How many bytes the body of an answer has."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(wanted)
        received = bytearray()
        while not _is_whole(received):
            received += connection.recv(1 << 20)
    return len(received) - received.index(END) - len(END)
