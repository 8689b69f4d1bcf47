"""Asking the rules again about what is recorded: each fact must be what they answer at its position."""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.domain.commands import COMMAND_TYPES
from ledger.domain.deciding import decide
from ledger.domain.decisions.acting import Act, Command, Decided
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact

_BY_FACT = {fact: row.command for row in COMMAND_TYPES for fact in row.facts}


def command_of(event: Event[Fact]) -> Command:
    """The command that this event answers. Raises KeyError for the founding, which answers none.

    A command asks for what its facts say; what it names besides is the subject, which is the stream's.
    """
    command = _BY_FACT[type(event.facts)]
    stated = msgspec.structs.asdict(event.facts)
    subject = event.subject.id
    arguments: dict[str, Any] = {}
    for field in command.__struct_fields__:
        # A refusal does not say from when a grant would have counted.
        unstated = event.time.date() if field == "effective_from" else subject
        arguments[field] = stated.get(field, unstated)
    return command(**arguments)


def decided_again(event: Event[Fact], read: Reader) -> Decided:
    """What the rules answer to the same command by the same people at the same time. Raises ``Refused``."""
    return decide(command_of(event), Act(event.by, event.time), read)
