"""The schemes as the record has them: versions with who drafted and approved each, and the workshops held under it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from api.console.application import Console
from api.console.commands.views import record_of
from api.secretariat import proposals
from api.words.record import Record
from ledger.domain.decisions import require
from ledger.domain.decisions.scheme import SchemeCommand
from ledger.domain.events import scheme as facts
from ledger.domain.events.session import SessionPlanned
from ledger.domain.record import ROLE_LABELS, Event, Fact, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.scheme import as_current
from ledger.words import Words


class Act(NamedTuple):
    """When something was recorded, by whom: names and roles."""

    time: datetime
    people: tuple[tuple[str, Words], ...]


class Version(NamedTuple):
    """A version of a scheme; without ``effective_from`` it is a draft."""

    number: str
    content: facts.SchemeVersionDrafted
    drafted: Act
    approved: Act | None
    effective_from: date | None
    workshops: list[SessionPlanned]


class Waiting(NamedTuple):
    """A statement about a scheme that waits for signatures."""

    number: int
    version: str


class Scheme(NamedTuple):
    """A scheme as it was established, and its versions, the last first."""

    id: str
    established: facts.SchemeEstablished
    versions: list[Version]
    waiting: list[Waiting]

    @property
    def title(self) -> Words:
        """What it is called."""
        return Words(self.established.title_en, self.established.title_fr)

    def version(self, number: str) -> Version:
        """Return a version. Raises ``Refused``."""
        found = next((version for version in self.versions if version.number == number), None)
        if found is None:
            raise Refused("unknown", kind="scheme", id=f"{self.id} {number[:64]}")
        return found


def every(console: Console) -> list[Scheme]:
    """Return every scheme."""
    record = record_of(console)
    held, waiting = _held(record), console.office.inbox.waiting()
    return [_scheme(console, record, scheme_id, held, waiting) for scheme_id in record.ids_of("scheme")]


def one(console: Console, scheme_id: str) -> Scheme:
    """Return a scheme. Raises ``Refused`` when there is none."""
    record = record_of(console)
    require.scheme(scheme_id, record.read)
    return _scheme(console, record, scheme_id, _held(record), console.office.inbox.waiting())


_Held = Mapping[tuple[str, str], list[SessionPlanned]]


def _held(record: Record) -> _Held:
    """Return every workshop, the latest first, by scheme and version."""
    plans = [record.read.session(session_id).planned for session_id in record.ids_of("session")]
    held: dict[tuple[str, str], list[SessionPlanned]] = defaultdict(list)
    for plan in sorted(plans, key=lambda plan: plan.start, reverse=True):
        held[plan.scheme_id, plan.scheme_version].append(plan)
    return held


def _scheme(console: Console, record: Record, scheme_id: str, held: _Held, waiting: list[proposals.Waiting]) -> Scheme:
    events = [signed.event for signed in console.office.ledger.signed_events(Stream("scheme", scheme_id))]
    names = record.names({signer.person for event in events for signer in event.by})
    established, drafted, approved = _sorted(events)
    versions = [
        Version(
            number,
            content,
            _act(event, names),
            _act(approved[number][0], names) if number in approved else None,
            approved[number][1] if number in approved else None,
            held.get((scheme_id, number), []),
        )
        for number, (event, content) in drafted.items()
    ]
    own = [
        Waiting(item.number, getattr(command, "version", ""))
        for item in waiting
        if isinstance(command := item.proposal.command, SchemeCommand) and command.scheme_id == scheme_id
    ]
    return Scheme(scheme_id, established, versions[::-1], own)


_Drafted = dict[str, tuple[Event[Fact], facts.SchemeVersionDrafted]]
_Approved = dict[str, tuple[Event[Fact], date]]


def _sorted(events: list[Event[Fact]]) -> tuple[facts.SchemeEstablished, _Drafted, _Approved]:
    first, *later = events
    assert isinstance(first.facts, facts.SchemeEstablished)  # a scheme begins with it
    drafted: _Drafted = {}
    approved: _Approved = {}
    for event in later:
        match event.facts:
            case facts.SchemeVersionDrafted() | facts.SchemeVersionDraftedV1() as content:
                drafted[content.version] = (event, as_current(content))
            case facts.SchemeVersionApproved() as approval:
                approved[approval.version] = (event, approval.effective_from)
    return first.facts, drafted, approved


def _act(event: Event[Fact], names: Mapping[str, str]) -> Act:
    people = tuple((names.get(signer.person, signer.person), ROLE_LABELS[signer.role]) for signer in event.by)
    return Act(event.time, people)
