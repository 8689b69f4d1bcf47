"""Queries about the roster: all of it on a day, one person, and a search that forgives spelling."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

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
    "SELECT advisors.certification_id, advisors.person_id, advisors.administration_id, language, given_name, "
    f"family_name, listed, first_day, last_day, {_NAME_EN}, {_NAME_FR} "
    "FROM roster_spans JOIN advisors USING (certification_id) JOIN people ON people.person_id = advisors.person_id "
    "WHERE " + at_both_times(":day", ":known")
)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a person. ``name`` is None without consent to be listed, or once it was erased.

    ``shows_results`` is the consent to show the levels that the person reached.
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

    ``since`` and ``until`` are the days, both included, over which the certification is valid.
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
        """The advisors on a day, as known at a moment; by name, those without one last."""
        rows = self._rows(_SELECT, {"day": day.isoformat(), "known": microseconds(known)})
        names = self._public_names(rows)
        advisors = [
            Advisor(
                person_id=row["person_id"],
                certification_id=row["certification_id"],
                name=names.get(row["person_id"]),
                administration=Administration(row["administration_id"], row["name_en"], row["name_fr"]),
                language=row["language"],
                since=date.fromisoformat(row["first_day"]),
                until=row["last_day"] and date.fromisoformat(row["last_day"]),
            )
            for row in rows
        ]
        return sorted(advisors, key=lambda a: (a.name is None, words(a.name or ""), a.certification_id))

    def search(self, text: str, day: date, known: datetime) -> list[Advisor]:
        """The advisors who match: each word of the text begins a word of name, administration or country code."""
        prefixes = words(text)
        return [advisor for advisor in self.on(day, known) if _matches(prefixes, advisor)]

    def person(self, person_id: str) -> Person:
        """Returns a person; for an unknown id one of whom nothing may be shown."""
        return self.people([person_id])[person_id]

    def people(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """Returns several people by id, each as from ``person``."""
        wanted = dict.fromkeys(person_ids)
        with self._database.transaction(commit=False) as cursor:
            rows = select_among(cursor, "SELECT * FROM people WHERE person_id IN ({})", wanted)
        names = self._public_names(rows)
        people = {person_id: Person(id=person_id) for person_id in wanted}
        for row in rows:
            people[row["person_id"]] = Person(
                id=row["person_id"],
                name=names.get(row["person_id"]),
                shows_results=bool(row["shows_results"]),
                erased=bool(row["erased"]),
            )
        return people

    def nominated_by(self, certification_id: str, day: date) -> Administration:
        """The administration that nominated the candidate of a certification, with its name on a day."""
        (row,) = self._rows(
            f"SELECT administration_id, {_NAME_EN}, {_NAME_FR} FROM advisors WHERE certification_id = :id",
            {"id": certification_id, "day": day.isoformat()},
        )
        return Administration(row["administration_id"], row["name_en"], row["name_fr"])

    def _public_names(self, rows: Iterable[Any]) -> dict[str, str]:
        """By person id, the names of those who agreed to be listed, as far as the vault still holds them."""
        return self._names.of(
            {row["person_id"]: (row["given_name"], row["family_name"]) for row in rows if row["listed"]}
        )


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
