"""The size of an upload is bounded while it comes in; so are the number of checks at once, and their time."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.checking import checks
from api.checking.presented import MAX_BYTES
from api.cli.listening import listening
from api.confined import Patience
from api.problems import NotNow
from api.public import verify as verify_route
from api.public.slots import Slots
from api.public.verify import AT_ONCE, MAX_BODY_BYTES
from api.register import Register, Settings
from projections.credentials.forms.event_loop import leave_running_loop
from tests.api.checking.test_verifying import BYTES, presented, results
from tests.issued import URL
from tests.serving import serving
from tests.support import World

T = TypeVar("T")
PATIENCE = 20  # seconds
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'


class Blocked:
    """Checks that wait until they are released."""

    def __init__(self) -> None:
        self.go, self.running, self.most, self.begun = threading.Event(), 0, 0, 0
        self._turn = threading.Lock()

    def check(self, *_: Any) -> None:
        with self._turn:
            self.begun += 1
            self.running += 1
            self.most = max(self.most, self.running)
        self.go.wait(PATIENCE)
        with self._turn:
            self.running -= 1
        raise ValueError("nobody waits for this any more")


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Blocked]:
    blocked = Blocked()
    monkeypatch.setattr(verify_route, "SECONDS", 0.1)
    monkeypatch.setattr(verify_route, "SECONDS_IN_LINE", 0.1)
    monkeypatch.setattr(checks, "check_presented", blocked.check)
    yield blocked
    blocked.go.set()


def test_never_more_are_checked_at_once_than_there_are_slots(
    client: TestClient, number: str, blocked: Blocked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [client.post("/verify?lang=fr", content=number.encode(), headers=BYTES) for _ in range(3 * AT_ONCE)]
    assert [answer.status_code for answer in answers] == [503] * 3 * AT_ONCE
    assert [answer.json()["code"] for answer in answers] == ["verify-too-long"] * AT_ONCE + [
        "verify-busy"
    ] * 2 * AT_ONCE
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert "trop longue, a été interrompue" in answers[0].json()["detail"]
    assert "réessayez dans un instant" in answers[-1].json()["detail"]
    assert (blocked.running, blocked.most) == (AT_ONCE, AT_ONCE)
    blocked.go.set()
    for _ in range(100 * PATIENCE):
        if blocked.running == 0:
            break
        time.sleep(0.01)
    assert (blocked.running, blocked.begun) == (0, AT_ONCE), "who was sent away is not checked later"
    monkeypatch.undo()
    assert presented(client, number.encode())["verdict"] == "in-force"
    assert "nobody waits" not in caplog.text


def in_a_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it in a thread in which a loop may be running already, that of a browser."""
    return leave_running_loop(lambda: asyncio.run(work()))()


def test_what_fails_in_a_slot_fails_as_it_does_elsewhere() -> None:
    def late(_: Patience) -> None:
        raise TimeoutError("of the work itself")

    async def tried() -> None:
        await Slots(1).run(late, waiting=PATIENCE, working=PATIENCE)

    with pytest.raises(TimeoutError, match="of the work itself"):
        in_a_loop(tried)


def test_who_waits_gets_the_slot_that_frees() -> None:
    async def tried() -> list[str]:
        slots = Slots(1)
        first = asyncio.create_task(slots.run(lambda _: time.sleep(0.3), waiting=PATIENCE, working=0.05))
        with pytest.raises(NotNow):
            await first
        return [await slots.run(lambda _: "second", waiting=PATIENCE, working=PATIENCE)]

    assert in_a_loop(tried) == ["second"]


def test_a_body_of_the_largest_size_is_checked(client: TestClient) -> None:
    assert results(presented(client, b"0" * MAX_BYTES))["form"] == "unknown"
    form = client.post("/verify", files={"file": ("largest", b"0" * MAX_BYTES)})
    assert (form.status_code, form.json()["verdict"]) == (200, "not-checked")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_larger_body_is_refused_by_its_size(client: TestClient, language: str) -> None:
    data = b"0" * (MAX_BODY_BYTES + 1)
    answers = (
        client.post("/verify", params={"lang": language}, content=data, headers=BYTES),
        client.post("/verify", params={"lang": language}, files={"file": ("larger", data)}),
        client.post("/verify", params={"lang": language}, data={"text": data.decode()}),
    )
    for answer in answers:
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        said = {"en": f"at most {MAX_BODY_BYTES} bytes", "fr": f"au plus {MAX_BODY_BYTES} octets"}[language]
        assert said in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/octet-stream"])
def test_a_body_without_end_is_refused_while_it_comes_in(issued: World, kind: str) -> None:
    with (
        Register(issued.ledger, Settings(base_url=URL)) as register,
        listening("127.0.0.1", 0) as listener,
        serving(create_app(register), listener),
        socket.create_connection(listener.getsockname()[:2], timeout=PATIENCE) as connection,
    ):
        head = f"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode() + b"%x\r\n%b\r\n" % (len(PART), PART))
        megabyte = bytes(1024 * 1024)
        for _ in range(MAX_BODY_BYTES // len(megabyte) + 1):
            connection.sendall(b"%x\r\n%b\r\n" % (len(megabyte), megabyte))
        answer = connection.recv(65536)  # the body has not ended
        while b"}" not in answer:
            answer += connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "http-413"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_form_that_cannot_be_read_is_refused_in_words(client: TestClient, language: str) -> None:
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    three_files = b"".join(PART + b"%d\r\n" % n for n in range(3)) + b"--x--\r\n"
    many_fields = b"".join(b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n1\r\n' % n for n in range(9))
    for body in (
        b"nothing",
        three_files,
        many_fields + b"--x--\r\n",
        b'--x\r\nContent-Disposition: "\r\n\r\n1\r\n--x--',
    ):
        answer = client.post("/verify", params={"lang": language}, content=body, headers=multipart)
        assert (answer.status_code, answer.json()["code"]) == (400, "input"), body
        (error,) = answer.json()["errors"]
        assert error["field"] == "form"
        assert {"en": "2 files and 8 fields at most", "fr": "au plus 2 fichiers et 8 champs"}[language] in error[
            "expected"
        ]
