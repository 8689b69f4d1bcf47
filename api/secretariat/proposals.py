"""Proposals: commands with their signers and values, as rows of the inbox."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ledger.disclosures import Disclosure, seal
from ledger.domain.decisions.acting import Command
from ledger.domain.form import require_form
from ledger.domain.record import Signer
from ledger.domain.subjects import BY_COMMAND, BY_COMMAND_NAME, named_by, person_concerned
from ledger.reading import Draft
from ledger.signing.envelope import Signature


class Proposal(msgspec.Struct, frozen=True):
    """A command, who is to sign it, and the values behind its new digests.

    A proposal that ``follows`` waits until all that was filed before it from the same source is recorded.
    """

    command: Command
    signers: tuple[Signer, ...]
    disclosures: tuple[Disclosure, ...] = ()
    follows: bool = False

    @property
    def name(self) -> str:
        """The name of the command, such as grant-role."""
        return BY_COMMAND[type(self.command)].name


class Waiting(msgspec.Struct, frozen=True):
    """A proposal in the inbox, with the signatures of its statement so far, by person.

    ``leaf`` is the index of the statement in the log, None until it is recorded.
    """

    number: int
    proposal: Proposal
    source: str
    payload: bytes | None
    signatures: dict[str, Signature]
    leaf: int | None = None

    @property
    def people(self) -> frozenset[str]:
        """The person ids of the signers."""
        return frozenset(signer.person for signer in self.proposal.signers)


def new_id() -> str:
    """Return a random pseudonym: 64 bits, 16 hex characters."""
    return secrets.token_hex(8)


def split_name(name: str) -> tuple[str, str]:
    """Return the given and the family name of "Given Family"; a single name is a family name without a given one."""
    first, _, rest = name.partition(" ")
    return (first, rest) if rest else ("", first)


def details_of(given_name: str, family_name: str) -> list[dict[str, str]]:
    """Return the details that name a person, to be sealed."""
    names = {"given_name": given_name, "family_name": family_name}
    return [{"name": name, "value": value} for name, value in names.items() if value]


def proposal(name: str, /, *people: str, **arguments: Any) -> Proposal:
    """Return a command by name, for these people to sign in the order of its seats.

    ``{"name", "value"}`` objects become digests. Raises msgspec.ValidationError naming the field, and ``Refused``
    for a value that no statement can state: it would wait in vain, and stay readable meanwhile.
    """
    row = BY_COMMAND_NAME[name]
    tree, disclosures = seal(arguments)
    signers = tuple(Signer(person, role) for person, role in zip(people, row.seats, strict=True))
    command = msgspec.convert(tree, row.command)
    require_form(command, {disclosure.digest: disclosure for disclosure in disclosures}.get)
    return Proposal(command, signers, disclosures)


def row_of(proposal: Proposal, source: str, payload: bytes | None = None) -> tuple[Any, ...]:
    """Return the columns of a proposal without signatures, as the inbox inserts them."""
    return (
        proposal.name,
        msgspec.json.encode(proposal.command),
        msgspec.json.encode([d.encoded for d in proposal.disclosures]),
        msgspec.json.encode(proposal.signers),
        source,
        payload,
        b"{}",
        proposal.follows,
    )


def read_row(row: Sequence[Any]) -> Waiting:
    """Return the proposal of a row: every column of the table, in order."""
    number, command, arguments, disclosures, signers, source, payload, signatures, follows, leaf = row
    proposal = Proposal(
        msgspec.json.decode(arguments, type=BY_COMMAND_NAME[command].command),
        msgspec.json.decode(signers, type=tuple[Signer, ...]),
        tuple(map(Disclosure.parse, msgspec.json.decode(disclosures))),
        bool(follows),
    )
    return Waiting(number, proposal, source, payload, msgspec.json.decode(signatures, type=dict[str, Signature]), leaf)


def about_erased(waiting: Iterable[Waiting], read: Draft) -> set[int]:
    """Return the numbers of those about a person who was erased, also through a candidacy whose nomination waits."""
    commands = {item.number: item.proposal.command for item in waiting}
    expected = {command.subject.id: person for command in commands.values() if (person := named_by(command))}
    about = {number: person_concerned(command, read, expected) for number, command in commands.items()}
    return {number for number, person in about.items() if person is not None and read.human(person).erased}
