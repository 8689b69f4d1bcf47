"""The people of a workshop: who is assigned, who can be, and what would then stand in their way."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from api.console.filed import why_not
from api.console.routing import PREFIX
from api.console.workshops.standing import Candidate, Workshop
from api.words.record import Record, territory
from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act
from ledger.domain.decisions.assessment import may_not_score
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.likeness import parts_of
from ledger.words import Words

ASSIGNING = {Role.FACILITATOR: "assign-facilitator", Role.ASSESSOR: "assign-assessor"}
UNKNOWN_HOME = Words("Administration not recorded.", "Administration non enregistrée.")
AS_TRAINER = Words(
    "Trains every candidate: cannot moderate or decide here.",
    "Forme toutes les personnes candidates\N{NO-BREAK SPACE}: ne peut ni modérer ni décider ici.",
)


class Member(NamedTuple):
    """Somebody who is assigned, or could be. ``warnings`` say whom they could not score, and why."""

    person: str
    name: str
    home: Words
    role: Role
    is_assigned: bool
    warnings: tuple["Warned", ...]
    why_not: Words | None = None


class Warned(NamedTuple):
    """Whom somebody could not score, if it is about one candidate, and why; ``exception`` leads to its form."""

    name: str
    says: Words
    exception: str = ""


def staff(workshop: Workshop, record: Record, now: datetime) -> list[Member]:
    """Return who is assigned, facilitators first, then who holds such a role and is not."""
    session, found = workshop.session, list[Member]()
    for role, assigned in ((Role.FACILITATOR, session.facilitators), (Role.ASSESSOR, session.assessors)):
        found += [_member(one, role, workshop, now, is_assigned=True) for one in assigned]
    if not session.closed:
        taken = session.facilitators | session.assessors
        for role in ASSIGNING:
            free = [one for one in record.holders(role) if not workshop.read.is_among(one, taken)]
            found += [_member(one, role, workshop, now, is_assigned=False) for one in free]
    return sorted(found, key=lambda one: (not one.is_assigned, one.role is Role.ASSESSOR, parts_of(one.name)))


def _member(person: str, role: Role, workshop: Workshop, now: datetime, *, is_assigned: bool) -> Member:
    read, names = workshop.read, workshop.names
    homes = sorted({e.administration_id for one in read.ids_of(person) for e in read.person(one).employments[-1:]})
    places = list(map(territory, homes))
    home = Words(", ".join(p.en for p in places), ", ".join(p.fr for p in places)) if places else UNKNOWN_HOME
    refused = None
    try:
        if is_assigned:
            require.no_candidate(person, workshop.id, read)
        else:
            row = BY_COMMAND_NAME[ASSIGNING[role]]
            row.decide(row.command(session_id=workshop.id, person_id=person), Act((), now), read)
    except Refused as refusal:
        refused = why_not(refusal, names)
    warnings: list[Warned] = []
    if role is Role.FACILITATOR and read.officer(person).roles & {Role.MODERATOR, Role.DECISION_AUTHORITY}:
        warnings.append(Warned("", AS_TRAINER))
    if role is Role.ASSESSOR and refused is None:
        for one in workshop.candidates:
            against = None if one.candidacy.ended else may_not_score(person, one.candidacy, read)
            if against is not None:
                warnings.append(Warned(one.name, why_not(against, names), _exception(against, person, one)))
    return Member(person, names[person], home, role, is_assigned, tuple(warnings), refused)


def _exception(against: Refused, assessor: str, candidate: Candidate) -> str:
    """Return where an exception is asked for, if one can help: a trainer may be allowed to assess."""
    if against.code != "separation-period":
        return ""
    given = {"candidacy_id": candidate.id, "assessor_id": assessor, "session_id": str(against.fields["session"])}
    return f"{PREFIX}/commands/grant-separation-exception?{urlencode(given)}"
