"""Until when the data of a person are kept at least (ISO/IEC 17024, 7.1; GDPR, article 5(1)(e)).

A version of a scheme may name a term in months. It begins with the last day of the workshop, or of the certification
that came of it, whichever is later. Of a person with several candidacies the longest term counts.
"""

from datetime import date

from ledger.domain.months import add_months
from ledger.domain.reader import Reader
from ledger.domain.spans import spans
from ledger.domain.standing import Status
from ledger.domain.states.candidacy import Candidacy

_IN_FORCE = (Status.VALID, Status.SUSPENDED)


def kept_until(person_id: str, read: Reader) -> date | None:
    """Return the last day on which the data of somebody are kept; None where no scheme of theirs names a term."""
    return max(
        (until for one in read.candidacies_of(person_id) if (until := _kept_for(one, read)) is not None), default=None
    )


def _kept_for(candidacy: Candidacy, read: Reader) -> date | None:
    session = read.session(candidacy.nominated.session_id)
    months = read.scheme_version(session).retention_months
    if months is None:
        return None
    standing = read.certification(candidacy.candidacy_id).standing
    in_force = [span.last_day or date.max for span in spans(standing) if span.status in _IN_FORCE]
    ended = max([session.planned.end, *in_force])
    return date.max if ended == date.max else add_months(ended, months)
