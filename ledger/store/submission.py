"""What crosses the ledger's door: a statement prepared to be signed, the signed one, and what became of it."""

import msgspec

from ledger.disclosures import Disclosure
from ledger.domain.decisions.acting import Command
from ledger.domain.record import Event, Fact
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.reading import Draft
from ledger.signing.envelope import STATEMENT_TYPE, Signature, pae
from ledger.signing.keys import SigningKey


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


class Submission(msgspec.Struct, frozen=True):
    """A signed statement, the command that it carries out, and the values behind its new digests."""

    command: Command
    envelope: bytes
    disclosures: tuple[Disclosure, ...] = ()


class Receipt(msgspec.Struct, frozen=True):
    """Where a statement is in the log; ``index`` counts leaves from 0."""

    index: int
    stream: str
    version: int
    wire_name: str


Answer = Receipt | Refused | LedgerError


def received(answer: Answer) -> Receipt:
    """Return the receipt. Raises the refusal or the error when there is none."""
    if isinstance(answer, Receipt):
        return answer
    raise answer
