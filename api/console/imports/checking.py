"""A dry run: what is wrong with the files, who is who, and what would be filed."""

from collections import Counter
from hashlib import sha256
from typing import NamedTuple

import msgspec

from api.console.commands.words import TITLES
from api.console.imports.uploads import Upload
from api.secretariat.importing.answers import Answer
from api.secretariat.importing.matching import Described, Known, Matching, OpenQuestions, Question
from api.secretariat.importing.proposing import ImportPlan, plan_import
from api.secretariat.importing.reading import Notice, WrongWorkshop, files_held
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.office import Office
from api.secretariat.proposals import new_id
from api.words.failures import failure_in_words
from api.words.names import name_of
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.words import Words, sentence

MAX_LISTED = 300  # of the people of the files; of more only the number is told


class Checked(msgspec.Struct, frozen=True):
    """The result of a dry run: faults, a refusal of the whole, questions, or a plan."""

    notices: tuple[Notice, ...] = ()
    faults: tuple[Notice, ...] = ()
    number: int = 0
    refused: Words | None = None
    matching: Matching | None = None
    plan: ImportPlan | None = None

    @property
    def questions(self) -> list[Question]:
        return [] if self.matching is None else self.matching.questions


class Somebody(NamedTuple):
    """A person of the files: the ``state`` is known, new, or asked; ``known_as`` names who is known."""

    row: Described
    state: str
    known_as: str


class Facts(NamedTuple):
    """What is known of one of two people, as far as it is known."""

    reference: str
    names: str
    administrations: str
    addresses: str
    is_officer: bool
    is_candidate: bool


class Asked(NamedTuple):
    """A question: the person of the files beside each one whom they may be."""

    where: str
    own: Facts
    others: list[Facts]


def check(upload: Upload, office: Office) -> Checked:
    """Check an import as the command does. Nothing is written."""
    ledger = office.ledger
    notices: tuple[Notice, ...] = ()
    try:
        workshop = read_workshop(files_held(upload.files), ledger.ids_of("administration"))
        notices = workshop.notices
        plan = plan_import(workshop, ledger, office.inbox, new_id, upload.answers)
    except WrongWorkshop as wrong:
        return Checked(wrong.notices or notices, wrong.faults, wrong.number)
    except OpenQuestions as asked:
        return Checked(notices, matching=asked.matching)
    except Refused as refused:
        return Checked(notices, refused=sentence(*failure_in_words(refused)))
    return Checked(notices, matching=plan.matching, plan=plan)


def basis(upload: Upload, office: Office) -> str:
    """Return a digest of the files and answers, the record and what waits: what a dry run depends on."""
    waiting = [item.number for item in office.inbox.waiting()]
    return sha256(msgspec.json.encode([upload.token, office.ledger.size(), waiting])).hexdigest()


def counts(plan: ImportPlan) -> list[tuple[Words, int]]:
    """Return how many statements of each kind would be filed."""
    return [(TITLES[name], count) for name, count in Counter(p.name for p in plan.proposals).items()]


def people(matching: Matching, read: Reader) -> list[Somebody]:
    """Return the persons of the files, those in question first, then those who are known."""
    asked = {question.row.code for question in matching.questions}
    listed = list[Somebody]()
    for row in matching.rows:
        person = matching.people[row.code]
        if row.code in asked:
            listed.append(Somebody(row, "asked", ""))
        elif row.code in matching.added:
            listed.append(Somebody(row, "new", ""))
        else:
            listed.append(Somebody(row, "known", name_of(person, read) or person))
    return sorted(listed, key=lambda one: ("asked", "known", "new").index(one.state))[:MAX_LISTED]


def asked(question: Question) -> Asked:
    """Return a question with what is known of everybody in it."""
    own = Known(identity=question.row.identity, administrations=(question.row.administration,))
    row = question.row
    return Asked(
        question.where,
        _facts(row.code, msgspec.structs.replace(own, is_officer=row.is_officer, is_candidate=not row.is_officer)),
        [_facts(known.reference, known) for known in question.known],
    )


def answers(questions: list[Question], chosen: dict[str, str], person: str) -> list[Answer]:
    """Return what a person answered: ``chosen`` says same or another for each field of :func:`field`."""
    given = []
    for question in questions:
        for known in question.known:
            choice = chosen.get(field(question.row.code, known.reference))
            if choice in ("same", "another"):
                where = f"{question.where} / {known.reference}"
                cells = dict.fromkeys(("person", "known", "answer", "answered_by"), where)
                given.append(Answer(question.row.code, known.reference, choice == "same", person, cells))
    return given


def field(code: str, reference: str) -> str:
    """Return the name of the field that answers whether the person of a code is a known one."""
    return "q-" + sha256(msgspec.json.encode([code, reference])).hexdigest()[:24]


def _facts(reference: str, known: Known) -> Facts:
    lists = (known.identity.names, known.administrations, known.identity.emails)
    names, administrations, addresses = (", ".join(dict.fromkeys(values)) for values in lists)
    return Facts(reference, names, administrations, addresses, known.is_officer, known.is_candidate)
