"""People who are appointed as officers: registered by a registrar, and given roles by a director, in one act."""

from collections.abc import Collection, Sequence
from datetime import date

import msgspec
from starlette.datastructures import FormData

from api.console.forms.reading import A_NAME, OF_THE_LIST
from api.secretariat.proposals import Proposal, new_id, proposal
from ledger.domain.form import SEALED_FORMS
from ledger.domain.record import ROLE_LABELS, Role
from ledger.store.vault import Identity, Vault
from ledger.words import Words

ROWS = 12  # of a page: a workshop has some ten officers
APPOINTABLE = tuple(role for role in Role if role not in (Role.DIRECTOR, Role.SECURITY_OFFICER, Role.KEY_HOLDER))
_NAMES = ("given_name", "family_name", "email")
_NO_ROLE = Words("Choose a role.", "Choisissez une fonction.")
_ALIKE = Words(
    "Somebody of this name or address is registered already. Give them the role on the page “Grant a role”, or confirm "
    "that this is another person.",
    "Une personne de ce nom ou à cette adresse est déjà inscrite. Attribuez-lui la fonction sur la page « Attribuer "
    "une fonction », ou confirmez qu’il s’agit d’une autre personne.",
)


class Row(msgspec.Struct, kw_only=True):
    """A person as entered; ``errors`` are by the name of the input. ``is_another``: nobody who is known.

    ``more`` are the roles beside the first one.
    """

    number: int
    person: str
    given_name: str
    family_name: str
    email: str
    role: str
    more: tuple[str, ...]
    administration: str
    is_another: bool
    errors: dict[str, Words]

    @property
    def is_empty(self) -> bool:
        return not any((self.given_name, self.family_name, self.email, *self.roles, self.administration))

    @property
    def roles(self) -> list[str]:
        """Each role once."""
        return list(dict.fromkeys(filter(None, (self.role, *self.more))))

    @property
    def asks(self) -> bool:
        """Whether it is a question who this is."""
        return _ALIKE in self.errors.values()


def rows_of(form: FormData) -> list[Row]:
    """Return the rows of a form, those that were not filled in too. The ids of people stay when it is sent again."""
    return [
        Row(
            number=number,
            person=str(form.get(f"person-{number}", "")) or new_id(),
            more=tuple(map(str, form.getlist(f"more-{number}"))),
            is_another=f"another-{number}" in form,
            errors={},
            **{name: str(form.get(f"{name}-{number}", "")).strip() for name in (*_NAMES, "role", "administration")},
        )
        for number in range(ROWS)
    ]


def check(rows: Sequence[Row], vault: Vault, administrations: Collection[str]) -> list[Row]:
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
        if not row.errors and not row.is_another and vault.with_keys(_identity(row).keys):
            row.errors["family_name"] = _ALIKE
    return filled


def proposals(rows: Sequence[Row], registrar: str, director: str, today: date) -> list[Proposal]:
    """Return what appoints these people: each registration, with the employment from today on, then each role."""
    registered: list[Proposal] = []
    for row in rows:
        person = {"person_id": row.person}
        registered.append(proposal("register-person", registrar, **person, details=_details(row)))
        if row.administration:
            employment = {"administration_id": row.administration, "since": today}
            registered.append(proposal("record-employment", registrar, **person, **employment))
    granted = [
        proposal("grant-role", director, person_id=row.person, role=Role(role)) for row in rows for role in row.roles
    ]
    return [*registered, *granted]


def role_labels() -> dict[str, Words]:
    """Return the roles that can be given here, in words. A director and a security officer are appointed one by one."""
    return {role: ROLE_LABELS[role] for role in APPOINTABLE}


def _details(row: Row) -> list[dict[str, str]]:
    return [{"name": name, "value": getattr(row, name)} for name in _NAMES if getattr(row, name)]


def _identity(row: Row) -> Identity:
    return Identity("", *(((value,) if value else ()) for value in (row.given_name, row.family_name, row.email)))
