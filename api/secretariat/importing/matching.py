"""Who is the same person: each person of the files is known, new, or in question until the importer answers.

Compared are the record, what waits for signatures, and the files themselves. The same name with the same address is
the same person, and so is an officer with the name and the administration of another. A like name in the same
administration, the same address under another name, or the same name twice in the files is a question: nothing is
filed before it is answered.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Self

import msgspec

from api.secretariat.forthcoming import Forthcoming
from api.secretariat.importing.answers import Answer
from api.secretariat.importing.reading import Faults, WrongWorkshop
from api.secretariat.importing.workshop import Workshop
from api.secretariat.proposals import split_name
from ledger.disclosures import Disclosure
from ledger.domain.decisions.persons import RegisterPerson, UpdatePersonDetails
from ledger.domain.reader import Reader
from ledger.domain.record import Role
from ledger.likeness import FAR, address_of, is_nobodys, letters_apart
from ledger.store.ledger import Ledger
from ledger.store.vault import COMPARED, Identity

ANSWERING = frozenset({Role.REGISTRAR, Role.PROGRAMME_MANAGER})  # who may file what others sign


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a row of the files describes them: an officer, or a candidate, who has an address."""

    file: str
    code: str
    identity: Identity
    administration: str

    @property
    def is_officer(self) -> bool:
        return self.file == "officers"

    @property
    def details(self) -> dict[str, str]:
        """The values to be recorded, by name."""
        parts = zip(COMPARED, (self.identity.given, self.identity.family, self.identity.emails), strict=True)
        return {name: value for name, values in parts for value in values}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person; ``homes`` employ them as of the workshop, ``rows`` of the files are about them."""

    identity: Identity
    administrations: tuple[str, ...] = ()
    homes: frozenset[str] = frozenset()
    is_officer: bool = False
    is_candidate: bool = False
    rows: tuple[Described, ...] = ()

    @property
    def person_id(self) -> str:
        return self.identity.person_id

    @property
    def reference(self) -> str:
        """What an answer calls them: a code of the files, or the person id."""
        return self.rows[0].code if self.rows else self.person_id

    def with_row(self, row: Described) -> Self:
        """The same person with what a row says of them."""
        return msgspec.structs.replace(
            self,
            identity=self.identity.joined(row.identity),
            administrations=(*self.administrations, row.administration),
            homes=self.homes | {row.administration} if row.is_officer else self.homes,
            is_officer=self.is_officer or row.is_officer,
            is_candidate=self.is_candidate or not row.is_officer,
            rows=(*self.rows, row),
        )

    def is_surely(self, row: Described) -> bool:
        """Of the same name, and the same address or, of officers, the same administration."""
        both_officers = row.is_officer and self.is_officer and row.administration in self.homes
        return (both_officers or bool(self.addresses_of(row))) and self._letters_apart(row) == 0

    def is_perhaps(self, row: Described) -> bool:
        """Of the same address, or of a like name in the same administration at any time.

        Within the files, or where no administration is known, the same name is enough. An address that is nobody's
        tells nothing alone: the given name must be alike too, as after a marriage.
        """
        if any(not is_nobodys(address) for address in self.addresses_of(row)):
            return True
        if self.addresses_of(row) and self._apart(row.identity.given, self.identity.given) < FAR:
            return True
        if row.administration in self.administrations:
            return self._letters_apart(row) < FAR
        return (bool(self.rows) or not self.administrations) and self._letters_apart(row) == 0

    def addresses_of(self, row: Described) -> set[str]:
        return set(map(address_of, row.identity.emails)) & set(map(address_of, self.identity.emails))

    def _letters_apart(self, row: Described) -> int:
        return self._apart(row.identity.names, self.identity.names)

    @staticmethod
    def _apart(ones: Sequence[str], others: Sequence[str]) -> int:
        return min((letters_apart(one, other) for one in ones for other in others), default=FAR)


def recorded(identity: Identity, read: Reader, start: date, end: date) -> Known:
    """Return what the record knows of a person, as of a workshop."""
    ids = read.ids_of(identity.person_id)
    people, officers = [read.person(each) for each in ids], [read.officer(each) for each in ids]
    nominated = [c.nominated.administration_id for c in read.candidacies_of(identity.person_id)]
    return Known(
        identity=identity,
        administrations=(*(e.administration_id for person in people for e in person.employments), *nominated),
        homes=frozenset[str]().union(*(person.employers(start, end) for person in people)),
        is_officer=any(officer.version or officer.roles for officer in officers),
        is_candidate=bool(nominated),
    )


class Question(msgspec.Struct, frozen=True):
    """Is the person of a row, at a cell, one of these?"""

    where: str
    row: Described
    known: tuple[Known, ...]


class Matching:
    """Finds the persons of the files in their order: officers, then candidates.

    ``rows`` are their descriptions, ``people`` maps codes to person ids. ``added`` are the codes of persons who are
    new, or in question; ``with_new_address`` those of persons who are known, but not by the address in the files.
    Raises ``WrongWorkshop`` for answers that make no sense, and for a person who is nominated twice.
    """

    def __init__(
        self,
        workshop: Workshop,
        ledger: Ledger,
        forthcoming: Forthcoming,
        answers: Sequence[Answer],
        new_id: Callable[[], str],
    ) -> None:
        self._workshop = workshop
        self._read = forthcoming.read
        self._answers = answers
        self._new_id = new_id
        self._faults = Faults()
        self._known: dict[str, Known] = {}
        self._with_key: dict[str, set[str]] = {}
        self.people: dict[str, str] = {}
        self.added: set[str] = set()
        self.with_new_address: set[str] = set()
        self.rows = _described(workshop)
        for identity in self._identities(ledger, forthcoming):
            self._learn(recorded(identity, self._read, workshop.start, workshop.end))
        self._require_answers_about({row.code for row in self.rows})
        self.questions = [question for question in map(self._match, self.rows) if question is not None]
        if self._faults:
            raise WrongWorkshop(self._faults)

    def _identities(self, ledger: Ledger, forthcoming: Forthcoming) -> Iterator[Identity]:
        """Everybody who may be one of the rows, everybody who waits to be registered, and those whom answers name."""
        waiting: dict[str, list[Disclosure]] = {}
        for item in forthcoming.signed:
            command = item.proposal.command
            if isinstance(command, RegisterPerson | UpdatePersonDetails):
                waiting.setdefault(command.person_id, []).extend(item.proposal.disclosures)
        found = ledger.vault.with_keys({key for row in self.rows for key in row.identity.keys})
        named = {answer.known for answer in self._answers}
        humans = {self._read.one(person): self._read.ids_of(person) for person in {*found, *named, *waiting}}
        held = ledger.vault.identities(person for ids in humans.values() for person in ids)
        for human, ids in sorted(humans.items()):
            identity = Identity(human)
            for person in ids:
                identity = identity.joined(held.get(person, Identity(person))).called(waiting.get(person, ()))
            if identity.keys:
                yield identity

    def _learn(self, known: Known) -> None:
        self._known[known.person_id] = known
        for key in known.identity.keys:
            self._with_key.setdefault(key, set()).add(known.person_id)

    def _require_answers_about(self, codes: set[str]) -> None:
        given: list[tuple[str, str | bool]] = []
        for answer in self._answers:
            pair, choice = (answer.person, answer.known), (answer.person, answer.is_same)
            if pair in given or (answer.is_same and choice in given):
                en, fr = (
                    "expected each pair once, and one same person",
                    "attendu : chaque paire, et same, une seule fois",
                )
                self._faults.add(answer.cells["answer"], en, fr)
            given += pair, choice
            if answer.person not in codes:
                en, fr = (
                    "expected the code of an officer or a candidate",
                    "attendu : un code de responsable ou de candidat",
                )
                self._faults.add(answer.cells["person"], en, fr)
            if answer.known not in codes and self._read.one(answer.known) not in self._known:
                en, fr = (
                    "expected a person id or a code of the files",
                    "attendu : un id de personne ou un code des fichiers",
                )
                self._faults.add(answer.cells["known"], en, fr)
            if ANSWERING.isdisjoint(self._read.officer(answer.answered_by).roles):
                en = "expected the person id of a registrar or programme manager"
                fr = "attendu : l’id d’une personne responsable du registre ou du programme"
                self._faults.add(answer.cells["answered_by"], en, fr)

    def _match(self, row: Described) -> Question | None:
        """Find or add the person of a row; return the question that is open, if one is."""
        answered = {
            self.people.get(a.known, self._read.one(a.known)): a.is_same for a in self._answers if a.person == row.code
        }
        like = {person for key in row.identity.keys for person in self._with_key.get(key, ())}
        known = [self._known[person] for person in sorted(like - answered.keys())]
        alike = [each for each in known if each.is_surely(row) or each.is_perhaps(row)]
        same = [self._known[person] for person, is_same in answered.items() if is_same and person in self._known]
        found = same or [each for each in alike if each.is_surely(row)]
        if len(found) == 1:
            self._found(row, found[0])
            return None
        self.added.add(row.code)
        self._found(row, Known(identity=Identity(self._new_id())))
        asked = found if len(found) > 1 else alike
        return Question(self._workshop.where(row.file, row.code), row, tuple(asked)) if asked else None

    def _found(self, row: Described, known: Known) -> None:
        twice = [other for other in known.rows if not (row.is_officer or other.is_officer)]
        if twice:
            where = self._workshop.where(row.file, row.code)
            en = f"the same person as {twice[0].code}, nominated once only; if they are two, say so in answers.csv"
            fr = (
                f"même personne que {twice[0].code} : désignée une seule fois ; s’il y en a deux, "
                "indiquez-le dans answers.csv"
            )
            self._faults.add(where, en, fr)
        if row.code not in self.added and row.identity.emails and not known.addresses_of(row):
            self.with_new_address.add(row.code)
        self.people[row.code] = known.person_id
        self._learn(known.with_row(row))


class OpenQuestions(Exception):
    """Questions that the importer must answer before anything can be filed."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        super().__init__(", ".join(question.row.code for question in matching.questions))


def _described(workshop: Workshop) -> list[Described]:
    officers = [
        Described(
            file="officers",
            code=officer.code,
            identity=_identity(*split_name(officer.name)),
            administration=officer.administration,
        )
        for officer in workshop.officers
    ]
    candidates = [
        Described(
            file="candidates",
            code=candidate.code,
            identity=_identity(candidate.given_name, candidate.family_name, candidate.email),
            administration=candidate.administration,
        )
        for candidate in workshop.candidates
    ]
    return officers + candidates


def _identity(*parts: str) -> Identity:
    """Return somebody of a given and a family name, and an address, so far as they have them."""
    return Identity("", *((part,) if part else () for part in parts))
