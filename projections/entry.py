"""An entry of the log as a read model gets it: the event, its position, and when the log knew it."""

from datetime import UTC, datetime, timedelta

import msgspec

from ledger.domain.record import Event, Fact

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Entry(msgspec.Struct, frozen=True):
    """``position`` counts from 1; ``known`` is in microseconds since 1970 UTC, never decreasing.

    ``key_ids`` are the keys of the signatures, in the order of the event's signers.
    """

    position: int
    known: int
    event: Event[Fact]
    key_ids: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The id in the name of the event's stream, such as that of the certification."""
        return self.event.subject.id


def microseconds(moment: datetime) -> int:
    """Returns an aware moment in microseconds since 1970 UTC."""
    return (moment - EPOCH) // MICROSECOND


def moment(known: int) -> datetime:
    """The inverse of :func:`microseconds`."""
    return EPOCH + known * MICROSECOND
