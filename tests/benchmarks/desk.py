"""Officers at their desk: statements prepared and signed over HTTP by 32 clients, and a workshop signed together.

The register is served as an operator serves it, from files in the folder of the run, each commit synced. Inside the
clock: two signed POSTs for each statement (RFC 9421), from 32 threads of one process with keys at hand, each on a
connection of its own; a statement counts once its receipt has come, when it is on the disk with its checkpoint. Every
request and statement is verified, and decided by every rule. The baseline takes empty POSTs from as many clients, in
the same server without the register. The row of a workshop signs what waits in one process, from the list
to the receipts.
"""

import json
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from hashlib import sha256
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.secretariat.together import agreements, listed, sign_listed
from ledger.store.submission import Receipt
from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.benchmarks.serving import REGISTER, launched
from tests.scenario import names
from tests.support import World, key_of

BARE = "from tests.benchmarks.desk import serve; serve()"
CLIENTS = 32
REGISTRAR = "registrar"
STATEMENTS = "/secretariat/statements"
CPU_GOAL = 1 / 8  # of an empty POST, both POSTs of a statement together
PROOF_SECONDS, SIGNED_A_SECOND = 0.1, 1000
_TICKS = os.sysconf("SC_CLK_TCK")


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Statements a second and a CPU second, the slowest in a hundred until its proof, and a workshop."""
    world = World(folder / "desk")
    world.appoint()
    world.reach_today()
    people = [f"person-{number}" for number in range(3 * (size.rounds + 1) * size.group)]
    for start in range(0, len(people), 100):
        group = people[start : start + 100]
        world.ledger.submit([world.submission("register-person", person_id=p, details=names(p)) for p in group])
    world.ledger.close()
    workshop = world.copy(folder / "workshop")
    stack.callback(workshop.ledger.close)
    register = launched(stack, REGISTER, "serve", "--port", "0", "--ledger", str(folder / "desk"))
    bare = launched(stack, BARE)
    left = iter(people)

    def statements(measure: Callable[[int, Callable[[], float]], float]) -> Run:
        return lambda: measure(register[0], lambda: _submit(register[1], list(islice(left, size.group)))[0])

    def empty(measure: Callable[[int, Callable[[], float]], float]) -> Run:
        return lambda: measure(bare[0], lambda: _post_nothing(bare[1], 10 * size.group))

    def proven() -> float:
        waits = sorted(_submit(register[1], list(islice(left, size.group)), is_proven=True)[1])
        return 1 / waits[-1 - len(waits) // 100]

    inbox = stack.enter_context(closing(Inbox(workshop.ledger)))
    numbers = count()
    return [
        Comparison("http-submit", "statements", "empty POSTs", None, statements(_a_second), empty(_a_second)),
        Comparison("http-submit-cpu", "CPU: statements", "empty POSTs", CPU_GOAL, statements(_a_cpu), empty(_a_cpu)),
        Comparison("http-submit-proof", "p99 to a proof", "100 ms", 1, proven, lambda: 1 / PROOF_SECONDS),
        Comparison(
            "sign-workshop",
            "statements",
            "1,000 a second",
            1,
            lambda: _sign_workshop(workshop, inbox, numbers, size.group * size.groups),
            lambda: SIGNED_A_SECOND,
        ),
    ]


async def nothing(request: Request) -> Response:
    """The least that takes a body."""
    await request.body()
    return Response(b"{}", 201, media_type="application/json")


def serve() -> None:
    """Serve ``nothing`` with the server and the settings of the register."""
    import uvicorn

    from api.cli.listening import LOCAL, address, listening
    from api.doors.connections import configuration

    with listening(LOCAL, 0) as listener:
        print(f"serving {address(listener)}", flush=True)  # noqa: T201 - who started it reads this
        app = Starlette(routes=[Route("/", nothing, methods=["POST"])])
        uvicorn.Server(configuration(app, lifespan="off")).run(sockets=[listener])


def _a_second(_: int, work: Callable[[], float]) -> float:
    done: list[float] = []
    spent = seconds(lambda: done.append(work()))
    return done[0] / spent


def _a_cpu(process: int, work: Callable[[], float]) -> float:
    before = _cpu(process)
    done = work()
    return done / max(_cpu(process) - before, 1 / _TICKS)


def _cpu(process: int) -> float:
    """Return the CPU seconds of a process so far (proc_pid_stat(5): utime and stime are fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _post_nothing(port: int, times: int) -> float:
    def client(_: int) -> int:
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            for _ in range(times // CLIENTS + 1):
                connection.request("POST", "/", b"{}", {"Content-Type": "application/json"})
                connection.getresponse().read()
        return times // CLIENTS + 1

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS)))


def _submit(port: int, people: list[str], *, is_proven: bool = False) -> tuple[float, list[float]]:
    """Record the employment of these people; return how many, and the seconds that each second POST took.

    With ``is_proven``, until the proof of its entry was served.
    """

    def client(mine: list[str]) -> list[float]:
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            return [_statement(connection, person, is_proven=is_proven) for person in mine]

    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [people[start::CLIENTS] for start in range(CLIENTS)]
        waits = [wait for share in pool.map(client, shares) for wait in share]
    return len(waits), waits


def _statement(connection: HTTPConnection, person: str, *, is_proven: bool) -> float:
    arguments = {"person_id": person, "administration_id": "SN", "since": "2016-01-01"}
    wanted = {"command": "record-employment", "arguments": arguments, "signers": [REGISTRAR]}
    prepared = _post(connection, STATEMENTS, wanted, {"idempotency-key": token_urlsafe()})
    key = key_of(REGISTRAR)
    signature = b64encode(key.sign(b64decode(prepared["to_sign"]))).decode()
    began = time.perf_counter()
    given = {"keyid": key.key_id, "signature": signature}
    recorded = _post(connection, f"{STATEMENTS}/{prepared['number']}/signatures", given, {})
    while is_proven:
        connection.request("GET", f"/proof/{recorded['leaf']}.tlog-proof")
        response = connection.getresponse()
        response.read()
        if response.status == 200:
            break
        assert response.status in (404, 422), response.status  # not under a published checkpoint yet
    return time.perf_counter() - began


def _post(connection: HTTPConnection, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
    """Send a signed request (RFC 9421), whose signature base is written out: the client is not what is measured."""
    content, key = json.dumps(body).encode(), key_of(REGISTRAR)
    digest = f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"
    sent = {"content-digest": digest, "content-type": "application/json", **headers}
    covered = " ".join(f'"{name}"' for name in ("@method", "@target-uri", *sent))
    nonce = token_urlsafe(24)
    says = f'({covered});created={int(time.time())};keyid="{key.key_id}";nonce="{nonce}";tag="pca-ledger"'
    fields = {"@method": "POST", "@target-uri": f"http://127.0.0.1:{connection.port}{path}", **sent}
    base = "\n".join([*(f'"{name}": {value}' for name, value in fields.items()), f'"@signature-params": {says}'])
    signature = b64encode(key.sign(base.encode())).decode()
    connection.request("POST", path, content, {**sent, "signature-input": f"s={says}", "signature": f"s=:{signature}:"})
    response = connection.getresponse()
    answer: dict[str, Any] = json.loads(response.read())
    assert response.status == 201, answer
    return answer


def _sign_workshop(world: World, inbox: Inbox, numbers: Iterator[int], size: int) -> float:
    """Sign the registration of so many people as one list; return how many a second."""
    people = [f"candidate-{number}" for number in islice(numbers, size)]
    proposals = (proposal("register-person", REGISTRAR, person_id=p, details=names(p)) for p in people)
    inbox.file(proposals, f"workshop {people[0]}")

    def sign() -> None:
        agreed = agreements(listed(inbox, world.ledger, REGISTRAR))
        signed = list(sign_listed(inbox, world.ledger, REGISTRAR, key_of(REGISTRAR), agreed))
        assert len(signed) == size
        assert all(isinstance(each.result, Receipt) for each in signed)

    return size / seconds(sign)
