"""The record as it will be: what waits for signatures, decided in its order on top of what is recorded."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import ClassVar

import msgspec

from api.secretariat.proposals import Proposal, Waiting
from ledger.disclosures import Disclosure
from ledger.domain.deciding import next_event
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.persons import RegisterPerson
from ledger.domain.decisions.session import PlanSession
from ledger.domain.record import Event, Fact, Head
from ledger.domain.refusal import Refused
from ledger.log.tree import EMPTY_ROOT
from ledger.store.founding import NONCE_BYTES
from ledger.store.ledger import Ledger
from ledger.store.submission import payload_to_sign
from ledger.words import Words

_DIGEST = re.compile(rb'"digest":"[^"]*"')
_HEAD, _NONCE = Head(0, EMPTY_ROOT), bytes(NONCE_BYTES)


class AlreadyWaits(Refused):
    """A proposal repeats what waits, or cannot be recorded after it."""

    texts: ClassVar = {
        "waits-already": Words(
            "this waits for signatures already, as no. {number}",
            "cette déclaration est déjà en attente de signature, sous le n° {number}",
        ),
    }


class Forthcoming:
    """A reader of the record with what waits on top; what the rules would refuse is not in it.

    ``staged`` are values that come with later proposals. ``signed`` holds what was added of what waits, in order.
    """

    def __init__(self, ledger: Ledger, waiting: Sequence[Waiting], staged: Iterable[Disclosure] = ()) -> None:
        self.read = ledger.read([*staged, *_values(waiting)])
        self._origin, self._now = ledger.trust.origin, ledger.now()
        self._last = max((self.read.session(s).planned.end for s in ledger.ids_of("session")), default=date.min)
        self.signed: list[Waiting] = []
        for item in waiting:
            self.sign(item)

    def add(self, proposal: Proposal, end: date) -> Event[Fact]:
        """Add what a proposal will record: now or, since steps of a workshop must wait for it, on the day ``end``.

        Raises ``Refused`` as the rules do on the latter, or when no entry has room for the statement.
        """
        event = self._decided(proposal, end)
        payload_to_sign(event)
        self.read.add(event)
        return event

    def sign(self, item: Waiting) -> None:
        """Add what waits, if it can be recorded. What one proposal makes the rules fail by hides no other."""
        if isinstance(item.proposal.command, PlanSession):
            self._last = max(self._last, item.proposal.command.end)
        with suppress(Exception):
            self.add(item.proposal, self._last)
            self.signed.append(item)

    def allows(self, proposal: Proposal) -> bool:
        """Whether a proposal can be recorded next."""
        with suppress(Refused):
            self._decided(proposal, self._last)
            return True
        return False

    def _decided(self, proposal: Proposal, end: date) -> Event[Fact]:
        try:
            return self._event(proposal, self._now)
        except Refused:
            return self._event(proposal, max(self._now, datetime.combine(end, time(), UTC)))

    def _event(self, proposal: Proposal, moment: datetime) -> Event[Fact]:
        return next_event(proposal.command, Act(proposal.signers, moment), self.read, self._origin, _HEAD, _NONCE)


def require_new(proposal: Proposal, ledger: Ledger, waiting: Sequence[Waiting]) -> None:
    """Refuse to propose what waits already, or what a command of the same kind on the same subject will prevent."""
    wanted, said = proposal.command, _says(proposal)
    alike = [item for item in waiting if type(item.proposal.command) is type(wanted)]
    for item in alike:
        if _says(item.proposal) == said:
            raise AlreadyWaits("waits-already", number=item.number)
    similar = {item.number for item in alike if item.proposal.command.subject == wanted.subject}
    if not similar:
        return
    forthcoming = Forthcoming(ledger, (), [*proposal.disclosures, *_values(waiting)])
    for item in waiting:
        was_allowed = item.number in similar and forthcoming.allows(proposal)
        forthcoming.sign(item)
        if was_allowed and not forthcoming.allows(proposal):
            raise AlreadyWaits("waits-already", number=item.number)


def resembles(one: Proposal, other: Proposal) -> bool:
    """Whether :func:`require_new` has to compare two proposals of the same command, whose values may be missing here.

    Those that say the same differ only in digests.
    """
    if one.command.subject == other.command.subject:
        return True
    return _without_digests(one.command) == _without_digests(other.command)


def _without_digests(command: Command) -> bytes:
    return _DIGEST.sub(b"", msgspec.json.encode(_without_new_id(command)))


def _values(waiting: Sequence[Waiting]) -> list[Disclosure]:
    return [disclosure for item in waiting for disclosure in item.proposal.disclosures]


def _says(proposal: Proposal) -> bytes:
    """Return the command with its values in the place of digests, which are never the same twice."""
    said = proposal.name.encode() + msgspec.json.encode(_without_new_id(proposal.command))
    for disclosure in proposal.disclosures:
        said = said.replace(disclosure.digest.encode(), msgspec.json.encode(disclosure.value))
    return said


def _without_new_id(command: Command) -> Command:
    """Return the command without the id of a person to register: each who proposes it makes their own."""
    return msgspec.structs.replace(command, person_id="") if isinstance(command, RegisterPerson) else command
