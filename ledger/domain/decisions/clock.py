"""The ledger's clock: confirmed by two officers after a long silence of the log, or after it was ahead.

Whether a time is plausible depends on a clock, which no rule reads: :mod:`ledger.domain.dating` says what follows.
"""

from typing import Literal

from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events.clock import THE_CLOCK, ClockConfirmed
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role, Stream
from ledger.domain.states.clock import Confirmed, evolve_clock
from ledger.words import Words


class ClockCommand(Command, frozen=True, kw_only=True):
    @property
    def subject(self) -> Stream:
        return THE_CLOCK


class ConfirmClock(ClockCommand, frozen=True, kw_only=True):
    reason_code: Literal["long-silence", "clock-was-ahead"]


def confirm_clock(command: ConfirmClock, act: Act, read: Reader) -> Fact:
    """A security officer and a director confirm that the time of their statement is right."""
    return command.stated_as(ClockConfirmed)


# fmt: off
CLOCK = Subject(
    kind="clock",
    initial=lambda *_: Confirmed(),
    evolve=evolve_clock,
    commands=(
        command_type("confirm-clock", ConfirmClock, confirm_clock,
            EventType("clock-confirmed/v1", ClockConfirmed, (Role.SECURITY_OFFICER, Role.DIRECTOR), "public",
                      Words("Clock confirmed", "Horloge confirmée"))),
    ),
)
# fmt: on
