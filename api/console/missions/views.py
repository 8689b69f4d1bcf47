"""Missions as officers see them, with the advisors who are proposed and every reason; and an advisor's own part."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple, get_args

from api.console.application import Visitor
from api.console.workshops.preparing import Link, link
from api.lists.labels import CODES
from api.lists.missions import state_of
from api.words.record import Labels, Record, language_name
from ledger.domain.events.advisor import AvailabilityDeclared, Pledge
from ledger.domain.events.mission import MissionRole
from ledger.domain.matching import Criterion, Proposal, proposals
from ledger.domain.refusal import Refused
from ledger.domain.serving import released
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.mission import Mission
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.papers import PAPERS
from ledger.words import LANGUAGES, Words

ROLES = tuple((role, CODES[role]) for role in get_args(MissionRole))
CRITERIA: dict[Criterion, tuple[Words, Words, Words]] = {
    "topic": (
        Words("advises on this domain", "conseille dans ce domaine"),
        Words("the domains are not recorded", "domaines de conseil non consignés"),
        Words("does not advise on this domain", "ne conseille pas dans ce domaine"),
    ),
    "language": (
        Words("works in the language", "travaille dans cette langue"),
        Words("the level in the language is not recorded", "niveau dans cette langue non consigné"),
        Words("is below B2 in the language", "niveau inférieur à B2 dans cette langue"),
    ),
    "availability": (
        Words("declared to be available", "disponibilité déclarée"),
        Words("declared nothing about these days", "aucune déclaration pour ces dates"),
        Words("is not available on all days, or not in this way", "indisponible à certaines dates ou sous cette forme"),
    ),
    "release": (
        Words("was released before", "a déjà été mis à disposition"),
        Words("no release was ever answered", "aucune réponse antérieure sur une mise à disposition"),
        Words("a release was refused before", "une mise à disposition a déjà été refusée"),
    ),
}
"""What is said of each criterion: that it is met, that the record is silent, and that it is not met."""
NEVER = Words("never sent on a mission", "jamais parti en mission")
ANSWERS: dict[bool | None, Words] = {
    True: Words("released", "accordée"),
    False: Words("refused", "refusée"),
    None: Words("awaited", "attendue"),
}
NEXT = (
    "approve-mission",
    "complete-mission",
    "record-mission-results",
    "record-beneficiary-feedback",
    "cancel-mission",
)


class Line(NamedTuple):
    """A mission in the list."""

    id: str
    label: Words
    first_day: date
    last_day: date
    state: Words
    lead: Words | None


class Reason(NamedTuple):
    """A reason in words; ``is_met`` is None where the record says nothing."""

    says: Words
    is_met: bool | None


class Proposed(NamedTuple):
    """An advisor with the reasons for and against; the forms that lead on, if whoever sees it can file them."""

    person_id: str
    name: Words
    reasons: tuple[Reason, ...]
    against: tuple[Words, ...]
    answer: Words | None
    next: tuple[Link, ...]


class Page(NamedTuple):
    """Everything on the page of a mission."""

    id: str
    label: Words
    mission: Mission
    state: Words
    language: Words
    team: tuple[tuple[Words, Words], ...]
    releases: tuple[tuple[Words, Words], ...]
    assessed: tuple[tuple[Words, Words], ...]
    next: tuple[Link, ...]
    possible: tuple[Proposed, ...]
    ruled_out: tuple[Proposed, ...]


class OwnMission(NamedTuple):
    """A mission that one is on, with what one can state about it."""

    label: Words
    role: Words
    state: Words
    next: tuple[Link, ...]


class Own(NamedTuple):
    """One's own part as an advisor; ``advisor`` is None for whoever is not in the pool."""

    advisor: Advisor | None
    languages: tuple[tuple[Words, str], ...]
    topics: tuple[Words, ...]
    periods: tuple[AvailabilityDeclared, ...]
    declare: Link
    pledge: Words
    pledged_on: date | None
    sign: Link
    missions: tuple[OwnMission, ...]


def missions(record: Record) -> list[Line]:
    """Return every mission, the latest first."""
    ids = record.ids_of("mission")
    labels, states = record.mission_labels(ids), {one: record.read.mission(one) for one in ids}
    leads = record.person_labels([lead for one in states.values() if (lead := one.lead) is not None])
    lines = [
        Line(one, labels[one], m.first_day, m.last_day, CODES[state_of(m)], None if m.lead is None else leads[m.lead])
        for one, m in states.items()
    ]
    return sorted(lines, key=lambda line: (line.first_day, line.id), reverse=True)


def new_ones(visitor: Visitor) -> list[Link]:
    """Return what begins here: a mission, or somebody's place in the pool."""
    return list(_links(visitor, "request-mission", "register-advisor"))


def one_of(record: Record, visitor: Visitor, mission_id: str, role: MissionRole) -> Page:
    """Return a mission with the advisors proposed for a role. Raises ``Refused`` if there is none of that id."""
    read = record.read
    mission = read.mission(mission_id)
    if mission.request is None:
        raise Refused("unknown", kind="mission", id=mission_id)
    found = proposals(mission, role, read) if mission.is_open else ()
    people = {*mission.team, *mission.releases, *(one.person_id for one in found)}
    people |= {one.person_id for one in mission.assessments}
    names = record.person_labels(sorted(people))
    shown = [_proposed(one, mission, role, names, record, visitor) for one in found]
    return Page(
        mission_id,
        record.mission_labels([mission_id])[mission_id],
        mission,
        CODES[state_of(mission)],
        language_name(mission.request.language),
        tuple((names[person], CODES[held]) for person, held in mission.team.items()),
        tuple((names[person], ANSWERS[answer]) for person, answer in mission.releases.items()),
        tuple((names[one.person_id], CODES[one.recommendation]) for one in mission.assessments),
        tuple(_links(visitor, *(name for name in NEXT if _makes_sense(name, mission)), mission_id=mission_id)),
        tuple(one for one in shown if not one.against),
        tuple(one for one in shown if one.against),
    )


def own(record: Record, person: str) -> Own:
    """Return the part of a human who has a key."""
    read = record.read
    counts = read.one(person)
    advisor, today_on = read.advisor(counts), read.missions_of(counts)
    (text,) = get_args(Pledge)
    labels = record.mission_labels([one.mission_id for one in today_on])
    return Own(
        advisor if advisor.version else None,
        tuple((language_name(code), level) for code, level in sorted(advisor.languages.items())),
        tuple(CODES[topic] for topic in advisor.topics),
        tuple(sorted(advisor.periods, key=lambda one: one.start, reverse=True)),
        link("declare-availability"),
        PAPERS[text],
        advisor.pledged_on.get(text),
        link("pledge-collaboration", text=text),
        tuple(_own_mission(one, labels[one.mission_id], counts, record) for one in reversed(today_on)),
    )


def _own_mission(mission: Mission, label: Words, person: str, record: Record) -> OwnMission:
    held = next(role for one, role in mission.team.items() if record.read.is_among(person, [one]))
    commands = list[str]()
    if held == "lead" and mission.is_open and mission.started_on is None:
        commands.append("start-mission")
    if held == "lead" and mission.ended_on is not None:
        commands += ["file-mission-report"] if mission.recommendations is None else []
        commands += ["submit-field-assessment"] if len(mission.team) > 1 else []
    forms = tuple(link(name, mission_id=mission.mission_id) for name in commands)
    return OwnMission(label, CODES[held], CODES[state_of(mission)], forms)


def _makes_sense(command: str, mission: Mission) -> bool:
    match command:
        case "approve-mission":
            return mission.is_open and mission.approval is None
        case "complete-mission":
            return mission.is_open and mission.started_on is not None
        case "cancel-mission":
            return mission.is_open
        case "record-beneficiary-feedback":
            return mission.ended_on is not None and not mission.has_feedback
        case _:
            return mission.ended_on is not None


def _links(visitor: Visitor, *commands: str, **given: str) -> Iterator[Link]:
    """Yield the forms of those commands that a visitor signs in one of their roles."""
    for name in commands:
        if visitor.roles.issuperset(BY_COMMAND_NAME[name].seats):
            yield link(name, **given)


def _proposed(
    one: Proposal, mission: Mission, role: MissionRole, names: Labels, record: Record, visitor: Visitor
) -> Proposed:
    read = record.read
    given: Mapping[str, str] = {"mission_id": mission.mission_id, "person_id": one.person_id}
    asked = any(read.is_among(one.person_id, [person]) for person in mission.releases)
    answer = released(one.person_id, mission, read) if asked else None
    links = list[Link]()
    if mission.approval is not None and one.is_possible:
        if answer:
            links += _links(visitor, "assign-advisor", **given, mission_role=role)
        elif asked:
            links += _links(visitor, "decide-release", **given)
        else:
            links += _links(visitor, "request-release", **given)
    return Proposed(
        one.person_id,
        names[one.person_id],
        (*(_reason(name, one) for name in CRITERIA), _used(one)),
        tuple(_named(objection, names) for objection in one.objections),
        ANSWERS[answer] if asked else None,
        tuple(links),
    )


def _reason(name: Criterion, one: Proposal) -> Reason:
    is_met = one.met[name]
    says = CRITERIA[name][{True: 0, None: 1, False: 2}[is_met]]
    if name == "language" and one.cefr is not None:
        says = Words(*(f"{says.into(to)} ({one.cefr})" for to in LANGUAGES))
    return Reason(says, is_met)


def _used(one: Proposal) -> Reason:
    if one.last_day is None:
        return Reason(NEVER, True)
    day, count = one.last_day.isoformat(), one.missions
    return Reason(
        Words(
            f"missions until now: {count}, the last until {day}",
            f"missions à ce jour\u00a0: {count}, la dernière jusqu’au {day}",
        ),
        None,
    )


def _named(objection: Refused, names: Labels) -> Words:
    """Return an objection with the name of the advisor in place of their id."""
    person = str(objection.fields.get("person", ""))
    if person not in names:
        return objection.words
    return Words(*(objection.words.into(to).replace(person, names[person].into(to)) for to in LANGUAGES))
