"""What counts for the renewal of a certification, for the page of the certification and for the holder's own."""

from datetime import date
from typing import NamedTuple

from api.past.development import waiting
from ledger.domain.months import add_months
from ledger.domain.reader import Reader
from ledger.domain.renewal import NEEDED_NAMES, Needed, history_of, progress_of, version_of
from ledger.domain.states.certification import Certification
from ledger.words import Words


class Count(NamedTuple):
    """One thing that a rule asks for: how many count, and how many are needed."""

    name: Words
    counts: int
    needed: int


class Renewing(NamedTuple):
    """What counts so far within a period of validity; ``by_rule`` is false where the scheme asks for nothing.

    ``missing`` are codes. ``waits`` is what a registrar has to do first.
    """

    since: date
    until: date
    opens: date
    by_rule: bool
    counts: tuple[Count, ...]
    gaps: tuple[Words, ...]
    missing: frozenset[Needed]
    surveillance_due: date | None
    asked_for: bool
    waits: tuple[Words, ...]


def renewing(certification: Certification, today: date, read: Reader) -> Renewing | None:
    """Return what counts for the next renewal; None where there will be none."""
    progress = progress_of(certification, read)
    if progress is None or certification.grant is None or not certification.in_force(today):
        return None
    history, gaps = history_of(certification.grant.person_id, read), progress.gaps(today)
    window = version_of(certification, read).renewal_window_months
    return Renewing(
        *progress.period,
        add_months(progress.period.until, -window),
        progress.rule is not None,
        tuple(Count(NEEDED_NAMES[each.what], each.counts, each.needed) for each in progress.counted),
        tuple(gap.words for gap in gaps),
        frozenset(gap.what for gap in gaps),
        progress.surveillance_due,
        history.asked_for(certification.certification_id, progress.period.until),
        tuple(waiting(history)),
    )
