"""Witnesses and a ledger that needs them, each served over HTTP on this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.clients.fetching import reader
from api.publishing.collecting import Collector
from api.witness.app import create_app
from api.witness.store import Witness
from ledger.published import PublishedLog
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.note import VerifierKey
from ledger.store.leases import alone
from tests.scenario import ORIGIN, names
from tests.serving import serving
from tests.support import World, key_of

LOG_KEY = VerifierKey(ORIGIN, key_of("log").public)
NAMES = ("north", "south")


class Watched:
    """A world whose log has an ML-DSA-44 key and needs both of two witnesses; ``stop`` takes one away."""

    def __init__(self, folder: Path, quorum: str = "all") -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._servers: dict[str, ExitStack] = {}
        self.witnesses: dict[str, Witness] = {}
        lines = [f"log {LOG_KEY}"]
        for name in NAMES:
            witness = Witness(folder / name, f"{name}.example", {ORIGIN: [LOG_KEY]}, lambda: self.world.now)
            self.witnesses[name] = witness
            self._servers[name] = self._stack.enter_context(ExitStack())
            address = self._servers[name].enter_context(serving(create_app(witness), lifespan="off"))
            lines.append(f"witness {name} {witness.verifier_key} {address}")
        lines += [f"group both {quorum} north south", "quorum both"]
        self.world = World(
            folder / "ledger", ml_dsa_key=MlDsaKey.from_seed(b"log".ljust(32, b".")), policy="\n".join(lines) + "\n"
        )
        self.collector = Collector(self.world.ledger, alone)

    def stop(self, name: str) -> None:
        self._servers[name].close()

    def close(self) -> None:
        self._stack.close()
        self.world.ledger.close()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """Makes worlds with witnesses, which are closed at the end."""
    with ExitStack() as stack:

        def make(**options: str) -> Watched:
            watched = Watched(tmp_path / "watched", **options)
            stack.callback(watched.close)
            return watched

        yield make


def appoint_auditor(world: World) -> SigningKey:
    """A person with the role of an auditor; answers their key."""
    if not world.read().officer("registrar").roles:
        world.appoint()
    world.do("register-person", "registrar", person_id="auditor", details=names("Exemple"))
    world.do("grant-role", "director", person_id="auditor", role="auditor")
    key = key_of("auditor")
    world.do("register-key", "security", "auditor", person_id="auditor", public_key=key.public)
    return key


def published(source: object, world: World, key: SigningKey | None = None) -> PublishedLog:
    return PublishedLog(reader(str(source), key), world.ledger.trust)
