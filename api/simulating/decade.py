"""A decade of workshops, spread so that the number of entries grows evenly up to the one asked for."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from pathlib import Path
from random import Random

import msgspec

from api.register import DEMONSTRATION
from api.secretariat.founding import APPOINTED, FOUNDERS, found
from api.simulating.careers import Careers
from api.simulating.documents import Documents
from api.simulating.people import People
from api.simulating.recording import Enough, Recorder, SimulatedClock
from api.simulating.workshops import SEATS, Workshop, Workshops
from ledger.domain.record import Role
from ledger.files import make_private, write_whole

ORIGIN = "simulation.example/pca"
BODY = ("Simulated Customs Organisation", "Organisation douanière simulée")
FEWEST, MOST = 300, 10_000_000  # entries: the officers and a workshop take the first 200
PERIOD, PERIODS = 30, 122  # days, and how many of them make ten years
CARE, SELECT, START, CONCLUDE, DECIDE, ISSUE, NOMINATE = 1, 4, 10, 15, 18, 20, 24  # days of a period, in order
NOMINEES = 16  # in a workshop, on average
PER_NOMINEE = 20  # entries up to the certificate, and a few of the years after, on average
VERSIONS = {0: ("1.0.0", SEATS), 48: ("1.1.0", SEATS), 84: ("2.0.0", SEATS + 2)}  # of the scheme, by period
_STAFF = {Role.SELECTION_PANEL: 3, Role.MODERATOR: 1, Role.DECISION_AUTHORITY: 3}  # besides those who are founded with
_LEAVES_EACH = 12  # periods
_ROTATED = (Role.ASSESSOR, Role.FACILITATOR, Role.DECISION_AUTHORITY, Role.SELECTION_PANEL)


class Made(msgspec.Struct, frozen=True):
    """What a simulated register holds; ``documented`` certificates have documents."""

    entries: int
    workshops: int
    persons: int
    certificates: int
    documented: int


def simulate(
    folder: Path,
    entries: int,
    *,
    seed: int,
    until: date,
    documents: int = 0,
    keys: Path | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Made:
    """Found a register in an empty folder, and record exactly so many ``entries`` over the ten years up to a day.

    People, dates and results follow from the seed; keys, salts and nonces are random. It is marked as one recorded on
    a simulated clock from the start. At least so many of its first certificates have ``documents``. The keys of the
    officers and the issuer are written to a folder if there is one. ``tell`` is called with the number of entries, now
    and then. Raises FileExistsError, ``Unreadable`` when the database holds something,
    and ValueError for a number of entries that is out of bounds.
    """
    if not FEWEST <= entries <= MOST:
        raise ValueError(f"entries: expected from {FEWEST} to {MOST}, not {entries}")
    began = until - timedelta(days=PERIOD * PERIODS)
    clock = SimulatedClock(datetime.combine(began, time(8), UTC))
    names = {role: f"{role} Exemple".replace("-", " ").title().replace(" ", "-", 1) for role in (*FOUNDERS, *APPOINTED)}
    ledger, officers = found(folder, clock, origin=ORIGIN, body=BODY, names=names, is_simulated=True)
    marker = msgspec.json.encode({"recorded_on_a_simulated_clock_from": clock.now})
    write_whole(folder / DEMONSTRATION, marker + b"\n")
    with ledger:
        recorder = Recorder(ledger, clock, dict(officers.values()), entries, tell)
        people = People(recorder, Random(seed), officers)
        story = _Decade(people, recorder, entries, began, documents)
        with suppress(Enough):
            story.record()
        story.documents.make(max(story.careers.certificates, documents))
        if keys is not None:
            make_private(keys)
            for name, key in people.key_files().items():
                key.save(keys / f"{name}.key")
            story.documents.save_keys(keys)
        made = ledger.size(), story.workshops.held, people.count, story.careers.certificates
        return Made(*made, documented=len(list(ledger.documents.sets())))


class _Decade:
    def __init__(self, people: People, recorder: Recorder, entries: int, began: date, documents: int) -> None:
        self._people, self._recorder, self._entries, self._began = people, recorder, entries, began
        self.workshops = Workshops(people, recorder)
        self.careers = Careers(people, recorder, self.workshops.again)
        self.documents = Documents(people, recorder, documents)
        self._at_once = ceil(1.3 * entries / PERIODS / PER_NOMINEE / NOMINEES) + 1  # workshops a period, at most

    def record(self) -> None:
        """Record until there are enough entries."""
        self._open()
        beginning = self._recorder.size
        now: list[Workshop] = []
        for period in range(PERIODS):
            self._hold(period, now)
            self._office(period)
            target = beginning + (self._entries - beginning) * (period + 2) / PERIODS
            now = self._plan(period + 1, target)
        while True:  # nominees of the next workshops, whose files come in
            self._people.register(self._people.random.choice(("Europe", "West and Central Africa")))

    def _open(self) -> None:
        """Appoint the officers, and establish the scheme."""
        for role, count in {**_STAFF, Role.FACILITATOR: self._at_once, Role.ASSESSOR: 2 * self._at_once}.items():
            for _ in range(count):
                self._people.appoint(role)
        self.documents.establish(BODY[0])
        self.workshops.establish()

    def _office(self, period: int) -> None:
        """Record what changes in the office between two workshops: keys, officers, versions of the scheme."""
        self._reach(period, NOMINATE)
        if period in VERSIONS:
            self.workshops.approve(*VERSIONS[period])
        if self._entries < 10 * FEWEST:
            return
        self._people.rotate_key(self._people.random.choice(_ROTATED))
        if period % _LEAVES_EACH == _LEAVES_EACH - 1:
            role = self._people.random.choice((Role.ASSESSOR, Role.FACILITATOR))
            self._people.appoint(role)
            self._people.part_with(role)

    def _plan(self, period: int, target: float) -> list[Workshop]:
        """Plan the next period's workshops, and nominate: as many as are missing to the number of entries by then."""
        usual = min(NOMINEES, max(4, int((self._entries - FEWEST // 2) / PER_NOMINEE / 4)))
        count = min(self._at_once, round((target - self._recorder.size) / PER_NOMINEE / usual))
        if count < 1:
            return []
        workshops = self.workshops.plan(self._day(period, START), count)
        for workshop in workshops:
            self.workshops.nominate(workshop, self._people.random.randint(ceil(usual * 0.6), int(usual * 1.4)))
        return workshops

    def _hold(self, period: int, workshops: list[Workshop]) -> None:
        """Hold the workshops of a period, a step at a time for all of them, and care for the certified."""
        self._reach(period, CARE)
        self.careers.care(period)
        self._reach(period, SELECT)
        for workshop in workshops:
            self.workshops.select(workshop)
        self._reach(period, START + 1)
        sheets = [self.workshops.assess(workshop) for workshop in workshops]
        self._reach(period, CONCLUDE)
        for workshop, handed_in in zip(workshops, sheets, strict=True):
            self.workshops.conclude(workshop, handed_in)
        self._reach(period, DECIDE)
        certified = [self.workshops.decide(workshop) for workshop in workshops]
        self._reach(period, ISSUE)
        for workshop, holders in zip(workshops, certified, strict=True):
            self.careers.issue(period, workshop, holders)
        self.documents.make(self.careers.certificates)

    def _reach(self, period: int, day: int) -> None:
        self._recorder.reach(self._day(period, day))

    def _day(self, period: int, day: int) -> date:
        return self._began + timedelta(days=PERIOD * period + day)
