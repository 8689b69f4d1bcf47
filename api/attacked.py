"""What attacks are carried out on: a founded ledger of synthetic people, of which the attacker has everything."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec

from api.secretariat.founding import APPOINTED, FOUNDERS, found
from api.secretariat.proposals import Proposal, proposal
from api.secretariat.recording import record
from ledger.auditing import audit
from ledger.domain.record import Event, Fact, Role
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.signing.envelope import STATEMENT_TYPE, Signature, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.statement import SignedEvent, payload_of
from ledger.store.founding import LOG_KEY
from ledger.words import Words

ORIGIN = "attacked.example/pca"
BODY = Words("Example Customs Organisation", "Organisation douanière d’exemple")


class Signs(Protocol):
    """A key file, or a passkey in the hands of the attacker."""

    key_id: str

    def sign(self, message: bytes) -> bytes: ...


class Attack(msgspec.Struct, frozen=True):
    """``run`` carries it out in an empty folder and returns the codes of the findings; ``code`` must be one of them."""

    en: str
    fr: str
    code: str
    run: Callable[[Path], set[str]]


class Victim:
    """A founded ledger with its officers' keys, a day after its founding."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.folder = folder
        names = {role: f"{role.title()} Exemple" for role in (*FOUNDERS, *APPOINTED)}
        self.ledger, self._officers = found(
            folder, lambda: self.now, origin=ORIGIN, body=BODY, names=names, is_simulated=True
        )
        self.now += timedelta(days=1)

    def person(self, role: Role) -> str:
        return self._officers[role][0]

    def key(self, role: Role) -> SigningKey:
        return self._officers[role][1]

    def proposal(self, name: str, *roles: Role, **arguments: Any) -> Proposal:
        return proposal(name, *map(self.person, roles), **arguments)

    def prepare(self, wanted: Proposal) -> Event[Fact]:
        return self.ledger.prepare(wanted.command, wanted.signers, wanted.disclosures).event

    def do(self, wanted: Proposal) -> None:
        """Record a proposal, signed with the officers' keys."""
        record(self.ledger, wanted, dict(self._officers.values()))

    def grant(self, role: Role) -> Proposal:
        """The director gives the registrar another role."""
        return self.proposal("grant-role", Role.DIRECTOR, person_id=self.person(Role.REGISTRAR), role=role)

    def forge(self, event: Event[Fact], *keys: Signs, **changed: Any) -> set[str]:
        """Append a changed statement past every rule, with a correct tree; return what the audit finds."""
        event = msgspec.structs.replace(event, **changed)
        message = pae(STATEMENT_TYPE, payload_of(event))
        return self.append(event, *(Signature(key.key_id, key.sign(message)) for key in keys))

    def append(self, event: Event[Fact], *signatures: Signature) -> set[str]:
        """Append a statement with these signatures past every rule; return what the audit finds."""
        envelope = seal(payload_of(event), signatures)
        self.ledger.application.events.put([SignedEvent(event, envelope)])
        size = self.ledger.size()
        checkpoint = Checkpoint(ORIGIN, size, self.ledger.tree.root_at(size))
        self.ledger.notes.add_checkpoint(size, sign_checkpoint(checkpoint, SigningKey.load(self.folder / LOG_KEY)))
        return self.audited()

    def audited(self, seen: Sequence[str] = ()) -> set[str]:
        """Returns the codes of the findings of an audit."""
        self.ledger.close()
        return {finding.code for finding in audit(self.folder, seen=seen).findings}
