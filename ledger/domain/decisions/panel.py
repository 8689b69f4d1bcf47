"""Who may hear an appeal: nobody whom the case touches, whichever of their ids is named (ISO/IEC 17024, 9.8).

Each check has a name and is said in words. What it finds is where it looked: a workshop, an administration, a person.
An empty text is nothing found.
"""

from collections.abc import Iterator
from datetime import date

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act
from ledger.domain.events.appeal import AppealLodged, Check, MemberTrace
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.disputed import Decision
from ledger.words import Words

CHECKS: dict[Check, Words] = {
    "appellant": Words("is the appellant", "a formé le recours"),
    "trained": Words("trained the appellant", "a formé la personne requérante"),
    "scored": Words("scored the appellant", "a évalué la personne requérante"),
    "moderated": Words("moderated scores of the appellant", "a modéré des notes de la personne requérante"),
    "selected": Words(
        "took part in the selection of the appellant", "a pris part à la sélection de la personne requérante"
    ),
    "decided": Words("decided on a certification of the appellant", "a décidé d’une certification de cette personne"),
    "recused": Words("declared a conflict of interest", "a déclaré un conflit d’intérêts"),
    "reported": Words(
        "reported an incident that concerns the appellant", "a signalé un incident concernant cette personne"
    ),
    "workshop-staff": Words("is assigned to the workshop", "figure dans l’équipe de l’atelier"),
    "competitor": Words("was nominated for the same workshop", "a été candidat ou candidate au même atelier"),
    "same-administration": Words("belongs to the same administration", "relève de la même administration"),
}


def checks(member: str, lodged: AppealLodged, day: date, read: Reader) -> dict[Check, str]:
    """What each check finds of somebody who would hear an appeal on a day."""
    taken = read.candidacies_of(lodged.person_id)
    session = read.session(read.candidacy(lodged.candidacy_id).nominated.session_id)
    return {
        "appellant": lodged.person_id if read.is_among(member, [lodged.person_id]) else "",
        "trained": _first(one for one in taken if _trained(member, one, read)),
        "scored": _first(one for one in taken if read.is_among(member, one.scorers)),
        "moderated": _first(one for one in taken if read.is_among(member, one.moderators)),
        "selected": _first(one for one in taken if read.is_among(member, one.selectors)),
        "decided": _first(one for one in taken if read.is_among(member, _deciders(one, read))),
        "recused": _first(one for one in taken if read.is_among(member, one.recused)),
        "reported": _first(one for one in taken if read.is_among(member, _reporters(one, read))),
        "workshop-staff": _first(one for one in taken if read.is_among(member, _staff(one, read))),
        "competitor": _first(one for one in taken if require.is_candidate(member, one.nominated.session_id, read)),
        "same-administration": ", ".join(
            sorted(
                read.employers(member, session.planned.start, day)
                & {
                    *read.employers(lodged.person_id, session.planned.start, day),
                    *(one.nominated.administration_id for one in taken),
                }
            )
        ),
    }


def untouched(member: str, lodged: AppealLodged, day: date, read: Reader) -> MemberTrace:
    """What was checked of somebody who may hear an appeal. Raises ``Refused`` if the case touches them."""
    found = checks(member, lodged, day, read)
    for check, where in found.items():
        if where:
            why = CHECKS[check]
            raise Refused("panel-touched", person=member, why=Words(f"{why.en} ({where})", f"{why.fr} ({where})"))
    return MemberTrace(member, tuple(found))


def _first(found: Iterator[Candidacy]) -> str:
    """The workshop of the first candidacy; nothing where there is none."""
    return next((one.nominated.session_id for one in found), "")


def _trained(member: str, taken: Candidacy, read: Reader) -> bool:
    session = read.session(taken.nominated.session_id)
    return taken.was_trained(session.planned.start) and read.is_among(member, session.facilitators)


def _deciders(taken: Candidacy, read: Reader) -> list[str]:
    made = (*read.certification(taken.candidacy_id).decisions, *on_renewal(taken, read))
    return [person for decision in made for person in decision.by]


def on_renewal(candidacy: Candidacy, read: Reader) -> list[Decision]:
    """The refusals to renew what came of a candidacy, which are recorded with the development of its person."""
    developments = map(read.development, read.ids_of(candidacy.nominated.person_id))
    return [decision for one in developments for decision in one.decisions.get(candidacy.candidacy_id, ())]


def require_new_deciders(act: Act, candidacy: Candidacy, read: Reader) -> None:
    """Refuse who refused a renewal to decide on it again once an appeal remitted it, and who heard that appeal."""
    appeals = read.appeals_of(candidacy.candidacy_id)
    remitted = [one for one in appeals if one.remedy == "remit" and one.lodged.disputed == "recertification-refused"]
    versions = {one.lodged.decision_version for one in remitted}
    barred = {person for one in on_renewal(candidacy, read) if one.version in versions for person in one.by}
    barred |= {member for one in remitted for member in one.heard_by}
    for signer in act.by:
        if read.is_among(signer.person, barred):
            raise Refused("decided-before", person=signer.person)


def _reporters(taken: Candidacy, read: Reader) -> list[str]:
    incidents = read.session(taken.nominated.session_id).incidents
    return [incidents[one].person_id for one in taken.preparation.incidents]


def _staff(taken: Candidacy, read: Reader) -> frozenset[str]:
    session = read.session(taken.nominated.session_id)
    return session.facilitators | session.assessors
