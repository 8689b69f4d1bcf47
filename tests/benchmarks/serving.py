"""Reads pages and a tile from the served register, beside a Starlette application that returns as many bytes.

Each is a process of its own, with the same server and settings, and is warm. The clock runs over HTTP on this machine:
from the first request until the last byte of the last answer. Nothing is written meanwhile but the leases of the
register, once a second, after which kept answers are made again. Nothing is verified, and nobody waits for a sync.

``again`` is one page, over and over; ``first`` is one that nobody asked for before, because each has a parameter of its
own. Of ``clients`` and ``cores`` the ratio says that eight clients get no less than one, and that a server gets no less
from all cores than from one. ``processes`` are two on a PostgreSQL server beside one of them, for pages that are first.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from itertools import count, repeat
from pathlib import Path
from tempfile import mkdtemp

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from ledger.store.moving import move
from ledger.store.opening import open_database, open_server
from projections.read_models import ReadModels
from tests.benchmarks.asking import ask, length, request
from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.postgresql import Server
from tests.scenario import names
from tests.support import World

ROOT = Path(__file__).parents[2]
TILE, TILE_ENTRIES = "/tile/0/000", 256
CLIENTS = 8
AGAIN, FIRST, NO_LESS, PROCESSES = 0.9, 0.2, 1.0, 1.6  # the goals
REGISTER = "from api.cli import main; main()"
BARE = "from tests.benchmarks.serving import serve; serve()"
FIRST_READS = 10  # so many are asked again while one is made
_never_asked = count()


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Rows of one register in a file, and one of two processes on PostgreSQL."""
    number = _made(folder / "served")
    shutil.copytree(folder / "served", folder / "moved")
    process, port = launched(stack, REGISTER, *_serve(folder / "served"))
    bare = started(stack, BARE)
    page = f"/certificates/{number}"
    beside = _plain(bare, port, TILE, size)
    rows = [Comparison("tile", "tiles", "bare Starlette", None, _again(port, TILE, size), beside)]
    for name, path in {"page": page, "home": "/"}.items():
        beside = _plain(bare, port, path, size)
        rows += [
            Comparison(f"{name}-again", "pages", "bare Starlette", AGAIN, _again(port, path, size), beside),
            Comparison(f"{name}-first", "pages", "bare Starlette", FIRST, _first([port], path, size), beside),
        ]
    one, eight = _first([port], page, size), _first([port] * CLIENTS, page, size)
    rows += [
        Comparison("page-clients", "pages", "one client", NO_LESS, eight, one),
        Comparison("page-cores", "pages", "one core", NO_LESS, eight, _on_one_core(process, eight)),
    ]
    two = _on_postgresql(folder, stack)
    eight, beside = (_first(ports, page, size) for ports in (two * (CLIENTS // 2), two[:1] * CLIENTS))
    return [*rows, Comparison("page-processes", "pages", "one process", PROCESSES, eight, beside)]


def _made(folder: Path) -> str:
    """Makes a ledger with a certificate and a full tile; returns the number of the certificate."""
    world = World(folder)
    world.workshop()
    people = (f"person-{number}" for number in range(TILE_ENTRIES))
    world.ledger.submit([world.submission("register-person", person_id=id_, details=names(id_)) for id_ in people])
    with closing(world.ledger), ReadModels(world.ledger) as models:
        (certificate,) = models.certificates.in_use()
    return certificate.number


def _on_postgresql(folder: Path, stack: ExitStack) -> list[int]:
    """The ports of two processes on one server of this machine, which syncs at each commit."""
    server = Server(Path(mkdtemp(dir=folder)), {})
    server.start()
    stack.callback(server.close)
    url = server.url("postgres")
    with closing(open_database(folder / "moved" / "ledger.db")) as source, closing(open_server(url)) as target:
        move(source, target, lambda: None, lambda *_: None)
    return [
        launched(
            stack,
            REGISTER,
            *_serve(folder / "moved"),
            PCA_LEDGER_DATABASE=url,
            PCA_LEDGER_READ_MODELS=str(folder / "models" / name),
        )[1]
        for name in ("one", "two")
    ]


def serve() -> None:
    """Serve a Starlette application whose answers have as many bytes as their address says, with our settings."""
    import uvicorn

    from api.cli.listening import LOCAL, address, listening
    from api.doors.connections import configuration

    async def plain(request: Request) -> HTMLResponse:
        return HTMLResponse(bodies[request.path_params["length"]])

    bodies = _Bodies()
    app = Starlette(routes=[Route("/{length:int}", plain)])
    with listening(LOCAL, 0) as listener:
        print(f"serving {address(listener)}", flush=True)  # noqa: T201 - who started it reads this
        uvicorn.Server(configuration(app, lifespan="off")).run(sockets=[listener])


class _Bodies(dict[int, bytes]):
    """Bodies by their length, which are made once."""

    def __missing__(self, length: int) -> bytes:
        return self.setdefault(length, bytes(length))


def started(stack: ExitStack, code: str, *arguments: str) -> int:
    """The port of a process that serves until the stack is closed. Raises OSError when it does not start."""
    return launched(stack, code, *arguments)[1]


def launched(stack: ExitStack, code: str, *arguments: str, **environment: str) -> tuple[int, int]:
    """Process id and port of a process that serves until the stack is closed. Raises OSError when it does not start."""
    process = subprocess.Popen(
        [sys.executable, "-uc", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    assert process.stdout is not None
    for line in process.stdout:
        port = re.search(r"serving http://\S+:(\d+)", line)
        if port:
            return process.pid, int(port[1])
    raise OSError(f"{code}: did not start")


def _serve(folder: Path) -> tuple[str, ...]:
    return "serve", "--port", "0", "--ledger", str(folder)


def _again(port: int, path: str, size: Size) -> Run:
    return lambda: size.reads / seconds(lambda: ask([port], repeat(request(path), size.reads)))


def _plain(bare: int, port: int, path: str, size: Size) -> Run:
    """As many bytes as the register returns at an address."""
    return _again(bare, f"/{length(port, request(path))}", size)


def _first(ports: Sequence[int], path: str, size: Size) -> Run:
    reads = size.reads // FIRST_READS + 1

    def run() -> float:
        requests = [request(f"{path}?n={next(_never_asked)}") for _ in range(reads)]
        return reads / seconds(lambda: ask(ports, requests))

    return run


def _on_one_core(process: int, run: Run) -> Run:
    """A run while every thread of a process, and those that it starts, may use one core only."""

    def pinned() -> float:
        cores = os.sched_getaffinity(process)
        _pin(process, {min(cores)})
        try:
            return run()
        finally:
            _pin(process, cores)

    return pinned


def _pin(process: int, cores: set[int]) -> None:
    for thread in Path(f"/proc/{process}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
