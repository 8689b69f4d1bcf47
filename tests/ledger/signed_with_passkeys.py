"""A ledger in which people sign with passkeys: the founders, a registrar and two deciders. One passkey is synced."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.signing.envelope import open_envelope
from ledger.signing.statement import SignedEvent, decode_payload
from ledger.store.ledger import Ledger
from tests.passkeys import SoftKey
from tests.support import PasskeyWorld, World, copied

KEYS = {
    "registrar": SoftKey("registrar"),
    "decider1": SoftKey("decider1", algorithm="Ed25519"),
    "decider2": SoftKey("decider2", eligible=True),
}


@pytest.fixture(scope="session")
def held_with_passkeys(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Awa is certified. Closed, to be copied."""
    world = certified_with_passkeys(tmp_path_factory.mktemp("passkeys") / "ledger")
    world.ledger.close()
    return world


signed = copied("held_with_passkeys")


def certified_with_passkeys(folder: Path) -> World:
    world = PasskeyWorld(folder)
    world.appoint()
    for person, key in KEYS.items():
        world.agree(person, key.key_id)
        world.passkeys[person] = key
        world.do("register-passkey", "security", person, person_id=person, **key.registration)
    world.certify()
    world.now = datetime(2017, 5, 20, 8, tzinfo=UTC)
    return world


def put(world: World, envelope: bytes) -> None:
    """Record a statement as only who holds the database can: without the rules. The ledger is opened again."""
    event = decode_payload(open_envelope(envelope).payload)
    world.ledger.application.events.put([SignedEvent(event, envelope)])
    world.ledger.close()
    world.ledger = Ledger.open(world.ledger.folder, lambda: world.now, is_simulated=True)
