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
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload


def refused_today(
    entries: Iterable[bytes], memory: Memory, today: Memory, disclosed: Callable[[str], Disclosed | None]
) -> Iterator[AuditFinding]:
    """Yields a warning for each entry that the rules would refuse, or compute otherwise, by what is known ``today``.

    ``memory`` is what was known before the first of these entries; it follows them.
    """
    for position, envelope in enumerate(entries, memory.size + 1):
        event = decode_payload(open_envelope(envelope).payload)
        says = _objection(event, Draft(memory, disclosed, today))
        if says is not None and _objection(event, Draft(memory, disclosed)) is None:
            yield AuditFinding("refused-in-hindsight", position, f"{event.type} of {event.stream}: {says}")
        memory.advance([event])


def _objection(event: Event[Fact], read: Draft) -> str | None:
    """What the rules say against an event; None when they decide just that."""
    if isinstance(event.facts, LedgerFounded):
        return None
    try:
        decided = decide_again(event, read)
    except Refused as refused:
        return None if refused.code == "disclosure-missing" else str(refused)
    return None if decided.fact == event.facts else "the rules compute another result"
