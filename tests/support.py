"""A real ledger in a temporary folder, with officers' keys and a clock that tests set."""

from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from ledger.reading import Draft
from ledger.signing.envelope import Signature, seal
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.store.founding import found, found_signed, prepare
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Submission
from ledger.store.vault import Held
from tests.engines import copy_ledger
from tests.passkeys import SITE, SoftKey
from tests.scenario import ORIGIN, ROLES, SESSION, Scenario, key_of

__all__ = ["SESSION", "World", "key_of"]


class World(Scenario):
    """A founded ledger; ``keys`` are those of people who sign with another key than their first, or ``passkeys``."""

    def __init__(self, folder: Path, *, ml_dsa_key: MlDsaKey | None = None, policy: str | None = None) -> None:
        super().__init__()
        self.keys: dict[str, SigningKey] = {}
        self.passkeys: dict[str, SoftKey] = {}
        self._found(folder, ml_dsa_key, policy)
        self.ledger = Ledger.open(folder, lambda: self.now, is_simulated=True)

    def _found(self, folder: Path, ml_dsa_key: MlDsaKey | None, policy: str | None) -> None:
        found(
            folder,
            self.now,
            origin=ORIGIN,
            body=("Example Customs Organisation", "Organisation douanière d'exemple"),
            founders=[
                (
                    name,
                    ROLES[name],
                    key_of(name),
                    [self.disclosure("given_name", name), self.disclosure("family_name", "Exemple")],
                )
                for name in ("director", "security")
            ],
            log_key=key_of("log"),
            ml_dsa_key=ml_dsa_key,
            policy=policy,
        )

    def reach_today(self) -> None:
        """Move on to the real clock, which the commands have, and let two officers confirm it."""
        self.now = datetime.now(UTC)
        self.do("confirm-clock", reason_code="long-silence")

    def copy(self, folder: Path) -> Self:
        """The same world, whose ledger is closed, in another folder. To tell its story again takes much longer."""
        copy_ledger(self.ledger.folder, folder)
        twin = copy(self)
        twin.keys, twin.passkeys, twin.salts = dict(self.keys), dict(self.passkeys), copy(self.salts)
        twin.ledger = Ledger.open(folder, lambda: twin.now, is_simulated=True)
        return twin

    def read(self) -> Draft:
        return self.ledger.read()

    def sign(self, prepared: Prepared) -> bytes:
        people = [signer.person for signer in prepared.event.by]
        keys = [self.passkeys.get(one) or self.keys.get(one) or key_of(one) for one in people]
        return seal(prepared.payload, tuple(signature_of(key, prepared) for key in keys))

    def submission(self, name: str, *people: str, **arguments: Any) -> Submission:
        """A command prepared and signed, not yet submitted."""
        command, disclosures = self.command(name, **arguments)
        prepared = self.ledger.prepare(command, self.signers(command, *people), disclosures)
        return Submission(command, self.sign(prepared), disclosures)

    def do(self, name: str, *people: str, **arguments: Any) -> str:
        """Prepare, sign and submit."""
        self.now += timedelta(seconds=1)
        (answer,) = self.ledger.submit([self.submission(name, *people, **arguments)])
        if isinstance(answer, Exception):
            raise answer
        return answer.wire_name


class PasskeyWorld(World):
    """A ledger whose founders have passkeys, one of them a synced one."""

    def _found(self, folder: Path, ml_dsa_key: MlDsaKey | None, policy: str | None) -> None:
        passkeys = {
            "director": SoftKey("director"),
            "security": SoftKey("security", algorithm="Ed25519", eligible=True),
        }
        self.passkeys = passkeys
        details = {
            name: [self.disclosure("given_name", name), self.disclosure("family_name", "Exemple")] for name in passkeys
        }
        leaf = prepare(
            self.now,
            origin=ORIGIN,
            body=("Example Customs Organisation", "Organisation douanière d'exemple"),
            founders=[(name, ROLES[name], key.credential, details[name]) for name, key in passkeys.items()],
            sites=[SITE],
        )
        signatures = [signature for key in passkeys.values() for signature in key.sign(ORIGIN, [leaf.to_sign])]
        found_signed(folder, leaf, signatures, log_key=key_of("log"), ml_dsa_key=ml_dsa_key, policy=policy)


def signature_of(key: SigningKey | SoftKey, prepared: Prepared) -> Signature:
    """The signature of a statement by a key file or a passkey."""
    if isinstance(key, SigningKey):
        return prepared.signed_by(key)
    (signature,) = key.sign(ORIGIN, [prepared.to_sign])
    return signature


def held_about(world: World, person_id: str) -> list[Held]:
    """What the vault holds about a person."""
    return [held for held in world.ledger.vault.everything() if held.person_id == person_id]


def copied(held: str) -> object:
    """Return a fixture: a copy of the world that the session's fixture ``held`` made and closed."""

    @pytest.fixture
    def copy_of_it(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
        world: World = request.getfixturevalue(held).copy(tmp_path / "ledger")
        yield world
        world.ledger.close()

    return copy_of_it
