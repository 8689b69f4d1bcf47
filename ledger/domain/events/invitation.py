"""Facts between the selection and the workshop: who has a seat, who is invited, and what they answer."""

from datetime import date

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact


class CandidateShortlisted(Fact, frozen=True, kw_only=True):
    """The candidate meets the criteria, and has one of the seats of the workshop."""


class CandidateNotShortlisted(Fact, frozen=True, kw_only=True):
    """The candidate meets the criteria, and has no seat in the workshop. The reason is not public."""

    reason_code: Digest


class CandidateInvited(Fact, frozen=True, kw_only=True):
    """The candidate is invited, and asked for an answer by a day."""

    reply_by: date


class InvitationAnswered(Fact, frozen=True, kw_only=True):
    """Whether the candidate comes, and whether the administration releases them. The last answer counts."""

    accepted: bool
    released: bool
    evidence: Digest | None
