"""Loads what the commands import, then forks for each command that is asked for, until whoever started it ends."""

import gc
import json
import os
import select
import signal
import socket
import sys
from importlib import import_module

from tests.commands.client import LENGTH_BYTES


def main(address: str, alive: int) -> None:
    """Serve at the socket ``address`` until the pipe ``alive`` is closed; in a child, run the command."""
    _load()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for a command
        connection = _next_command(listener, alive)
    if connection is None:
        return
    os.close(alive)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, files, _, _ = socket.recv_fds(connection, LENGTH_BYTES, 3)
    message = connection.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)
    command = os.fork()
    if command:
        _, status = os.waitpid(command, 0)
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    connection.close()
    folder, environment, arguments = json.loads(message)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    import_module("api.cli").main()


def _next_command(listener: socket.socket, alive: int) -> socket.socket | None:
    """In a child, the connection over which a command is asked for; None when nobody will ask any more."""
    watched = select.poll()
    watched.register(listener)
    watched.register(alive)
    while alive not in (ready := dict(watched.poll())):
        if listener.fileno() in ready:
            connection, _ = listener.accept()
            if os.fork() == 0:
                return connection
            connection.close()
    return None


def _load() -> None:
    """Load everything but the command line itself, which reads its environment while it is loaded."""
    import_module("api.cli").load()
    for name in [name for name in sys.modules if name.startswith("api.cli")]:
        del sys.modules[name]
    gc.freeze()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
