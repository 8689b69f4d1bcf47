"""PostgreSQL as it is run: a primary that waits for disk and replica, PgBouncer before it, a disk that gets full."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

import psycopg

from tests.postgresql import PATIENCE, Server, command, free_port, own
from tests.programs import program

DURABLE = {"wal_level": "replica", "max_wal_senders": "10", "wal_keep_size": "256MB"}
"""What is acknowledged is on the disk; replicas can follow."""
POOLER = """\
[databases]
* = host=127.0.0.1 port={port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
"""


SMALL = Path(__file__).parent / "small_disk.c"


class Cluster:
    """A primary and the replicas that follow it. A commit on the primary waits for one of them, if it has any."""

    def __init__(self, primary: Server, replicas: list[Server]) -> None:
        self.primary, self.replicas = primary, replicas

    def promote(self, replica: Server) -> None:
        """Make a replica the primary. It waits for no replica of its own; what the old primary does is not its care."""
        with replica.connect() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            assert connection.execute("SELECT pg_promote(true, 60)").fetchone() == (True,)
        self.replicas.remove(replica)
        self.primary = replica


@contextmanager
def durable_server(
    settings: Mapping[str, str] = MappingProxyType({}), environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """A server that loses nothing of what it acknowledged when it is killed."""
    folder = Path(tempfile.mkdtemp(prefix="primary"))
    with Server(folder, {**DURABLE, **settings}, environment=environment) as server:
        yield server


@contextmanager
def cluster(replicas: int = 1) -> Iterator[Cluster]:
    """A primary with this many streaming replicas, one of which must have written what it acknowledges."""
    with ExitStack() as stack:
        primary = stack.enter_context(durable_server())
        servers = []
        for number in range(replicas):
            folder = Path(tempfile.mkdtemp(prefix=f"replica{number}_"))
            primary.base_backup(folder / "data")
            servers.append(stack.enter_context(Server(folder, DURABLE, is_new=False)))
        names = ", ".join(server.folder.name for server in servers)
        with primary.connect() as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'")
            connection.execute("SELECT pg_reload_conf()")
        yield Cluster(primary, servers)


@contextmanager
def pooler(server: Server) -> Iterator[str]:
    """PgBouncer before a server, in transaction mode; yields the address of ``postgres`` through it."""
    folder, port = own(Path(tempfile.mkdtemp(prefix="pooler")) / "of"), free_port()
    (folder / "ini").write_text(POOLER.format(port=server.port, own=port), encoding="utf-8")
    started = command(program("pgbouncer"), "-q", str(folder / "ini"))
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with (folder / "log").open("wb") as log, subprocess.Popen(started, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while not answers(url):
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield url
        finally:
            process.terminate()
    shutil.rmtree(folder.parent)


def answers(url: str) -> bool:
    """Whether a server or pooler takes connections."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


class SmallDisk:
    """The disk of a server; while it is full, no file grows."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._sign = server.folder / "full"

    @contextmanager
    def full(self) -> Iterator[None]:
        self._sign.touch()
        try:
            yield
        finally:
            self._sign.unlink()


@contextmanager
def server_on_small_disk() -> Iterator[SmallDisk]:
    """A durable server on a disk that can be full: a shim before libc says so, for what root may mount varies."""
    with tempfile.TemporaryDirectory() as folder:
        shim = Path(folder) / "shim.so"
        flags = ("-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror")
        subprocess.run([program("gcc"), *flags, "-o", shim, SMALL, "-ldl"], check=True)
        # The server's working folder is that of its data.
        with durable_server(environment={"LD_PRELOAD": str(shim), "SMALL_DISK_IS_FULL": "../full"}) as server:
            yield SmallDisk(server)
