"""Facts on what a candidate hands in before the selection: the application and what they sign with it."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

DeclarationText = Literal["declaration/v1"]
ConductText = Literal["code-of-conduct/v1"]
PaperText = Literal["code-of-conduct/v1", "interests/v1", "ai-notice/v1"]
Item = Literal["cv", "years-of-pca", "languages", "technical-areas", "prior-missions", "declaration", "letter", "other"]
"""What an application is made of."""


class ApplicationSubmitted(Fact, frozen=True, kw_only=True):
    """The candidate applies for this version of the scheme and signs the declaration; ``details`` are their items."""

    text: DeclarationText
    scheme_id: str
    scheme_version: str
    details: tuple[Digest, ...]


class ApplicationReceived(Fact, frozen=True, kw_only=True):
    """The application came on paper: ``evidence`` is the declaration that the candidate signed by hand."""

    text: DeclarationText
    scheme_id: str
    scheme_version: str
    details: tuple[Digest, ...]
    signed_on: date
    evidence: Digest


class ApplicationReturned(Fact, frozen=True, kw_only=True):
    """The application is incomplete: the candidate completes it by a day."""

    missing: tuple[Item, ...]
    complete_by: date
    reason: Digest | None


class ApplicationDeclaredComplete(Fact, frozen=True, kw_only=True):
    """A registrar checked each item of the application, and none is missing."""

    checklist: tuple[Item, ...]


class CodeOfConductAccepted(Fact, frozen=True, kw_only=True):
    """The candidate accepts this text of the code of conduct."""

    text: ConductText


class InterestsDeclared(Fact, frozen=True, kw_only=True):
    """The candidate states their tie to somebody who acts in the workshop, or that there is none."""

    relation_code: Digest
    reason: Digest | None


class SignedPaperReceived(Fact, frozen=True, kw_only=True):
    """The candidate, who has no key, signed a text by hand: ``evidence`` is the paper.

    ``use_ids`` are the uses of artificial intelligence that a notice of them states: all declared for the workshop.
    """

    text: PaperText
    use_ids: tuple[str, ...]
    signed_on: date
    evidence: Digest
