"""Nominating a candidate: a person who is known, or is registered in the same act, once it is known who they are.

Whether they are known follows the rule of imports: a like name in the same administration, or the same address, is a
question to whoever nominates, with what is known of both beside each other.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from api.console.forms import reading, wrong
from api.console.forms.fields import Field, fields_of
from api.console.forms.form import Form
from api.console.forms.typed import Typed
from api.console.workshops.standing import Workshop
from api.secretariat.importing.matching import Described, Known, recorded
from api.secretariat.proposals import Proposal, Waiting, proposal
from api.words.record import Record, territory
from ledger.domain.decisions.persons import RegisterPerson
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.store.ledger import Ledger
from ledger.store.vault import Identity
from ledger.words import Words

REGISTER, NOMINATE = BY_COMMAND_NAME["register-person"], BY_COMMAND_NAME["nominate-candidate"]
NEW = "new"
REGISTRAR = Words("Registrar who signs", "Responsable du registre qui signe")
_NAMES = ("given_name", "family_name", "email")


class Nomination:
    """What was entered: of the person and of their nomination. ``forms`` have the labels, hints and errors."""

    def __init__(self, texts: Mapping[str, str], workshop: Workshop, record: Record, person: str) -> None:
        made = {"session_id": (workshop.id,), "person_id": (texts.get("person_id", ""),)}
        typed = Typed.of(texts.items()).with_texts(made)
        self._workshop = workshop
        self.person = Form(REGISTER, typed, record, person)
        self.nomination = Form(NOMINATE, typed.with_texts({"person_id": self.person.typed.texts["person_id"]}), record)
        self.registrars = record.person_labels(record.holders(NOMINATE.seats[0]))
        self.registrar = texts.get("registrar", "") or (person if person in self.registrars else "")

    @property
    def forms(self) -> tuple[Form, Form]:
        return self.person, self.nomination

    @property
    def fields(self) -> Iterator[tuple[Form, Field, str]]:
        """What is asked: of which form, and under which name."""
        (details,) = [field for field in fields_of(REGISTER) if field.name == "details"]
        yield from ((self.person, part, f"details.{part.name}") for part in details.fields)
        (administration,) = [field for field in fields_of(NOMINATE) if field.name == "administration_id"]
        yield self.nomination, administration, "administration_id"
        (details,) = [field for field in fields_of(NOMINATE) if field.name == "details"]
        yield from ((self.nomination, part, f"details.{part.name}") for part in details.fields)

    def label(self, path: str) -> Words:
        """Return what an input is called."""
        return next((field.said.label for _, field, name in self.fields if name == path), REGISTRAR)

    @property
    def made(self) -> dict[str, str]:
        """The ids that the form gives, so that they are the same when it is sent again."""
        return {name: self.nomination.typed.text(name) for name in ("person_id", "candidacy_id")}

    @property
    def row(self) -> Described:
        """The person as the form describes them."""
        given, family, email = (self.person.typed.text(f"details.{name}").strip() for name in _NAMES)
        parts = ((part,) if part else () for part in (given, family, email))
        administration = self.nomination.typed.text("administration_id")
        return Described(file="candidates", code="", identity=Identity("", *parts), administration=administration)

    def check(self) -> bool:
        """Note what is wrong at the fields; return whether all is as expected."""
        for form in self.forms:
            asked = [path for owner, _, path in self.fields if owner is form]
            errors = reading.read(form.row, form.typed).errors
            form.errors = {path: words for path, words in errors.items() if path in asked}
        return not (self.person.errors or self.nomination.errors)

    def proposals(self, who: str) -> list[Proposal]:
        """Return the nomination of somebody who is known, or after their registration. Raises ``Refused``."""
        nominated = reading.read(NOMINATE, self.nomination.typed).arguments
        if who != NEW:
            return [_proposed(self.nomination, self.registrar, {**nominated, "person_id": who})]
        registered = reading.read(REGISTER, self.person.typed).arguments
        return [
            _proposed(self.person, self.registrar, registered),
            _proposed(self.nomination, self.registrar, nominated),
        ]


def alike(nomination: Nomination, workshop: Workshop, ledger: Ledger, waiting: list[Waiting]) -> list[Known]:
    """Return who the person may be: of the record, and of those who wait to be registered."""
    row, read, plan = nomination.row, workshop.read, workshop.session.planned
    found = {read.one(person) for person in ledger.vault.with_keys(row.identity.keys)}
    held = ledger.vault.identities(one for human in found for one in read.ids_of(human))
    people: list[Identity] = []
    for human in sorted(found):
        identity = Identity(human)
        for one in read.ids_of(human):
            identity = identity.joined(held.get(one, Identity(one)))
        people.append(identity)
    for item in waiting:
        if isinstance(item.proposal.command, RegisterPerson):
            people.append(Identity(item.proposal.command.person_id).called(item.proposal.disclosures))
    known = [recorded(identity, read, plan.start, plan.end) for identity in people]
    return [one for one in known if one.is_surely(row) or one.is_perhaps(row)]


class Facts(NamedTuple):
    """What is known of a person, to be compared by a human."""

    names: str
    addresses: str
    administrations: Words
    is_officer: bool
    is_candidate: bool

    @classmethod
    def of(cls, identity: Identity, administrations: tuple[str, ...], known: Known | None = None) -> "Facts":
        places = [territory(one) for one in dict.fromkeys(administrations) if one]
        return cls(
            ", ".join(dict.fromkeys(identity.names)),
            ", ".join(dict.fromkeys(identity.emails)),
            Words(", ".join(p.en for p in places), ", ".join(p.fr for p in places)),
            known is not None and known.is_officer,
            known is not None and known.is_candidate,
        )


def _proposed(form: Form, registrar: str, arguments: dict[str, Any]) -> Proposal:
    try:
        return proposal(form.row.name, registrar, **arguments)
    except Refused as refused:
        form.refuse(refused, arguments)
        raise
    except msgspec.ValidationError as error:
        form.errors[wrong.place_of_invalid(form.row, arguments, error)] = reading.ONE_OF_THESE
        raise Refused("malformed", field=form.row.name, expected=reading.ONE_OF_THESE) from None
