"""Why an officer may open a page or sign a command, or may not: which rule says so."""

from collections.abc import Iterable
from typing import NamedTuple

from fastapi.routing import APIRoute

from api.console.names import with_names
from api.console.permissions import RULES
from api.words.names import name_of
from api.words.vocabulary import CHOICES
from ledger.domain.record import ROLE_LABELS, Role
from ledger.domain.subjects import COMMAND_TYPES
from ledger.store.ledger import Ledger
from ledger.words import Language


class Answer(NamedTuple):
    """Whether somebody may do something, and the rule: ``rule`` is who may, in words."""

    action: str
    what: str
    person: str
    name: str
    is_allowed: bool
    rule: str
    roles: str


def why(ledger: Ledger, routes: Iterable[APIRoute], person: str, action: str, language: Language) -> list[Answer]:
    """Return the answers for one officer or all, and for one action or all: pages by route, commands by name."""
    people = [person] if person else [p for p in ledger.people() if ledger.read().officer(p).roles]
    read = with_names(ledger, people)
    found: list[Answer] = []
    for one in people:
        held = read.officer(one).roles
        name, roles = name_of(one, read) or one, _in_words(held, language)
        for route in routes:
            rule = RULES[route.name]
            what = f"{', '.join(sorted(route.methods or ()))} {route.path}"
            found.append(Answer(route.name, what, one, name, rule.allows(held), rule.who.into(language), roles))
        for row in COMMAND_TYPES:
            label = row.event_types[0].label if len(row.event_types) == 1 else CHOICES[row.name]
            seats = _in_words(row.seats, language)
            found.append(Answer(row.name, label.into(language), one, name, bool(held & {*row.seats}), seats, roles))
    return [answer for answer in found if action in ("", answer.action)]


def _in_words(roles: Iterable[Role], language: Language) -> str:
    held = frozenset(roles)
    return ", ".join(ROLE_LABELS[role].into(language) for role in Role if role in held)
