"""Why an officer may do something at the console, or sign a command, or may not: which rule says so."""

from collections.abc import Iterable
from typing import NamedTuple

from api.console.access.actions import ACTIONS
from api.console.names import with_names
from api.console.permissions import RULES
from api.words.names import name_of
from api.words.vocabulary import CHOICES
from ledger.domain.decisions.rows import CommandType
from ledger.domain.record import ROLE_LABELS, Role
from ledger.domain.subjects import COMMAND_TYPES
from ledger.likeness import parts_of, words_of
from ledger.store.ledger import Ledger
from ledger.words import Language


class Answer(NamedTuple):
    """Whether somebody may do something, and who may, in words. ``codes`` are for support: routes, or the command."""

    what: str
    codes: tuple[str, ...]
    is_allowed: bool
    rule: str


class Asked(NamedTuple):
    """An officer with their roles in words, and the answers about them: what pages do, and what they sign."""

    person: str
    name: str
    roles: str
    answers: tuple[Answer, ...]


def officers(ledger: Ledger) -> dict[str, str]:
    """Return everybody who holds a role, by name."""
    record = ledger.read()
    people = [person for person in ledger.people() if record.officer(person).roles]
    read = with_names(ledger, people)
    named = {person: name_of(person, read) or person for person in people}
    return dict(sorted(named.items(), key=lambda one: parts_of(one[1])))


def why(ledger: Ledger, people: Iterable[str], words: str, language: Language) -> list[Asked]:
    """Return the answers about these people: on what has each of these words, or is of this code; or on all."""
    read, found = with_names(ledger, people := list(people)), list[Asked]()
    for person in people:
        held = read.officer(person).roles
        answers = [answer for answer in _answers(held, language) if _is_asked(answer, words)]
        found.append(Asked(person, name_of(person, read) or person, _in_words(held, language), tuple(answers)))
    return found


def _answers(held: frozenset[Role], language: Language) -> Iterable[Answer]:
    for what, routes in ACTIONS.items():
        rule = RULES[routes[0]]
        yield Answer(what.into(language), routes, rule.allows(held), rule.who.into(language))
    for row in COMMAND_TYPES:
        yield Answer(
            _title(row, language),
            (row.name,),
            row.in_own_name or bool(held & {*row.seats}),
            _in_words(row.seats, language),
        )


def _title(row: CommandType, language: Language) -> str:
    label = row.event_types[0].label if len(row.event_types) == 1 else CHOICES[row.name]
    return label.into(language)


def _is_asked(answer: Answer, words: str) -> bool:
    own = words_of(answer.what)
    return words in answer.codes or all(any(word.startswith(part) for word in own) for part in parts_of(words))


def _in_words(roles: Iterable[Role], language: Language) -> str:
    held = frozenset(roles)
    return ", ".join(ROLE_LABELS[role].into(language) for role in Role if role in held)
