"""The approval of a version, filed with its draft: a director and the programme manager who drafts it sign it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import Request

from api.console.application import console_of, visitor_of
from api.console.commands.views import asked_for, record_of
from api.console.forms.fields import SIGNERS
from api.console.forms.form import Form
from api.console.forms.typed import Typed
from api.secretariat.proposals import Proposal
from api.words.record import Labels
from ledger.domain.record import Role
from ledger.domain.states.office import Officer
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.words import Words

APPROVE = BY_COMMAND_NAME["approve-scheme-version"]
_DIRECTOR, _MANAGER = (f"{SIGNERS}.{APPROVE.seats.index(role)}" for role in (Role.DIRECTOR, Role.PROGRAMME_MANAGER))


class Approval(NamedTuple):
    """What was entered of the day from which the version is in force, and of the director who signs; or nothing."""

    form: Form
    directors: Labels

    @property
    def day(self) -> str:
        return self.form.typed.text("effective_from")

    @property
    def director(self) -> str:
        return self.form.typed.text(_DIRECTOR)

    @property
    def errors(self) -> dict[str, Words]:
        """What is wrong, by ``day`` and ``director``; under the empty text what is about the whole."""
        places = {"effective_from": "day", _DIRECTOR: "director"}
        return {places.get(path, ""): words for path, words in self.form.errors.items()}

    def proposal(self, officer: Officer) -> list[Proposal]:
        """Return the proposal, none if nothing was entered; ``errors`` say why there is none."""
        proposed = asked_for(self.form, officer) if self.day or self.director else None
        return [] if proposed is None else [proposed]


def of_page(sent: Mapping[str, Any], request: Request, draft: Form) -> Approval:
    """Return what a page sent."""
    record, person = record_of(console_of(request)), visitor_of(request).person
    texts = {name: draft.typed.texts.get(name, ("",)) for name in ("scheme_id", "version")}
    texts |= {"effective_from": (str(sent.get("day", "")),), _DIRECTOR: (str(sent.get("director", "")),)}
    form = Form(APPROVE, Typed({**texts, _MANAGER: (person,)}), record, person)
    directors = [one for one in record.holders(Role.DIRECTOR) if not record.read.is_among(one, [person])]
    return Approval(form, record.person_labels(directors))
