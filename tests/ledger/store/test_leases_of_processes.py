"""Processes that are killed and stopped at any moment hold a duty one after the other, and never two at once."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Barrier, Thread
from time import monotonic, sleep
from typing import NamedTuple

import pytest

from ledger.store.engines.postgresql import CONNECTIONS, MORE_CONNECTIONS
from ledger.store.following import Troubles
from ledger.store.leases import LIFE, PUBLISHING, Leases
from ledger.store.opening import open_record
from ledger.store.port import Database
from ledger.store.recorder import LedgerRecorder
from tests.clusters import durable_server, pooler
from tests.engines import VARIABLE, Engine
from tests.records import record

__all__ = ["record"]

ROOT = Path(__file__).parents[3]
SECONDS = 12
TABLE = "CREATE TABLE written (epoch BIGINT NOT NULL, began BIGINT NOT NULL)"
# It has a clock of its own, and says when it had the duty: a moment before it asked itself, one after, and the epoch.
PROCESS = """\
import sys
import time
from pathlib import Path
from eventsourcing.persistence import PersistenceError
from ledger.store.following import Troubles
from ledger.store.leases import PUBLISHING, Leases
from ledger.store.opening import open_record
folder, ahead = Path(sys.argv[1]), float(sys.argv[2])
database = open_record(folder)
leases = Leases(folder, {PUBLISHING: ()}, Troubles(), object, lambda: time.monotonic() + ahead)
holding = leases.of(PUBLISHING)
with leases.running():
    print("ready", flush=True)
    while True:
        began = time.monotonic_ns()
        tenure = holding()
        if tenure is not None:
            print(began, time.monotonic_ns(), tenure.epoch, flush=True)
            try:
                with database.transaction(commit=True) as cursor:
                    tenure.require(cursor)
                    cursor.execute(
                        f"INSERT INTO written VALUES ({database.mark}, {database.mark})", (tenure.epoch, began)
                    )
            except PersistenceError:
                pass
        time.sleep(0.02)
"""


class Seen(NamedTuple):
    """That a process had the duty at some moment between two, in nanoseconds."""

    began: int
    ended: int
    epoch: int


class Process:
    """One of those that wait for the duty."""

    def __init__(self, engine: Engine, folder: Path, number: int, ahead: float) -> None:
        self._said = folder / f"said-{number}"
        with self._said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROCESS, str(folder), str(ahead)],
                cwd=ROOT,
                env=engine.environment(folder),
                stdout=out,
            )

    @property
    def is_ready(self) -> bool:
        return self._said.stat().st_size > 0

    def seen(self) -> list[Seen]:
        lines = self._said.read_text(encoding="utf-8").split("\n")[1:-1]  # the last may be cut short
        return [Seen(*map(int, line.split())) for line in lines]

    def end(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(20)


@contextmanager
def processes(engine: Engine, folder: Path, record: Database, count: int) -> Iterator[list[Process]]:
    """So many processes, whose clocks differ by hours."""
    with record.transaction(commit=True) as cursor:
        cursor.execute(TABLE)
    with ExitStack() as stack:
        made = list[Process]()
        for number in range(count):
            made.append(Process(engine, folder, number, 3600.0 * number))
            stack.callback(made[-1].end)
        deadline = monotonic() + 60
        while not all(process.is_ready for process in made):
            assert monotonic() < deadline, "they do not start"
            sleep(0.05)
        yield made


def holder(made: list[Process]) -> Process:
    """The process that has the duty now."""
    deadline = monotonic() + 30
    while monotonic() < deadline:
        for process in made:
            seen = process.seen()
            if process.process.poll() is None and seen and seen[-1].ended > (monotonic() - 0.3) * 1e9:
                return process
        sleep(0.02)
    pytest.fail("nobody takes the duty")


def require_one_after_the_other(made: list[Process], record: Database) -> None:
    seen = sorted(each for process in made for each in process.seen())
    epochs = {each.epoch for each in seen}
    for epoch in epochs:
        assert sum(any(each.epoch == epoch for each in process.seen()) for process in made) == 1
    for epoch, following in zip(sorted(epochs), sorted(epochs)[1:], strict=False):
        last = max(each.began for each in seen if each.epoch == epoch)
        first = min(each.ended for each in seen if each.epoch == following)
        assert last <= first, f"{following} began before {epoch} had ended"
    written = [row[0] for row in record.select("SELECT epoch FROM written ORDER BY began")]
    assert written == sorted(written)
    assert set(written) <= epochs


def test_another_process_takes_over_when_one_is_killed_or_stands_still(
    engine: Engine, record: Database, tmp_path: Path
) -> None:
    with processes(engine, tmp_path, record, 3) as made:
        for stop in (signal.SIGSTOP, signal.SIGKILL):
            before = holder(made)
            before.process.send_signal(stop)
            began = monotonic()
            after = holder([process for process in made if process is not before])
            assert monotonic() - began < 8
            if stop == signal.SIGSTOP:
                sleep(1)
                before.process.send_signal(signal.SIGCONT)
                sleep(1)  # in which it would write
                assert holder(made) is after
    require_one_after_the_other(made, record)


def test_processes_that_are_stopped_and_killed_at_any_moment_never_hold_it_at_once(
    engine: Engine, record: Database, tmp_path: Path
) -> None:
    dice = random.Random(7)  # noqa: S311 - repeatable
    with processes(engine, tmp_path, record, 4) as made:
        end = monotonic() + SECONDS
        while monotonic() < end:
            process = holder(made) if dice.random() < 0.6 else dice.choice(made)
            process.process.send_signal(signal.SIGSTOP)
            sleep(dice.choice((0.1, 1.0, 3.4, 4.2, 5.0)))
            process.process.send_signal(signal.SIGCONT)
        holder(made).process.kill()
        holder(made)
    require_one_after_the_other(made, record)


def test_a_pooler_in_between_and_requests_that_use_every_connection_do_not_lose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PgBouncer gives each transaction another session."""
    troubles, everybody = (Troubles(), Troubles()), Barrier(CONNECTIONS + MORE_CONNECTIONS + 1)
    with durable_server() as server, pooler(server) as url:
        monkeypatch.setenv(VARIABLE, url)
        with closing(open_record(tmp_path)) as database:
            LedgerRecorder(database).create_tables()
            first, second = (Leases(tmp_path, {PUBLISHING: ()}, each, object) for each in troubles)

            def request() -> None:
                with database.transaction(commit=False):
                    everybody.wait(30)
                    sleep(LIFE + 1)

            with first.running(), second.running():
                before = first.of(PUBLISHING)()
                assert before is not None
                requests = [Thread(target=request) for _ in range(CONNECTIONS + MORE_CONNECTIONS)]
                for thread in requests:
                    thread.start()
                everybody.wait(30)
                for thread in requests:
                    thread.join()
                assert first.of(PUBLISHING)() is before
                with database.transaction(commit=True) as cursor:
                    before.require(cursor)
    assert [dict(each) for each in troubles] == [{}, {}]
