"""What is remembered of one candidacy beside its assessment: the application, the invitation, the days, exclusion."""

from datetime import date
from typing import Literal, assert_never

import msgspec

from ledger.domain.events import ai_use, attendance, invitation
from ledger.domain.events import application as facts
from ledger.domain.events.common import Digest

PreparationFact = (
    facts.ApplicationSubmitted
    | facts.ApplicationReceived
    | facts.ApplicationReturned
    | facts.ApplicationDeclaredComplete
    | facts.CodeOfConductAccepted
    | facts.InterestsDeclared
    | facts.SignedPaperReceived
    | attendance.AccommodationRequested
    | attendance.AccommodationDecided
    | attendance.IdentityVerified
    | attendance.AttendanceRecorded
    | attendance.CandidateImplicated
    | attendance.CandidateExcluded
    | invitation.CandidateShortlisted
    | invitation.CandidateNotShortlisted
    | invitation.CandidateInvited
    | invitation.InvitationAnswered
    | ai_use.AiUseAcknowledged
)


class Preparation(msgspec.Struct, frozen=True):
    """``application`` holds the items of the last one. ``returned`` is set until the next, ``complete`` once it is.

    ``ai_uses`` are the uses of which the candidate was informed, None until they acknowledged a notice. ``attended``
    says of each day, and activity of it, whether they were there.
    """

    application: tuple[Digest, ...] | None = None
    returned: facts.ApplicationReturned | None = None
    complete: bool = False
    accepted_code: bool = False
    declared_interests: bool = False
    ai_uses: frozenset[str] | None = None
    accommodation: Literal["none", "requested", "decided"] = "none"
    identity: attendance.IdentityVerified | None = None
    attended: dict[tuple[date, str | None], bool] = {}
    incidents: tuple[str, ...] = ()
    excluded: attendance.CandidateExcluded | None = None
    shortlisted: bool | None = None
    invited: invitation.CandidateInvited | None = None
    answer: invitation.InvitationAnswered | None = None

    @property
    def out(self) -> bool:
        """Excluded, without a seat, or not coming: they are assessed and certified no more, or not at all."""
        declined = self.answer is not None and not self.answer.accepted
        return self.excluded is not None or self.shortlisted is False or declined


def evolve_preparation(state: Preparation, fact: PreparationFact) -> Preparation:
    """Remember what a candidate handed in, and what happened to them beside the assessment."""
    replace = msgspec.structs.replace
    match fact:
        case facts.ApplicationSubmitted() | facts.ApplicationReceived():
            return replace(state, application=fact.details, returned=None)
        case facts.ApplicationReturned():
            return replace(state, returned=fact)
        case facts.ApplicationDeclaredComplete():
            return replace(state, complete=True)
        case facts.CodeOfConductAccepted():
            return replace(state, accepted_code=True)
        case facts.InterestsDeclared():
            return replace(state, declared_interests=True)
        case facts.SignedPaperReceived():
            return _on_paper(state, fact)
        case attendance.AccommodationRequested():
            return replace(state, accommodation="requested")
        case attendance.AccommodationDecided():
            return replace(state, accommodation="decided")
        case attendance.IdentityVerified():
            return replace(state, identity=fact)
        case attendance.AttendanceRecorded():
            return replace(state, attended=state.attended | {(fact.day, fact.activity): fact.present})
        case attendance.CandidateImplicated():
            return replace(state, incidents=(*state.incidents, fact.incident_id))
        case attendance.CandidateExcluded():
            return replace(state, excluded=fact)
        case invitation.CandidateShortlisted():
            return replace(state, shortlisted=True)
        case invitation.CandidateNotShortlisted():
            return replace(state, shortlisted=False)
        case invitation.CandidateInvited():
            return replace(state, invited=fact)
        case invitation.InvitationAnswered():
            return replace(state, answer=fact)
        case ai_use.AiUseAcknowledged():
            return _informed(state, fact.use_ids)
        case _:
            assert_never(fact)


def _on_paper(state: Preparation, fact: facts.SignedPaperReceived) -> Preparation:
    match fact.text:
        case "code-of-conduct/v1":
            return msgspec.structs.replace(state, accepted_code=True)
        case "interests/v1":
            return msgspec.structs.replace(state, declared_interests=True)
        case "ai-notice/v1":
            return _informed(state, fact.use_ids)
        case _:
            assert_never(fact.text)


def _informed(state: Preparation, use_ids: tuple[str, ...]) -> Preparation:
    """With further uses of which the candidate knows: what they were informed of, they stay informed of."""
    return msgspec.structs.replace(state, ai_uses=(state.ai_uses or frozenset()) | {*use_ids})
