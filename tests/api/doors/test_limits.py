"""What one client sends, holds or leaves behind hinders no other: over real connections, with memory measured."""

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from api.app import create_app
from api.doors import bodies, connections, deadlines
from api.doors.bodies import MIB, Bodies
from api.doors.deadlines import Deadlines
from api.problems import PROBLEM
from api.register import Register, Settings
from api.witness.app import create_app as create_witness
from api.witness.store import Witness
from tests.serving import serving
from tests.support import World

PATIENCE = 30  # seconds
UPLOAD = b"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
LARGEST = 32 * MIB


def memory() -> int:
    """The bytes that this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def until(is_so: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(is_so())


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    url = httpx2.URL(address)
    with socket.create_connection((url.host, url.port or 80), timeout=PATIENCE) as connection:
        yield connection


def answer_of(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of a response, read until the server has sent all of it."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536) or pytest.fail("closed without an answer")
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return int(status.split()[1]), headers, body


@pytest.fixture
def address(workshop: World) -> Iterator[str]:
    with Register(workshop.ledger, Settings(base_url="")) as register, serving(create_app(register)) as address:
        yield address


def test_uploads_that_never_finish_hold_bounded_memory_and_are_closed(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case R8."""
    assert httpx2.get(f"{address}/verify?number=X").status_code == 200
    before, most = memory(), 0
    uploading, go_on, held = threading.Semaphore(0), threading.Event(), bytes(MIB)

    def upload() -> int:
        with connected(address) as connection:
            connection.sendall(UPLOAD % LARGEST)
            for _ in range(LARGEST // MIB - 1):
                connection.sendall(held)
            uploading.release()
            go_on.wait(PATIENCE)
            return answer_of(connection)[0]

    monkeypatch.setattr(bodies, "QUIET_SECONDS", 8)
    with ThreadPoolExecutor(24) as clients:
        answers = [clients.submit(upload) for _ in range(24)]
        for _ in range(24):
            assert uploading.acquire(timeout=PATIENCE)
            most = max(most, memory())
        for size in (20, 200_000, 6 * MIB):
            honest = httpx2.post(f"{address}/verify", content=b"0" * size, timeout=PATIENCE)
            assert honest.status_code == 200, "a document or a photograph is checked meanwhile"
        go_on.set()
        statuses = [answer.result() for answer in answers]
    assert most - before < 256 * MIB, f"{(most - before) // MIB} MiB"
    assert set(statuses) == {408, 503}
    assert until(lambda: httpx2.post(f"{address}/verify", content=b"0" * LARGEST).status_code == 200), (
        "all is free again"
    )


def test_who_is_too_slow_or_one_too_many_is_told_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "QUIET_SECONDS", 0.2)
    with connected(address) as quiet:
        quiet.sendall(UPLOAD % 10 + b"12345")
        status, headers, body = answer_of(quiet)
        assert (status, headers["content-type"], headers["connection"]) == (408, PROBLEM, "close")
        assert json.loads(body)["title"] == "The request took too long to arrive"
        assert quiet.recv(1) == b"", "closed"
    monkeypatch.setattr(bodies, "QUIET_SECONDS", 10)
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 0.5)
    with connected(address) as dripping:
        dripping.sendall(UPLOAD % 1000)
        begun = time.monotonic()
        dripping.settimeout(0.05)
        while True:
            dripping.sendall(b"1")
            try:
                assert dripping.recv(65536).startswith(b"HTTP/1.1 408 ")
                break
            except TimeoutError:
                assert time.monotonic() - begun < PATIENCE
    monkeypatch.setattr(bodies, "FIRST_SECONDS", 30)
    monkeypatch.setattr(bodies, "LONGEST_SECONDS", 0.3)
    with connected(address) as long:
        long.sendall(UPLOAD % LARGEST + bytes(MIB))
        assert answer_of(long)[0] == 408


def test_the_largest_that_still_arrives_gives_way() -> None:
    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    app = Bodies(Starlette(routes=[Route("/", read, methods=["POST"])]), most=1000, small=10)
    with serving(app) as address, connected(address) as large, connected(address) as larger:
        for connection, size in ((large, 400), (larger, 600)):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n" + bytes(size))
        assert until(lambda: app._held == 1000)
        assert httpx2.post(address, content=bytes(700)).status_code == 503, "nobody holds more than that"
        assert httpx2.post(address, content=bytes(500)).text == "500"
        assert answer_of(larger)[0] == 503
        large.sendall(bytes(200))
        assert until(lambda: app._held == 600), "who has room goes on"


def test_when_bodies_hold_all_there_is_small_ones_still_pass() -> None:
    release = threading.Event()

    async def read(request: Request) -> Response:
        data = await request.body()
        while data.startswith(b"wait") and not release.is_set():
            await asyncio.sleep(0.01)
        return PlainTextResponse(str(len(data)))

    app = Bodies(Starlette(routes=[Route("/", read, methods=["POST"])]), most=1000, small=10)
    with serving(app) as address, ThreadPoolExecutor(1) as clients:
        first = clients.submit(httpx2.post, address, content=b"wait".ljust(1000), timeout=PATIENCE)
        assert until(lambda: app._held == 1000), "what is read counts until the request ends"
        refused = httpx2.post(address, content=b"x" * 11)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        assert httpx2.post(address, content=b"x" * 10).text == "10"
        release.set()
        assert first.result().text == "1000"
        assert until(lambda: app._held == 0)
        assert httpx2.post(address, content=b"x" * 1000).text == "1000"


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_end_is_not_waited_for(
    address: str, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.5)
    monkeypatch.setattr(connections, "CHECK_SECONDS", 0.1)
    for after in (b"", b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"):
        with connected(address) as connection:
            if after:
                connection.sendall(after)
                assert answer_of(connection)[0] == 200
            connection.sendall(begun)
            since = time.monotonic()
            connection.settimeout(0.05)
            closed = False
            while not closed and time.monotonic() - since < 10:
                try:
                    if begun:
                        connection.sendall(b"x")
                    closed = connection.recv(1) == b""
                except TimeoutError:
                    pass
                except ConnectionError:
                    closed = True
            assert closed, "a byte now and then keeps no connection"


def test_a_head_that_is_too_large_is_refused(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X-Padding: %s\r\n" % (b"x" * connections.HEAD_BYTES))
        with suppress(ConnectionResetError):  # when the server closes before it has read all
            assert answer_of(connection)[0] == 400
            while connection.recv(1):
                pass


def test_who_does_not_take_the_response_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.5)
    monkeypatch.setattr(connections, "CHECK_SECONDS", 0.1)
    app = Starlette(routes=[Route("/", lambda _: Response(bytes(LARGEST)))])
    with serving(app) as address, connected(address) as slow, connected(address) as lazy:
        for connection in (slow, lazy):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        received = 0
        taken, begun = 0, time.monotonic()
        while received < LARGEST:  # for longer than the patience of the server, but always something
            received += len(slow.recv(MIB // 4)) or pytest.fail("cut off though it reads")
            time.sleep(0.02)
            with suppress(ConnectionResetError):
                taken += len(lazy.recv(10))
        assert time.monotonic() - begun > 2
        with suppress(ConnectionResetError):
            while part := lazy.recv(MIB):
                taken += len(part)
        assert taken < LARGEST


def test_more_connections_than_there_are_files_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])
    with serving(app, limit_concurrency=3) as address:
        with connected(address), connected(address):
            assert until(lambda: httpx2.get(address).status_code == 503)
        assert until(lambda: httpx2.get(address).status_code == 200)


class Work:
    """An endless endpoint, and what became of it."""

    def __init__(self) -> None:
        self.running, self.ended, self.go = 0, 0, threading.Event()

    async def awaiting(self, request: Request) -> Response:
        await request.body()
        self.running += 1
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            self.ended += 1
        return PlainTextResponse("done")

    def threaded(self, _: Request) -> Response:
        self.running += 1
        self.go.wait(PATIENCE)
        self.ended += 1
        return PlainTextResponse("done")

    async def streaming(self, _: Request) -> Response:
        async def parts() -> Any:
            yield b"begun"
            await self.awaiting(Request({"type": "http"}, self.nothing))

        return StreamingResponse(parts())

    async def nothing(self) -> Any:
        return {"type": "http.request", "body": b""}

    def app(self, seconds: float) -> ASGIApp:
        routes = [
            Route(f"/{e.__name__}", e, methods=["GET", "POST"]) for e in (self.awaiting, self.threaded, self.streaming)
        ]
        return Deadlines(Starlette(routes=routes), late=lambda _: PlainTextResponse("late", 503), seconds=seconds)


@pytest.mark.parametrize("endpoint", ["awaiting", "streaming"])
@pytest.mark.parametrize("body", [b"", b"a document"])
def test_the_work_for_a_client_who_left_ends(endpoint: str, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    work = Work()
    with serving(work.app(PATIENCE)) as address, connected(address) as connection:
        head = f"POST /{endpoint} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        assert until(lambda: work.running)
        connection.close()
        assert until(lambda: work.ended)
    assert caplog.records == []


def test_a_client_who_leaves_in_the_middle_of_a_body_is_no_error(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        with connected(address) as connection:
            connection.sendall(UPLOAD % 1000 + b"12345")
    assert httpx2.get(f"{address}/health").status_code == 200
    time.sleep(0.2)
    assert caplog.records == []


def test_a_thread_keeps_its_place_until_it_ends_and_its_client_is_answered_in_time() -> None:
    work = Work()
    with serving(work.app(0.2)) as address:
        for path in ("threaded", "awaiting"):
            answer = httpx2.get(f"{address}/{path}")
            assert (answer.status_code, answer.text) == (503, "late")
        assert until(lambda: work.ended == 1), "what awaits ends; a thread does not"
        assert work.running == 2
        work.go.set()
        assert until(lambda: work.ended == 2)
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(f"{address}/streaming")


def test_a_request_that_is_soon_answered_is_not_watched() -> None:
    tasks = list[int]()

    async def soon(_: Request) -> Response:
        tasks.append(len(asyncio.all_tasks()))
        return PlainTextResponse("done")

    async def asked() -> None:
        async def receive() -> Message:
            raise AssertionError("nobody asks whether the client has left")

        async def send(_: Message) -> None:
            await asyncio.sleep(0)

        app = Deadlines(Starlette(routes=[Route("/", soon)]), late=lambda _: PlainTextResponse("late", 503))
        await app({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}, receive, send)
        await asyncio.sleep(2 * deadlines.UNWATCHED_SECONDS)
        tasks.append(len(asyncio.all_tasks()))

    asyncio.run(asked())
    assert tasks == [1, 1]


def test_a_witness_has_the_same_doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "QUIET_SECONDS", 0.2)
    witness = Witness(tmp_path, "witness.example", {}, lambda: datetime.now(UTC))
    with serving(create_witness(witness), lifespan="off") as address, connected(address) as connection:
        connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nold 0")
        assert answer_of(connection)[0] == 408
        elsewhere = httpx2.get(f"{address}/add-checkpoint/", headers={"Host": "evil.example"})
        assert (elsewhere.status_code, elsewhere.headers.get("Location")) == (404, None)
