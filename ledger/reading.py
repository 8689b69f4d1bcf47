"""What the rules read: every stream folded into its state, at one position of the log.

``Memory`` follows the log. A ``Draft`` is a layer over it while a batch of statements is decided: it holds the
batch's earlier statements, and notes what the rules read, so that the append can check that it still holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, cast

from ledger.domain.dating import Known
from ledger.domain.events.advisor import AdvisorRegistered
from ledger.domain.events.appeal import AppealLodged
from ledger.domain.events.calibration import CalibrationExerciseConducted
from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.history import HistoricalRecordImported
from ledger.domain.events.mission import AdvisorAssigned, ReleaseRequested
from ledger.domain.events.office import (
    KeyRegistered,
    KeyRotated,
    LedgerFounded,
    LedgerFoundedV2,
    PasskeyRecovered,
    PasskeyRegistered,
)
from ledger.domain.events.passkeys import Credential
from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.events.privacy import DataSubjectRequestReceived, DisclosedToThirdParty, LegalHoldPlaced
from ledger.domain.reader import Disclosed, Reader
from ledger.domain.record import Event, Fact, PublicKey, Site, Stream
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.appeal import Appeal
from ledger.domain.states.calibration import Calibration
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.merges import Merges, evolve_merges
from ledger.domain.states.mission import Mission
from ledger.domain.states.office import enrolled_key
from ledger.domain.states.privacy import Hold, Request
from ledger.domain.subjects import SUBJECTS
from ledger.errors import Corrupt, Unverifiable
from ledger.signing.authenticator import read_credential
from ledger.signing.keys import key_id
from ledger.signing.officer_key import verify
from ledger.words import Words

LookUp = tuple[
    Literal[
        "of-person",
        "in-session",
        "calibrating",
        "key-holder",
        "erased",
        "advisors",
        "mission-of",
        "release-of",
        "appeals-of",
        "requests-of",
        "holds-of",
        "about",
    ],
    str,
]
"""What is looked up across streams, and the id by which: the candidacies of a person, and so on."""

ERASED: LookUp = ("erased", "")  # everyone whose data was erased
ADVISORS: LookUp = ("advisors", "")  # everyone who was registered for missions


def looked_up(event: Event[Fact]) -> list[tuple[LookUp, str]]:
    """Return what an event adds to which look-ups."""
    match event.facts:
        case CandidateNominated() as facts:
            candidacy_id = facts.candidacy_id
            return [(("of-person", facts.person_id), candidacy_id), (("in-session", facts.session_id), candidacy_id)]
        case KeyRegistered() | KeyRotated() | PasskeyRegistered() | PasskeyRecovered() as facts:
            return [(("key-holder", facts.key_id), facts.person_id)]
        case AppealLodged() as facts:
            return [(("appeals-of", facts.candidacy_id), facts.appeal_id)]
        case CalibrationExerciseConducted() as facts:
            return [(("calibrating", one.person_id), facts.calibration_id) for one in facts.participants]
        case PersonalDataErased():
            return [(ERASED, event.subject.id)]
        case AdvisorRegistered():
            return [(ADVISORS, event.subject.id)]
        case ReleaseRequested() as facts:
            return [(("release-of", facts.person_id), event.subject.id)]
        case AdvisorAssigned() as facts:
            return [(("mission-of", facts.person_id), event.subject.id)]
        case DataSubjectRequestReceived() as facts:
            one, person_id = event.subject, facts.person_id
            return [(("requests-of", person_id), one.id), (("about", person_id), str(one))]
        case LegalHoldPlaced() as facts:
            one, person_id = event.subject, facts.person_id
            return [(("holds-of", person_id), one.id), (("about", person_id), str(one))]
        case DisclosedToThirdParty() as facts:
            return [(("about", facts.person_id), str(event.subject))]
        case HistoricalRecordImported() as facts:
            named = (facts.person_id, facts.session_id, facts.administration_id)
            return [(("about", one_id), str(event.subject)) for one_id in named if one_id is not None]
        case LedgerFounded(founders=founders) | LedgerFoundedV2(founders=founders):
            return [(("key-holder", key_id(enrolled_key(f).public)), f.person_id) for f in founders]
        case _:
            return []  # nothing else is looked up across streams


class Memory:
    """The states of all streams after the first ``size`` entries of the log.

    ``index`` holds the values of each look-up in log order; of a key's holders, the last counts.
    """

    def __init__(self) -> None:
        self.size = 0
        self.known = Known()
        self.states: dict[Stream, Any] = {}
        self.index: dict[LookUp, list[str]] = {}
        self.merges = Merges()

    def state(self, stream: Stream) -> Any | None:
        """Return the state of a stream; None when it was never recorded."""
        return self.states.get(stream)

    def found(self, look_up: LookUp) -> Sequence[str]:
        """Return what a look-up finds, in log order."""
        return self.index.get(look_up, ())

    def version(self, stream: Stream) -> int:
        """Return the version of a stream, 0 when it was never recorded."""
        state = self.state(stream)
        return 0 if state is None else cast(int, state.version)

    def ids_of(self, kind: str) -> list[str]:
        """Return the ids of every stream of a kind, in order."""
        return sorted(stream.id for stream in list(self.states) if stream.kind == kind)

    def settle(self, events: Sequence[Event[Fact]], states: Mapping[Stream, Any], merges: Merges) -> None:
        """Take in the next entries, with the states and merges after them."""
        self.states.update(states)
        self.merges = merges
        for event in events:
            for look_up, value in looked_up(event):
                self.index.setdefault(look_up, []).append(value)
            self.known.add(event)
        self.size += len(events)

    def advance(self, events: Iterable[Event[Fact]]) -> None:
        """Fold in the next entries. Raises ``Corrupt`` when one cannot follow from those before it."""
        draft = Draft(self)
        for event in events:
            try:
                draft.add(event)
            except Exception as error:
                says = f"{event.type}, version {event.version} of {event.stream}, cannot follow: audit the ledger"
                raise Corrupt("entry-impossible", says) from error
        draft.settle()


class Draft(Reader):
    """A reader of the record, with events on top that are not appended yet.

    ``expects`` maps each stream that was read to its version in the log. ``pinned`` is true once something
    was read that any new entry can change. With ``hindsight``, who is one person and who employed them is as known
    there.
    """

    def __init__(
        self,
        memory: Memory,
        disclosure: Callable[[str], Disclosed | None] = lambda _: None,
        hindsight: Memory | None = None,
    ) -> None:
        self._memory = memory
        self._hindsight = hindsight
        self._merges = memory.merges
        self._humans: dict[str, str] = {}  # by id: the one that counts, as was read
        self._disclosure = disclosure
        self._states: dict[Stream, Any] = {}
        self._added: list[Event[Fact]] = []
        self._index: dict[LookUp, list[str]] = {}  # what the batch adds to look-ups
        self.expects: dict[Stream, int] = {}
        self.pinned = False

    def add(self, event: Event[Fact]) -> None:
        """Fold one event in, as if it were appended."""
        stream = event.subject
        state = self._states.get(stream) or self._memory.state(stream) or self._initial(stream)
        self._states[stream] = SUBJECTS[stream.kind].evolve(state, event)
        self._added.append(event)
        merges = evolve_merges(self._merges, event.facts)
        if merges is not self._merges:
            self._merges = merges
            self._humans.clear()
        for look_up, value in looked_up(event):
            self._index.setdefault(look_up, []).append(value)

    def unopened(self) -> "Draft":
        """Return a reader of what is recorded that opens nothing sealed: neither names nor reasons nor levels."""
        return Draft(self._memory)

    def settle(self) -> None:
        """Add the events to the memory: they were appended."""
        self._memory.settle(self._added, self._states, self._merges)

    def version(self, stream: Stream) -> int:
        """Return the version of a stream, 0 when it was never recorded."""
        return cast(int, self.state(stream).version)

    def state(self, stream: Stream) -> Any:
        state = self._states.get(stream)
        if state is None:  # what the batch wrote is not in the log yet
            state = self._memory.state(stream)
            if state is None:
                state = self._initial(stream)
            self.expects.setdefault(stream, state.version)
        return state

    def candidacies_of(self, person_id: str) -> tuple[Candidacy, ...]:
        ids = self.ids_of(person_id)
        return tuple([self.candidacy(c) for one_id in ids for c in self._found(("of-person", one_id))])

    def one(self, person_id: str) -> str:
        human = self._humans.get(person_id)
        if human is None:
            into, human = self._counted.into, person_id
            self.person(human)
            while human in into:
                human = into[human]
                self.person(human)  # a merge, or its undoing, is in the stream of the survivor: it would move on
            self._humans[person_id] = human
        return human

    def ids_of(self, person_id: str) -> tuple[str, ...]:
        self.pinned = True
        return self._counted.ids_of(person_id)

    def employers(self, person_id: str, start: date, end: date) -> frozenset[str]:
        known = self if self._hindsight is None else Draft(self._hindsight)
        employers = [known.person(one_id).employers(start, end) for one_id in self.ids_of(person_id)]
        return employers[0] if len(employers) == 1 else frozenset().union(*employers)

    def survivor(self, person_id: str) -> str | None:
        self.pinned = True
        counts = self._merges.one(person_id)
        return None if counts == person_id else counts

    def candidacies_in(self, session_id: str) -> tuple[Candidacy, ...]:
        return tuple(map(self.candidacy, self._found(("in-session", session_id))))

    def advisors(self) -> tuple[Advisor, ...]:
        ids = sorted({self._counted.one(one_id) for one_id in self._found(ADVISORS)})
        found = map(self.advisor, ids)
        return tuple(one for one in found if one.version)

    def missions_of(self, person_id: str) -> tuple[Mission, ...]:
        ids = self.ids_of(person_id)
        found = dict.fromkeys(one for i in ids for one in self._found(("mission-of", i)))
        return tuple(one for one in map(self.mission, found) if any(i in one.team for i in ids))

    def releases_of(self, person_id: str) -> tuple[Mission, ...]:
        found = dict.fromkeys(one for i in self.ids_of(person_id) for one in self._found(("release-of", i)))
        return tuple(map(self.mission, found))

    def appeals_of(self, candidacy_id: str) -> tuple[Appeal, ...]:
        return tuple(map(self.appeal, self._found(("appeals-of", candidacy_id))))

    def calibrations_of(self, person_id: str) -> tuple[Calibration, ...]:
        ids = [one for human in self.ids_of(person_id) for one in self._found(("calibrating", human))]
        return tuple(cast(Calibration, self.state(Stream("calibration", one))) for one in ids)

    def requests_of(self, person_id: str) -> tuple[Request, ...]:
        return tuple(
            [self.request(r) for one_id in self.ids_of(person_id) for r in self._found(("requests-of", one_id))]
        )

    def about(self, one_id: str) -> tuple[Stream, ...]:
        return tuple(Stream(*named.split(":", 1)) for named in self._found(("about", one_id)))

    def holds_of(self, person_id: str) -> tuple[Hold, ...]:
        return tuple([self.hold(h) for one_id in self.ids_of(person_id) for h in self._found(("holds-of", one_id))])

    def key_holder(self, key: str) -> str | None:
        holders = self._found(("key-holder", key))
        return holders[-1] if holders else None

    def key_id(self, public_key: bytes) -> str:
        return key_id(public_key)

    def signed_by(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        return verify(key, message, signature)

    def credential(
        self, attestation_object: bytes, client_data: bytes, transports: tuple[str, ...], sites: tuple[Site, ...]
    ) -> Credential | Words:
        try:
            return read_credential(attestation_object, client_data, sites, transports)
        except Unverifiable as error:
            return Words(str(error), error.fr)

    def disclosure(self, digest: str) -> Disclosed | None:
        return self._disclosure(digest)

    @property
    def _counted(self) -> Merges:
        return self._merges if self._hindsight is None else self._hindsight.merges

    def _found(self, look_up: LookUp) -> Sequence[str]:
        self.pinned = True
        known, added = self._memory.found(look_up), self._index.get(look_up)
        return [*known, *added] if added else known

    def _initial(self, stream: Stream) -> Any:
        return SUBJECTS[stream.kind].initial(stream.id, self)
