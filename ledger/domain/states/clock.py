"""What is remembered of the ledger's clock: nothing but how often it was confirmed."""

import msgspec

from ledger.domain.events.clock import ClockConfirmed
from ledger.domain.record import Event


class Confirmed(msgspec.Struct, frozen=True):
    version: int = 0


def evolve_clock(state: Confirmed, event: Event[ClockConfirmed]) -> Confirmed:
    """Remember that it was confirmed once more."""
    return Confirmed(event.version)
