"""Asks the server for one command, and ends as it ended. Alone, it needs nothing but the standard library."""

import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence

LENGTH_BYTES = 4
SECONDS = 300


def ask(
    address: str, folder: str, environment: Mapping[str, str], arguments: Sequence[str], files: Sequence[int]
) -> int:
    """The exit code of a command that has these files as its standard input, output and error."""
    message = json.dumps([folder, dict(environment), list(arguments)]).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        connection.connect(address)
        socket.send_fds(connection, [len(message).to_bytes(LENGTH_BYTES, "big")], files)
        connection.sendall(message)
        return int(connection.recv(16))


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], os.getcwd(), os.environ, sys.argv[2:], (0, 1, 2)))
