"""What a form of a certificate is: one row that names it, makes it, recognises it and verifies it.

Each form's module exports its row, and :mod:`projections.credentials.forms.catalogue` lists the rows. Issuing, the
audit of kept documents, the check of presented ones, the pages and the command line know forms by these rows only.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

import msgspec

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.store.documents import StatusIndex
from ledger.verdict import CheckResult
from ledger.words import Words
from projections.credentials.facts import CertificateFacts, IssuerIdentity
from projections.credentials.forms.emblem import NO_EMBLEMS, Emblems
from projections.credentials.keys.enrolled import IssuerKeys, Signers
from projections.time_stamps import Authority

MAX_TEXT_BYTES = 1024 * 1024  # of a document that is text


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What the documents of one certificate are made of.

    A seal states the moment ``made``, not the date of issue: a certificate may be older than the chain of the body's
    key, which must be valid at that moment. ``tsa`` is an authority (RFC 3161) that stamps the seal.
    """

    facts: CertificateFacts
    issuer: IssuerIdentity
    status: StatusIndex
    signers: Signers
    made: datetime
    official: bool
    tsa: Authority | None = None
    emblems: Emblems = NO_EMBLEMS


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified document states of its certificate. Days are inclusive; ``signed_at`` is its own word."""

    number: str
    holder: str | None
    valid_from: date
    valid_until: date | None
    signed_at: datetime


class Verified(Protocol):
    """What a key of the body signed."""

    @property
    def key(self) -> IssuerKeyEnrolled: ...

    @property
    def by_chain(self) -> bool:
        """Whether an X.509 chain vouches for the key: one that must have been valid when the document was made."""

    def statement(self) -> Statement:
        """What it states. Raises ``Unverifiable`` (credential-other) when it is no certificate."""

    def agrees(self, facts: CertificateFacts, issuer: IssuerIdentity, status: StatusIndex) -> bool:
        """Whether it states these facts, and nothing else; it may leave out levels."""


class Seal(msgspec.Struct, frozen=True):
    """The seal over a whole file: by which key, whom its certificate names, and when an authority stamped it."""

    key: IssuerKeyEnrolled
    signer: str
    stamped_at: datetime | None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form of a certificate. ``name`` is its file extension too, and never changes: kept documents bear it.

    ``media_types`` begins with the one that is sent; programs may also ask for it by the others. ``label`` names the
    form on a page; ``kind`` describes a presented document.
    """

    name: str
    media_types: tuple[str, ...]
    label: Words
    kind: Words

    make: Callable[[Material, bytes], bytes]
    """The document, from its material and the signed Open Badge in JSON-LD, which most forms carry.

    Raises ValueError when these facts have no such form, OSError when a device does not answer.
    """

    recognise: Callable[[bytes], str | None]
    """The signed text that a file of this form carries, not verified; None when the file has another form.

    Raises ``Unverifiable`` when it has this form but carries nothing. The file is hostile, and of any size.
    """

    issuer: Callable[[str], str]
    """Whom the signed text names as its issuer, not verified; empty when nobody. Raises ``Unverifiable``."""

    verify: Callable[[str, IssuerKeys], Verified]
    """What a key of the body signed in this text. Raises ``Unverifiable``."""

    verify_seal: Callable[[bytes, IssuerKeys, datetime | None], Seal] | None = None
    """The seal of a file ``made`` then; None takes its own word. Raises ``Unverifiable``. Only forms that have one."""

    fixed: Callable[[bytes], bytes] = bytes
    """The part of a document that its holder cannot leave out."""

    altered: CheckResult = CheckResult.PASSED
    """What it means that a file is not the kept document byte for byte, though what it carries was verified."""


def text_of(data: bytes) -> str | None:
    """A file as text without the space around it; None when it is not UTF-8, or too large."""
    try:
        return data.decode().strip() if len(data) <= MAX_TEXT_BYTES else None
    except UnicodeDecodeError:
        return None
