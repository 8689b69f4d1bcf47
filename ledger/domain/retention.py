"""Until when the data of a person are kept at least (ISO/IEC 17024, 7.1; GDPR, article 5(1)(e)).

A version of a scheme may name a term in months. It begins with the last day of the workshop, or of the certification
that came of it, whichever is later. Of a person with several candidacies the longest term counts.
"""

from datetime import date

from ledger.domain.months import add_months
from ledger.domain.reader import Reader
from ledger.domain.spans import spans
from ledger.domain.standing import Standing, Status
from ledger.domain.states.candidacy import Candidacy

_IN_FORCE = (Status.VALID, Status.SUSPENDED, Status.PRE_ACCREDITED, Status.RECOGNISED)


def kept_until(person_id: str, read: Reader) -> date | None:
    """Return the last day on which the data of somebody are kept; None where no scheme of theirs names a term."""
    return max(
        (until for one in read.candidacies_of(person_id) if (until := _kept_for(one, read)) is not None), default=None
    )


def term(end: date, standing: Standing | None, months: int) -> date:
    """Return the last day of a term after the workshop, and after what came of it; ``date.max`` if it never ends."""
    lasted = [] if standing is None else spans(standing)
    ended = max([end, *(span.last_day or date.max for span in lasted if span.status in _IN_FORCE)])
    return date.max if ended == date.max else add_months(ended, months)


def _kept_for(candidacy: Candidacy, read: Reader) -> date | None:
    session = read.session(candidacy.nominated.session_id)
    months = read.scheme_version(session).retention_months
    if months is None:
        return None
    return term(session.planned.end, read.certification(candidacy.candidacy_id).standing, months)
