"""Queries about the roster: who is certified on a day, a search that forgives spelling, and one person."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from functools import cache
from itertools import islice
from threading import RLock
from typing import Any, NamedTuple

import msgspec

from ledger.domain.months import add_months
from ledger.domain.standing import ENDED, Status
from ledger.domain.states.merges import Merges
from ledger.likeness import parts_of
from ledger.store.port import Database, select_among
from projections.names import Names
from projections.read_model import ReadModel
from projections.roster import tables
from projections.roster.day import Day, Place, page_of
from projections.roster.humans import consent_of, merges_of
from projections.roster.index import Index
from projections.roster.lines import Line, each_once, spans_on

PAGE = 50  # advisors on a page
LISTED_AFTER_END = 60  # months for which who was certified is still found (docs/decisions/0034)
MOST_WORDS = 12  # of a search; further ones are not looked up
SUGGESTIONS = 3
MOST_TRIED = 20  # corrections that are looked up
EARLY = date(100, 1, 1)  # months before it are in the calendar too
DAYS = 4  # that are kept: today's, yesterday's at midnight, and those that somebody goes through page by page
PUT_AGAIN = 500  # persons, at most: when more have changed, it is as fast to make a day anew

_LAST_CHANGE = (
    "SELECT max((SELECT coalesce(max(changed), 0) FROM people), (SELECT coalesce(max(changed), 0) FROM advisors), "
    "(SELECT coalesce(max(changed), 0) FROM administrations)) AS position"
)
_FILLING = "SELECT notification_id FROM tracking WHERE application_name = 'filling'"
_CHANGED = (
    "SELECT person_id, administration_id FROM advisors JOIN people USING (person_id) WHERE language IS NOT NULL "
    "AND (advisors.changed > ?1 OR people.changed > ?1)"
)
# Those who are not certified under this id, but may be under another one.
_CHANGED_BESIDE = (
    "SELECT person_id FROM people WHERE changed > ? "
    "AND person_id IN (SELECT person_id FROM merged_people UNION SELECT merged_id FROM merged_people)"
)
_NOMINATED = "SELECT person_id, administration_id FROM advisors WHERE language IS NOT NULL AND person_id IN ({})"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a person. ``name`` is None without consent to be listed, or once it was erased.

    ``id`` is the one that counts. ``shows_results`` is the consent to show the levels that the person reached.
    """

    id: str
    name: str | None = None
    shows_results: bool = False
    erased: bool = False


class Administration(msgspec.Struct, frozen=True):
    """A Member administration; ``id`` is its ISO 3166-1 alpha-2 code."""

    id: str
    name_en: str
    name_fr: str


class Advisor(msgspec.Struct, frozen=True, kw_only=True):
    """An advisor on a day. ``name`` is None without consent to be listed, or once erased.

    ``since`` and ``until`` are the days, both included, over which the status holds. Of a person with several
    certifications it is that of the best status that holds longest; ``since`` is the first day of all of that status.
    """

    person_id: str
    certification_id: str
    name: str | None
    administration: Administration
    language: str
    status: Status
    since: date
    until: date | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One page of those who were found; ``total`` counts those on every page, ``start`` those on the pages before.

    ``counts`` are those who were found by status, of every status.
    """

    advisors: list[Advisor]
    start: int
    total: int
    page: int
    pages: int
    counts: Mapping[Status, int]


class Figures(NamedTuple):
    """How many are certified, and how many administrations nominated them."""

    advisors: int
    administrations: int


class Roster(ReadModel):
    """Certified advisors, people and administrations."""

    TABLES, INDEXES, RECORD_INDEXES = tables.TABLES, tables.INDEXES, tables.RECORD_INDEXES
    RECORD, IGNORED = tables.RECORD, tables.IGNORED

    def __init__(self, database: Database, names: Names) -> None:
        super().__init__(database, names)
        self._index = Index()
        self._origin: tuple[Any, ...] = ()  # the filling of the tables, and all merges
        self._days: dict[tuple[date, datetime], Day] = {}  # the last that were asked for, the latest last
        self._lock = RLock()  # guards the three

    def on(self, day: date, known: datetime) -> list[Advisor]:
        """The certified advisors on a day, each once, as known at a moment; by name, those without one last."""
        return [advisor for advisor in self.everyone(day, known) if advisor.status is Status.VALID]

    def everyone(self, day: date, known: datetime) -> list[Advisor]:
        """The same with those whose certification is not in force, whoever they are: for the body, not the public."""
        advisors = self._advisors(self._lines(None, day, known, self._merges(known)), day, known)
        return sorted(advisors, key=lambda a: (a.name is None, parts_of(a.name or ""), a.certification_id))

    def find(
        self,
        text: str,
        day: date,
        known: datetime,
        status: Status | None = None,
        page: int = 1,
        size: int = PAGE,
        after: str = "",
    ) -> Found:
        """A page of the advisors on a day, as known at a moment; by name, those without one last.

        Each word of the text begins a word of the name, or of a name or code of the administration. Those whose
        certification is not in force are found only with their consent to be listed, and for ``LISTED_AFTER_END``
        months after its end. ``page`` and ``after``, the last person of the page before, are as of ``page_of``.
        """
        then = self._merges(known)
        with ExitStack() as reading:
            with self._lock:
                reading.enter_context(self._database.snapshot())  # of the moment for which the day speaks
                roster = self._day(day, known)
                wanted = self._matching(self._index, _distinct(text), then) if text.strip() else None
                counts = roster.count(wanted)
                last = self._index.key(after) if after else None
                found = page_of(roster.ordered(status, wanted), page, size, last)
            # In a moment that others have left behind, somebody may not be there yet, or not with this status.
            lines = {
                line.person_id: line
                for line in self._lines(set(found.person_ids), day, known, then)
                if status in (None, line.status)
            }
            return Found(
                advisors=self._advisors([lines[i] for i in found.person_ids if i in lines], day, known),
                start=found.start,
                total=found.total,
                page=found.number,
                pages=found.pages,
                counts=counts,
            )

    def figures(self, day: date, known: datetime) -> Figures:
        """How many are certified on a day, as known at a moment. ``find`` is then ready for these two."""
        with self._lock, self._database.snapshot():
            roster = self._day(day, known)
            return Figures(roster.count()[Status.VALID], roster.administrations(Status.VALID))

    def suggestions(self, text: str, day: date, known: datetime) -> list[str]:
        """Other texts, which differ from one that finds nobody in one letter of one word, and find somebody."""
        words = parts_of(text)[:MOST_WORDS]
        with self._lock, self._database.snapshot():
            self._refresh()
            corrected = [
                " ".join([*words[:place], other, *words[place + 1 :]])
                for place, word in enumerate(words)
                for other in self._index.corrected(word)
            ][:MOST_TRIED]
        return list(islice((other for other in corrected if self.find(other, day, known, size=1).total), SUGGESTIONS))

    def person(self, person_id: str) -> Person:
        """Returns a person; for an unknown id one of whom nothing may be shown."""
        return self.people([person_id])[person_id]

    def people(self, person_ids: Iterable[str], known: datetime | None = None) -> dict[str, Person]:
        """Returns several people by id, each as from ``person``. Who is one person is as known at a moment, or as now.

        Consents and erasures are always as now.
        """
        wanted = dict.fromkeys(person_ids)
        merged = self._rows("SELECT * FROM merged_people")
        now, then = merges_of(merged), merges_of(merged, known)
        rows = self._people(i for person_id in wanted for one_id in then.ids_of(person_id) for i in now.ids_of(one_id))
        agrees = consent_of(rows, merged)
        people = {person_id: Person(id=person_id) for person_id in wanted}
        for person_id in wanted.keys() & rows.keys():
            human = now.one(person_id)
            people[person_id] = Person(
                id=then.one(person_id),
                shows_results=agrees(human, "shows_results"),
                erased=bool(rows[human]["erased"]),
            )
        listed = {person.id for person in people.values() if person.id in rows and agrees(now.one(person.id), "listed")}
        names = self._names.of({i: (rows[i]["given_name"], rows[i]["family_name"]) for i in listed})
        return {i: msgspec.structs.replace(person, name=names.get(person.id)) for i, person in people.items()}

    def ids_of(self, person_id: str, known: datetime) -> tuple[str, ...]:
        """Every id of one person as known at a moment, the one that counts first."""
        return self._merges(known).ids_of(person_id)

    def nominated_by(self, certification_id: str, day: date) -> Administration:
        """The administration that nominated the candidate of a certification, with its name on a day."""
        (row,) = self._nominations([certification_id], day).values()
        return Administration(row["administration_id"], row["name_en"], row["name_fr"])

    def _nominations(self, certification_ids: Iterable[str], day: date) -> dict[str, Any]:
        name_en, name_fr = (
            f"(SELECT {column} FROM administration_names n WHERE n.administration_id = advisors.administration_id "
            f"AND effective_from <= '{day.isoformat()}' ORDER BY effective_from DESC LIMIT 1) AS {column}"
            for column in ("name_en", "name_fr")
        )
        statement = f"SELECT certification_id, administration_id, language, {name_en}, {name_fr} FROM advisors "
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, statement + "WHERE certification_id IN ({})", certification_ids)
            return {row["certification_id"]: row for row in rows}

    def _advisors(self, lines: Iterable[Line], day: date, known: datetime) -> list[Advisor]:
        """Names are read from the vault each time, as every page does."""
        lines = list(lines)
        people = self.people((line.person_id for line in lines), known)
        nominations = self._nominations((line.certification_id for line in lines), day)
        return [
            Advisor(
                person_id=line.person_id,
                certification_id=line.certification_id,
                name=people[line.person_id].name,
                administration=Administration(row["administration_id"], row["name_en"], row["name_fr"]),
                language=row["language"],
                status=line.status,
                since=date.fromisoformat(line.since),
                until=date.fromisoformat(line.until) if line.until else None,
            )
            for line in lines
            for row in [nominations[line.certification_id]]
        ]

    def _lines(self, person_ids: set[str] | None, day: date, known: datetime, then: Merges) -> list[Line]:
        """The lines of persons under the ids that count then, or of everyone."""
        statement = spans_on(day, known)
        if person_ids is None:
            return each_once(self._rows(statement), then)
        with self._database.transaction(commit=False) as cursor:
            ids = {i for person_id in person_ids for i in then.ids_of(person_id)}
            return each_once(select_among(cursor, statement + " AND person_id IN ({})", ids), then)

    def _day(self, day: date, known: datetime) -> Day:
        """The roster of a day as it is now: the lock is held, and a snapshot read."""
        is_current = self._refresh()
        kept = self._days.pop((day, known), None)
        roster = kept or Day(self._index, self._places(None, day, known))
        if kept or is_current:
            self._days[day, known] = roster
        if len(self._days) > DAYS:
            del self._days[next(iter(self._days))]
        return roster

    def _places(self, person_ids: set[str] | None, day: date, known: datetime) -> list[tuple[str, Place]]:
        """Who of some persons, or of all, is shown on a day, as :meth:`find` says."""
        ended_after = add_months(max(day, EARLY), -LISTED_AFTER_END).isoformat()
        lines = self._lines(person_ids, day, known, self._merges(known))
        places = cache(Place)  # as few as there are: a day refers to one for each person
        return [
            (line.person_id, places(line.status, line.administration_id))
            for line in lines
            if _is_shown(line, self._index, ended_after)
        ]

    def _matching(self, index: Index, words: Iterable[str], then: Merges) -> set[str]:
        """The persons, under the ids that count then, whom each of the words finds; nobody without words."""
        matching: set[str] | None = None
        for word in words:
            named, nominated = index.matching(word)
            found = (named | nominated) - then.into.keys() | {then.one(i) for i in nominated & then.into.keys()}
            matching = found if matching is None else matching & found
            if not matching:
                break
        return matching or set()

    def _refresh(self) -> bool:
        """Takes what was recorded since into the index, and into the days. Returns False when they were newer."""
        ((position,),) = map(tuple, self._rows(_LAST_CHANGE))
        merged = self._rows("SELECT * FROM merged_people")
        filling = tuple(row["notification_id"] for row in self._rows(_FILLING))
        if (filling,) == self._origin[:1] and position < self._index.position:
            return False  # the thread reads a moment that another one has left behind
        origin = (filling, *map(tuple, merged))
        if origin != self._origin:  # the tables were made anew, or a merge changes who speaks for whom
            self._index, self._origin = Index(), origin
            self._days.clear()
        if position != self._index.position:
            self._take_in(self._index, merged)
            self._index.position = position
        return True

    def _take_in(self, index: Index, merged: Sequence[Any]) -> None:
        for row in self._rows("SELECT * FROM administrations WHERE changed > ?", (index.position,)):
            named = self._rows(
                "SELECT name_en, name_fr FROM administration_names WHERE administration_id = ?",
                (row["administration_id"],),
            )
            texts = [text for names in named for text in names]
            index.put_administration(row["administration_id"], [row["administration_id"], row["iso3"], *texts])
        now = merges_of(merged)
        changed = self._rows(_CHANGED, (index.position,))
        beside = self._rows(_CHANGED_BESIDE, (index.position,))
        with self._database.transaction(commit=False) as cursor:
            changed += select_among(cursor, _NOMINATED, {i for row in beside for i in now.ids_of(row["person_id"])})
        for row in changed:
            index.nominate(row["administration_id"], row["person_id"])
        ids = {i for row in changed for i in now.ids_of(row["person_id"])}
        if len(ids) > PUT_AGAIN:
            self._days.clear()
        concerned = {moment: {self._merges(moment[1]).one(i) for i in ids} for moment in self._days}
        for moment, person_ids in concerned.items():
            for person_id in person_ids:
                self._days[moment].remove(person_id)
        rows = self._people(ids)
        agrees = consent_of(rows, merged)
        listed = {i: (rows[i]["given_name"], rows[i]["family_name"]) for i in ids if agrees(now.one(i), "listed")}
        names = self._names.of(listed)
        for person_id in ids:
            index.put_name(person_id, names.get(person_id))
        for moment, person_ids in concerned.items():
            for person_id, place in self._places(person_ids, *moment):
                self._days[moment].put(person_id, place)

    def _people(self, person_ids: Iterable[str]) -> dict[str, Any]:
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, "SELECT * FROM people WHERE person_id IN ({})", dict.fromkeys(person_ids))
            return {row["person_id"]: row for row in rows}

    def _merges(self, known: datetime) -> Merges:
        return merges_of(self._rows("SELECT * FROM merged_people"), known)


def _is_shown(line: Line, index: Index, ended_after: str) -> bool:
    """Whether who is not certified is found at all: by consent, and until some time after the end."""
    if line.status is Status.VALID:
        return True
    has_ended = line.status in (*ENDED, Status.EXPIRED, Status.LAPSED)
    return index.is_named(line.person_id) and (not has_ended or line.since > ended_after)


def _distinct(text: str) -> list[str]:
    """Returns the words of a search, the longest first, without those that another one begins with."""
    words = sorted(set(parts_of(text)), key=lambda word: (-len(word), word))
    return [w for n, w in enumerate(words) if not any(longer.startswith(w) for longer in words[:n])][:MOST_WORDS]
