"""What is asked of the roster: all of it on a day, one advisor, and a search that forgives spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
from eventsourcing.sqlite import SQLiteDatastore

from projections.entry import microseconds
from projections.names import Names
from projections.spans import at_both_times

_ADMINISTRATION_NAME = (
    "(SELECT {column} FROM administration_names n WHERE n.administration_id = advisors.administration_id "
    "AND effective_from <= :day ORDER BY effective_from DESC LIMIT 1)"
)
_SELECT = (
    "SELECT advisors.certification_id, advisors.person_id, advisors.administration_id, language, given_name, "
    "family_name, listed, first_day, last_day, "
    f"{_ADMINISTRATION_NAME.format(column='name_en')} AS name_en, "
    f"{_ADMINISTRATION_NAME.format(column='name_fr')} AS name_fr "
    "FROM roster_spans JOIN advisors USING (certification_id) JOIN people ON people.person_id = advisors.person_id "
    "WHERE " + at_both_times(":day", ":known")
)


class Advisor(msgspec.Struct, frozen=True, kw_only=True):
    """A certified advisor on a day. ``name`` is None without consent to be listed, or once erased.

    ``since`` and ``until`` are the days, both included, over which the certification is valid.
    """

    person_id: str
    certification_id: str
    name: str | None
    administration_id: str
    administration_en: str
    administration_fr: str
    language: str
    since: date
    until: date | None


class Roster:
    """Questions about the roster."""

    def __init__(self, datastore: SQLiteDatastore, names: Names) -> None:
        self._datastore = datastore
        self._names = names

    def on(self, day: date, known: datetime) -> list[Advisor]:
        """Who is an advisor on a day, as known at a moment; by name, those without one last."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(_SELECT, {"day": day.isoformat(), "known": microseconds(known)})
            rows = cursor.fetchall()
        advisors = [self._advisor(row) for row in rows]
        return sorted(advisors, key=lambda a: (a.name is None, words(a.name or ""), a.certification_id))

    def search(self, text: str, day: date, known: datetime) -> list[Advisor]:
        """Those of whom every word of the text begins a word of name, administration or country code."""
        prefixes = words(text)
        return [advisor for advisor in self.on(day, known) if _matches(prefixes, advisor)]

    def public_name(self, person_id: str) -> str | None:
        """The name of a person who agreed to be listed; None for everyone else."""
        person = self._person(person_id)
        if person is None or not person["listed"]:
            return None
        return self._names.join(person["given_name"], person["family_name"])

    def shows_results(self, person_id: str) -> bool:
        """Whether a person agreed that the levels they reached are shown, and still does."""
        person = self._person(person_id)
        return person is not None and bool(person["shows_results"])

    def is_erased(self, person_id: str) -> bool:
        """Whether the personal data of this person were erased."""
        person = self._person(person_id)
        return person is not None and bool(person["erased"])

    def administration(self, administration_id: str, day: date) -> tuple[str, str] | None:
        """The English and the French name of an administration on a day."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT name_en, name_fr FROM administration_names WHERE administration_id = ? "
                "AND effective_from <= ? ORDER BY effective_from DESC LIMIT 1",
                (administration_id, day.isoformat()),
            )
            row = cursor.fetchone()
            return None if row is None else (row["name_en"], row["name_fr"])

    def nominating_administration(self, certification_id: str) -> str | None:
        """Who nominated the candidate of a certification."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT administration_id FROM advisors WHERE certification_id = ?", (certification_id,))
            row = cursor.fetchone()
            return None if row is None else row["administration_id"]

    def _person(self, person_id: str) -> Any:
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT * FROM people WHERE person_id = ?", (person_id,))
            return cursor.fetchone()

    def _advisor(self, row: Any) -> Advisor:
        return Advisor(
            person_id=row["person_id"],
            certification_id=row["certification_id"],
            name=self._names.join(row["given_name"], row["family_name"]) if row["listed"] else None,
            administration_id=row["administration_id"],
            administration_en=row["name_en"],
            administration_fr=row["name_fr"],
            language=row["language"],
            since=date.fromisoformat(row["first_day"]),
            until=row["last_day"] and date.fromisoformat(row["last_day"]),
        )


def words(text: str) -> list[str]:
    """The words of a text without accents, case, hyphens or apostrophes.

    >>> words("N'Guessan-Écho  Zoé")
    ['n', 'guessan', 'echo', 'zoe']
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain.casefold().replace("_", " "))


def _matches(prefixes: Iterable[str], advisor: Advisor) -> bool:
    said = (advisor.name or "", advisor.administration_id, advisor.administration_en, advisor.administration_fr)
    text = " ".join(said)
    # N'Guessan is found as guessan and as nguessan.
    own = words(text) + words(re.sub("['’-]", "", text))
    return all(any(word.startswith(prefix) for word in own) for prefix in prefixes)
