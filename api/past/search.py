"""One search over people, certificates, workshops, administrations, schemes, officers, and entries of the log.

Everything is read at once, a kind at a time: how many statements a search takes does not grow with the register. A
result is only of a kind whose history the visitor may read.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from api.lists.readers import Reader, is_withheld, may_read, own_workshops
from api.words.record import Record, territory
from ledger.domain.number import CertificateNumber, NumberError
from ledger.domain.record import Stream
from ledger.domain.subjects import EVENT_TYPES, KIND_OF
from ledger.likeness import parts_of, words_of
from ledger.log.tree import HASH_BYTES
from ledger.store.ledger import Ledger
from ledger.words import Words

MOST = 20  # results of one kind, and entries of one type of event
NUMBER = re.compile("[1-9][0-9]{0,17}")
_PAGES = {"person": "people", "entry": "entries", "development": "people"}


class Found(NamedTuple):
    """Something that was found: ``is_exact`` if what was typed is its id, number or hash.

    ``kind`` is that of its stream; of an entry of the log it is ``entry``, and ``id`` the number.
    """

    kind: str
    id: str
    says: Words
    is_exact: bool
    beside: Words = Words("", "")

    @property
    def address(self) -> str:
        """The page about it."""
        return address_of(self.kind, self.id)


class Group(NamedTuple):
    """What was found of one kind, the exact first; ``more`` counts what is left out."""

    title: Words
    found: list[Found]
    more: int


def address_of(kind: str, one_id: str) -> str:
    """Return the address of the page about something."""
    return f"/console/history/{_PAGES.get(kind, kind)}/{one_id}"


def search(ledger: Ledger, text: str, reader: Reader | None = None) -> list[Group]:
    """Return what a text finds, by kind, in a fixed order; nothing of what a reader may not read."""
    wanted = parts_of(text)
    if not wanted:
        return []
    record = Record.of(ledger)
    groups: tuple[tuple[str, Words, Callable[[], Iterable[Found]]], ...] = (
        ("person", Words("People", "Personnes"), lambda: _people(ledger, record, text, wanted)),
        ("certification", Words("Certificates", "Certificats"), lambda: _certificates(record, reader, text, wanted)),
        ("session", Words("Workshops", "Ateliers"), lambda: _sessions(record, text, wanted)),
        ("mission", Words("Missions", "Missions"), lambda: _missions(record, text, wanted)),
        ("administration", Words("Administrations", "Administrations"), lambda: _administrations(record, text, wanted)),
        ("scheme", Words("Schemes", "Programmes"), lambda: _schemes(record, text, wanted)),
        ("officer", Words("Officers", "Responsables"), lambda: _officers(record, text, wanted)),
        ("entry", Words("Entries of the log", "Entrées du journal"), lambda: _entries(ledger, reader, text, wanted)),
    )
    results = []
    for kind, title, find in groups:
        if kind == "entry" or may_read(reader, kind):
            found = sorted(find(), key=lambda one: (not one.is_exact, one.says.en.casefold()))
            if found:
                results.append(Group(title, found[:MOST], max(len(found) - MOST, 0)))
    return sorted(results, key=lambda group: not group.found[0].is_exact)


def only_exact(groups: Iterable[Group]) -> Found | None:
    """Return the one thing that is exactly meant; None if there is none, or several."""
    exact = [found for group in groups for found in group.found if found.is_exact]
    return exact[0] if len(exact) == 1 else None


def _people(ledger: Ledger, record: Record, text: str, wanted: list[str]) -> Iterator[Found]:
    """People by every name that they ever had, and by id, a merged one too."""
    read, people = record.read, [one for one in record.ids_of("person") if not record.read.person(one).erased]
    people = list(dict.fromkeys([*(founder.person_id for founder in read.founding().founders), *people]))
    called = ledger.vault.identities(people)
    hits = dict[str, bool]()
    for one in people:
        names = called[one].names if one in called else []
        is_exact = same(text, one)
        if is_exact or _has(wanted, *names):
            human = read.one(one)
            hits[human] = hits.get(human, False) or is_exact
    labels = record.person_labels(list(hits))
    for human, is_exact in hits.items():
        yield Found("person", human, labels[human], is_exact)


def _certificates(record: Record, reader: Reader | None, text: str, wanted: list[str]) -> Iterator[Found]:
    """Certificates by number, as somebody may have typed or heard it, and by the id of the certification."""
    try:
        number = CertificateNumber.read(text)
    except NumberError:
        number = None
    read, own = record.read, own_workshops(reader, record.read)
    hits = dict[str, bool]()
    for one in record.ids_of("certification"):
        certification = read.certification(one)
        grant = certification.grant
        if grant is None or grant.session_id in own:
            continue
        is_meant = number is not None and (grant.session_id, grant.serial) == (number.session_id, number.serial)
        is_exact = is_meant or same(text, one)
        if is_exact or (certification.number and _has(wanted, certification.number)):
            hits[one] = is_exact
    labels = record.certification_labels(list(hits))
    for one, is_exact in hits.items():
        yield Found("certification", one, labels[one], is_exact)


def _sessions(record: Record, text: str, wanted: list[str]) -> Iterator[Found]:
    ids = record.ids_of("session")
    labels, read = record.session_labels(ids), record.read
    for one in ids:
        plan = read.session(one).planned
        if same(text, one) or _has(wanted, one, plan.place, plan.title_en, plan.title_fr):
            title = Words(plan.title_en, plan.title_fr)
            yield Found("session", one, labels[one], same(text, one), title)


def _missions(record: Record, text: str, wanted: list[str]) -> Iterator[Found]:
    """Missions by the administration, the domain, and the id."""
    for one, label in record.mission_labels(record.ids_of("mission")).items():
        if same(text, one) or _has(wanted, *label):
            yield Found("mission", one, label, same(text, one))


def _administrations(record: Record, text: str, wanted: list[str]) -> Iterator[Found]:
    for one in record.ids_of("administration"):
        name = territory(one)
        if same(text, one) or _has(wanted, one, *name):
            says = Words(f"{name.en} ({one})", f"{name.fr} ({one})")
            yield Found("administration", one, says, same(text, one))


def _schemes(record: Record, text: str, wanted: list[str]) -> Iterator[Found]:
    ids = record.ids_of("scheme")
    labels = record.scheme_labels(ids)
    for one in ids:
        if same(text, one) or _has(wanted, one, *labels[one]):
            yield Found("scheme", one, labels[one], same(text, one))


def _officers(record: Record, text: str, wanted: list[str]) -> Iterator[Found]:
    """Officers by name, and by the id of a key, also of one that has ended."""
    officers = record.officers()
    names = record.names(officers)
    for one in officers:
        officer = record.read.officer(one)
        has_key = any(same(text, key) for key in (*officer.keys, *officer.ended))
        if has_key or _has(wanted, one, names.get(one, "")):
            name = names.get(one, one)
            yield Found("officer", one, Words(f"{name} ({one})", f"{name} ({one})"), has_key)


def _entries(ledger: Ledger, reader: Reader | None, text: str, wanted: list[str]) -> Iterator[Found]:
    """Entries by number and by hash, and the latest of a type of event."""
    typed = text.strip()
    positions = dict[int, bool]()
    if NUMBER.fullmatch(typed) and int(typed) <= ledger.size():
        positions[int(typed)] = True
    digest = _digest(typed)
    if digest is not None:
        place = ledger.tree.index_of(digest)
        if place is not None:
            positions[place + 1] = True
    read = ledger.read()

    def stream_of(number: int) -> Stream:
        (row,) = ledger.entries(number - 1, number)
        return Stream.parse(str(row.originator_id))

    for number in positions:
        if may_read(reader, stream_of(number).kind) and not is_withheld(reader, stream_of(number), read):
            yield Found("entry", str(number), Words(f"Entry {number}", f"Entrée {number}"), is_exact=True)
    types = {
        row.wire_name: row.label
        for row in EVENT_TYPES
        if may_read(reader, KIND_OF[row.fact]) and (same(text, row.wire_name) or _has(wanted, *row.label))
    }
    for position, topic in ledger.log.latest_of(list(types), MOST) if types else ():
        if position not in positions and not is_withheld(reader, stream_of(position), read):
            label = types[topic]
            says = Words(f"Entry {position}: {label.en}", f"Entrée {position}\u00a0: {label.fr}")
            yield Found("entry", str(position), says, is_exact=False)


def _digest(text: str) -> bytes | None:
    """Return the hash that a text is in hexadecimal or base64; None for another text."""
    digest = b""
    with suppress(ValueError):  # binascii.Error is one
        digest = bytes.fromhex(text) if len(text) == 2 * HASH_BYTES else b64decode(text, validate=True)
    return digest if len(digest) == HASH_BYTES else None


def same(text: str, one_id: str) -> bool:
    """Whether a text is an id, whatever the case and the spaces around it."""
    return text.strip().casefold() == one_id.casefold()


def _has(wanted: Iterable[str], *texts: str) -> bool:
    """Whether each part that is wanted begins a word of the texts; most texts do not even contain it."""
    within = "".join(part for text in texts for part in parts_of(text))
    if not all(part in within for part in wanted):
        return False
    own = set[str]().union(*map(words_of, texts))
    return all(any(word.startswith(part) for word in own) for part in wanted)
