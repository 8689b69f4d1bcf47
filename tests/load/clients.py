"""Clients that have officers' statements recorded over HTTP, and write down what they are told."""

import time
from base64 import b64decode
from random import Random
from secrets import token_urlsafe
from threading import Event
from typing import Any

import httpx2
import msgspec

from tests.api.secretariat.test_http import Officer
from tests.load.processes import Serving
from tests.scenario import key_of, value

REGISTRAR = "registrar"
UPDATES = 5
"""Changes of each person's details after they are registered."""
SECONDS = 60
"""For which a client waits for an answer; a process that was killed gives none."""
AGAIN = 0.2
"""Seconds until what failed is tried again, elsewhere."""
PASSING = (429, 502, 503, 504)
"""Not now: to be tried again."""


class Acknowledged(msgspec.Struct, frozen=True):
    """A statement that a client was told is recorded at a leaf, counted from 0."""

    payload: bytes
    leaf: int
    stream: str
    version: int


class Unexpected(Exception):
    """An answer that no client should get."""


class Client:
    """Registers persons and changes their details, one statement after the other, each at another process."""

    def __init__(self, number: int, processes: list[Serving], stop: Event) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.times: list[float] = []
        """Seconds from the first try of each statement to its acknowledgement."""
        self.repeated = 0
        """Requests that were sent again, for nobody knew what had become of them."""
        self._number, self._processes, self._stop = number, processes, stop
        self._random = Random(number)  # noqa: S311 - no secret
        self._client = httpx2.Client(timeout=SECONDS)

    def run(self) -> None:
        """Work until it is told to stop, and end what it has begun. Raises ``Unexpected``."""
        with self._client:
            person = 0
            while not self._stop.is_set():
                person_id, person = f"load-{self._number}-{person}", person + 1
                name = value("family_name", f"Exemple {self._number}-{person}")  # nobody is registered twice
                self._record("register-person", person_id, value("given_name", "Awa"), name)
                for version in range(UPDATES):
                    if self._stop.is_set():
                        break
                    self._record("update-person-details", person_id, value("given_name", f"Awa {version}"))

    def _record(self, command: str, person_id: str, *details: dict[str, Any]) -> None:
        begun = time.monotonic()
        arguments = {"person_id": person_id, "details": details}
        wanted = {"command": command, "arguments": arguments, "signers": [REGISTRAR]}
        key = {"Idempotency-Key": token_urlsafe()}
        prepared = self._until_answered("/secretariat/statements", wanted, key)
        path = f"/secretariat/statements/{prepared['number']}/signatures"
        recorded = self._until_answered(path, Officer(self._client, REGISTRAR).signature(prepared))
        said = Acknowledged(b64decode(prepared["payload"]), recorded["leaf"], recorded["stream"], recorded["version"])
        self.acknowledged.append(said)
        self.times.append(time.monotonic() - begun)

    def _until_answered(self, path: str, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Ask one process after the other until one answers."""
        while True:
            officer = Officer(self._client, REGISTRAR, key_of(REGISTRAR), self._random.choice(self._processes).url)
            try:
                answer = officer.send("POST", path, body, headers)
            except httpx2.HTTPError:
                answer = None
            if answer is not None and answer.status_code == 201:
                said: dict[str, Any] = answer.json()
                return said
            if answer is not None and answer.status_code not in PASSING:
                raise Unexpected(f"{path}: {answer.status_code} {answer.text}")
            self.repeated += 1
            time.sleep(AGAIN)
