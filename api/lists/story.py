"""The record as it was known at one position of the log, read from its entries: nothing is kept between questions.

So an answer is of one moment, on both times, and no table can be behind. docs/decisions/0063 says what that takes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec
from eventsourcing.persistence import Notification

from api.lists.readers import CASES, Reader, awaited_workshops, is_own_case, may_read, own_workshops
from ledger.domain.events import candidacy as of_candidacy
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.mission import ReleaseRequested
from ledger.domain.events.office import LedgerFounded, LedgerFoundedV2
from ledger.domain.events.persons import (
    NAME_DETAILS,
    AdministrationRegistered,
    AdministrationRenamed,
    PersonalDataErased,
    PersonDetailsUpdated,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
    RegionAssigned,
)
from ledger.domain.events.scheme import SchemeEstablished
from ledger.domain.events.session import RankingComputed
from ledger.domain.record import Event, Fact, Stream
from ledger.domain.renewal import History, Progress, progress, together
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.appeal import Appeal
from ledger.domain.states.calibration import Calibration
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification
from ledger.domain.states.competence import Competence
from ledger.domain.states.complaint import Complaint
from ledger.domain.states.development import Development
from ledger.domain.states.impartiality import Risk
from ledger.domain.states.merges import Merges, evolve_merges
from ledger.domain.states.mission import Mission
from ledger.domain.states.office import Officer
from ledger.domain.states.scheme import Scheme
from ledger.domain.states.session import Session
from ledger.domain.subjects import BY_FACT, SUBJECTS
from ledger.reading import Draft
from ledger.signing.statement import read_stored
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.names import Names

BATCH = 5000
_SHEETS: frozenset[type[Fact]] = frozenset(
    {
        of_candidacy.AssessorRecused,
        of_candidacy.ScoreSheetSubmitted,
        of_candidacy.ScoreSheetRevealed,
        of_candidacy.ScoreSheetSuperseded,
    }
)
_PEOPLE: tuple[type[Fact], ...] = (
    LedgerFounded, LedgerFoundedV2, PersonRegistered, PersonDetailsUpdated, PersonalDataErased, PersonsMerged,
    PersonsUnmerged,
)  # fmt: skip
_OTHERS = ("officer", "competence", "calibration", "risk", "development", *CASES)
_FOLDED: frozenset[type[Fact]] = frozenset(_PEOPLE) | {
    row.fact
    for kind in ("administration", "scheme", "session", "candidacy", "certification", "advisor", "mission", *_OTHERS)
    for row in SUBJECTS[kind].event_types
}  # fmt: skip
_INITIAL: dict[str, Callable[[str], Any]] = {
    "scheme": lambda _: Scheme(),
    "session": lambda _: Session(),
    "candidacy": Candidacy,
    "certification": Certification,
    "advisor": Advisor,
    "mission": Mission,
    "officer": Officer,
    "competence": lambda _: Competence(),
    "calibration": lambda _: Calibration(),
    "risk": lambda _: Risk(),
    "development": lambda _: Development(),
    "appeal": lambda _: Appeal(),
    "complaint": lambda _: Complaint(),
}
_DATED = frozenset({"candidacy", "certification", "session", "mission", *CASES})
F = TypeVar("F", bound=Fact)


class Placed(msgspec.Struct, frozen=True):
    """An event with its position in the log, from 1."""

    position: int
    event: Event[Fact]


class Administration(msgspec.Struct):
    """``regions`` and ``names`` are by the day from which each counts."""

    regions: dict[date, str]
    names: dict[date, Words]

    def region(self, day: date) -> str:
        """The region on a day."""
        return self.regions[max(since for since in self.regions if since <= day)]

    def name(self, day: date) -> Words:
        """The name on a day; on a day before the first, the first."""
        return self.names[max((since for since in self.names if since <= day), default=min(self.names))]


class Story:
    """Everybody's way through every workshop, after the entries that were known at a moment.

    ``milestones`` are, by the id of a candidacy or a session, its latest events of each class. ``attended`` are, by
    the id of a session, those who were ranked, as they were then.
    """

    def __init__(
        self,
        ledger: Ledger,
        known: datetime | None = None,
        *,
        reader: Reader | None = None,
        with_sheets: bool = False,
    ) -> None:
        """``known`` is an earlier moment, or None for now. Without sheets, reading takes half of the time.

        The own case of a ``reader`` is left out: ``left_out`` are those of their own workshops that were known.
        """
        self._ledger, self._reader = ledger, reader
        self.size = ledger.size() if known is None else min(ledger.size(), ledger.size_at(known))
        self.schemes: dict[str, Scheme] = {}
        self.sessions: dict[str, Session] = {}
        self.candidacies: dict[str, Candidacy] = {}
        self.certifications: dict[str, Certification] = {}
        self.advisors: dict[str, Advisor] = {}
        self.missions: dict[str, Mission] = {}
        self.officers: dict[str, Officer] = {}
        self.competences: dict[str, Competence] = {}
        self.calibrations: dict[str, Calibration] = {}
        self.risks: dict[str, Risk] = {}
        self._developments: dict[str, Development] = {}
        self.appeals: dict[str, Appeal] = {}
        self.complaints: dict[str, Complaint] = {}
        self._states: dict[str, dict[str, Any]] = {
            "scheme": self.schemes,
            "session": self.sessions,
            "candidacy": self.candidacies,
            "certification": self.certifications,
            "advisor": self.advisors,
            "mission": self.missions,
            "officer": self.officers,
            "competence": self.competences,
            "calibration": self.calibrations,
            "risk": self.risks,
            "development": self._developments,
            "appeal": self.appeals,
            "complaint": self.complaints,
        }
        self.asked_on: dict[tuple[str, str], date] = {}  # by mission and advisor: the last request for a release
        self.domains: dict[str, str] = {}
        self.administrations: dict[str, Administration] = {}
        self.in_session: dict[str, list[str]] = defaultdict(list)
        self._workshops: dict[str, str] = {}  # by candidacy
        self.nominated_by: dict[str, str] = {}  # the administration, by candidacy
        self.milestones: dict[str, dict[type[Fact], Placed]] = defaultdict(dict)
        self.attended: dict[str, tuple[Candidacy, ...]] = {}
        self.erased: set[str] = set()
        self.merges = Merges()
        self.merges_at: dict[str, Merges] = {}  # by candidacy: when its outcome was computed
        self._details: dict[str, dict[str, str]] = defaultdict(dict)
        self._names: dict[str, str | None] = {}
        for placed in self.events(_FOLDED if with_sheets else _FOLDED - _SHEETS):
            self._fold(placed)
        self.left_out = own_workshops(reader, ledger.read()) & self.sessions.keys()
        if reader is not None and self.left_out:
            self._leave_out(awaited_workshops(reader.person, ledger.read()))
        if reader is not None:
            self._leave_out_cases(reader, ledger.read())

    def events(self, facts: Iterable[type[Fact]] = ()) -> Iterator[Placed]:
        """Yields the events of some classes, or of all, in the order of the log. Raises ``Corrupt``."""
        for row in self.entries(facts):
            yield Placed(row.id, read_stored(row.topic, row.state).event)

    def entries(self, facts: Iterable[type[Fact]] = ()) -> Iterator[Notification]:
        """Yields the same as they are stored, with their signatures."""
        topics, start = [BY_FACT[fact].wire_name for fact in facts], 1
        while rows := self._ledger.log.select_notifications(start, BATCH, self.size, topics):
            yield from rows
            start = rows[-1].id + 1

    def is_left_out(self, stream: Stream) -> bool:
        """Whether an entry belongs to a workshop that the reader does not read."""
        if stream.kind in CASES:
            return stream.id not in self._states[stream.kind]
        session_id = stream.id if stream.kind == "session" else self._workshops.get(stream.id)
        return session_id in self.left_out and stream.kind in ("session", "candidacy", "certification")

    def subject_name(self, stream: Stream) -> str | None:
        """The name of the person whom an entry is about, if it is about one whom the reader may know."""
        if not may_read(self._reader, stream.kind):
            return None
        candidacy = self.candidacies.get(stream.id)
        if candidacy is not None and stream.kind in ("candidacy", "certification"):
            return self.name(candidacy.nominated.person_id)
        return self.name(stream.id) if stream.kind in ("person", "officer") else None

    def one(self, person_id: str) -> str:
        """The id under which a human counts."""
        return self.merges.one(person_id)

    def history(self, person_id: str) -> History:
        """What was recorded of the continued competence of a human."""
        ids = self.merges.ids_of(person_id)
        return together({one_id: self._developments.get(one_id, Development()) for one_id in ids})

    def progress(self, certification: Certification, grant: CertificationGranted) -> Progress | None:
        """What counts for the next renewal of what was granted; None when it has no expiry."""
        version = self.schemes[grant.scheme_id].drafts[grant.scheme_version]
        ids = frozenset(self.merges.ids_of(grant.person_id))
        missions = [one for one in self.missions.values() if ids & one.team.keys()]
        return progress(certification, version, self.history(grant.person_id), missions)

    def is_own(self, person_id: str) -> bool:
        """Whether somebody is the reader."""
        return self._reader is not None and self.one(person_id) == self.one(self._reader.person)

    @property
    def developing(self) -> list[str]:
        """Everybody of whose continued competence anything was recorded, by the id that counts, but for the reader."""
        return [one for one in dict.fromkeys(map(self.one, self._developments)) if not self.is_own(one)]

    @property
    def people(self) -> list[str]:
        """Every id of a person."""
        return list(self._details)

    def name(self, person_id: str) -> str | None:
        """A person's name, read from the vault now: nobody who was erased has one, whatever was known before."""
        human = self.one(person_id)
        if human not in self._names:
            self.learn_names([human])
        return self._names[human]

    def learn_names(self, person_ids: Iterable[str]) -> None:
        """Read several people's names at once, which takes a fraction of the time."""
        wanted = dict.fromkeys(map(self.one, person_ids))
        first, last = NAME_DETAILS
        digests = {human: self._details.get(human, {}) for human in wanted}
        names = Names(self._ledger.vault).of({i: (held.get(first), held.get(last)) for i, held in digests.items()})
        self._names |= {human: names.get(human) for human in wanted}

    def called(self, person_id: str) -> str:
        """A person's name, or the id of who has none."""
        return self.name(person_id) or person_id

    def has_detail(self, person_id: str, name: str) -> bool:
        """Whether a detail of a person, such as an email, was recorded and is held."""
        digest = self._details.get(self.one(person_id), {}).get(name)
        return digest is not None and self._ledger.vault.get(digest) is not None

    def value(self, digest: str | None) -> str | None:
        """The text behind a digest; None when it was never given, or was erased."""
        held = None if digest is None else self._ledger.read().disclosure(digest)
        return None if held is None else str(held.value)

    def administration(self, administration_id: str, day: date) -> Words:
        return self.administrations[administration_id].name(day)

    def positions(self, subject: str, *facts: type[Fact]) -> tuple[int, ...]:
        """The positions of a subject's latest events of some classes, or of all, in order."""
        found = self.milestones.get(subject, {})
        return tuple(sorted(placed.position for fact, placed in found.items() if not facts or fact in facts))

    def event(self, subject: str, *facts: type[F]) -> Event[F] | None:
        """A subject's latest event of one of some classes, which exclude each other."""
        found = self.milestones.get(subject, {})
        return next((found[fact].event for fact in facts if fact in found), None)  # type: ignore[return-value]  # of that class

    def ranking(self, session_id: str) -> RankingComputed | None:
        ranked = self.event(session_id, RankingComputed)
        return None if ranked is None else ranked.facts

    def _leave_out(self, awaited: Set[str]) -> None:
        for session_id in self.left_out:
            del self.sessions[session_id]
            for candidacy_id in self.in_session.pop(session_id, ()):
                del self.candidacies[candidacy_id]
                if session_id in awaited:
                    self.certifications.pop(candidacy_id, None)

    def _leave_out_cases(self, reader: Reader, read: Draft) -> None:
        """Leave out what is of the reader, concerns them, or is of a workshop that is left out."""
        for one, appeal in list(self.appeals.items()):
            is_own = is_own_case(reader.person, Stream("appeal", one), read)
            if is_own or appeal.lodged.candidacy_id not in self.candidacies:
                del self.appeals[one]
        for one in [one for one in self.complaints if is_own_case(reader.person, Stream("complaint", one), read)]:
            del self.complaints[one]

    def _fold(self, placed: Placed) -> None:
        event, facts = placed.event, placed.event.facts
        kind, subject = event.subject.kind, event.subject.id
        self.merges = evolve_merges(self.merges, facts)
        if kind in _INITIAL:
            states = self._states[kind]
            states[subject] = SUBJECTS[kind].evolve(states.get(subject) or _INITIAL[kind](subject), event)
        if type(facts) not in _SHEETS and kind in _DATED:
            self.milestones[subject][type(facts)] = placed
        match facts:
            case LedgerFounded() | LedgerFoundedV2():
                for founder in facts.founders:
                    self.officers[founder.person_id] = Officer(founder.person_id, roles=frozenset({founder.role}))
                    self._details[founder.person_id] |= {d.name: d.digest for d in founder.details}
            case PersonRegistered() | PersonDetailsUpdated():
                self._details[subject] |= {detail.name: detail.digest for detail in facts.details}
            case SchemeEstablished():
                self.domains[subject] = facts.domain
            case AdministrationRegistered():
                names = {date.min: Words(facts.name_en, facts.name_fr)}
                self.administrations[subject] = Administration({date.min: facts.region}, names)
            case AdministrationRenamed():
                self.administrations[subject].names[facts.effective_from] = Words(facts.name_en, facts.name_fr)
            case RegionAssigned():
                self.administrations[subject].regions[facts.effective_from] = facts.region
            case PersonalDataErased():
                self.erased.add(subject)
            case of_candidacy.CandidateNominated():
                self.in_session[facts.session_id].append(subject)
                self._workshops[subject] = facts.session_id
                self.nominated_by[subject] = facts.administration_id
            case RankingComputed():
                members = map(self.candidacies.__getitem__, self.in_session[subject])
                self.attended[subject] = tuple(each for each in members if each.attends)
            case of_candidacy.AssessmentOutcomeComputed():
                self.merges_at[subject] = self.merges
            case ReleaseRequested():
                self.asked_on[subject, facts.person_id] = day_of(placed)
            case _:
                pass


def day_of(placed: Placed) -> date:
    """The day on which a statement was made, UTC."""
    return placed.event.time.astimezone(UTC).date()
