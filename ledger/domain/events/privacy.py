"""Facts about the rights of persons over their data, legal holds, and what was disclosed to others (clause 7.3)."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

RequestKind = Literal["access", "rectify", "erase", "object", "restrict"]
"""GDPR, articles 15, 16, 17, 21 and 18."""
RefusalGround = Literal[
    "identity-not-established",  # article 12(2)
    "manifestly-unfounded",  # 12(5)
    "excessive",  # 12(5)
    "rights-of-others",  # 15(4)
    "legal-obligation",  # 17(3)(b)
    "public-interest",  # 17(3)(b)
    "archiving",  # 17(3)(d)
    "legal-claims",  # 17(3)(e), 18(2), 21(1)
    "data-are-accurate",  # 16
    "overriding-grounds",  # 21(1)
]
DisclosureBasis = Literal["consent", "contract", "legal-obligation", "public-interest", "legitimate-interests"]
"""GDPR, article 6(1)(a), (b), (c), (e) and (f)."""
Recipient = Literal[
    "court",
    "law-enforcement",
    "supervisory-authority",
    "accreditation-body",
    "employing-administration",
    "beneficiary-administration",
    "funding-body",
    "processor",
    "other-recipient",
]
DataCategory = Literal[
    "identity-data",
    "contact-data",
    "employment-data",
    "application-data",
    "result-data",
    "certification-data",
    "mission-data",
    "proceeding-data",
]
"""What data are about, in words that a person can be told. Why each event is kept: ``api/words/purposes.py``."""


class DataSubjectRequestReceived(Fact, frozen=True, kw_only=True):
    """A person asks for a right over their data; the answer is due within one month (GDPR, article 12(3))."""

    person_id: str
    request_kind: RequestKind
    received_on: date
    due_on: date


class DataSubjectRequestExtended(Fact, frozen=True, kw_only=True):
    """The answer needs up to two months more; the person is told why within the first (GDPR, article 12(3))."""

    due_on: date
    reason: Digest


class DataSubjectRequestDecided(Fact, frozen=True, kw_only=True):
    """The request is granted, or refused on a ground that the law gives and for a stated reason (article 12(4))."""

    granted: bool
    refusal_ground: RefusalGround | None
    reason: Digest | None


class LegalHoldPlaced(Fact, frozen=True, kw_only=True):
    """The data of a person must be kept, such as for a claim: none are erased until the hold is released."""

    person_id: str
    review_on: date
    reason: Digest


class LegalHoldReleased(Fact, frozen=True, kw_only=True):
    """The data of the person need no longer be kept for that reason."""

    reason: Digest


class DisclosedToThirdParty(Fact, frozen=True, kw_only=True):
    """Data of a person were given to somebody outside, on a legal basis; 7.3 asks that the person was told before."""

    person_id: str
    recipient: Recipient
    legal_basis: DisclosureBasis
    categories: tuple[DataCategory, ...]
    disclosed_on: date
    told_before: bool
    not_told_because: Literal["prohibited-by-law", "not-reachable", "urgent"] | None
