"""A batch of submissions: each is decided on top of those before it, and all are appended in one transaction."""

from typing import ClassVar

from ledger.disclosures import Disclosure, digests_of
from ledger.domain.deciding import next_event
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.domain.subjects import person_concerned
from ledger.errors import Conflict, Unverifiable
from ledger.log.tree import RightEdge, leaf_hash
from ledger.reading import Draft
from ledger.signing.envelope import open_envelope, pae
from ledger.signing.statement import SignedEvent, decode_payload, match_signatures
from ledger.signing.verifying import Claim, claim_of
from ledger.store.keystore.port import Destroyed, person
from ledger.store.replica import Replica
from ledger.store.submission import Answer, Receipt, Submission
from ledger.store.vault import Held
from ledger.words import Words


class OfAnother(Refused):
    """A value behind a digest is about another person than the statement."""

    texts: ClassVar = {
        "disclosure-of-another": Words(
            "{field}: this digest stands for another person's data",
            "{field} : cette empreinte correspond à une donnée d’une autre personne",
        ),
    }


class Batch:
    """Statements that are decided one after the other and appended together. The caller holds the ledger's lock."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._size = replica.memory.size
        self._offered: dict[str, Disclosure] = {}  # with the statement under decision, by digest
        self._staged: dict[str, Disclosure] = {}  # with the statements before it
        self._read = replica.draft(self._disclosed)
        self._taken: list[tuple[int, SignedEvent]] = []
        self._held: dict[str, tuple[int, Held]] = {}  # by digest, with the number of the submission
        self.claims: list[Claim] = []
        self.head = RightEdge()  # of the log, once it was appended; the leaf hashes of what was
        self._leaves: list[bytes] = []

    def take(self, number: int, submission: Submission) -> None:
        """Decide the command again: the decision must be what was signed. Raises ``Refused`` or a ``LedgerError``."""
        envelope = open_envelope(submission.envelope)
        event = decode_payload(envelope.payload)
        self._replica.require_current(event)
        if event.subject == THE_CLOCK and any(earlier.event.time > event.time for _, earlier in self._taken):
            raise Conflict(
                "moved-on", "time: what comes before it in the batch would count as known then; prepare again"
            )
        self._offered = {disclosure.digest: disclosure for disclosure in submission.disclosures}
        require_decision(event, submission.command, self._read)
        message = pae(envelope.payloadType, envelope.payload)
        signed = match_signatures(envelope, event)
        claims = [claim_of(number, *each, message, event, self._read) for each in signed]
        held = self._disclosures(event)
        self.claims += claims
        self._held.update({row.digest: (number, row) for row in held})
        self._staged.update(self._offered)
        self._read.add(event)
        self._taken.append((number, SignedEvent(event, submission.envelope)))

    def with_values_of_others(self) -> dict[int, Answer]:
        """Return the refusal of each submission with a value that the vault holds about another person, by number."""
        known = self._replica.vault.held(self._held) if self._held else {}
        return {
            number: OfAnother("disclosure-of-another", field=row.name)
            for number, row in self._held.values()
            if known.get(row.digest, row).person_id != row.person_id
        }

    def make_keys(self) -> dict[int, Answer]:
        """Make the keys of new persons, which the folder syncs: before anybody waits for the head of the log.

        Returns the refusal of each submission with a value about somebody whose key was destroyed, by number; then no
        key is made. They were erased by an entry that was not read yet, or that a restored record lacks.
        """
        try:
            self._replica.vault.make_keys([row for _, row in self._held.values()])
        except Destroyed as error:
            return {
                number: Refused("person-erased", person=row.person_id)
                for number, row in self._held.values()
                if person(row.person_id) == str(error)
            }
        return {}

    @property
    def size(self) -> int:
        """How many entries the log had when this was decided."""
        return self._size

    def append(self, head: RightEdge) -> dict[int, Receipt]:
        """Write events, leaves and disclosures, inside a transaction that has locked ``head``, that of the log.

        Returns the receipt of each, by the number of the submission. Raises IntegrityError when the head contradicts
        the entries.
        """
        self._leaves = [leaf_hash(signed.envelope) for _, signed in self._taken]
        self.head, nodes = head.append(self._leaves)
        if not self._taken:
            return {}
        events, application = [signed for _, signed in self._taken], self._replica.application
        erased = [
            one_id
            for signed in events
            if isinstance(signed.event.facts, PersonalDataErased)
            for one_id in self._read.ids_of(signed.event.subject.id)
        ]
        positions = application.recorder.insert_events(
            list(map(application.mapper.to_stored_event, events)),
            head=head,
            grown=(self.head, nodes),
            decided_at=self._size,
            expects={str(stream): version for stream, version in self._read.expects.items()},
            expects_size=self._size if self._read.pinned else None,
            disclosures=self._replica.vault.sealed([row for _, row in self._held.values()]),
            erased=erased,
        )
        return {
            number: Receipt.of(position, signed.event)
            for (number, signed), position in zip(self._taken, positions, strict=True)
        }

    def settle(self) -> None:
        """Fold what was appended into the memory, once that is committed."""
        if self._taken:
            self._replica.settle(self._read, self.head, self._leaves[-1])

    def _disclosures(self, event: Event[Fact]) -> list[Held]:
        """Return the values to keep.

        Each digest of the facts has a value, brought along or in the vault, about the person of the statement; no other
        value is brought. Raises ``Refused``, or ``Unverifiable`` for the latter.
        """
        digests = tuple(digests_of(event.facts))
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
            is_new = digest.digest in self._offered
            if value.person_id != person_id and (is_new or not self._read.is_among(person_id, [value.person_id])):
                raise OfAnother("disclosure-of-another", field=digest.name)
        return [Held(digest, person_id, d.name, d.encoded) for digest, d in self._offered.items()]

    def _value(self, digest: str, person_id: str) -> Held | None:
        """Return the value behind a digest: from an earlier statement, this one, or the vault."""
        if digest in self._held:
            return self._held[digest][1]
        offered = self._offered.get(digest)
        if offered is not None:
            return Held(digest, person_id, offered.name, offered.encoded)
        return self._replica.vault.get(digest)

    def _disclosed(self, digest: str) -> Disclosure | None:
        return self._offered.get(digest) or self._staged.get(digest)


def require_decision(event: Event[Fact], command: Command, read: Draft) -> None:
    """Require that the rules decide now what the statement says. Raises ``Refused``, or ``Conflict`` if not."""
    if next_event(command, Act(event.by, event.time), read, event.ledger, event.head, event.nonce) != event:
        raise Conflict("moved-on", f"{event.stream} moved on since the statement was prepared: prepare again")
