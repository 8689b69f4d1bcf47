"""What a contact point asks for and answers about missions: requests, releases of their own advisors, and feedback.

They have no key: each of these waits for a registrar, who signs it.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, get_args

from api.console.access.guests import administrations_of
from api.console.application import Console
from api.console.holders.views import registrar_for
from api.console.members.views import ANSWERED
from api.lists.labels import CODES
from api.lists.missions import state_of
from api.secretariat.proposals import Proposal, new_id, proposal
from api.words.of_missions import DOMAINS
from api.words.record import Record, language_name, territory
from ledger.domain.events.advisor import MissionMode
from ledger.domain.form import RATINGS
from ledger.domain.refusal import Refused
from ledger.domain.states.mission import Mission
from ledger.words import Words

LANGUAGES_ASKED = tuple((code, language_name(code)) for code in ("ar", "en", "es", "fr", "pt", "ru"))
MODES = tuple((mode, CODES[mode]) for mode in get_args(MissionMode))
RATED = tuple((name, DOMAINS[name.replace("_", "-")]) for name in RATINGS)


class Asked(NamedTuple):
    """A mission that one's administration asked for. ``is_to_rate`` once it is completed, until it was rated."""

    id: str
    label: Words
    first_day: date
    last_day: date
    state: Words
    is_to_rate: bool


class Release(NamedTuple):
    """An advisor of one's administration whose release is asked for, and for which mission."""

    mission_id: str
    person_id: str
    name: str
    label: Words
    last_day: date


class Administration(NamedTuple):
    """An administration with its missions and the releases that it has to answer."""

    id: str
    name: Words
    missions: tuple[Asked, ...]
    releases: tuple[Release, ...]


def own(console: Console, record: Record, person: str) -> list[Administration]:
    """Return the administrations whose contact point a human is, each with its missions."""
    codes = administrations_of(console.office.ledger, record.read, person)
    every = [record.read.mission(one) for one in record.ids_of("mission")] if codes else []
    return [_administration(code, every, record) for code in codes]


def request(
    console: Console, record: Record, person: str, administration_id: str, given: dict[str, str | date]
) -> Proposal:
    """Return a request for a mission, for a registrar to sign. Raises ``Refused`` for another's administration."""
    if administration_id not in administrations_of(console.office.ledger, record.read, person):
        raise Refused("unknown", kind="administration", id=administration_id[:64])
    asked = {name: str(value) for name, value in given.items()}
    registrar = registrar_for(console.office.ledger, person)
    return proposal("request-mission", registrar, mission_id=new_id(), administration_id=administration_id, **asked)


def release(console: Console, record: Record, person: str, mission_id: str, advisor: str, *, granted: bool) -> Proposal:
    """Return the answer on a release, for a registrar to sign. Raises ``Refused`` for what is not theirs to answer."""
    waiting = [one for each in own(console, record, person) for one in each.releases]
    if (mission_id, advisor) not in [(one.mission_id, one.person_id) for one in waiting]:
        raise Refused("unknown", kind="mission", id=mission_id[:64])
    ledger = console.office.ledger
    evidence = {"name": "evidence", "value": ANSWERED.format(day=ledger.now().date())}
    return proposal(
        "decide-release",
        registrar_for(ledger, person),
        mission_id=mission_id,
        person_id=advisor,
        granted=granted,
        evidence=evidence,
    )


def feedback(console: Console, record: Record, person: str, mission_id: str, ratings: dict[str, int]) -> Proposal:
    """Return the feedback on a mission, for a registrar to sign. Raises ``Refused`` for another's mission."""
    to_rate = [one.id for each in own(console, record, person) for one in each.missions if one.is_to_rate]
    if mission_id not in to_rate:
        raise Refused("unknown", kind="mission", id=mission_id[:64])
    contacts = record.read.administration(record.read.mission(mission_id).requested.administration_id).contacts
    contact_id = next(one for one in sorted(contacts) if record.read.is_among(person, [one]))
    return proposal(
        "record-beneficiary-feedback",
        registrar_for(console.office.ledger, person),
        mission_id=mission_id,
        contact_id=contact_id,
        ratings=[{"name": name, "value": rating} for name, rating in ratings.items()],
    )


def _administration(code: str, every: Iterable[Mission], record: Record) -> Administration:
    asked = [one for one in every if one.requested.administration_id == code]
    waiting = [
        (one, person)
        for one in every
        for person, answer in one.releases.items()
        if answer is None and one.is_open
        if code in record.read.employers(person, one.requested.start, one.requested.end)
    ]
    labels = record.mission_labels([one.mission_id for one in (*asked, *(mission for mission, _ in waiting))])
    names = record.names({person for _, person in waiting})
    missions = [
        Asked(
            one.mission_id,
            labels[one.mission_id],
            one.first_day,
            one.last_day,
            CODES[state_of(one)],
            one.ended_on is not None and not one.has_feedback,
        )
        for one in sorted(asked, key=lambda each: (each.first_day, each.mission_id), reverse=True)
    ]
    releases = [
        Release(one.mission_id, person, names.get(person, person), labels[one.mission_id], one.requested.end)
        for one, person in waiting
    ]
    return Administration(code, territory(code), tuple(missions), tuple(releases))
