"""One search over people, certificates, workshops, administrations, schemes and entries."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from urllib.parse import quote, urlencode

from api.console.history.views import HISTORY
from api.lists.story import Story
from ledger.domain.number import CertificateNumber, NumberError
from ledger.likeness import parts_of, words_of
from ledger.store.ledger import Ledger
from ledger.words import Language, Words

MOST = 50  # of each kind
HASH, HEX = 32, 64  # bytes of a leaf hash, and its hexadecimal digits
LEAVES = 5000  # that are read at once

PERSON = Words("Person", "Personne")
CERTIFICATE = Words("Certificate", "Certificat")
WORKSHOP = Words("Workshop", "Atelier")
ADMINISTRATION = Words("Administration", "Administration")
SCHEME = Words("Scheme", "Programme")
ENTRY = Words("Entry of the log", "Entrée du journal")


class Found(NamedTuple):
    """What was found: its kind, what it is called, its id, and where it is shown."""

    kind: str
    name: str
    id: str
    address: str


def search(ledger: Ledger, text: str, language: Language) -> list[Found]:
    """Return what a text means: a certificate number, the number or hash of an entry, an id, or words of a name."""
    text, today = text.strip(), ledger.now().date()
    position = _position_of(ledger, text)
    if position is not None:
        return [Found(ENTRY.into(language), str(position), text, f"{HISTORY}/entries/{position}")]
    return [Found(kind.into(language), *rest) for kind, *rest in _found(Story(ledger), text, today, language)]


def _position_of(ledger: Ledger, text: str) -> int | None:
    """The position of the entry whose leaf hash is given, in hexadecimal or base64."""
    digest = b""
    with suppress(ValueError):  # binascii.Error is one
        digest = bytes.fromhex(text) if len(text) == HEX else b64decode(text, validate=True)
    if len(digest) != HASH:
        return None
    size = ledger.size()
    for first in range(0, size, LEAVES):
        hashes = ledger.tree.hashes(0, first, min(LEAVES, size - first))
        for place in range(0, len(hashes), HASH):
            if hashes[place : place + HASH] == digest:
                return first + place // HASH + 1
    return None


def _found(story: Story, text: str, today: date, language: Language) -> Iterator[tuple[Words, str, str, str]]:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= story.size:
        yield ENTRY, text, text, f"{HISTORY}/entries/{int(text)}"
    with suppress(NumberError):
        number = CertificateNumber.read(text)
        for certification_id, certification in story.certifications.items():
            grant = certification.grant
            if grant is not None and (grant.session_id, grant.serial) == (number.session_id, number.serial):
                person = story.one(grant.person_id)
                yield CERTIFICATE, story.called(person), certification_id, _person(person)
    people = dict.fromkeys(map(story.one, story.people))
    story.learn_names(people)
    yield from _meant(PERSON, ((p, story.called(p), [p, story.name(p) or ""], _person(p)) for p in people), text)
    sessions = (
        (i, Words(s.planned.title_en, s.planned.title_fr).into(language),
         [i, s.planned.title_en, s.planned.title_fr, s.planned.place],
         f"{HISTORY}/lists/candidates?{urlencode({'session_id': i})}")
        for i, s in story.sessions.items()
    )  # fmt: skip
    yield from _meant(WORKSHOP, sessions, text)
    administrations = (
        (i, a.name(today).into(language), [i, *(t for words in a.names.values() for t in words)],
         f"{HISTORY}/lists/candidates?{urlencode({'administration_id': i})}")
        for i, a in story.administrations.items()
    )  # fmt: skip
    yield from _meant(ADMINISTRATION, administrations, text)
    schemes = (
        (i, Words(s.title_en, s.title_fr).into(language), [i, s.title_en, s.title_fr], f"/schemes/{quote(i, safe='')}")
        for i, s in story.schemes.items()
    )
    yield from _meant(SCHEME, schemes, text)


def _meant(
    kind: Words, rows: Iterable[tuple[str, str, list[str], str]], text: str
) -> Iterator[tuple[Words, str, str, str]]:
    """Those whose names have, for each word of the text, a word that begins so; accents and case do not matter."""
    wanted = parts_of(text)
    found = 0
    for identifier, name, names, address in rows:
        own = set[str]().union(*map(words_of, names))
        is_meant = identifier == text or (wanted and all(any(w.startswith(p) for w in own) for p in wanted))
        if is_meant and found < MOST:
            found += 1
            yield kind, name, identifier, address


def _person(person_id: str) -> str:
    return f"{HISTORY}/people/{quote(person_id, safe='')}"
