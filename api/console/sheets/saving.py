"""What an assessor saves: filed once, however often it is sent, and never over what they saved elsewhere meanwhile."""

from typing import ClassVar

import msgspec

from api.console.application import Console
from api.console.sheets.own import Cell, waiting_sheets
from api.secretariat import requests
from api.secretariat.filing import file
from api.secretariat.proposals import new_id, proposal
from api.secretariat.requests import Request
from ledger.domain.refusal import Refused
from ledger.domain.states.office import Officer
from ledger.words import Words


class NotSaved(Refused):
    """A sheet is not taken as it was sent."""

    texts: ClassVar = {
        "saved-elsewhere": Words(
            "you saved this sheet otherwise in another window or on another device meanwhile: choose which one counts",
            "vous avez entre-temps enregistré cette fiche autrement, dans une autre fenêtre ou sur un autre appareil : "
            "choisissez celle qui compte",
        ),
        "kept-for-another": Words(
            "this sheet was filled in by {person}, who must sign in to send it",
            "cette fiche a été remplie par {person}, qui doit ouvrir une session pour l’envoyer",
        ),
    }


class Saved(msgspec.Struct, frozen=True):
    """A sheet as it was filled in. ``instead_of`` is the number of the saved sheet that it replaces."""

    assessor: str
    candidacy: str
    activity: str
    levels: dict[str, int]
    instead_of: int | None

    @property
    def cell(self) -> Cell:
        return self.candidacy, self.activity


def save(console: Console, officer: Officer, sheet: Saved, key: str) -> int:
    """File a sheet for its assessor's signature, and return its number.

    ``key`` is of this sheet as it is: sent again, it files nothing. The sheet that it replaces is withdrawn in the
    same transaction. Raises ``Refused``, ``Conflict`` and ``msgspec.ValidationError``.
    """
    person, inbox = officer.person_id, console.office.inbox
    if sheet.assessor != person:
        raise NotSaved("kept-for-another", person=sheet.assessor)
    body = msgspec.json.encode(sheet, order="deterministic")
    with inbox.desk.transaction():
        now = int(console.office.ledger.now().timestamp())
        if requests.filed_by(inbox.desk, Request.of(person, key, body), now) is None:
            waiting = waiting_sheets(console, person).get(sheet.cell)
            if (None if waiting is None else waiting.number) != sheet.instead_of:
                raise NotSaved("saved-elsewhere")
            if waiting is not None:
                inbox.withdraw(waiting.number, person)
        wanted = proposal(
            "submit-score-sheet",
            person,
            candidacy_id=sheet.candidacy,
            sheet_id=new_id(),
            activity=sheet.activity,
            commitment={"name": "levels", "value": sheet.levels},
        )
        item, _ = file(inbox, officer, wanted, key, body)
    inbox.sync()
    return item.number


def recuse(console: Console, officer: Officer, candidacy: str, reason_code: str, reason: str, key: str) -> int:
    """File the declaration of a conflict of interest, and return its number.

    Sheets of the candidate that are saved and not signed are withdrawn with it: they could not be recorded after it.
    """
    person, inbox = officer.person_id, console.office.inbox
    body = msgspec.json.encode([candidacy, reason_code, reason])
    wanted = proposal(
        "recuse-assessor",
        person,
        candidacy_id=candidacy,
        reason_code={"name": "recusal_reason", "value": reason_code},
        reason={"name": "reason", "value": reason} if reason.strip() else None,
    )
    with inbox.desk.transaction():
        item, _ = file(inbox, officer, wanted, key, body)
        for (of, _), waiting in waiting_sheets(console, person).items():
            if of == candidacy:
                inbox.withdraw(waiting.number, person)
    inbox.sync()
    return item.number
