"""Queries about the roster: all of it on a day, one person, and a search that forgives spelling."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ledger.domain.states.merges import Merges
from ledger.store.port import select_among
from projections.entry import microseconds
from projections.read_model import ReadModel
from projections.roster import tables
from projections.spans import at_both_times

_NAME_EN, _NAME_FR = (
    f"(SELECT {column} FROM administration_names n WHERE n.administration_id = advisors.administration_id "
    f"AND effective_from <= :day ORDER BY effective_from DESC LIMIT 1) AS {column}"
    for column in ("name_en", "name_fr")
)
_SELECT = (
    "SELECT advisors.certification_id, advisors.person_id, advisors.administration_id, language, first_day, last_day, "
    f"{_NAME_EN}, {_NAME_FR} FROM roster_spans JOIN advisors USING (certification_id) WHERE "
    + at_both_times(":day", ":known")
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
    """A certified advisor on a day. ``name`` is None without consent to be listed, or once erased.

    ``since`` and ``until`` are the days, both included, over which the certification is valid. Of a person with several
    that are valid on the day, it is the one that is valid longest, and ``since`` the first day of all.
    """

    person_id: str
    certification_id: str
    name: str | None
    administration: Administration
    language: str
    since: date
    until: date | None


class Roster(ReadModel):
    """Certified advisors, people and administrations."""

    TABLES, RECORD, IGNORED = tables.TABLES, tables.RECORD, tables.IGNORED

    def on(self, day: date, known: datetime) -> list[Advisor]:
        """The advisors on a day, each once, as known at a moment; by name, those without one last."""
        return _each_once(self._certified(day, known))

    def search(self, text: str, day: date, known: datetime) -> list[Advisor]:
        """The advisors who match: each word of the text begins a word of name, administration or country code."""
        prefixes, certified = words(text), self._certified(day, known)
        matching = {advisor.person_id for advisor in certified if _matches(prefixes, advisor)}
        return _each_once(advisor for advisor in certified if advisor.person_id in matching)

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
        ids = dict.fromkeys(i for person_id in wanted for one_id in then.ids_of(person_id) for i in now.ids_of(one_id))
        with self._database.transaction(commit=False) as cursor:
            rows = {
                r["person_id"]: r for r in select_among(cursor, "SELECT * FROM people WHERE person_id IN ({})", ids)
            }

        def agrees(person_id: str, consent: str) -> bool:
            others = [r for r in merged if r["person_id"] == person_id and r["known_until"] is None]
            unheard = [r["merged_id"] for r in others if r[f"{consent}_with"]]
            return bool(rows[person_id][consent]) and all(agrees(other, consent) for other in unheard)

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
        return _merges(self._rows("SELECT * FROM merged_people"), known).ids_of(person_id)

    def nominated_by(self, certification_id: str, day: date) -> Administration:
        """The administration that nominated the candidate of a certification, with its name on a day."""
        (row,) = self._rows(
            f"SELECT administration_id, {_NAME_EN}, {_NAME_FR} FROM advisors WHERE certification_id = :id",
            {"id": certification_id, "day": day.isoformat()},
        )
        return Administration(row["administration_id"], row["name_en"], row["name_fr"])

    def _certified(self, day: date, known: datetime) -> list[Advisor]:
        """Every certification that is valid on a day, as known at a moment, by the name of its holder."""
        rows = self._rows(_SELECT, {"day": day.isoformat(), "known": microseconds(known)})
        people = self.people((row["person_id"] for row in rows), known)
        advisors = [
            Advisor(
                person_id=people[row["person_id"]].id,
                certification_id=row["certification_id"],
                name=people[row["person_id"]].name,
                administration=Administration(row["administration_id"], row["name_en"], row["name_fr"]),
                language=row["language"],
                since=date.fromisoformat(row["first_day"]),
                until=row["last_day"] and date.fromisoformat(row["last_day"]),
            )
            for row in rows
        ]
        return sorted(advisors, key=lambda a: (a.name is None, words(a.name or ""), a.certification_id))


def _merges(rows: Iterable[Any], known: datetime | None = None) -> Merges:
    """The merges in force as known at a moment, or now."""
    at = _NOW if known is None else microseconds(known)
    in_force = (row for row in rows if row["known_from"] <= at and at < (row["known_until"] or _FOREVER))
    return Merges({row["merged_id"]: row["person_id"] for row in in_force})


def _each_once(certified: Iterable[Advisor]) -> list[Advisor]:
    """Returns one row of each person, in the order of the first: that which is valid longest."""
    people: dict[str, Advisor] = {}
    for advisor in certified:
        other = people.setdefault(advisor.person_id, advisor)
        longest = max(other, advisor, key=lambda a: a.until or date.max)
        people[advisor.person_id] = msgspec.structs.replace(longest, since=min(other.since, advisor.since))
    return list(people.values())


def words(text: str) -> list[str]:
    """The words of a text without accents, case, hyphens or apostrophes.

    >>> words("N'Guessan-Écho  Zoé")
    ['n', 'guessan', 'echo', 'zoe']
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain.casefold().replace("_", " "))


def _matches(prefixes: Iterable[str], advisor: Advisor) -> bool:
    administration = advisor.administration
    text = f"{advisor.name or ''} {administration.id} {administration.name_en} {administration.name_fr}"
    # N'Guessan matches guessan and nguessan.
    own = words(text) + words(re.sub("['’-]", "", text))
    return all(any(word.startswith(prefix) for word in own) for prefix in prefixes)
