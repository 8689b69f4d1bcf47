"""Who reads the record: of what the past is theirs to read, and which workshops are their own case.

An officer who was nominated for a workshop reads nothing of it, whatever their roles: no result of theirs or of those
who compete with them, nor a figure that counts one. What everybody can read is theirs too: a certification of that
workshop is in the lists of certifications, once nothing about their own candidacy is left to be decided.
"""

from typing import NamedTuple

from ledger.domain.record import Role, Stream
from ledger.reading import Draft

OFFICERS = frozenset(Role) - {Role.KEY_HOLDER}
RESULTS = frozenset(
    {Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.REGISTRAR, Role.DECISION_AUTHORITY, Role.AUDITOR},
)
_KEYS = RESULTS | {Role.SECURITY_OFFICER}
# Whoever asks what is recorded about them (GDPR, article 15) is answered by the data protection officer.
OF_A_PERSON = RESULTS | {Role.DATA_PROTECTION_OFFICER}
# Who hears appeals reads the case; nobody whom a complaint concerns reads who complained (``is_own_case``).
_CASES = frozenset({Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.REGISTRAR, Role.APPEAL_PANEL, Role.AUDITOR})
PAST: dict[str, frozenset[Role]] = {
    "person": OF_A_PERSON,
    "candidacy": OF_A_PERSON,
    "certification": OF_A_PERSON,
    "development": OF_A_PERSON,
    "session": RESULTS,  # the ranking is in it
    "advisor": OF_A_PERSON,
    "appeal": _CASES,
    "complaint": _CASES,
    "mission": RESULTS,
    "scheme": OFFICERS,
    "administration": OFFICERS,
    "issuer": OFFICERS,
    "clock": OFFICERS,
    "officer": _KEYS,
    "passkeys": _KEYS,
    "risk": frozenset({Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.AUDITOR}),
    "competence": RESULTS,
    "calibration": RESULTS,
    "request": OF_A_PERSON,
    "hold": OF_A_PERSON,
    "transfer": OF_A_PERSON,
    "history": OF_A_PERSON,
    "ledger": OFFICERS,  # who founded it
}
"""The roles that may read the past of something, by the kind of its stream."""


CASES = ("appeal", "complaint")


class Reader(NamedTuple):
    """An officer who reads the record. None in the place of one is somebody who has the whole of it on their disk."""

    person: str
    roles: frozenset[Role]


def may_read(reader: Reader | None, kind: str) -> bool:
    """Whether somebody may read the past of what has streams of a kind, and who its people are."""
    return reader is None or not PAST[kind].isdisjoint(reader.roles)


def own_workshops(reader: Reader | None, read: Draft) -> frozenset[str]:
    """Return the workshops for which somebody was ever nominated, under whichever id."""
    if reader is None:
        return frozenset()
    return frozenset(own.nominated.session_id for own in read.candidacies_of(reader.person))


def awaited_workshops(person: str, read: Draft) -> frozenset[str]:
    """Return the workshops in which somebody still waits for a decision: what others got there is not theirs to see."""
    return frozenset(
        own.nominated.session_id
        for own in read.candidacies_of(person)
        if not (own.ended or read.certification(own.candidacy_id).decided)
    )


def workshop_in(stream: Stream, read: Draft) -> str | None:
    """Return the id of the workshop of which a stream holds a part, if it holds one."""
    if stream.kind == "session":
        return stream.id
    candidacy_id = _candidacy_in(stream, read)
    nomination = None if candidacy_id is None else read.candidacy(candidacy_id).nomination
    return None if nomination is None else nomination.session_id


def _candidacy_in(stream: Stream, read: Draft) -> str | None:
    """Return the id of the candidacy that a stream is about, or of the certification to which it led."""
    if stream.kind == "appeal":
        lodging = read.appeal(stream.id).lodging
        return None if lodging is None else lodging.candidacy_id
    return stream.id if stream.kind in ("candidacy", "certification") else None


def is_withheld(reader: Reader | None, stream: Stream, read: Draft) -> bool:
    """Whether a stream is of a workshop for which somebody was nominated, or a case that is theirs."""
    if reader is None:
        return False
    is_own = stream.kind in CASES and is_own_case(reader.person, stream, read)
    return is_own or workshop_in(stream, read) in own_workshops(reader, read)


def is_own_case(person: str, stream: Stream, read: Draft) -> bool:
    """Whether a stream holds a part of a workshop for which somebody was nominated.

    A certification that was granted is none of it once nothing about their own candidacy is left to be decided, nor is
    an appeal that concerns it. Any appeal is the case of the appellant, and a complaint that of whom it concerns: they
    do not read who complained.
    """
    if stream.kind == "appeal":
        appeal = read.appeal(stream.id).lodging
        if appeal is not None and read.is_among(person, [appeal.person_id]):
            return True
    if stream.kind == "complaint":
        complaint = read.complaint(stream.id).lodging
        return complaint is not None and read.is_among(person, [complaint.person_id, complaint.answerable_id])
    session_id = workshop_in(stream, read)
    if session_id not in {own.nominated.session_id for own in read.candidacies_of(person)}:
        return False
    is_candidacy = stream.kind not in ("certification", "appeal")
    is_granted = not is_candidacy and read.certification(_candidacy_in(stream, read) or "").grant is not None
    return not is_granted or session_id in awaited_workshops(person, read)
