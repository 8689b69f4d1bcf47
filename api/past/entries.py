"""Entries of the log as people read them: in words, by whom, and each signature verified where it stands.

What is sealed stays sealed: the levels of a score sheet are said by the entry that reveals them, and by none before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from api.lists.entries import effective_day
from api.words import event_in_brief, event_in_words
from api.words.levels import LevelsSealed
from api.words.record import Record
from ledger.domain.record import ROLE_LABELS, Event, Fact, Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_FACT, SUBJECTS
from ledger.errors import Unverifiable
from ledger.log.tree import leaf_hash
from ledger.reading import Draft, Memory
from ledger.signing.envelope import Envelope, open_envelope, pae
from ledger.signing.passkey_faults import LATER_VERSION
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import claim_of
from ledger.store.ledger import Ledger
from ledger.words import Language, Words

BATCH, MOST_READ = 5000, 50_000  # entries read at once, and for one page
# What says which key was whose, and what was accepted of a passkey, at each position of the log.
OFFICE = [row.wire_name for kind in ("ledger", "officer", "passkeys") for row in SUBJECTS[kind].event_types]
_envelopes = msgspec.json.Decoder(Envelope)


class Verdict(StrEnum):
    """What came of verifying a signature. ``UNCHECKED`` says neither that it holds nor that it is false."""

    HOLDS = "holds"
    FALSE = "false"
    UNCHECKED = "unchecked"


class Recorded(NamedTuple):
    """An entry of the log; ``leaf`` counts from 0, ``envelope`` holds its exact bytes."""

    leaf: int
    event: Event[Fact]
    envelope: bytes


class Signed(NamedTuple):
    """One signature: of whom, in which role, with which key, and what came of verifying it.

    ``why`` says why it does not hold, ``compromised_since`` since when the key is reported as compromised, if the
    statement is not older than that.
    """

    person: str
    name: str
    role: Role
    key: str
    verdict: Verdict
    why: Words | None
    compromised_since: datetime | None
    lent_by: str | None

    @property
    def role_name(self) -> Words:
        """The role, and by whose delegation they signed in it, if it was not their own."""
        role = ROLE_LABELS[self.role]
        if self.lent_by is None:
            return role
        return Words(f"{role.en}, by delegation of {self.lent_by}", f"{role.fr}, par délégation de {self.lent_by}")


class Line(NamedTuple):
    """An entry in a timeline. ``number`` counts from 1; ``effective`` is the day from which it counts, if it says one.

    ``says`` is the title with every field in one line, ``brief`` the title with the few that matter, which are among
    ``fields``. ``id`` is that of the stream, by whose ``kind`` and it the entry is about something.
    """

    number: int
    recorded: datetime
    effective: date | None
    title: Words
    says: str
    brief: str
    fields: tuple[str, ...]
    kind: str
    id: str
    by: tuple[Signed, ...]


def of_streams(ledger: Ledger, streams: Iterable[Stream], size: int) -> list[Recorded]:
    """Return the entries of some streams among the first ``size`` of the log, in order."""
    return [recorded(leaf, envelope) for leaf, envelope in ledger.statements(streams, size)]


def of_number(ledger: Ledger, number: int) -> Recorded:
    """Return an entry by its number, from 1. Raises ``Refused`` when there is none."""
    rows = ledger.entries(number - 1, number) if 1 <= number <= ledger.size() else ()
    if not rows:
        raise Refused("unknown", kind="entry", id=str(number))
    return recorded(number - 1, rows[0].state)


def signed_by(ledger: Ledger, ids: Collection[str], last: int, wanted: int) -> tuple[list[Recorded], int]:
    """Return entries up to the number ``last`` that name one of these ids as a signer, the latest first.

    ``MOST_READ`` entries are read, until so many are found. The second value is the number of the next to be read; 0
    when all were.
    """
    marks, found = [b'"person":' + msgspec.json.encode(one_id) for one_id in ids], list[Recorded]()
    for stop in range(last, max(last - MOST_READ, 0), -BATCH):
        for row in reversed(ledger.log.select_notifications(max(stop - BATCH + 1, 1), BATCH, stop)):
            payload = _envelopes.decode(row.state).payload
            if any(mark in payload for mark in marks):  # most entries need not be decoded further
                entry = recorded(row.id - 1, row.state)
                if any(signer.person in ids for signer in entry.event.by):
                    found.append(entry)
                    if len(found) == wanted:
                        return found, row.id - 1
    return found, max(last - MOST_READ, 0)


def recorded(leaf: int, envelope: bytes) -> Recorded:
    """Return an entry from its exact bytes. Raises ``Unverifiable``."""
    return Recorded(leaf, decode_payload(open_envelope(envelope).payload), envelope)


def hash_of(entry: Recorded) -> str:
    """Return the leaf hash of an entry in hex (RFC 9162 2.1.1)."""
    return leaf_hash(entry.envelope).hex()


def lines(ledger: Ledger, entries: Sequence[Recorded], language: Language) -> list[Line]:
    """Return entries in words, with their signatures verified, in the order given."""
    record = Record.of(ledger)
    read = LevelsSealed(record.read)
    signers = {signer.person for entry in entries for signer in entry.event.by}
    humans = {person: read.one(person) for person in signers}
    names = record.names(set(humans.values()))
    called = {person: names.get(human, person) for person, human in humans.items()}
    checked = checked_each(ledger, entries)
    return [
        Line(
            entry.leaf + 1,
            entry.event.time,
            effective_day(entry.event.facts),
            BY_FACT[type(entry.event.facts)].label,
            event_in_words(entry.event, language, read),
            *event_in_brief(entry.event, language, read),
            entry.event.subject.kind,
            entry.event.subject.id,
            tuple(
                Signed(
                    signer.person,
                    called[signer.person],
                    signer.role,
                    key,
                    verdict,
                    why,
                    _compromised(entry.event, signer, key, read),
                    _lent_by(record, signer, entry.event),
                )
                for signer, key, verdict, why in checked[entry.leaf]
            ),
        )
        for entry in entries
    ]


def _lent_by(record: Record, signer: Signer, event: Event[Fact]) -> str | None:
    lender = record.read.officer(signer.person).borrowed_from(signer.role, event.time)
    return None if lender is None else record.names([record.read.one(lender)]).get(record.read.one(lender), lender)


def folded(ledger: Ledger, entries: Iterable[Recorded]) -> Draft:
    """Return a reader of the states of some streams, after these of their entries, and of the founding."""
    memory, founding = Memory(), recorded(0, ledger.entries(0, 1)[0].state)
    memory.advance([founding.event, *(entry.event for entry in entries if entry.leaf > 0)])
    return Draft(memory)


def stated_by(entries: Iterable[Recorded], day: date) -> list[Recorded]:
    """Return the entries that were stated on a day or before, in UTC."""
    return [entry for entry in entries if entry.event.time.astimezone(UTC).date() <= day]


Checked = tuple[Signer, str, Verdict, Words | None]


def checked_each(ledger: Ledger, entries: Iterable[Recorded]) -> Mapping[int, list[Checked]]:
    """Return what came of verifying the signatures of entries, each as the keys were at its position."""
    ordered = sorted(entries)
    office = ledger.log.select_notifications(1, ledger.size(), ordered[-1].leaf, OFFICE) if ordered else []
    memory, found, place = Memory(), dict[int, list[Checked]](), 0
    for entry in ordered:
        start = place
        while place < len(office) and office[place].id <= entry.leaf:
            place += 1
        memory.advance(recorded(row.id - 1, row.state).event for row in office[start:place])
        found[entry.leaf] = _verified(entry, Draft(memory))
    return found


def _verified(entry: Recorded, read: Draft) -> list[Checked]:
    envelope, event = open_envelope(entry.envelope), entry.event
    message = pae(envelope.payloadType, envelope.payload)
    try:
        pairs = match_signatures(envelope, event)
    except Unverifiable as error:
        return [(signer, "", Verdict.FALSE, Words(str(error), error.fr)) for signer in event.by]
    checked = list[Checked]()
    for signer, signature in pairs:
        fault: Unverifiable | None
        try:
            fault = claim_of(entry.leaf + 1, signer, signature, message, event, read).fault()
        except Unverifiable as error:
            fault = error
        if fault is None:
            checked.append((signer, signature.keyid, Verdict.HOLDS, None))
        else:
            verdict = Verdict.UNCHECKED if fault.code in LATER_VERSION else Verdict.FALSE
            checked.append((signer, signature.keyid, verdict, Words(str(fault), fault.fr)))
    return checked


def _compromised(event: Event[Fact], signer: Signer, key: str, read: Draft) -> datetime | None:
    since = read.officer(signer.person).ended.get(key)
    return since if since is not None and event.time >= since else None
