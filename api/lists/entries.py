"""Lists of entries of the log that deserve a second look: recorded late, or signed with a compromised key."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec

from api.lists.listing import Asked, Positions, Row, Texts
from api.lists.story import Placed, Story
from ledger.domain.events.office import KeyRevoked
from ledger.domain.events.persons import EmploymentRecorded
from ledger.domain.record import Fact
from ledger.domain.subjects import BY_FACT
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import read_stored
from ledger.words import Words

EFFECTIVE = ("effective_from", "since", "compromised_since")  # the fields that say from when a fact counts
_DATED: tuple[type[Fact], ...] = tuple(
    fact for fact in BY_FACT if any(field.name in EFFECTIVE for field in msgspec.structs.fields(fact))
)


class Late(Row, frozen=True, kw_only=True):
    days: int
    effective: date
    recorded: date
    event: Words
    wire_name: str
    stream: str
    name: str | None
    signers: Texts
    positions: Positions


class Touched(Row, frozen=True, kw_only=True):
    positions: Positions
    time: datetime
    event: Words
    wire_name: str
    stream: str
    name: str | None
    person_id: str
    signers: Texts
    key_id: str
    compromised_since: datetime


def late(story: Story, asked: Asked) -> Iterator[Late]:
    """Entries that were recorded more than so many days after they took effect, in the order of the log.

    A person's first employment counts for the days before it too, so its date bears on nothing and is left out.
    """
    employed: set[str] = set()
    for placed in story.events(_DATED):
        event = placed.event
        is_first = isinstance(event.facts, EmploymentRecorded) and event.stream not in employed
        if isinstance(event.facts, EmploymentRecorded):
            employed.add(event.stream)
        effective, recorded = effective_day(event.facts), event.time.astimezone(UTC).date()
        is_late = effective is not None and not is_first and (recorded - effective).days > asked.days
        if effective is not None and is_late and not story.is_left_out(event.subject):
            yield Late(
                days=(recorded - effective).days,
                effective=effective,
                recorded=recorded,
                event=BY_FACT[type(event.facts)].label,
                wire_name=event.type,
                stream=event.stream,
                name=story.subject_name(event.subject),
                signers=tuple(story.called(signer.person) for signer in event.by),
                positions=(placed.position,),
            )


def compromised(story: Story, asked: Asked) -> Iterator[Touched]:
    """Entries signed with a key at or after the moment since which it is reported as compromised."""
    since: dict[str, datetime] = {}
    for placed in story.events((KeyRevoked,)):
        facts = placed.event.facts
        if isinstance(facts, KeyRevoked) and facts.compromised_since is not None:
            since[facts.key_id] = facts.compromised_since
    if not since:
        return
    marks = [key_id.encode() for key_id in since]
    for row in story.entries():
        if any(mark in row.state for mark in marks):  # most entries need not be decoded
            placed = Placed(row.id, read_stored(row.topic, row.state).event)
            if not story.is_left_out(placed.event.subject):
                yield from _touched(story, placed, row.state, since)


def _touched(story: Story, placed: Placed, envelope: bytes, since: dict[str, datetime]) -> Iterator[Touched]:
    event = placed.event
    for signer, signature in zip(event.by, open_envelope(envelope).signatures, strict=True):
        began = since.get(signature.keyid)
        if began is not None and event.time >= began:
            yield Touched(
                positions=(placed.position,),
                time=event.time,
                event=BY_FACT[type(event.facts)].label,
                wire_name=event.type,
                stream=event.stream,
                name=story.subject_name(event.subject),
                person_id=signer.person,
                signers=tuple(story.called(each.person) for each in event.by),
                key_id=signature.keyid,
                compromised_since=began,
            )


def effective_day(facts: Fact) -> date | None:
    """The day from which a fact says that it counts; None if it says none."""
    value = next((found for field in EFFECTIVE if (found := getattr(facts, field, None)) is not None), None)
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value
