"""What a holder must show to be renewed, and what of it is missing (ISO/IEC 17024, 9.6).

The version of the scheme under which a certification was granted says how many hours, missions and refreshers there
must be within each period of validity. Each counts in the one period in which its day falls, both ends included, and
once for a human, whatever the number of their ids. Nothing counts that the holder confirmed for themselves.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from ledger.domain.events import development as facts
from ledger.domain.events.scheme import RenewalRule, SchemeVersionDrafted
from ledger.domain.months import add_months, last_day
from ledger.domain.reader import Reader
from ledger.domain.states.certification import Certification
from ledger.domain.states.development import Development, Refresher, Review, Verified
from ledger.domain.states.mission import Mission
from ledger.words import COLON, Words, day_in_words

ONE_DAY = timedelta(days=1)
Needed = Literal["hours", "missions", "refreshers", "surveillance"]
NEEDED_NAMES: dict[Needed, Words] = {
    "hours": Words("hours of development", "heures de formation continue"),
    "missions": Words("missions", "missions"),
    "refreshers": Words("refreshers", "recyclages"),
    "surveillance": Words("surveillance", "surveillance"),
}


class Period(NamedTuple):
    """A period of validity, both days included."""

    since: date
    until: date

    def has(self, day: date) -> bool:
        """Whether a day is in the period."""
        return self.since <= day <= self.until


class Gap(NamedTuple):
    """What is missing: how many are needed and how many count; of the surveillance, since when it is due."""

    what: Needed
    needed: int
    counts: int
    due: date | None = None

    @property
    def words(self) -> Words:
        """The gap in both languages."""
        if self.due is None:
            says = Words(f"{self.counts} of {self.needed}", f"{self.counts} sur {self.needed}")
        else:
            due = day_in_words(self.due)
            says = Words(f"was due by {due.en}", f"attendue au plus tard le {due.fr}")
        return Words(
            *(name + colon + text for name, colon, text in zip(NEEDED_NAMES[self.what], COLON, says, strict=True))
        )


class History(msgspec.Struct, frozen=True):
    """What was recorded of a human under all of their ids, without what they confirmed for themselves."""

    activities: dict[str, facts.CpdActivityLogged]
    verified: dict[str, Verified]
    refreshers: tuple[Refresher, ...]
    changes: tuple[datetime, ...]
    reviews: tuple[Review, ...]
    requests: dict[str, tuple[datetime, date]]
    refusals: dict[str, datetime]
    misuses: dict[str, facts.MisuseReported]

    @property
    def unverified(self) -> tuple[facts.CpdActivityLogged, ...]:
        """The activities on which no registrar has decided."""
        return tuple(one for activity_id, one in self.activities.items() if activity_id not in self.verified)

    @property
    def open_changes(self) -> tuple[datetime, ...]:
        """When the changes of capability were recorded that no review has looked at since."""
        looked = [review.recorded for review in self.reviews if "capability" in review.reviewed.looked_at]
        return tuple(change for change in self.changes if not any(change <= recorded for recorded in looked))

    def asked_for(self, certification_id: str, period_end: date | None) -> bool:
        """Whether the renewal of a certification at the end of this period is asked for, and not refused since."""
        asked, refused = self.requests.get(certification_id), self.refusals.get(certification_id)
        return asked is not None and asked[1] == period_end and (refused is None or refused < asked[0])

    def reviewed_until(self, certification_id: str) -> date | None:
        """The last day at which the surveillance of a certification looked; None when it never did."""
        days = [one.reviewed.until for one in self.reviews if one.reviewed.certification_id == certification_id]
        return max(days, default=None)

    def hours_in(self, period: Period) -> int:
        """The accepted hours in a period. What is alike in kind, day and hours is one activity, under whichever id."""
        accepted: dict[tuple[str, date, int], int] = {}
        for activity_id, verified in self.verified.items():
            one = self.activities[activity_id]
            if period.has(one.day):
                alike = likeness(one)
                accepted[alike] = max(accepted.get(alike, 0), verified.hours)
        return sum(accepted.values())

    def refreshers_in(self, period: Period) -> int:
        """The refreshers in a period: one workshop, or one day of an event outside the record, counts once."""
        counting = [one for one in self.refreshers if period.has(one.day)]
        workshops = {one.session_id: one.day for one in counting if one.session_id is not None}
        return len(workshops) + len({one.day for one in counting if one.session_id is None} - {*workshops.values()})


def likeness(activity: facts.CpdActivityLogged) -> tuple[str, date, int]:
    """What tells one activity of a person from another."""
    return activity.activity_code, activity.day, activity.hours


class Progress(msgspec.Struct, frozen=True):
    """What counts so far in a period of validity, and what the scheme asks for; ``rule`` None asks for nothing."""

    period: Period
    rule: RenewalRule | None
    hours: int
    missions: int
    refreshers: int
    surveillance_due: date | None

    @property
    def counted(self) -> tuple[Gap, ...]:
        """Each thing that the rule asks for, with how many of it count, missing or not."""
        if self.rule is None:
            return ()
        counted = (
            Gap("hours", self.rule.hours, self.hours),
            Gap("missions", self.rule.missions, self.missions),
            Gap("refreshers", self.rule.refreshers, self.refreshers),
        )
        return tuple(each for each in counted if each.needed)

    def gaps(self, day: date) -> tuple[Gap, ...]:
        """What is missing, as of a day."""
        if self.rule is None:
            return ()
        gaps = [each for each in self.counted if each.counts < each.needed]
        if self.surveillance_due is not None and self.surveillance_due < day:
            gaps.append(Gap("surveillance", 1, 0, self.surveillance_due))
        return tuple(gaps)


def together(states: Mapping[str, Development]) -> History:
    """Put together what was recorded of a human, by each of their ids."""
    activities: dict[str, facts.CpdActivityLogged] = {}
    verified: dict[str, Verified] = {}
    requests: dict[str, tuple[datetime, date]] = {}
    refusals: dict[str, datetime] = {}
    misuses: dict[str, facts.MisuseReported] = {}
    for one in states.values():
        activities |= one.activities
        verified |= {activity_id: said for activity_id, said in one.verified.items() if said.by not in states}
        requests |= {name: max(asked, requests.get(name, asked)) for name, asked in one.requests.items()}
        refusals |= {name: max(said, refusals.get(name, said)) for name, said in one.refusals.items()}
        misuses |= one.misuses
    return History(
        activities=activities,
        verified=verified,
        refreshers=tuple(each for one in states.values() for each in one.refreshers if each.by not in states),
        changes=tuple(each for one in states.values() for each in one.changes),
        reviews=tuple(each for one in states.values() for each in one.reviews if each.by not in states),
        requests=requests,
        refusals=refusals,
        misuses=misuses,
    )


def history_of(person_id: str, read: Reader) -> History:
    """Return what was recorded of a human, under all of their ids."""
    return together({one_id: read.development(one_id) for one_id in read.ids_of(person_id)})


def version_of(certification: Certification, read: Reader) -> SchemeVersionDrafted:
    """Return the version of the scheme under which a certification was granted, whose rules count."""
    assert certification.grant is not None
    return read.scheme(certification.grant.scheme_id).drafts[certification.grant.scheme_version]


def surveillance_due(certification: Certification, version: SchemeVersionDrafted, history: History) -> date | None:
    """Return the last day of the next review of a certification; None where its version asks for none."""
    if version.surveillance_months is None:
        return None
    assert certification.grant is not None
    reviewed = history.reviewed_until(certification.certification_id)
    since = certification.grant.effective_from if reviewed is None else reviewed + ONE_DAY
    return add_months(since, version.surveillance_months) - ONE_DAY


def progress_of(certification: Certification, read: Reader) -> Progress | None:
    """Return what counts for the next renewal of a certification; None when it was not granted or has no expiry."""
    if certification.grant is None:
        return None
    person_id = certification.grant.person_id
    missions = read.missions_of(person_id)
    return progress(certification, version_of(certification, read), history_of(person_id, read), missions)


def progress(
    certification: Certification, version: SchemeVersionDrafted, history: History, missions: Iterable[Mission]
) -> Progress | None:
    """Return what counts for the next renewal of what was granted; None when it has no expiry.

    ``missions`` are those of its holder, once each. One that was cancelled has no last day.
    """
    period = _current_period(certification, version)
    if period is None:
        return None
    ended = [one.ended_on for one in missions]
    return Progress(
        period=period,
        rule=version.renewal,
        hours=history.hours_in(period),
        missions=sum(day is not None and period.has(day) for day in ended),
        refreshers=history.refreshers_in(period),
        surveillance_due=surveillance_due(certification, version, history),
    )


def _current_period(certification: Certification, version: SchemeVersionDrafted) -> Period | None:
    """Return the last period of validity of what was granted. Each renewal begins another."""
    grant, expires_on = certification.grant, certification.standing.expires_on
    if grant is None or grant.expires_on is None or expires_on is None or version.validity_months is None:
        return None
    since, until = grant.effective_from, grant.expires_on
    while until < expires_on:
        since = until + ONE_DAY
        until = last_day(since, version.validity_months)
    return Period(since, until)
