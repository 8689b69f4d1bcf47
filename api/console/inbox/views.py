"""What the pages on waiting statements show, made from the inbox and from the statements as they would be signed."""

from collections.abc import Iterator, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import NamedTuple

from api.console.application import Console
from api.console.names import with_names
from api.console.permissions import RULES
from api.console.routing import PREFIX
from api.past.search import address_of
from api.secretariat.concerning import concerns, filed_it
from api.secretariat.endings import FILERS, IN_WORDS, who
from api.secretariat.proposals import Trace, Waiting
from api.secretariat.together import GROUP, Line, agreements, listed
from api.words import command_in_words, question_in_words
from api.words.failures import failure_in_words
from api.words.levels import as_asked_of, as_read_by
from api.words.names import name_of
from api.words.questions import QUESTIONS
from ledger.domain.decisions import require
from ledger.domain.record import ROLE_LABELS, Role, Signer
from ledger.domain.subjects import BY_COMMAND, person_concerned
from ledger.likeness import parts_of, words_of
from ledger.store.port import LARGEST
from ledger.store.submission import Prepared
from ledger.words import Language

PAGE = GROUP  # what is reviewed and signed together
MOST_PREPARED = 5 * PAGE  # for one page: to prepare a statement takes a millisecond, and ten thousand may wait
# A workshop's papers are signed within the fortnight: after that somebody should ask why one is not.
OVERDUE = timedelta(days=14)


class Seat(NamedTuple):
    """Somebody who signs: in which role, and whether they have."""

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


class Shown(NamedTuple):
    """A page of a list; ``following`` is where the next one starts, 0 on the last."""

    items: list[Item]
    following: int


class Ended(NamedTuple):
    """What will not be recorded: how it ended, when, by whom and why."""

    how: str
    at: datetime
    by: str
    reason: str


class Statement(NamedTuple):
    """A statement by its number: waiting, recorded as entry ``leaf`` (counted from 0), or ended.

    ``links`` lead to the pages of what it is about, so far as whoever looks may open them.
    """

    item: Item
    links: tuple[tuple[str, str], ...]
    leaf: int | None
    ending: Ended | None
    is_mine_to_sign: bool
    is_mine_to_withdraw: bool


class Waits:
    """What waits, as one officer reads it: ``mine`` wants their signature, ``others`` that of others."""

    def __init__(self, console: Console, person: str, language: Language, waiting: Sequence[Waiting]) -> None:
        self._office, self._person, self._language = console.office, person, language
        read = console.office.ledger.read()
        self.mine = [item for item in waiting if item.wants(person)]
        self.others = [item for item in waiting if not item.wants(person) and concerns(item, person, read)]
        commands = [item.proposal.command for item in waiting]
        people = {filer for item in waiting if (filer := item.filed_by) not in FILERS}
        people |= {signer for item in waiting for signer in item.people}
        people |= {about for command in commands if (about := person_concerned(command, read)) is not None}
        staged = (disclosure for item in waiting for disclosure in item.proposal.disclosures)
        self._read = with_names(console.office.ledger, people, staged)

    def to_sign(self, waiting: Sequence[Waiting]) -> Iterator[Item]:
        """Yield what wants the officer's signature, in the order in which it is to be signed."""
        lines = listed(self._office.inbox, self._office.ledger, self._person, waiting)
        for item, line in zip(waiting, lines, strict=True):
            yield self.item(item, line)

    def page_of_mine(self, words: str, start: int) -> Shown:
        """Return a page of what the officer signs, from a place on, of which at most MOST_PREPARED are prepared."""
        found, items = self._matching(self.mine, words, start), list[Item]()
        chosen = list(islice(found, MOST_PREPARED))
        for item in self.to_sign([item for _, item in chosen]):
            items.append(item)
            if sum(not one.why_not for one in items) == PAGE:
                break
        is_last = len(items) == len(chosen) and next(found, None) is None
        return Shown(items, 0 if is_last else chosen[len(items) - 1][0])

    def page_of_others(self, words: str, start: int) -> Shown:
        """Return a page of what the officer filed or has signed, from a place on."""
        found = self._matching(self.others, words, start)
        chosen = list(islice(found, PAGE))
        return Shown([self.item(item) for _, item in chosen], 0 if next(found, None) is None else chosen[-1][0])

    def _matching(self, waiting: Sequence[Waiting], words: str, start: int) -> Iterator[tuple[int, Waiting]]:
        """Yield those in whose words each word of a search begins one, each with the place after it."""
        wanted = parts_of(words)
        for place, item in enumerate(waiting[start:], start + 1):
            own = words_of(self._searched(item)) if wanted else ()
            if all(any(word.startswith(part) for word in own) for part in wanted):
                yield place, item

    def _searched(self, item: Waiting) -> str:
        """Return the words in which a statement is shown. It is not prepared for that: many may wait."""
        command, language = item.proposal.command, self._language
        asked = [QUESTIONS[event.wire_name].into(language) for event in BY_COMMAND[type(command)].event_types]
        return " ".join([self._asked(item), *asked])

    def _asked(self, item: Waiting) -> str:
        proposal = item.proposal
        read = as_asked_of(self._person, proposal.command, proposal.signers, self._read)
        return command_in_words(proposal.command, self._language, read)

    def item(self, item: Waiting, line: Line | None = None) -> Item:
        """Return a statement in words; with its ``line``, as it would be signed now."""
        beside = why_not = agreed = ""
        if line is not None and isinstance(line.statement, Prepared):
            event = line.statement.event
            read = as_read_by(self._person, event, line.statement.read)
            says, beside = question_in_words(event, self._language, read)
            agreed = agreements([line])[line.number].hex()
        else:
            says = self._asked(item)
            if line is not None:
                assert not isinstance(line.statement, Prepared)
                why_not = failure_in_words(line.statement).into(self._language)
        filed = datetime.fromtimestamp(item.filed, UTC)
        return Item(
            number=item.number,
            says=says,
            beside=beside,
            seats=tuple(map(partial(self._seat, item), item.proposal.signers)),
            filed=filed.date(),
            filed_by=self.filer(item.filed_by),
            expires=item.expires,
            why_not=why_not,
            agreed=agreed,
            is_overdue=not why_not and self._office.ledger.now() - filed > OVERDUE,
        )

    def _seat(self, item: Waiting, signer: Signer) -> Seat:
        has_signed = item.leaf is not None or signer.person in item.signatures
        return Seat(self.filer(signer.person), ROLE_LABELS[signer.role].into(self._language), has_signed)

    def links(self, item: Waiting) -> tuple[tuple[str, str], ...]:
        """Return the pages of what a statement is about: of the person, the workshop and the certification."""
        command, read, person = item.proposal.command, self._read, self._person
        roles, subject = read.officer(person).roles, command.subject
        nomination = read.candidacy(subject.id).nomination if subject.kind in ("candidacy", "certification") else None
        workshop = getattr(command, "session_id", "") if nomination is None else nomination.session_id
        about, found = person_concerned(command, read), list[tuple[str, str]]()
        if about is not None and read.person(about).known and RULES["history.person"].allows(roles):
            found.append((name_of(about, read) or about, address_of("person", about)))
        is_open = workshop and read.session(workshop).plan and not require.is_candidate(person, workshop, read)
        if is_open and RULES["workshops.one"].allows(roles):
            found.append((workshop, f"{PREFIX}/workshops/{workshop}"))
        number = read.certification(subject.id).number if is_open and subject.kind == "certification" else ""
        if number and RULES["certifications.one"].allows(roles):
            found.append((number, f"{PREFIX}/certifications/{subject.id}"))
        return tuple(found)

    def filer(self, filer: str) -> str:
        """Return the name of a person, or what one of ``FILERS`` is called."""
        return who(filer).into(self._language) if filer in FILERS else name_of(filer, self._read) or filer


def first_registrar(console: Console, roles: Set[Role]) -> str:
    """Return who can register the first people, to a director of a ledger without a registrar; else nobody.

    Nobody can register the first registrar but a security officer who is registrar meanwhile.
    """
    ledger = console.office.ledger
    if Role.DIRECTOR not in roles or ledger.holders(Role.REGISTRAR):
        return ""
    return next(iter(ledger.holders(Role.SECURITY_OFFICER)), "")


def statement(console: Console, trace: Trace, person: str, language: Language) -> Statement | None:
    """Return a statement to somebody who filed or signs it; None to others, and when it cannot be read."""
    item, read, ending = trace.item, console.office.ledger.read(), trace.ending
    if item is None or not concerns(item, person, read):
        return None
    waits = Waits(console, person, language, [item])
    line = next(listed(console.office.inbox, console.office.ledger, person, waits.mine), None) if item.waits else None
    ended = None
    if ending is not None:
        ended = Ended(IN_WORDS[ending.how].into(language), ending.at, waits.filer(ending.by), ending.reason or "")
    return Statement(
        waits.item(item, line),
        waits.links(item),
        item.leaf,
        ended,
        is_mine_to_sign=line is not None and not item.is_complete,
        is_mine_to_withdraw=item.waits and filed_it(trace, person, read),
    )


def numbers_in(texts: Sequence[str]) -> list[int]:
    """Return the numbers in a request, each once, in order. Raises ValueError for a text that is none."""
    numbers = sorted({int(text) for text in texts if text.isascii()})
    if numbers and not 1 <= numbers[0] <= numbers[-1] <= LARGEST:
        raise ValueError("expected numbers of statements")
    return numbers
