"""Records many statements together, each of which passes the ledger's door as any other does.

A group is decided in order on one draft, so that a statement may follow from the one before it. Each is signed with
the keys of its officers. :meth:`Ledger.submit` decides it again, verifies each signature and appends the whole group
in one transaction: nothing here is a way around it.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.secretariat.proposals import Proposal, proposal
from ledger.disclosures import Disclosure
from ledger.domain.deciding import next_event
from ledger.domain.decisions.acting import Act
from ledger.domain.record import Head
from ledger.signing.envelope import seal
from ledger.signing.keys import SigningKey
from ledger.store.founding import NONCE_BYTES
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Submission, payload_to_sign, received

GROUP = 1000  # statements a commit
MORNING = time(9)


class Enough(Exception):
    """As many entries are recorded as were asked for."""


class SimulatedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Recorder:
    """Takes commands in order of time, and records them in groups, up to ``entries`` in the log.

    ``keys`` are the officers' by person id. ``tell`` is called with the number of entries after each group.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: SimulatedClock,
        keys: dict[str, SigningKey],
        entries: int,
        tell: Callable[[int], None],
    ) -> None:
        self.ledger, self.keys = ledger, keys
        self._clock, self._entries, self._tell = clock, entries, tell
        self._size = ledger.size()
        self._waiting: list[tuple[Proposal, list[SigningKey]]] = []
        self._staged: list[Disclosure] = []

    @property
    def size(self) -> int:
        """How many entries there are, with those that wait for their group."""
        return self._size + len(self._waiting)

    @property
    def today(self) -> date:
        return self._clock.now.date()

    def reach(self, day: date) -> None:
        """Record what waits, and move on to the morning of a day, unless it has passed."""
        self.flush()
        self._clock.now = max(self._clock.now, datetime.combine(day, MORNING, UTC))

    def do(self, name: str, /, *people: str, **arguments: Any) -> tuple[Disclosure, ...]:
        """Take a command for these people to sign; return the values behind its digests.

        Raises ``Enough`` once it is the last of the entries; then everything is recorded.
        """
        proposed = proposal(name, *people, **arguments)
        return self._take(proposed, [self.keys[signer.person] for signer in proposed.signers])

    def enrol(self, new: SigningKey, name: str, officer: str, person: str, /, **arguments: Any) -> None:
        """Take a command that enrols a key, which its holder signs with it. Raises as :meth:`do`."""
        proposed = proposal(name, officer, person, person_id=person, public_key=new.public, **arguments)
        signing = [self.keys[officer], new]
        self.keys[person] = new
        self._take(proposed, signing)

    def stage(self, revealed: Iterable[Disclosure]) -> None:
        """Have these values at hand for the commands that follow: they need not be read from the vault to prepare."""
        self._staged += revealed

    def _take(self, proposed: Proposal, keys: list[SigningKey]) -> tuple[Disclosure, ...]:
        self._waiting.append((proposed, keys))
        self._staged += proposed.disclosures
        if self.size == self._entries:
            self.flush()
            raise Enough
        if len(self._waiting) == GROUP:
            self.flush()
        return proposed.disclosures

    def flush(self) -> None:
        """Record what waits, all of it or nothing. Raises ``Refused`` or a ``LedgerError``."""
        waiting, staged = self._waiting, self._staged
        if not waiting:
            return
        self._waiting, self._staged = [], []
        read = self.ledger.read(staged)
        _, seen = self.ledger.latest()
        head, origin = Head(seen.size, seen.root), self.ledger.trust.origin
        submissions = []
        for proposed, keys in waiting:
            self._clock.now += timedelta(seconds=1)
            act, nonce = Act(proposed.signers, self.ledger.now()), secrets.token_bytes(NONCE_BYTES)
            event = next_event(proposed.command, act, read, origin, head, nonce)
            read.add(event)
            prepared = Prepared(payload_to_sign(event), event, read)
            envelope = seal(prepared.payload, tuple(map(prepared.signed_by, keys)))
            submissions.append(Submission(proposed.command, envelope, proposed.disclosures))
        for answer in self.ledger.submit(submissions):
            received(answer)
        self._size += len(submissions)
        self._tell(self._size)


def value(name: str, says: object) -> Mapping[str, object]:
    """Return a value that is stated by its digest."""
    return {"name": name, "value": says}
