"""The command line as people use it. Loading is most of a short command: one process loads, and forks for each."""

import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from socketserver import BaseRequestHandler, ForkingMixIn, UnixStreamServer

ROOT = Path(__file__).parents[1]
SECONDS = 300


def run(folder: Path, *arguments: str, language: str = "en", code: int = 0) -> str:
    """Run ``pca-ledger`` in a folder; returns what it printed, on both channels."""
    environment = {
        **os.environ,
        "PCA_LEDGER": "ledger",
        "PCA_LEDGER_LANG": language,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "40",  # no line is broken, however narrow the terminal
    }
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        files = nothing.fileno(), out.fileno(), err.fileno()
        ended = ask(server(), str(folder), environment, arguments, files)
        out.seek(0)
        err.seek(0)
        printed, complained = out.read().decode(), err.read().decode()
    assert ended == code, (printed, complained)
    assert "Traceback" not in complained
    return printed + complained


def script(path: Path, before: str = "") -> None:
    """Write a program of the shell that stands for ``pca-ledger``; ``before`` is shell code."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n{before}exec {sys.executable} -S -E {__file__} {server()} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def ask(
    address: str, folder: str, environment: Mapping[str, str], arguments: Sequence[str], files: Sequence[int]
) -> int:
    """Run a command with these files as its standard input, output and error; returns its exit code."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        connection.connect(address)
        socket.send_fds(connection, [b"."], files)
        connection.sendall(json.dumps([folder, dict(environment), list(arguments)]).encode())
        connection.shutdown(socket.SHUT_WR)
        return int(connection.recv(16))


@cache
def server() -> str:
    """Return the address of the process that forks for each command; it ends soon after this one."""
    address = str(Path(tempfile.mkdtemp()) / "commands")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        command = [sys.executable, "-m", "tests.commands", "--serve", str(os.getpid()), str(listener.fileno())]
        subprocess.Popen(command, cwd=ROOT, pass_fds=[listener.fileno()])
    return address


class _Command(BaseRequestHandler):
    """One command, in a process forked for it. It loads ``api.cli`` itself, which reads its environment then."""

    def handle(self) -> None:
        _, files, _, _ = socket.recv_fds(self.request, 1, 3)
        with self.request.makefile() as message:
            folder, environment, arguments = json.load(message)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        # What these streams knew of their files, such as whether one can seek in them, was of other files.
        sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115 - until it ends
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv[1:] = arguments
        code: int | str | None = None
        try:
            import_module("api.cli").main()
        except SystemExit as ended:
            code = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
        self.request.sendall(str(code or 0).encode())


class _Server(ForkingMixIn, UnixStreamServer):
    def __init__(self, parent: int, listener: int) -> None:
        super().__init__("", _Command, bind_and_activate=False)
        self.parent, self.socket = parent, socket.socket(fileno=listener)

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self.parent:
            os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        import_module("api.cli").load()
        for name in [name for name in sys.modules if name.startswith("api.cli")]:
            del sys.modules[name]
        gc.freeze()
        _Server(int(sys.argv[2]), int(sys.argv[3])).serve_forever()
    sys.exit(ask(sys.argv[1], os.getcwd(), os.environ, sys.argv[2:], (0, 1, 2)))
