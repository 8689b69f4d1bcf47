"""Proposals: commands with their signers and values, as rows of the inbox."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from api.secretariat.endings import COMMAND_LINE, LIFETIME, Ending, How
from ledger.disclosures import Disclosure, seal_command
from ledger.domain.decisions.acting import Command
from ledger.domain.form import TEXT_FORMS, require_form, require_text
from ledger.domain.record import Signer
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND, BY_COMMAND_NAME
from ledger.errors import Unverifiable
from ledger.signing.canonical import encode
from ledger.signing.envelope import MAX_ENTRY_BYTES, Signature
from ledger.store.port import Row
from ledger.words import Words

MAX_COMMAND_BYTES = MAX_ENTRY_BYTES * 2 // 3  # base64 takes three quarters; the rest is for ids, time and signatures


class NotProposed(Refused):
    """Refusals of commands that no statement can state."""

    texts: ClassVar = {
        "command-too-large": Words(
            "the arguments have {found} bytes; a statement has room for {most}",
            "les arguments comptent {found} octets ; une déclaration en admet {most}",
        ),
    }


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

    ``leaf`` is the index of the statement in the log, None until it is recorded. ``filed`` is in seconds, ``filed_by``
    a person id, or COMMAND_LINE or REGISTER. With an ``ending`` it waits no longer.
    """

    number: int
    proposal: Proposal
    source: str
    payload: bytes | None
    signatures: dict[str, Signature]
    leaf: int | None = None
    filed: int = 0
    filed_by: str = COMMAND_LINE
    ending: Ending | None = None

    @property
    def people(self) -> frozenset[str]:
        """The person ids of the signers."""
        return frozenset(signer.person for signer in self.proposal.signers)

    @property
    def is_complete(self) -> bool:
        """Whether all have signed: it is being recorded, or will be when asked again."""
        return self.payload is not None and self.people <= self.signatures.keys()

    def wants(self, person: str) -> bool:
        """Whether it waits for this person's signature; also once all have signed, until it is recorded."""
        return person in self.people and (self.is_complete or person not in self.signatures)

    @property
    def waits(self) -> bool:
        """Whether it is neither recorded nor ended."""
        return self.leaf is None and self.ending is None

    @property
    def expires(self) -> datetime:
        """The moment from which it waits no longer."""
        return datetime.fromtimestamp(self.filed, UTC) + LIFETIME


class Trace(msgspec.Struct, frozen=True):
    """What is known of a proposal even if it cannot be read: then ``item`` is None.

    ``name`` is that of its command, ``arguments`` are as stored.
    """

    number: int
    name: str
    arguments: str
    filed_by: str
    ending: Ending | None
    item: Waiting | None


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
    for what no statement can state: it would wait in vain, and stay readable meanwhile.
    """
    row = BY_COMMAND_NAME[name]
    tree, disclosures = seal_command(row.command, arguments)
    for index, person in enumerate(people):
        require_text(f"signers[{index}]", person, TEXT_FORMS["person_id"])
    signers = tuple(Signer(person, role) for person, role in zip(people, row.seats, strict=True))
    command = msgspec.convert(tree, row.command)
    require_form(command, {disclosure.digest: disclosure for disclosure in disclosures}.get)
    arguments_of(command)
    return Proposal(command, signers, disclosures)


def arguments_of(command: Command) -> bytes:
    """Return a command's arguments as JSON. Raises ``Refused`` when they are too large for a statement."""
    arguments = encode(command)
    if len(arguments) > MAX_COMMAND_BYTES:
        raise NotProposed("command-too-large", found=len(arguments), most=MAX_COMMAND_BYTES)
    return arguments


def row_of(proposal: Proposal) -> dict[str, Any]:
    """Return the columns of a proposal without signatures and values. Raises ``Refused`` as :func:`arguments_of`."""
    return {
        "command": proposal.name,
        "arguments": arguments_of(proposal.command),
        "signers": msgspec.json.encode(proposal.signers),
        "signatures": b"{}",
        "follows": int(proposal.follows),
    }


def values_of(proposal: Proposal) -> bytes:
    """Return the values of a proposal as they are kept, once sealed."""
    return msgspec.json.encode([disclosure.encoded for disclosure in proposal.disclosures])


def read_row(row: Row, values: bytes | None) -> Waiting | None:
    """Return the proposal of a row with its values; None when it cannot be read, as that of a later version."""
    try:
        proposal = Proposal(
            msgspec.json.decode(row.arguments, type=BY_COMMAND_NAME[row.command.decode()].command),
            msgspec.json.decode(row.signers, type=tuple[Signer, ...]),
            tuple(map(Disclosure.parse, msgspec.json.decode(b"[]" if values is None else values, type=list[str]))),
            bool(row.follows),
        )
        return Waiting(
            number=row.id,
            proposal=proposal,
            source=row.source.decode(),
            payload=row.payload,
            signatures=msgspec.json.decode(row.signatures, type=dict[str, Signature]),
            leaf=row.leaf,
            filed=int(row.filed),
            filed_by=row.filed_by.decode(),
        )
    except (KeyError, TypeError, ValueError, RecursionError, Unverifiable):
        return None


def trace_of(row: Row, values: bytes | None, reason: bytes | None) -> Trace:
    """Return what is known of the proposal of a row, of which texts are bytes: one may be no text."""
    ending, item = None, read_row(row, values)
    if row.ended is not None:
        with suppress(TypeError, ValueError):  # a later version may know other ways to end
            how, at = How(row.ended.decode()), datetime.fromtimestamp(row.ended_at, UTC)
            ending = Ending(how, at, row.ended_by.decode(), reason.decode() if reason else None)
        item = None if ending is None or item is None else msgspec.structs.replace(item, ending=ending)
    return Trace(
        number=row.id,
        name=row.command.decode(errors="replace"),
        arguments=row.arguments.decode(errors="replace"),
        filed_by=row.filed_by.decode(errors="replace"),
        ending=ending,
        item=item,
    )
