"""Work for a client who has left ends, and leaves its place to those who wait. Case R7."""

import asyncio
import socket
import time
from collections.abc import Iterator
from datetime import date
from threading import Event

import httpx2
import pytest

from api.app import create_app
from api.checking import checks, many
from api.checking.many import MAX_ROWS
from api.cli.listening import listening
from api.confined import Patience, Stopped
from api.public.slots import Slots
from api.public.verify import MANY_AT_ONCE
from api.register import Register, Settings
from ledger.verdict import VerificationReport
from tests.api.checking.test_bounds import in_a_loop
from tests.issued import URL
from tests.serving import serving
from tests.support import World

SECONDS = 20  # for what takes less than one when nothing holds it up


@pytest.fixture
def address(issued: World) -> Iterator[tuple[str, int]]:
    with (
        Register(issued.ledger, Settings(base_url=URL)) as register,
        listening("127.0.0.1", 0) as listener,
        serving(create_app(register), listener),
    ):
        yield listener.getsockname()[:2]


def left(address: tuple[str, int], table: bytes) -> None:
    """Send a whole request, and leave without its answer."""
    head = f"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {len(table)}\r\n\r\n"
    with socket.create_connection(address, timeout=SECONDS) as connection:
        connection.sendall(head.encode() + table)
        time.sleep(0.2)


def asked(address: tuple[str, int], data: bytes, media_type: str) -> httpx2.Response:
    url = f"http://{address[0]}:{address[1]}/verify"
    return httpx2.post(url, content=data, headers={"Content-Type": media_type}, timeout=SECONDS)


def test_who_leaves_keeps_nobody_waiting(address: tuple[str, int], number: str) -> None:
    equal = b"number\n" + f"{number}\n".encode() * MAX_ROWS
    different = b"number\n" + b"".join(b"https://%d.example.org/%b\n" % (n, number.encode()) for n in range(MAX_ROWS))
    for _ in range(2 * MANY_AT_ONCE):
        left(address, equal)
        left(address, different)
    begun = time.monotonic()
    honest = asked(address, number.encode(), "text/plain")
    assert (honest.status_code, honest.json()["verdict"]) == (200, "in-force")
    table = asked(address, equal, "text/csv")
    assert table.status_code == 200
    assert table.text.count("in-force") == MAX_ROWS
    assert time.monotonic() - begun < SECONDS


def test_equal_numbers_are_checked_once(issued: World, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[bytes] = []

    def counted(data: bytes, register: Register, day: date, patience: Patience | None) -> VerificationReport:
        checked.append(data)
        return checks.check_presented(data, register, day, patience)

    monkeypatch.setattr(many, "check_presented", counted)
    with Register(issued.ledger, Settings(base_url=URL)) as register:
        table = many.results(f"number\n{number}\n {number}\nx\n{number}\n".encode(), register, issued.now.date())
    assert checked == [number.encode(), b"x"]
    assert table.count(b"in-force") == 3


def test_a_table_ends_when_nobody_waits(issued: World, number: str) -> None:
    patience = Patience(SECONDS)
    patience.leave()
    with Register(issued.ledger, Settings(base_url=URL)) as register, pytest.raises(Stopped, match="left"):
        many.results(f"number\n{number}\n".encode(), register, issued.now.date(), patience)


def test_a_slot_is_free_as_soon_as_its_client_has_left() -> None:
    ended = Event()

    def long(patience: Patience) -> None:
        try:
            while True:
                patience.remaining()
                time.sleep(0.01)
        finally:
            ended.set()

    async def tried() -> str:
        slots = Slots(1)
        first = asyncio.create_task(slots.run(long, waiting=SECONDS, working=SECONDS))
        await asyncio.sleep(0.2)
        first.cancel()
        return await slots.run(lambda _: "next", waiting=SECONDS, working=SECONDS)

    begun = time.monotonic()
    assert in_a_loop(tried) == "next"
    assert ended.is_set()
    assert time.monotonic() - begun < SECONDS / 2
