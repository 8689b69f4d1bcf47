"""Queries about the roster: who is certified on a day, a search that forgives spelling, and one person."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from threading import RLock
from typing import Any

import msgspec

from ledger.domain.months import add_months
from ledger.domain.standing import Status
from ledger.domain.states.merges import Merges
from ledger.likeness import parts_of
from ledger.store.port import Database, select_among
from projections.entry import microseconds
from projections.names import Names
from projections.read_model import ReadModel
from projections.roster import tables
from projections.roster.index import Index
from projections.spans import at_both_times

PAGE = 50  # advisors on a page
LISTED_AFTER_END = 60  # months for which who was certified is still found (docs/decisions/0034)
MOST_WORDS = 12  # of a search; further ones are not looked up
SUGGESTIONS = 3
MOST_TRIED = 20  # corrections that are looked up
EARLY = date(100, 1, 1)  # months before it are in the calendar too
ONE_BY_ONE = 500  # persons whose rows are asked for by id; of more, every row is read

# From best to worst: of a person with several certifications, the best one is shown.
RANK = (Status.VALID, Status.SUSPENDED, Status.NOT_YET_VALID, Status.EXPIRED, Status.WITHDRAWN, Status.NONE)

_LAST_CHANGE = (
    "SELECT max((SELECT coalesce(max(changed), 0) FROM people), (SELECT coalesce(max(changed), 0) FROM advisors), "
    "(SELECT coalesce(max(changed), 0) FROM administrations)) AS position"
)
_CHANGED = (
    "SELECT person_id, administration_id FROM advisors JOIN people USING (person_id) WHERE language IS NOT NULL "
    "AND (advisors.changed > ?1 OR people.changed > ?1)"
)

_NOW = microseconds(datetime.max.replace(tzinfo=UTC))
_FOREVER = _NOW + 1


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
    """One page of those who were found; ``total`` counts those on every page.

    ``counts`` are those who were found by status, of every status.
    """

    advisors: list[Advisor]
    total: int
    page: int
    pages: int
    counts: Mapping[Status, int]


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """The certification for which a person is on the roster; without anything that the person may take back."""

    person_id: str
    certification_id: str
    status: Status
    since: str
    until: str | None


class Roster(ReadModel):
    """Certified advisors, people and administrations."""

    TABLES, INDEXES, RECORD, IGNORED = tables.TABLES, tables.INDEXES, tables.RECORD, tables.IGNORED

    def __init__(self, database: Database, names: Names) -> None:
        super().__init__(database, names)
        self._index = Index()
        self._merged: tuple[Any, ...] = ()
        self._lock = RLock()  # guards the two

    def on(self, day: date, known: datetime) -> list[Advisor]:
        """The certified advisors on a day, each once, as known at a moment; by name, those without one last."""
        return [advisor for advisor in self.everyone(day, known) if advisor.status is Status.VALID]

    def everyone(self, day: date, known: datetime) -> list[Advisor]:
        """The same with those whose certification is not in force, whoever they are: for the body, not the public."""
        advisors = self._advisors(self._lines(None, day, known, self._merges(known)), day, known)
        return sorted(advisors, key=lambda a: (a.name is None, parts_of(a.name or ""), a.certification_id))

    def find(
        self, text: str, day: date, known: datetime, status: Status | None = None, page: int = 1, size: int = PAGE
    ) -> Found:
        """A page of the advisors on a day, as known at a moment; by name, those without one last.

        Each word of the text begins a word of the name, or of a name or code of the administration. Those whose
        certification is not in force are found only with their consent to be listed, and for ``LISTED_AFTER_END``
        months after its end. A page beyond the last is the last.
        """
        then = self._merges(known)
        ended_after = add_months(max(day, EARLY), -LISTED_AFTER_END).isoformat()
        with self._lock:
            index = self._refreshed()
            wanted = self._matching(index, _distinct(text), then) if text.strip() else None
            lines = self._lines(wanted, day, known, then)
            found = [line for line in lines if _is_shown(line, index, ended_after)]
            kept = [line for line in found if status in (None, line.status)]
            kept.sort(key=lambda line: (*index.order(line.person_id), line.certification_id))
        pages = max(1, -(-len(kept) // size))
        page = min(page, pages)
        start = (page - 1) * size
        return Found(
            advisors=self._advisors(kept[start : start + size], day, known),
            total=len(kept),
            page=page,
            pages=pages,
            counts=Counter(line.status for line in found),
        )

    def suggestions(self, text: str, day: date, known: datetime) -> list[str]:
        """Other texts, which differ from one that finds nobody in one letter of one word, and find somebody."""
        words = parts_of(text)[:MOST_WORDS]
        with self._lock:
            index = self._refreshed()
            corrected = [
                " ".join([*words[:place], other, *words[place + 1 :]])
                for place, word in enumerate(words)
                for other in index.corrected(word)
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
        now, then = _merges(merged), _merges(merged, known)
        rows = self._people(i for person_id in wanted for one_id in then.ids_of(person_id) for i in now.ids_of(one_id))
        agrees = _consent(rows, merged)
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

    def _advisors(self, lines: Iterable[_Line], day: date, known: datetime) -> list[Advisor]:
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

    def _lines(self, person_ids: set[str] | None, day: date, known: datetime, then: Merges) -> list[_Line]:
        """The lines of persons under the ids that count then, or of everyone."""
        statement = _spans(day, known)
        if person_ids is None:
            return _each_once(self._rows(statement), then)
        if len(person_ids) > ONE_BY_ONE:
            return [line for line in _each_once(self._rows(statement), then) if line.person_id in person_ids]
        with self._database.transaction(commit=False) as cursor:
            ids = {i for person_id in person_ids for i in then.ids_of(person_id)}
            return _each_once(select_among(cursor, statement + " AND person_id IN ({})", ids), then)

    def _matching(self, index: Index, words: Iterable[str], then: Merges) -> set[str]:
        """The persons, under the ids that count then, whom each of the words finds; nobody without words."""
        matching: set[str] | None = None
        for word in words:
            named, nominated = index.matching(word)
            found = named - then.into.keys() | {then.one(i) for i in nominated}
            matching = found if matching is None else matching & found
            if not matching:
                break
        return matching or set()

    def _refreshed(self) -> Index:
        """The index with all that was recorded since it was last used."""
        with self._lock:
            ((position,),) = map(tuple, self._rows(_LAST_CHANGE))
            merged = self._rows("SELECT * FROM merged_people")
            if (told := tuple(map(tuple, merged))) != self._merged:  # a merge changes who speaks for whom
                self._index, self._merged = Index(), told
            if position != self._index.position:
                self._take_in(self._index, merged)
                self._index.position = position
            return self._index

    def _take_in(self, index: Index, merged: Iterable[Any]) -> None:
        for row in self._rows("SELECT * FROM administrations WHERE changed > ?", (index.position,)):
            named = self._rows(
                "SELECT name_en, name_fr FROM administration_names WHERE administration_id = ?",
                (row["administration_id"],),
            )
            texts = [text for names in named for text in names]
            index.put_administration(row["administration_id"], [row["administration_id"], row["iso3"], *texts])
        now = _merges(merged)
        changed = self._rows(_CHANGED, (index.position,))
        for row in changed:
            index.nominate(row["administration_id"], row["person_id"])
        ids = {i for row in changed for i in now.ids_of(row["person_id"])}
        rows = self._people(ids)
        agrees = _consent(rows, merged)
        listed = {i: (rows[i]["given_name"], rows[i]["family_name"]) for i in ids if agrees(now.one(i), "listed")}
        names = self._names.of(listed)
        for person_id in ids:
            index.put_name(person_id, names.get(person_id))

    def _people(self, person_ids: Iterable[str]) -> dict[str, Any]:
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, "SELECT * FROM people WHERE person_id IN ({})", dict.fromkeys(person_ids))
            return {row["person_id"]: row for row in rows}

    def _merges(self, known: datetime) -> Merges:
        return _merges(self._rows("SELECT * FROM merged_people"), known)


def _spans(day: date, known: datetime) -> str:
    """Returns the statement for the spans of a day, as known at a moment."""
    return (
        "SELECT certification_id, person_id, status, first_day, last_day FROM roster_spans "
        "JOIN advisors USING (certification_id) WHERE "
        + at_both_times(f"'{day.isoformat()}'", str(microseconds(known)))
    )


def _is_shown(line: _Line, index: Index, ended_after: str) -> bool:
    """Whether who is not certified is found at all: by consent, and until some time after the end."""
    if line.status is Status.VALID:
        return True
    has_ended = line.status in (Status.EXPIRED, Status.WITHDRAWN)
    return index.is_named(line.person_id) and (not has_ended or line.since > ended_after)


def _merges(rows: Iterable[Any], known: datetime | None = None) -> Merges:
    """The merges in force as known at a moment, or now."""
    at = _NOW if known is None else microseconds(known)
    in_force = (row for row in rows if row["known_from"] <= at and at < (row["known_until"] or _FOREVER))
    return Merges({row["merged_id"]: row["person_id"] for row in in_force})


def _consent(rows: Mapping[str, Any], merged: Iterable[Any]) -> Callable[[str, str], bool]:
    """Returns whether a person gave a consent, under every id that was not heard since it was merged."""
    in_force = [row for row in merged if row["known_until"] is None]

    def agrees(person_id: str, consent: str) -> bool:
        unheard = [r["merged_id"] for r in in_force if r["person_id"] == person_id and r[f"{consent}_with"]]
        return bool(rows[person_id][consent]) and all(agrees(other, consent) for other in unheard)

    return agrees


def _each_once(rows: Iterable[Any], then: Merges) -> list[_Line]:
    """Returns one line of each person: of the best status, that which holds longest."""
    people: dict[str, _Line] = {}
    for row in rows:
        line = _Line(
            person_id=then.one(row["person_id"]),
            certification_id=row["certification_id"],
            status=Status(row["status"]),
            since=row["first_day"],
            until=row["last_day"],
        )
        other = people.setdefault(line.person_id, line)
        if other is not line:
            people[line.person_id] = _better(other, line)
    return list(people.values())


def _better(one: _Line, other: _Line) -> _Line:
    if one.status is not other.status:
        return min(one, other, key=lambda line: RANK.index(line.status))
    longest = max(one, other, key=lambda line: line.until or date.max.isoformat())
    return msgspec.structs.replace(longest, since=min(one.since, other.since))


def _distinct(text: str) -> list[str]:
    """Returns the words of a search, the longest first, without those that another one begins with."""
    words = sorted(set(parts_of(text)), key=lambda word: (-len(word), word))
    return [w for n, w in enumerate(words) if not any(longer.startswith(w) for longer in words[:n])][:MOST_WORDS]
