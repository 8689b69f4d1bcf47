"""Who can file which command, and what a statement would say if it were filed now."""

from collections import Counter
from typing import NamedTuple

import msgspec

from api.console.application import Console
from api.console.commands.words import SUBJECT_NAMES, TITLES
from api.console.filed import failed
from api.console.forms.form import Form
from api.console.forms.wrong import place_of_invalid
from api.console.permissions import OFFICER
from api.secretariat.endings import FILING
from api.secretariat.filing import require_may_file
from api.secretariat.proposals import Proposal, proposal
from api.words import command_in_words, question_in_words
from api.words.levels import as_asked_of, as_read_by
from api.words.names import name_of
from api.words.record import Record
from ledger.domain.decisions.rows import CommandType
from ledger.domain.record import ROLE_LABELS, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.office import Officer
from ledger.domain.subjects import SUBJECTS
from ledger.errors import LedgerError
from ledger.words import LANGUAGES, Language, Words


class Offered(NamedTuple):
    """A command in the list; ``who`` are the roles that sign it, ``may_file`` whether whoever asks can file it."""

    name: str
    title: Words
    who: Words
    may_file: bool


class Preview(NamedTuple):
    """A statement as it would be signed now: what signers are asked, what it states besides, and who they are."""

    says: str
    beside: str
    signers: tuple[tuple[str, str], ...]  # name and role


def record_of(console: Console) -> Record:
    """Return what the lists of a form are made of."""
    return Record.of(console.office.ledger)


def may_file(row: CommandType, officer: Officer) -> bool:
    """Whether an officer can file a command: they can sign it in some seat, or they file what others sign.

    In their own name signs whoever has a key, unless it is for officers only, and an officer whose key is enrolled,
    whatever their role.
    """
    if Role.KEY_HOLDER in row.seats and (officer.roles or (row.in_own_name and not row.by_officers)):
        return True
    return bool(officer.roles & {*row.seats, *FILING})


def who_files(row: CommandType) -> Words:
    """Return who can file a command, to somebody who cannot."""
    if Role.KEY_HOLDER in row.seats:
        return OFFICER.who
    roles = [role for role in Role if role in row.seats or role in FILING]
    return Words(*(", ".join(ROLE_LABELS[role].into(language) for role in roles) for language in LANGUAGES))


def offered(officer: Officer) -> list[tuple[Words, list[Offered]]]:
    """Return every command by its subject; to whoever has no role, only those that they sign in their own name."""
    every = ((name, [_offer(row, officer) for row in SUBJECTS[kind].commands]) for kind, name in SUBJECT_NAMES.items())
    if officer.roles:
        return list(every)
    own = ((name, [one for one in offers if one.may_file]) for name, offers in every)
    return [(name, offers) for name, offers in own if offers]


def asked_for(form: Form, officer: Officer) -> Proposal | None:
    """Return the proposal that a form asks for; None when its ``errors`` say why it cannot be filed."""
    arguments = form.arguments()
    if arguments is None:
        return None
    try:
        proposed = proposal(form.row.name, *form.signers(), **arguments)
        require_may_file(officer, proposed, form.record.read)
    except Refused as refused:
        form.refuse(refused, arguments)
    except msgspec.ValidationError as error:
        says = str(error).partition(" - at ")[0]
        form.errors[place_of_invalid(form.row, arguments, error)] = Words(f"{says}.", f"Valeur incorrecte ({says}).")
    else:
        return proposed
    return None


def preview(console: Console, form: Form, proposed: Proposal, language: Language) -> Preview | None:
    """Return what would be signed if it were filed now; None when ``errors`` of the form say why it is refused.

    What the rules add to what is asked for, such as levels or an outcome, is shown to those who sign it.
    """
    ledger = console.office.ledger
    try:
        prepared = ledger.prepare(proposed.command, proposed.signers, proposed.disclosures)
    except (Refused, LedgerError) as error:
        note(form, error)
        return None
    command, seats, event, read = proposed.command, proposed.signers, prepared.event, prepared.read
    is_asked = {*event.facts.__struct_fields__} <= {*command.__struct_fields__}
    if is_asked or read.is_among(form.person, [signer.person for signer in seats]):
        says, beside = question_in_words(event, language, as_read_by(form.person, event, read))
    else:
        says, beside = command_in_words(command, language, as_asked_of(form.person, command, seats, read)), ""
    signers = tuple(
        (name_of(signer.person, read) or signer.person, ROLE_LABELS[signer.role].into(language)) for signer in seats
    )
    return Preview(says, beside, signers)


def note(form: Form, error: Refused | LedgerError) -> None:
    """Note in a form why it cannot be filed."""
    if isinstance(error, Refused):
        form.refuse(error, form.arguments() or {})
    else:
        form.errors[""] = failed(error)


def _offer(row: CommandType, officer: Officer) -> Offered:
    seats = Counter(row.seats).items()
    who = Words(*(", ".join(_times(ROLE_LABELS[role].into(to), count) for role, count in seats) for to in LANGUAGES))
    return Offered(row.name, TITLES[row.name], who, may_file(row, officer))


def _times(role: str, count: int) -> str:
    return role if count == 1 else f"{count} \N{MULTIPLICATION SIGN} {role}"
