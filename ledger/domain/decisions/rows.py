"""Rows that a subject's module hands to the table of subjects: the subject, its commands, its events.

A wire name is chosen, not derived, and is never reused for another meaning.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from ledger.domain.decisions.acting import Act, Command
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact, Role
from ledger.words import Words

Visibility = Literal["public", "restricted", "confidential"]
Inverse = Callable[[Event[Any]], Command]
"""From an event to the command that led to it."""


class EventType(msgspec.Struct, frozen=True):
    """An event: ``seats`` are the roles that sign it, in order, each filled by another person."""

    wire_name: str
    fact: type[Fact]
    seats: tuple[Role, ...]
    visibility: Visibility
    label: Words


class CommandType(msgspec.Struct, frozen=True):
    """A command and the events that can follow from it. They share their seats, so the signers are known beforehand.

    ``names`` returns the person that the command, and its fact, names itself. Without it, both are about the person
    that their subject is about. ``own_case`` is the reason why that person may sign it too; without one, they may not.
    ``by_officers`` is whether the rules let nobody state it in their own name who has no role.
    """

    name: str
    command: type[Command]
    decide: Callable[[Any, Act, Reader], Fact]  # of this command; a table cannot express that
    event_types: tuple[EventType, ...]
    inverse: Inverse
    names: Callable[[Any], str] | None
    own_case: str | None
    by_officers: bool

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        return tuple(row.fact for row in self.event_types)

    @property
    def seats(self) -> tuple[Role, ...]:
        return self.event_types[0].seats

    @property
    def in_own_name(self) -> bool:
        """Whether one person signs it for themselves, with a key of theirs and in no role."""
        return self.seats == (Role.KEY_HOLDER,)


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of stream, with everything that can be recorded in one.

    ``id_field`` is what the id of a stream is called, ``initial`` the state before the first event, by id. ``person``
    returns whom a stream is about, by id, or None while the record does not say. A kind without it is about nobody.
    """

    kind: str
    id_field: str | None = None  # None: there is one stream of the kind
    initial: Callable[[str, Reader], Any]
    evolve: Callable[[Any, Event[Any]], Any]
    person: Callable[[str, Reader], str | None] | None = None
    commands: tuple[CommandType, ...]
    earlier: tuple[CommandType, ...] = ()  # that nobody can give any more; an audit decides them again
    events: tuple[EventType, ...] = ()  # that no command leads to

    @property
    def current(self) -> tuple[EventType, ...]:
        """The events that can be recorded from now on."""
        return (*self.events, *(event for command in self.commands for event in command.event_types))

    @property
    def event_types(self) -> tuple[EventType, ...]:
        return (*self.current, *(event for command in self.earlier for event in command.event_types))


def command_type(
    name: str,
    command: type[Command],
    decide: Callable[[Any, Act, Reader], Fact],
    *event_types: EventType,
    inverse: Inverse | None = None,
    names: Callable[[Any], str] | None = None,
    own_case: str | None = None,
    by_officers: bool = False,
) -> CommandType:
    """The row of a command. Without an ``inverse``, the command must ask for nothing that its facts do not state."""
    if inverse is None:
        inverse = _restated(command, *(row.fact for row in event_types))
    return CommandType(name, command, decide, event_types, inverse, names, own_case, by_officers)


def _restated(command: type[Command], *facts: type[Fact]) -> Inverse:
    """The inverse of a command whose fields are all stated by its facts, but for the id that its base class holds."""
    (base,) = command.__bases__
    ids: tuple[str, ...] = getattr(base, "__struct_fields__", ())
    for fact in facts:
        unstated = set(command.__struct_fields__) - {*fact.__struct_fields__, *ids}
        if unstated:
            raise TypeError(f"{command.__name__}: expected an inverse, {fact.__name__} does not state {unstated}")

    stated = [field for field in command.__struct_fields__ if field not in ids]

    def inverse(event: Event[Fact]) -> Command:
        fact = event.facts
        return command(**dict.fromkeys(ids, event.subject.id), **{field: getattr(fact, field) for field in stated})

    return inverse
