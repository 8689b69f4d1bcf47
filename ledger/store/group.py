"""Statements that are decided one after the other and appended together."""

from __future__ import annotations

from typing import ClassVar

from ledger import vault
from ledger.domain.deciding import decide
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.domain.subjects import person_concerned
from ledger.errors import Conflict, Unverifiable
from ledger.reading import Draft
from ledger.signing.envelope import Envelope, open_envelope, pae
from ledger.signing.statement import SignedEvent, decode_payload, match_signatures
from ledger.signing.verifying import Claim, claim_of
from ledger.store.replica import Replica
from ledger.store.submission import Answer, Submission
from ledger.vault import Disclosure, Held
from ledger.words import Words

_Offered = tuple[Disclosure, str]  # and what it is when encoded, which takes as long as many a rule


class OfAnother(Refused):
    """A value behind a digest is about another person than the statement."""

    texts: ClassVar = {
        "disclosure-of-another": Words(
            "{field}: this digest stands for another person's data",
            "{field} : cette empreinte correspond à une donnée d’une autre personne",
        ),
    }


class Group:
    """Statements that are decided one after the other and appended together."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._size = replica.memory.size
        self._offered: dict[str, _Offered] = {}  # what comes with the statement under decision, by digest
        self._staged: dict[str, _Offered] = {}  # what came with those that were taken
        self._read = replica.draft(self._disclosed)
        self._taken: list[tuple[int, SignedEvent]] = []
        self._held: dict[str, tuple[int, Held]] = {}  # by digest, with the number of the submission
        self.claims: list[Claim] = []

    def take(self, number: int, submission: Submission) -> None:
        """Decide again; the answer must be what was signed. Raises ``Refused`` or a ``LedgerError``."""
        envelope = open_envelope(submission.envelope)
        event = decode_payload(envelope.payload)
        self._replica.require_current(event)
        encoded = [(disclosure, disclosure.encoded) for disclosure in submission.disclosures]
        self._offered = {vault.digest_of(text): (disclosure, text) for disclosure, text in encoded}
        require_answer(event, submission.command, self._read)
        claims = self._claims(number, envelope, event)
        held = self._disclosures(event)
        self.claims += claims
        self._held.update({row.digest: (number, row) for row in held})
        self._staged.update(self._offered)
        self._read.add(event)
        self._taken.append((number, SignedEvent(event, submission.envelope)))

    def with_values_of_others(self) -> dict[int, Answer]:
        """The submissions that bring a value which the vault holds about another person, and the refusal of each."""
        known = self._replica.vault.owners(self._held)
        return {
            number: OfAnother("disclosure-of-another", field=row.name)
            for number, row in self._held.values()
            if known.get(row.digest, row.person_id) != row.person_id
        }

    def append(self) -> dict[int, tuple[int, Event[Fact]]]:
        """One transaction: the read set is checked, events, leaves and disclosures are written.

        Returns the position and the event of each, by the number of the submission. Raises IntegrityError when the
        record moved on.
        """
        if not self._taken:
            return {}
        events = [signed for _, signed in self._taken]
        erased = [e.event.subject.id for e in events if isinstance(e.event.facts, PersonalDataErased)]
        recorded = self._replica.application.events.put(
            events,
            decided_at=self._size,
            expects={str(stream): version for stream, version in self._read.expects.items()},
            expects_size=self._size if self._read.pinned else None,
            disclosures=[row for _, row in self._held.values()],
            erased=erased,
        )
        positions = [recording.notification.id for recording in recorded]
        if positions[0] != self._size + 1:
            self._replica.catch_up()  # another process appended what nothing here had read
        else:
            self._read.settle()
        return {n: (position, signed.event) for (n, signed), position in zip(self._taken, positions, strict=True)}

    def _claims(self, number: int, envelope: Envelope, event: Event[Fact]) -> list[Claim]:
        message = pae(envelope.payloadType, envelope.payload)
        return [claim_of(number, *signed, message, event, self._read) for signed in match_signatures(envelope, event)]

    def _disclosures(self, event: Event[Fact]) -> list[Held]:
        """Every digest of the facts comes along or is known as a value of this person, and nothing else comes."""
        digests = vault.digests_of(event.facts)
        if not digests and not self._offered:
            return []
        person_id = person_concerned(event, self._read)
        assert person_id is not None  # every fact with digests is about somebody, whom the rules require to be known
        unused = set(self._offered) - {d.digest for d in digests}
        if unused:
            raise Unverifiable("disclosure-unreferenced", "disclosures: one is not named in the statement")
        for digest in digests:
            value = self._value(digest.digest, person_id)
            if value is None or value.name != digest.name:
                raise Refused("disclosure-missing", field=digest.name)
            if value.person_id != person_id:
                raise OfAnother("disclosure-of-another", field=digest.name)
        return [Held(digest, person_id, d.name, encoded) for digest, (d, encoded) in self._offered.items()]

    def _value(self, digest: str, person_id: str) -> Held | None:
        """The value behind a digest: of an earlier statement of the group, of this one, or in the vault."""
        if digest in self._held:
            return self._held[digest][1]
        offered = self._offered.get(digest)
        if offered is not None:
            disclosure, encoded = offered
            return Held(digest, person_id, disclosure.name, encoded)
        return self._replica.vault.get(digest)

    def _disclosed(self, digest: str) -> Disclosure | None:
        disclosure, _ = self._offered.get(digest) or self._staged.get(digest) or (None, "")
        return disclosure


def require_answer(event: Event[Fact], command: Command, read: Draft) -> None:
    """The statement is what the rules answer to this command now. Raises ``Refused``, or ``Conflict`` if not."""
    decided = decide(command, Act(event.by, event.time), read)
    if (event.subject, event.version, event.facts) != (decided.stream, read.version(decided.stream) + 1, decided.fact):
        raise Conflict("moved-on", f"{event.stream} moved on since the statement was prepared: prepare again")
