"""Reads a full tile from the served register, beside an ASGI application that returns the same bytes.

Each is a process of its own. One client asks both, over one connection at a time."""

import re
import subprocess
import sys
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

from starlette.types import Receive, Scope, Send

from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.scenario import names
from tests.support import World

ROOT = Path(__file__).parents[2]
TILE = "/tile/0/000"
HASHES, HASH_BYTES = 256, 32
BODY = bytes(HASHES * HASH_BYTES)
HEADERS = [(b"content-type", b"application/octet-stream"), (b"content-length", str(len(BODY)).encode())]
REGISTER = "from api.cli import main; main()"
BARE = "from tests.benchmarks.serving import serve; serve()"


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One: a full tile."""
    world = World(folder / "tiles")
    world.appoint()
    people = (f"person-{number}" for number in range(HASHES))
    world.ledger.submit([world.submission("register-person", person_id=id_, details=names(id_)) for id_ in people])
    world.ledger.close()
    register = started(stack, REGISTER, "serve", "--port", "0", "--ledger", str(folder / "tiles"))
    bare = started(stack, BARE)
    return [Comparison("tile", "tiles", "a bare ASGI answer", None, _reads(register, size), _reads(bare, size))]


async def bare(_: Scope, __: Receive, send: Send) -> None:
    """The least that answers the same bytes."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def serve() -> None:
    """Serve ``bare`` with the same server and settings as the register."""
    import uvicorn

    from api.cli.listening import LOCAL, address, listening

    with listening(LOCAL, 0) as listener:
        print(f"serving {address(listener)}", flush=True)  # noqa: T201 - who started it reads this
        config = uvicorn.Config(bare, log_level="warning", server_header=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


def started(stack: ExitStack, code: str, *arguments: str) -> int:
    """The port of a process that serves until the stack is closed. Raises OSError when it does not start."""
    process = subprocess.Popen(
        [sys.executable, "-uc", code, *arguments],
        cwd=ROOT,
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
            return int(port[1])
    raise OSError(f"{code}: did not start")


def _reads(port: int, size: Size) -> Run:
    return lambda: size.reads / seconds(lambda: _read(port, size.reads))


def _read(port: int, times: int) -> None:
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for _ in range(times):
            connection.request("GET", TILE)
            answer = connection.getresponse()
            assert answer.status == 200
            assert len(answer.read()) == len(BODY)
