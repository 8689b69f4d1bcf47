"""Processes that serve one register, and die."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx2

from tests.postgresql import Server, free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds until a process that does not serve is given up."""
NOT_NOW = ("try again later", "cannot be reached", "cannot be used now")
"""What a process says that ends for it cannot open the database now. Whoever supervises it starts it again."""
BETWEEN = (0.2, 2.0)
"""Seconds between the moment when a process serves and its death."""


class Serving:
    """One process that serves the ledger in a folder, at the same address in each of its lives."""

    def __init__(self, folder: Path, environment: Mapping[str, str], number: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / f"process{number}.log"
        self._folder = folder
        self._environment = {**environment, "PYTHONPATH": str(ROOT), "PCA_LEDGER_LANG": "en"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        serve = ["serve", "--port", str(self.port), "--ledger", str(self._folder)]
        command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-c", "from api.cli import main; main()", *serve]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, cwd=self._folder.parent, stdout=log, stderr=log
            )

    def serves(self) -> bool:
        """Whether it answers. If it has ended because it could not open the database now, it is started again.

        Raises AssertionError if it has ended for any other reason.
        """
        assert self._process is not None
        if self._process.poll() is not None:
            says = self.log.read_text(encoding="utf-8")
            assert any(words in says.splitlines()[-1] for words in NOT_NOW), f"it ended by itself: {says[-2000:]}"
            self.start()
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.url}/checkpoint", timeout=5).status_code == 200
        return False

    def wait(self) -> None:
        """Wait until it serves."""
        deadline = time.monotonic() + PATIENCE
        while not self.serves():
            assert time.monotonic() < deadline, f"it does not serve: {self.log.read_text(encoding='utf-8')[-2000:]}"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def kill_in_turn(processes: list[Serving], deaths: int, random: Random) -> None:
    """Kill processes that serve, one at a time, each at a moment that nobody chose, and start each again at once."""
    for _ in range(deaths):
        process = random.choice(processes)
        process.wait()
        time.sleep(random.uniform(*BETWEEN))
        process.kill()
        process.start()


def kill_database(server: Server, deaths: int, random: Random) -> None:
    """Kill all processes of the database at once, each time after it has served for a while, and start it again."""
    for _ in range(deaths):
        time.sleep(random.uniform(*BETWEEN) * 2)
        server.kill()
        time.sleep(random.uniform(0, 1))
        server.start()


class Thread(threading.Thread):
    """A thread whose failure is raised to who joins it."""

    failure: BaseException | None = None

    def run(self) -> None:
        try:
            super().run()
        except BaseException as error:  # noqa: BLE001 - raised by ``finish``
            self.failure = error

    def finish(self) -> None:
        """Wait for its end. Raises what it raised."""
        self.join()
        if self.failure is not None:
            raise self.failure
