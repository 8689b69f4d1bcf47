"""A register under load, while the processes that serve it and its database are killed."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event

import httpx2
import msgspec

from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.opening import DATABASE, open_database
from tests.clusters import durable_server
from tests.engines import VARIABLE, move
from tests.load.clients import Client
from tests.load.judging import faults
from tests.load.processes import Serving, Thread, kill_database, kill_in_turn
from tests.postgresql import Server
from tests.support import World


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What is run: clients, processes, and how often each kind of thing dies."""

    kind: str
    deaths: int
    database_deaths: int = 0
    clients: int = 32
    processes: int = 3
    seed: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. ``longest`` is in seconds, from the first try of a statement to its acknowledgement."""

    seconds: float
    acknowledged: int
    repeated: int
    median: float
    longest: float
    faults: list[str]


def run(folder: Path, load: Load) -> Figures:
    """Run a load on a register that is made in an empty folder, and judge what is left."""
    world = World(folder / "ledger")
    world.appoint()
    world.reach_today()
    world.ledger.close()
    with _database(world.ledger.folder, load) as (server, address):
        processes = [
            Serving(world.ledger.folder, {**os.environ, VARIABLE: address}, number) for number in range(load.processes)
        ]
        begun = time.monotonic()
        clients, seen = _killing(processes, server, load)
        seconds = time.monotonic() - begun
        last = _settled(processes)
        for process in processes:
            process.kill()
        if address:  # what is judged is the record, wherever it is
            move(PostgreSQLDatabase(address), open_database(world.ledger.folder / DATABASE))
    acknowledged = [said for client in clients for said in client.acknowledged]
    times = sorted(spent for client in clients for spent in client.times)
    return Figures(
        seconds=seconds,
        acknowledged=len(acknowledged),
        repeated=sum(client.repeated for client in clients),
        median=times[len(times) // 2],
        longest=times[-1],
        faults=faults(world.ledger.folder, acknowledged, seen, last),
    )


@contextmanager
def _database(folder: Path, load: Load) -> Iterator[tuple[Server | None, str]]:
    """Where the record is moved before it is served: a server, if it is not the file that it is in, and an address."""
    if load.kind == "sqlite":
        yield None, ""
        return
    with durable_server() as server:
        move(open_database(folder / DATABASE), PostgreSQLDatabase(server.url()))
        (folder / DATABASE).unlink()
        yield server, server.url()


def _killing(processes: list[Serving], server: Server | None, load: Load) -> tuple[list[Client], list[str]]:
    """Let clients work until everything has died as often as it should; returns them, and every checkpoint seen."""
    stop, watched, random = Event(), Event(), Random(load.seed)  # noqa: S311 - no secret
    for process in processes:
        process.start()
    for process in processes:
        process.wait()
    clients = [Client(number, processes, stop) for number in range(load.clients)]
    seen: list[str] = []
    working = [Thread(target=client.run) for client in clients]
    watching = Thread(target=_watch, args=(processes, watched, seen))
    for thread in (*working, watching):
        thread.start()
    try:
        kill_in_turn(processes, load.deaths, random)
        if server is not None:
            kill_database(server, load.database_deaths, random)
    finally:
        stop.set()
        for thread in working:
            thread.join()
        watched.set()
        watching.finish()
    for thread in working:
        thread.finish()
    return clients, seen


def _watch(processes: list[Serving], stop: Event, seen: list[str]) -> None:
    """Write down the checkpoints that processes show."""
    with httpx2.Client(timeout=5) as client:
        while not stop.wait(0.1):
            for process in processes:
                note = _checkpoint(client, process)
                if note is not None and note not in seen[-len(processes) :]:
                    seen.append(note)


def _checkpoint(client: httpx2.Client, process: Serving) -> str | None:
    try:
        answer = client.get(f"{process.url}/checkpoint")
    except httpx2.HTTPError:
        return None
    return answer.text if answer.status_code == 200 else None


def _settled(processes: list[Serving]) -> dict[str, str]:
    """The checkpoint that each process shows once nobody writes any more."""
    for process in processes:
        process.wait()
    with httpx2.Client(timeout=30) as client:
        deadline = time.monotonic() + 30
        while True:
            shown = {process.url: _checkpoint(client, process) or "" for process in processes}
            if (len(set(shown.values())) == 1 and "" not in shown.values()) or time.monotonic() > deadline:
                return shown
            time.sleep(0.2)
