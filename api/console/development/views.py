"""What waits for its verification, several of which are decided at once; and somebody's own activities."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from api.console.certifications.renewing import Renewing, renewing
from api.console.workshops.preparing import Link, link
from api.secretariat.proposals import Proposal, proposal
from api.words.record import Record
from api.words.vocabulary import CODES
from ledger.domain.events.development import CpdActivityLogged
from ledger.domain.renewal import history_of
from ledger.reading import Draft
from ledger.words import Words

MOST = 50  # activities on one page: a registrar reviews each before they sign


class Waiting(NamedTuple):
    """An activity that waits, with its holder; ``evidence`` is None where it is not held."""

    activity: CpdActivityLogged
    person_id: str
    name: str
    kind: Words
    evidence: str | None


class Stated(NamedTuple):
    """One's own activity; ``accepted`` is None while nobody has verified it."""

    day: date
    kind: Words
    hours: int
    accepted: int | None


class Own(NamedTuple):
    """What counts for the renewal of one's own certification, under its number, and where to ask for it."""

    number: str
    renewing: Renewing
    ask: Link | None


def waiting(record: Record, person: str) -> list[Waiting]:
    """Return the activities that nobody has verified, the oldest first, but for those of ``person``, who looks."""
    read = record.read
    people = dict.fromkeys(read.one(one) for one in record.ids_of("development"))
    found = [
        (activity.day, activity.activity_id, one, activity)
        for one in people
        if not read.is_among(person, [one]) and not read.human(one).erased
        for activity in history_of(one, read).unverified
    ]
    chosen = sorted(found, key=lambda each: each[:2])[:MOST]
    names = record.names({one for *_, one, _ in chosen})
    return [
        Waiting(activity, one, names.get(one, one), CODES[activity.activity_code], _opened(activity, read))
        for *_, one, activity in chosen
    ]


def verifications(rows: list[Waiting], entered: Mapping[str, str], registrar: str) -> list[Proposal]:
    """Return a statement on each activity whose hours were entered. Raises ``ValueError`` for what is no number."""
    made = []
    for row in rows:
        activity_id = row.activity.activity_id
        hours = entered.get(f"hours.{activity_id}", "").strip()
        if hours:
            reason = entered.get(f"reason.{activity_id}", "").strip()
            sealed = {"reason": {"name": "reason", "value": reason}} if reason else {}
            said = {"person_id": row.person_id, "activity_id": activity_id, "accepted_hours": int(hours)}
            made.append(proposal("verify-cpd-activity", registrar, **said, **sealed))
    return made


def stated(person: str, read: Draft) -> list[Stated]:
    """Return the activities of a human, the latest first."""
    history = history_of(person, read)
    found = sorted(history.activities.values(), key=lambda one: (one.day, one.activity_id), reverse=True)
    accepted = {one: said.hours for one, said in history.verified.items()}
    return [Stated(one.day, CODES[one.activity_code], one.hours, accepted.get(one.activity_id)) for one in found]


def own(person: str, today: date, read: Draft) -> list[Own]:
    """Return what counts for the renewal of each certification of a human that can be renewed."""
    found = []
    for candidacy in read.candidacies_of(person):
        certification = read.certification(candidacy.candidacy_id)
        counts = renewing(certification, today, read)
        if counts is not None:
            is_open = counts.opens <= today and not counts.asked_for
            ask = link("request-recertification", certification_id=certification.certification_id) if is_open else None
            found.append(Own(certification.number, counts, ask))
    return found


def _opened(activity: CpdActivityLogged, read: Draft) -> str | None:
    held = read.disclosure(activity.evidence.digest)
    return None if held is None else str(held.value)
