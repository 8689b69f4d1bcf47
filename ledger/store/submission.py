"""What crosses the ledger's door: a statement prepared to be signed, the signed one, and what became of it."""

from collections.abc import Callable
from typing import ClassVar, Self

import msgspec

from ledger.disclosures import Disclosure
from ledger.domain.decisions.acting import Command
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.reading import Draft
from ledger.signing.envelope import MAX_ENTRY_BYTES, STATEMENT_TYPE, Signature, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.passkeys import MAX_SIG_BYTES
from ledger.signing.statement import payload_of
from ledger.words import Words

_SPACE_OF_A_SIGNATURE = Signature("0" * 32, bytes(MAX_SIG_BYTES))  # whichever kind of key will make it


class TooLarge(Refused):
    """The rules allow a statement that no entry has room for."""

    texts: ClassVar = {
        "statement-too-large": Words(
            "the texts are too long: the statement has {found} bytes, and at most {most} can be recorded",
            "les textes sont trop longs : la déclaration compte {found} octets, et {most} au plus peuvent être "
            "enregistrés",
        ),
    }


class Prepared(msgspec.Struct, frozen=True):
    """The exact payload of a statement, the event that it states, and the record by which it was decided."""

    payload: bytes
    event: Event[Fact]
    read: Draft

    @property
    def to_sign(self) -> bytes:
        """The bytes that a signature covers: the payload with its type (DSSE)."""
        return pae(STATEMENT_TYPE, self.payload)

    def signed_by(self, key: SigningKey) -> Signature:
        return Signature(key.key_id, key.sign(self.to_sign))


class Receipt(msgspec.Struct, frozen=True):
    """Where a statement is in the log; ``index`` counts leaves from 0."""

    index: int
    stream: str
    version: int
    wire_name: str

    @classmethod
    def of(cls, position: int, event: Event[Fact]) -> Self:
        """The receipt of the entry at a position, which counts from 1."""
        return cls(position - 1, event.stream, event.version, event.type)


class Submission(msgspec.Struct, frozen=True):
    """A signed statement, the command that it carries out, and the values behind its new digests.

    ``settle`` belongs to the same act: it is called in the transaction that appends the statement, with its receipt,
    by the thread that appends.
    """

    command: Command
    envelope: bytes
    disclosures: tuple[Disclosure, ...] = ()
    settle: Callable[[Receipt], object] | None = None


def payload_to_sign(event: Event[Fact]) -> bytes:
    """Return the bytes of a statement. Raises ``Refused`` when they are more than can be recorded once signed."""
    payload = payload_of(event)
    found = len(seal(payload, (_SPACE_OF_A_SIGNATURE,) * len(event.by)))
    if found > MAX_ENTRY_BYTES:
        raise TooLarge("statement-too-large", found=found, most=MAX_ENTRY_BYTES)
    return payload


Answer = Receipt | Refused | LedgerError


def received(answer: Answer) -> Receipt:
    """Return the receipt. Raises the refusal or the error when there is none."""
    if isinstance(answer, Receipt):
        return answer
    raise answer
