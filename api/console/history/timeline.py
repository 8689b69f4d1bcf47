"""What happened to one person under all their ids, or in one entry: in words, with each signature verified anew."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from api.words import event_in_words
from api.words.names import name_of
from ledger.domain.reader import Reader
from ledger.domain.record import ROLE_LABELS, Event, Fact, Signer, Stream
from ledger.domain.subjects import SUBJECTS
from ledger.errors import Unverifiable
from ledger.reading import Draft, Memory
from ledger.signing.envelope import Signature, open_envelope, pae
from ledger.signing.passkey_faults import LATER_VERSION
from ledger.signing.statement import decode_payload, match_signatures, read_stored
from ledger.signing.verifying import claim_of
from ledger.store.ledger import Ledger
from ledger.words import Language, Words

# What says which key an officer had at a position, and on which sites a passkey signs.
_OF_KEYS = [row.wire_name for kind in ("ledger", "officer", "passkeys") for row in SUBJECTS[kind].event_types]
HOLDS = Words("signature valid", "signature valide")
FALSE = Words("signature NOT valid", "signature NON valide")
UNCHECKED = Words("signature could not be checked", "signature non vérifiable")


class Signed(NamedTuple):
    """Who signed, in which role, with which key, and whether the signature holds."""

    name: str
    role: str
    key_id: str
    verdict: str
    holds: bool


class Happened(NamedTuple):
    """One entry. ``position`` counts from 1."""

    position: int
    time: datetime
    says: str
    signers: list[Signed]


def person_streams(ledger: Ledger, person_id: str) -> list[Stream]:
    """Return every stream that is about a person, under whichever id, certified or not."""
    read = ledger.read()
    ids = read.ids_of(person_id)
    candidacies = [candidacy.candidacy_id for candidacy in read.candidacies_of(person_id)]
    return [
        *(Stream(kind, one_id) for one_id in ids for kind in ("person", "officer")),
        *(Stream(kind, each) for each in candidacies for kind in ("candidacy", "certification")),
    ]


class Keys:
    """The officers with their keys, as they were before one entry after another."""

    def __init__(self, ledger: Ledger) -> None:
        rows = ledger.log.select_notifications(1, ledger.size(), ledger.size(), _OF_KEYS)
        self._left = deque((row.id, read_stored(row.topic, row.state).event) for row in rows)
        self._memory = Memory()

    def before(self, position: int) -> Memory:
        """Return what was known of keys before an entry, which comes after those asked for before."""
        while self._left and self._left[0][0] < position:
            self._memory.advance([self._left.popleft()[1]])
        return self._memory


def happened(ledger: Ledger, statements: Iterable[tuple[int, bytes]], language: Language) -> list[Happened]:
    """Return entries by position, in order, each signature verified with the key that its signer had at that position.

    Raises ``Unverifiable`` for an entry that is no statement.
    """
    read, keys, found = ledger.read(), Keys(ledger), list[Happened]()
    for position, envelope in statements:
        opened = open_envelope(envelope)
        event, message = decode_payload(opened.payload), pae(opened.payloadType, opened.payload)
        before = keys.before(position)
        signers = [
            _signed(signer, signature, message, event, before, read, language)
            for signer, signature in match_signatures(opened, event)
        ]
        found.append(Happened(position, event.time, event_in_words(event, language, read), signers))
    return found


def _signed(
    signer: Signer,
    signature: Signature,
    message: bytes,
    event: Event[Fact],
    keys: Memory,
    read: Reader,
    language: Language,
) -> Signed:
    try:
        fault = claim_of(0, signer, signature, message, event, Draft(keys)).fault()
    except Unverifiable as error:
        fault = error
    verdict = HOLDS if fault is None else UNCHECKED if fault.code in LATER_VERSION else FALSE
    return Signed(
        name=name_of(signer.person, read) or signer.person,
        role=ROLE_LABELS[signer.role].into(language),
        key_id=signature.keyid,
        verdict=verdict.into(language),
        holds=fault is None,
    )
