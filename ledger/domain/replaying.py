"""Deciding again what is recorded: each fact must follow from the rules at its position in the log."""

from __future__ import annotations

from ledger.domain.deciding import decide
from ledger.domain.decisions.acting import Act, Decided
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact
from ledger.domain.subjects import COMMAND_OF


def decided_again(event: Event[Fact], read: Reader) -> Decided:
    """The decision on the same command by the same people at the same time.

    Raises ``Refused``, and KeyError for the founding, to which no command leads.
    """
    command = COMMAND_OF[type(event.facts)].inverse(event)
    return decide(command, Act(event.by, event.time), read)
