"""Decides again what was recorded, by what is known today of the people: which ids are one person, who employed them.

The signatures hold, and the rules were kept as far as anybody knew. All the same, an award may not be what it seems.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property

from ledger.auditing.kept import Kept
from ledger.auditing.report import AuditFinding
from ledger.domain.deciding import decide_again
from ledger.domain.events.office import AnyFounding
from ledger.domain.events.persons import EmploymentRecorded, PersonsMerged, PersonsUnmerged
from ledger.domain.reader import Disclosed
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.domain.subjects import SUBJECTS
from ledger.reading import Draft, Memory
from ledger.signing.statement import decode_unverified

LARGEST = 2**63 - 1
# What says who people are, and who employs them. The founding names the first of them.
TYPES = frozenset(row.wire_name for kind in ("ledger", "person") for row in SUBJECTS[kind].event_types)


class Asking(Draft):
    """A reader that notes about whom the rules ask who they are, or who employed them.

    What they decide by what is known today is the same, unless the answer about one of these is another.
    """

    def __init__(self, memory: Memory, disclosed: Callable[[str], Disclosed | None]) -> None:
        super().__init__(memory, disclosed)
        self._listed: set[str] = set()

    @property
    def asked(self) -> set[str]:
        """Those about whom something was asked, before an event is added."""
        return self._listed.union(self._humans)

    def ids_of(self, person_id: str) -> tuple[str, ...]:
        self._listed.add(person_id)
        return super().ids_of(person_id)


class Hindsight:
    """What is known of people after all entries, learned before any is judged, and the warnings that come of it.

    Nothing that it learns is verified yet. What cannot be right is a fault once it is judged, and of a log with faults
    nobody asks for these warnings. Of another log nobody does either if :meth:`is_as_judged` says no.
    """

    def __init__(self, since: Kept, disclosed: Callable[[str], Disclosed | None]) -> None:
        self._since, self._disclosed = since, disclosed
        self._until = dict(since.known_otherwise)  # about whom more is known than was before which entry
        self.warnings: list[AuditFinding] = []

    @cached_property
    def today(self) -> Memory:
        """A memory of people alone: no rule asks it about anything else."""
        return self._since.memory()

    def learn(self, entries: Iterable[tuple[int, bytes]]) -> None:
        """Take in what entries say of people; others may be among them."""
        with suppress(Exception):  # a fault, which is found where it is judged
            for position, envelope in entries:
                event = decode_unverified(envelope, TYPES)
                if event is not None:
                    tell_otherwise(self._until, position, event)
                    self.today.advance([event])

    def is_as_judged(self, memory: Memory) -> bool:
        """Whether what was learned of people is what ``memory`` knows after all entries: they are read once more."""
        return self.today.merges == memory.merges and all(
            self.today.state(stream) == state for stream, state in memory.states.items() if stream.kind == "person"
        )

    def judge(self, position: int, event: Event[Fact], read: Asking, memory: Memory) -> None:
        """Warn if the rules would refuse an entry, or compute another result, by what is known today.

        ``read`` is what its decision asked, ``memory`` what was known before it.
        """
        if self._is_known_otherwise(position, read.asked):
            says = _objection(event, Draft(memory, self._disclosed, self.today))
            if says is not None and _objection(event, Draft(memory, self._disclosed)) is None:
                message = f"{event.type} of {event.stream}: {says}"
                self.warnings.append(AuditFinding("refused-in-hindsight", position, message))

    def _is_known_otherwise(self, position: int, people: Iterable[str]) -> bool:
        """Whether more is known about one of these people than was at that position."""
        return any(self._until.get(person, 0) > position for person in people)


def tell_otherwise(until: dict[str, int], position: int, event: Event[Fact]) -> None:
    """Note about whom an event says something that counts for what was decided before it, and before which entry."""
    match event.facts:
        case PersonsMerged() | PersonsUnmerged() as facts:  # for whoever is one with them, at any position
            until |= dict.fromkeys((facts.person_id, facts.merged_id), LARGEST)
        case EmploymentRecorded():
            until[event.subject.id] = max(position, until.get(event.subject.id, 0))
        case _:
            pass


def _objection(event: Event[Fact], read: Draft) -> str | None:
    """What the rules say against an event; None when they decide just that."""
    if isinstance(event.facts, AnyFounding):
        return None
    try:
        decided = decide_again(event, read)
    except Refused as refused:
        return None if refused.code == "disclosure-missing" else str(refused)
    except Exception as error:  # noqa: BLE001 - what a forgery says of people may be nothing that rules expect
        return f"the rules do not end: {error!r}"
    return None if decided.fact == event.facts else "the rules compute another result"
