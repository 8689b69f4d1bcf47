"""What the pages on waiting statements show, made from the inbox and from the statements as they would be signed."""

from collections.abc import Collection, Iterable, Sequence, Set
from datetime import date, datetime, timedelta
from typing import NamedTuple

from api.console.application import Console
from api.secretariat.endings import FILERS, IN_WORDS, who
from api.secretariat.proposals import Trace, Waiting
from api.secretariat.together import Line, agreements, listed
from api.words import command_in_words, question_in_words
from api.words.failures import failure_in_words
from api.words.names import name_of
from ledger.domain.reader import Reader
from ledger.domain.record import ROLE_LABELS, Role
from ledger.likeness import parts_of, words_of
from ledger.store.port import LARGEST
from ledger.store.submission import Prepared
from ledger.words import Language

# A workshop's papers are signed within the fortnight: after that somebody should ask why one is not.
OVERDUE = timedelta(days=14)


class Seat(NamedTuple):
    """Somebody who signs: in which role, and whether they have."""

    person: str
    name: str
    role: str
    signed: bool


class Item(NamedTuple):
    """Something that waits. ``says`` is what it asks or states, ``beside`` what it states besides.

    ``why_not`` says why it cannot be signed now, ``agreed`` what is agreed to by signing it as it is shown here.
    """

    number: int
    says: str
    beside: str
    seats: tuple[Seat, ...]
    filed: date
    filed_by: str
    expires: datetime
    why_not: str
    agreed: str
    is_overdue: bool

    @property
    def others(self) -> str:
        """Who else has to sign."""
        return ", ".join(f"{seat.name} ({seat.role})" for seat in self.seats if not seat.signed)


class Ended(NamedTuple):
    """What will not be recorded: how it ended, when, by whom and why."""

    how: str
    at: datetime
    by: str
    reason: str


class Statement(NamedTuple):
    """A statement by its number: waiting, recorded as entry ``leaf`` (counted from 0), or ended."""

    item: Item
    leaf: int | None
    ending: Ended | None
    is_mine_to_sign: bool
    is_mine_to_withdraw: bool


def to_sign(console: Console, person: str, language: Language, numbers: Collection[int] | None = None) -> list[Item]:
    """Return what waits for an officer's signature, or some of it, in the order in which it is to be signed."""
    inbox, ledger = console.office.inbox, console.office.ledger
    waiting = {item.number: item for item in inbox.waiting(person)}
    found: list[Item] = []
    for line in listed(inbox, ledger, person, numbers):
        if line.number in waiting:  # else it was filed a moment ago
            agreed = agreements([line]).get(line.number, b"")
            found.append(_item(console, waiting[line.number], line, agreed, language))
    return found


def waiting_for_others(console: Console, person: str, language: Language) -> list[Item]:
    """Return what an officer filed or has signed, and others still have to sign."""
    inbox = console.office.inbox
    mine = {item.number for item in inbox.waiting(person)}
    return [
        _item(console, item, None, b"", language)
        for item in inbox.waiting()
        if item.number not in mine and (item.filed_by == person or person in item.people)
    ]


def first_registrar(console: Console, roles: Set[Role]) -> str:
    """Return who can register the first people, to a director of a ledger without a registrar; else nobody.

    Nobody can register the first registrar but a security officer who is registrar meanwhile.
    """
    ledger = console.office.ledger
    if Role.DIRECTOR not in roles or ledger.holders(Role.REGISTRAR):
        return ""
    return next(iter(ledger.holders(Role.SECURITY_OFFICER)), "")


def matching(items: Iterable[Item], words: str) -> list[Item]:
    """Return the items in whose words each word of a search begins one."""
    wanted = parts_of(words)
    return [i for i in items if all(any(own.startswith(w) for own in words_of(f"{i.says} {i.beside}")) for w in wanted)]


def statement(console: Console, trace: Trace, person: str, language: Language) -> Statement | None:
    """Return a statement to somebody who filed or signs it; None to others, and when it cannot be read."""
    item = trace.item
    if item is None or not (person in item.people or trace.filed_by == person):
        return None
    mine = [each for each in console.office.inbox.waiting(person) if each.number == item.number]
    lines = listed(console.office.inbox, console.office.ledger, person, [item.number]) if mine else ()
    shown = _item(console, item, next(iter(lines), None), b"", language)
    read, ending = console.office.ledger.read(), trace.ending
    ended = None
    if ending is not None:
        by = _filer(ending.by, read, language)
        ended = Ended(IN_WORDS[ending.how].into(language), ending.at, by, ending.reason or "")
    waits = item.waits and not item.is_complete
    return Statement(shown, item.leaf, ended, bool(mine) and waits, item.filed_by == person and item.waits)


def _item(console: Console, item: Waiting, line: Line | None, agreed: bytes, language: Language) -> Item:
    ledger = console.office.ledger
    beside = why_not = ""
    if line is not None and isinstance(line.statement, Prepared):
        says, beside = question_in_words(line.statement.event, language, line.statement.read)
    else:
        says = command_in_words(item.proposal.command, language, ledger.read(item.proposal.disclosures))
        if line is not None:
            assert not isinstance(line.statement, Prepared)
            why_not = failure_in_words(line.statement).into(language)
    read, filed = ledger.read(), datetime.fromtimestamp(item.filed, ledger.now().tzinfo)
    return Item(
        number=item.number,
        says=says,
        beside=beside,
        seats=_seats(item, read, language),
        filed=filed.date(),
        filed_by=_filer(item.filed_by, read, language),
        expires=item.expires,
        why_not=why_not,
        agreed=agreed.hex(),
        is_overdue=not why_not and ledger.now() - filed > OVERDUE,
    )


def _seats(item: Waiting, read: Reader, language: Language) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            signer.person,
            name_of(signer.person, read) or signer.person,
            ROLE_LABELS[signer.role].into(language),
            item.leaf is not None or signer.person in item.signatures,
        )
        for signer in item.proposal.signers
    )


def _filer(filer: str, read: Reader, language: Language) -> str:
    return who(filer).into(language) if filer in FILERS else name_of(filer, read) or filer


def numbers_in(texts: Sequence[str]) -> list[int]:
    """Return the numbers in a request, each once, in order. Raises ValueError for a text that is none."""
    numbers = sorted({int(text) for text in texts if text.isascii()})
    if numbers and not 1 <= numbers[0] <= numbers[-1] <= LARGEST:
        raise ValueError("expected numbers of statements")
    return numbers
