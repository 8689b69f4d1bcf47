"""The record as forms show it: people and candidacies by name, the terms of a scheme in both languages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Self

import msgspec
from babel import Locale

from api.words.of_missions import DOMAINS
from api.words.vocabulary import CODES
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.events.scheme import Activity, Competency, Criterion, SchemeVersionDrafted
from ledger.domain.record import Role
from ledger.reading import Draft
from ledger.store.ledger import Ledger
from ledger.words import LANGUAGES, Words, day_in_words
from projections.names import Names

Labels = dict[str, Words]
"""How people call something, by its id."""
REGIONS: Labels = {
    words.en: words
    for words in (
        Words("East and Southern Africa", "Afrique orientale et australe"),
        Words("Europe", "Europe"),
        Words(
            "Far East, South and South East Asia, Australasia and the Pacific Islands",
            "Extrême-Orient, Asie du Sud et du Sud-Est, Australasie et îles du Pacifique",
        ),
        Words("North of Africa, Near and Middle East", "Afrique du Nord, Proche et Moyen-Orient"),
        Words(
            "South America, North America, Central America and the Caribbean",
            "Amérique du Sud, Amérique du Nord, Amérique centrale et Caraïbes",
        ),
        Words("West and Central Africa", "Afrique occidentale et centrale"),
    )
}
"""The regions of the WCO, by the name under which they are recorded."""
Digests = Mapping[str, tuple[str | None, str | None]]
"""The digests of the given and of the family name, by person id."""


class Record(msgspec.Struct, frozen=True):
    """``ids_of`` returns the ids of all streams of a kind; ``named`` reads names in the vault, from their digests."""

    read: Draft
    ids_of: Callable[[str], Sequence[str]]
    named: Callable[[Digests], Mapping[str, str]]
    today: date

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        """The record of a ledger as it is now."""
        return cls(ledger.read(), ledger.ids_of, Names(ledger.vault).of, ledger.now().date())

    def people(self) -> list[str]:
        """Return everybody who is known, under the id that counts, and was not erased."""
        ids = [*(founder.person_id for founder in self.read.founding().founders), *self.ids_of("person")]
        read = self.read
        return [one for one in dict.fromkeys(ids) if not read.person(one).erased and read.survivor(one) is None]

    def officers(self) -> list[str]:
        """Return everybody who is or was an officer, founders first."""
        founders = [founder.person_id for founder in self.read.founding().founders]
        return list(dict.fromkeys([*founders, *self.ids_of("officer")]))

    def holders(self, role: Role) -> list[str]:
        """Return those who hold a role now."""
        return [one for one in self.officers() if self.read.holds(one, role, self.today)]

    def names(self, people: Iterable[str]) -> Mapping[str, str]:
        """Return the names that are held, by person id."""
        details = {one: self.read.person(one).details for one in people}
        given, family = NAME_DETAILS
        return self.named({one: (of.get(given), of.get(family)) for one, of in details.items()})

    def person_labels(self, people: Sequence[str]) -> Labels:
        """Return names with the administration, by which people of one name are told apart."""
        names = self.names(people)
        return {one: _beside(names.get(one, one), self._employer(one)) for one in people}

    def candidacy_labels(self, candidacies: Sequence[str]) -> Labels:
        """Return the names of the candidates, with their workshop."""
        nominations = {one: self.read.candidacy(one).nominated for one in candidacies}
        names = self.names({nomination.person_id for nomination in nominations.values()})
        return {
            one: _beside(names.get(nomination.person_id, one), _same(nomination.session_id))
            for one, nomination in nominations.items()
        }

    def certification_labels(self, certifications: Sequence[str]) -> Labels:
        """Return the names of the holders, with the number of the last certificate."""
        labels = self.candidacy_labels(certifications)
        numbers = {one: self.read.certification(one).number for one in certifications}
        names = {one: Words(*(text.rsplit(" (", 1)[0] for text in labels[one])) for one in certifications}
        return {
            one: _beside(names[one].en, _same(number)) if number else labels[one] for one, number in numbers.items()
        }

    def session_labels(self, sessions: Sequence[str]) -> Labels:
        """Return the codes of workshops, with place and first day."""
        plans = {one: self.read.session(one).planned for one in sessions}
        days = {one: day_in_words(plan.start) for one, plan in plans.items()}
        return {
            one: Words(*(f"{one} ({plan.place}, {days[one].into(language)})" for language in LANGUAGES))
            for one, plan in plans.items()
        }

    def mission_labels(self, missions: Sequence[str]) -> Labels:
        """Return the administrations that receive missions, with the domain and the first day."""
        asked = {one: self.read.mission(one).requested for one in missions}
        return {
            one: Words(
                *(
                    f"{territory(request.administration_id).into(language)} "
                    f"({DOMAINS[request.topic].into(language)}, {day_in_words(request.start).into(language)})"
                    for language in LANGUAGES
                )
            )
            for one, request in asked.items()
        }

    def scheme_labels(self, schemes: Sequence[str]) -> Labels:
        """Return the titles of schemes."""
        states = {one: self.read.scheme(one) for one in schemes}
        return {one: Words(f"{s.title_en} ({one})", f"{s.title_fr} ({one})") for one, s in states.items()}

    def appeal_labels(self, appeals: Sequence[str]) -> Labels:
        """Return the names of the appellants, with the decision and its day."""
        lodged = {one: self.read.appeal(one).lodged for one in appeals}
        names = self.names({each.person_id for each in lodged.values()})
        labels = {one: (CODES[each.disputed], day_in_words(each.decided_on)) for one, each in lodged.items()}
        return {
            one: _beside(
                names.get(lodged[one].person_id, one),
                Words(*(f"{decision.into(to)}, {day.into(to)}" for to in LANGUAGES)),
            )
            for one, (decision, day) in labels.items()
        }

    def complaint_labels(self, complaints: Sequence[str]) -> Labels:
        """Return what complaints concern, and when they were received: nothing of who complained."""
        lodged = {one: self.read.complaint(one).lodged for one in complaints}
        return {
            one: Words(
                *(
                    f"{CODES[each.concerns].into(to)} ({each.about}, {day_in_words(each.received_on).into(to)})"
                    for to in LANGUAGES
                )
            )
            for one, each in lodged.items()
        }

    def version_of(self, candidacy_id: str) -> SchemeVersionDrafted | None:
        """Return the scheme version under which a candidate is assessed; None when there is no such candidacy."""
        nomination = self.read.candidacy(candidacy_id).nomination
        return None if nomination is None else self.read.scheme_version(self.read.session(nomination.session_id))

    def _employer(self, person_id: str) -> Words | None:
        employments = self.read.person(person_id).employments
        return territory(employments[-1].administration_id) if employments else None


def territory(code: str) -> Words:
    """Return the name of a country."""
    return Words(*(str(Locale(language).territories.get(code, code)) for language in LANGUAGES))


def region_name(name: str) -> Words:
    """Return a region, which is recorded by its English name, in both languages; one that is not known as it is."""
    return REGIONS.get(name, _same(name))


def language_name(code: str) -> Words:
    """Return the name of a language."""
    return Words(*(str(Locale(language).languages.get(code, code)) for language in LANGUAGES))


def term_labels(rows: Iterable[Criterion | Competency | Activity]) -> Labels:
    """Return the names of the terms of a scheme."""
    return {row.id: Words(row.name_en, row.name_fr) for row in rows}


def _beside(name: str, known_by: Words | None) -> Words:
    return _same(name) if known_by is None else Words(f"{name} ({known_by.en})", f"{name} ({known_by.fr})")


def _same(text: str) -> Words:
    return Words(*(text, text))
