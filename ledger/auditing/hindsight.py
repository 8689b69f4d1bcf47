"""Decides again what was recorded, by what is known today of the people: which ids are one person, who employed them.

The signatures hold, and the rules were kept as far as anybody knew. All the same, an award may not be what it seems.
"""

from collections.abc import Callable, Iterable, Iterator

from ledger.auditing.report import AuditFinding
from ledger.domain.deciding import decide_again
from ledger.domain.events.office import LedgerFounded
from ledger.domain.reader import Disclosed
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.reading import Draft, Memory
from ledger.signing.statement import decode_judged


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


def refused_today(
    entries: Iterable[tuple[int, bytes]],
    memory: Memory,
    today: Memory,
    disclosed: Callable[[str], Disclosed | None],
    wanted: set[int],
) -> Iterator[AuditFinding]:
    """Yields a warning for each entry that the rules would refuse, or compute otherwise, by what is known ``today``.

    ``memory`` is what was known before the first of these entries; it follows them. ``wanted`` are the positions of
    those about which ``today`` may say something else, one at least.
    """
    last, before = max(wanted), list[Event[Fact]]()
    for position, envelope in entries:
        event = decode_judged(envelope)
        if position in wanted:
            memory.advance(before)
            before = []
            says = _objection(event, Draft(memory, disclosed, today))
            if says is not None and _objection(event, Draft(memory, disclosed)) is None:
                yield AuditFinding("refused-in-hindsight", position, f"{event.type} of {event.stream}: {says}")
        if position == last:
            return
        before.append(event)


def _objection(event: Event[Fact], read: Draft) -> str | None:
    """What the rules say against an event; None when they decide just that."""
    if isinstance(event.facts, LedgerFounded):
        return None
    try:
        decided = decide_again(event, read)
    except Refused as refused:
        return None if refused.code == "disclosure-missing" else str(refused)
    return None if decided.fact == event.facts else "the rules compute another result"
