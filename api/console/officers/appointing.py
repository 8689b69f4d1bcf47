"""People who are appointed as officers: registered by a registrar, and given roles by a director, in one act."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec
from starlette.datastructures import FormData

from api.console.forms.reading import A_NAME, OF_THE_LIST
from api.secretariat.proposals import Proposal, new_id, proposal
from api.words.record import Record
from ledger.domain.form import SEALED_FORMS
from ledger.domain.record import ROLE_LABELS, Role
from ledger.store.vault import Identity, Vault
from ledger.words import Words

ROWS = 12  # of a page: a workshop has some ten officers
APPOINTABLE = tuple(role for role in Role if role not in (Role.DIRECTOR, Role.SECURITY_OFFICER, Role.KEY_HOLDER))
ANOTHER = "another"
_NAMES = ("given_name", "family_name", "email")
_NO_ROLE = Words("Choose a role.", "Choisissez une fonction.")
_ALIKE = Words(
    "Somebody of this name or address is registered already: choose who it is.",
    "Une personne de ce nom ou à cette adresse est déjà inscrite\N{NO-BREAK SPACE}: indiquez de qui il s’agit.",
)


class Row(msgspec.Struct, kw_only=True):
    """A person as entered; ``errors`` are by the name of the input. ``more`` are the roles beside the first one.

    ``known`` are people of the same name or address, and ``who`` is which of them it is, or ``ANOTHER``.
    """

    number: int
    person: str
    given_name: str
    family_name: str
    email: str
    role: str
    more: tuple[str, ...]
    administration: str
    who: str
    known: Mapping[str, Words]
    errors: dict[str, Words]

    @property
    def is_empty(self) -> bool:
        return not any((self.given_name, self.family_name, self.email, *self.roles, self.administration))

    @property
    def roles(self) -> list[str]:
        """Each role once."""
        return list(dict.fromkeys(filter(None, (self.role, *self.more))))

    @property
    def human(self) -> str:
        """Who it is: somebody known, or whoever is registered under the id that was made."""
        return self.who if self.who in self.known else self.person


def rows_of(form: FormData) -> list[Row]:
    """Return the rows of a form, those that were not filled in too. The ids of people stay when it is sent again."""
    return [
        Row(
            number=number,
            person=str(form.get(f"person-{number}", "")) or new_id(),
            more=tuple(map(str, form.getlist(f"more-{number}"))),
            known={},
            errors={},
            **{
                name: str(form.get(f"{name}-{number}", "")).strip()
                for name in (*_NAMES, "role", "administration", "who")
            },
        )
        for number in range(ROWS)
    ]


def check(rows: Sequence[Row], vault: Vault, record: Record, administrations: Collection[str]) -> list[Row]:
    """Note what is wrong at each row, and return those that are filled in."""
    filled = [row for row in rows if not row.is_empty]
    for row in filled:
        for name in _NAMES:
            value, form = getattr(row, name), SEALED_FORMS[name]
            if value and not form.fits(value):
                row.errors[name] = form.expected
        if not (row.given_name or row.family_name):
            row.errors["family_name"] = A_NAME
        if not row.roles or not {*row.roles} <= {*APPOINTABLE}:
            row.errors["role"] = _NO_ROLE
        if row.administration and row.administration not in administrations:
            row.errors["administration"] = OF_THE_LIST
        row.known = record.person_labels(sorted({record.read.one(one) for one in vault.with_keys(_identity(row).keys)}))
        if row.known and row.who not in (ANOTHER, *row.known):
            row.errors.setdefault("family_name", _ALIKE)
    return filled


def proposals(rows: Sequence[Row], registrar: str, director: str, today: date) -> list[Proposal]:
    """Return what appoints these people: each registration, with the employment from today on, then each role.

    Somebody who is known is not registered again.
    """
    registered: list[Proposal] = []
    for row in rows:
        person = {"person_id": row.human}
        if row.human not in row.known:
            registered.append(proposal("register-person", registrar, **person, details=_details(row)))
        if row.administration:
            employment = {"administration_id": row.administration, "since": today}
            registered.append(proposal("record-employment", registrar, **person, **employment))
    granted = [
        proposal("grant-role", director, person_id=row.human, role=Role(role)) for row in rows for role in row.roles
    ]
    return [*registered, *granted]


def role_labels() -> dict[str, Words]:
    """Return the roles that can be given here, in words. A director and a security officer are appointed one by one."""
    return {role: ROLE_LABELS[role] for role in APPOINTABLE}


def _details(row: Row) -> list[dict[str, str]]:
    return [{"name": name, "value": getattr(row, name)} for name in _NAMES if getattr(row, name)]


def _identity(row: Row) -> Identity:
    return Identity("", *(((value,) if value else ()) for value in (row.given_name, row.family_name, row.email)))
