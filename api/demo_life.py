"""What happens after a workshop of the demonstration: an appeal, a complaint, proof of competence, missions.

Everybody in it signs for themselves: members of the appeal panel are appointed and get keys, and so do holders who go
on missions. An appeal against a refusal is upheld, a complaint leads to a corrective action, one holder shows what they
did to stay competent, and two administrations have a mission each.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from api.secretariat.proposals import new_id
from ledger.domain.record import Role
from ledger.store.ledger import Ledger

APPELLANT, COMPLAINANT = "CV", "BJ"  # the administrations that nominated them for the last workshop
PANEL = {"AP1": ("Panel Un", "LU"), "AP2": ("Panel Deux", "CH"), "AP3": ("Panel Trois", "KH")}
HOLDERS = ("H1", "H2")
LODGED, RECEIVED, FIRST_COURSE = date(2024, 11, 6), date(2024, 12, 3), date(2024, 11, 18)
ACTED = date(2025, 1, 13)
REFRESHER, ASKED, POOLED = date(2025, 1, 20), date(2025, 2, 17), date(2025, 3, 17)
TOPIC, LANGUAGE, MODE = "risk-identification", "fr", "on-site"
WEEKS = (date(2025, 5, 12), date(2025, 6, 16))  # the Mondays of the missions
WORK = timedelta(days=4)
Value = dict[str, object]


class Doing(Protocol):
    """Files what people sign, and signs it with their keys."""

    def __call__(self, name: str, *people: str, **arguments: object) -> None: ...


class Means(NamedTuple):
    """With what a story is told. ``enrol`` gives a person a key, whose file is called by a code."""

    ledger: Ledger
    do: Doing
    enrol: Callable[[str, str], None]
    reach: Callable[[date], None]
    officers: Mapping[Role, str]


def _value(name: str, value: object) -> Value:
    return {"name": name, "value": value}


def _refused(means: Means, session_id: str, administration_id: str) -> dict[str, Any]:
    """The first candidate of an administration whom a workshop did not certify: the person and the candidacy."""
    read = means.ledger.read()
    for candidacy_id in means.ledger.ids_of("candidacy"):
        candidacy = read.candidacy(candidacy_id)
        nominated = candidacy.nominated
        if (nominated.session_id, nominated.administration_id) != (session_id, administration_id):
            continue
        certification = read.certification(candidacy_id)
        if certification.decided and certification.grant is None:
            return {"person_id": nominated.person_id, "candidacy_id": candidacy_id}
    raise LookupError(f"nobody of {administration_id} was refused in {session_id}")


def uphold_an_appeal(means: Means, session_id: str) -> None:
    """Somebody who was not certified appeals in time; two of a panel of three let them sit again."""
    members = [_appoint(means, code, *about) for code, about in PANEL.items()]
    registrar, appeal = means.officers[Role.REGISTRAR], {"appeal_id": new_id()}
    means.reach(LODGED)
    grounds = _value("grounds", "One of the two activities was cut short by a power failure.")
    disputed = {"disputed": "certification-refused", "lodged_on": LODGED, "grounds": grounds}
    means.do("lodge-appeal", registrar, **appeal, **_refused(means, session_id, APPELLANT), **disputed)
    means.reach(LODGED + timedelta(days=2))
    means.do("acknowledge-appeal", registrar, **appeal, acknowledged_on=LODGED + timedelta(days=2))
    means.reach(LODGED + timedelta(days=7))
    heard = _value("reason", "It was lodged in time, and names a fact that can be looked into.")
    means.do("decide-admissibility", members[0], **appeal, admissible=True, reason=heard)
    means.do("appoint-appeal-panel", means.officers[Role.DIRECTOR], **appeal, members=members)
    means.reach(LODGED + timedelta(days=21))
    why = _value("reason", "The record of the activity shows that it ended forty minutes early.")
    means.do("decide-appeal", *members[1:], **appeal, outcome="upheld", remedy="resit", reason=why)
    means.do("close-appeal", registrar, **appeal, notified_on=LODGED + timedelta(days=21))


def answer_a_complaint(means: Means, session_id: str) -> None:
    """A candidate complains about a workshop; it is looked into, resolved, and the cause removed."""
    read, registrar, manager = (
        means.ledger.read(),
        means.officers[Role.REGISTRAR],
        means.officers[Role.PROGRAMME_MANAGER],
    )
    complaint = {"complaint_id": new_id()}
    answerable = min(read.session(session_id).facilitators)
    means.reach(RECEIVED)
    means.do(
        "lodge-complaint",
        registrar,
        **complaint,
        person_id=_refused(means, session_id, COMPLAINANT)["person_id"],
        concerns="workshop",
        about=session_id,
        answerable_id=answerable,
        received_on=RECEIVED,
        grounds=_value("grounds", "The case study was handed out the evening before, and not a week ahead."),
    )
    means.do("acknowledge-complaint", registrar, **complaint, acknowledged_on=RECEIVED)
    means.reach(RECEIVED + timedelta(days=9))
    found = _value("conclusions", "The file waited for a translation. Everybody received it on the same evening.")
    means.do("investigate-complaint", manager, **complaint, conclusions=found)
    action = {**complaint, "action_id": new_id()}
    measures = _value("measures", "Translations are ordered six weeks ahead.")
    means.do("open-corrective-action", manager, **action, measures=measures, due_on=ACTED)
    told = {"reason": _value("reason", "As found."), "notified_on": RECEIVED + timedelta(days=9)}
    means.do("resolve-complaint", means.officers[Role.DIRECTOR], **complaint, outcome="upheld", **told)
    means.reach(ACTED)
    proof = _value("evidence", "Translations of the next workshop were ordered on 10 January.")
    means.do("close-corrective-action", manager, **action, effectiveness="effective", evidence=proof)


def show_competence(means: Means, certification_id: str) -> None:
    """A holder states two courses, of which one counts in part, was at a refresher, and asks for the renewal."""
    holder, registrar = {"person_id": _holder(means, certification_id)}, means.officers[Role.REGISTRAR]
    person = holder["person_id"]
    means.enrol(HOLDERS[0], person)
    for number, (hours, accepted) in enumerate(((24, 24), (16, 12))):
        day = FIRST_COURSE + timedelta(weeks=2 * number)
        means.reach(day + timedelta(days=3))
        activity = {**holder, "activity_id": new_id()}
        evidence = _value("evidence", f"Certificate of attendance of {day}")
        stated = {"activity_code": "course", "hours": hours, "day": day, "evidence": evidence}
        means.do("log-cpd-activity", person, **activity, **stated)
        reason = None if accepted == hours else _value("reason", "Four hours were not on post-clearance audit.")
        means.do("verify-cpd-activity", registrar, **activity, accepted_hours=accepted, reason=reason)
    means.reach(REFRESHER)
    title = _value("title", "Refresher on transfer pricing")
    means.do("record-refresher", registrar, **holder, title=title, hours=8, day=REFRESHER)
    means.reach(ASKED)
    asked = {**holder, "certification_id": certification_id, "evidence": None}
    means.do("request-recertification", person, **asked)


def go_on_missions(means: Means, certifications: Iterable[str], session_id: str) -> None:
    """Holders join the pool, and each leads a mission for an administration that has a contact point."""
    read = means.ledger.read()
    hosts = [code for code in means.ledger.ids_of("administration") if read.administration(code).contacts]
    leads = [_pool(means, *each) for each in zip(HOLDERS, certifications, strict=True)]
    funder = read.session(session_id).planned.funder
    for lead, host, monday in zip(leads, hosts, WEEKS, strict=True):
        _mission(means, lead, host, monday, funder)


def _pool(means: Means, code: str, certification_id: str) -> str:
    person, registrar = _holder(means, certification_id), means.officers[Role.REGISTRAR]
    of = {"person_id": person}
    means.reach(POOLED)
    means.enrol(code, person)
    administration = means.ledger.read().candidacy(certification_id).nominated.administration_id
    means.do("record-employment", registrar, **of, administration_id=administration, since=date(2015, 1, 1))
    means.do("register-advisor", registrar, **of, certification_id=certification_id)
    seen = _value("evidence", "Certificate of a language test of 2023")
    since = date(2023, 4, 3)
    means.do("record-language-proficiency", registrar, **of, language=LANGUAGE, cefr="C1", since=since, evidence=seen)
    means.do("record-advice-domains", registrar, **of, topics=[TOPIC, "audit-efficiency"])
    free = {"start": date(2025, 4, 1), "end": date(2026, 12, 18), "modes": [MODE]}
    means.do("declare-availability", person, **of, **free)
    means.do("pledge-collaboration", person, **of, text="collaboration-pledge/v1")
    return person


def _mission(means: Means, lead: str, host: str, monday: date, funder: str | None) -> None:
    """From the request of an administration to what it made of the advice."""
    registrar, manager = means.officers[Role.REGISTRAR], means.officers[Role.PROGRAMME_MANAGER]
    mission, friday = {"mission_id": new_id()}, monday + WORK
    means.reach(monday - timedelta(days=35))
    asked = {"topic": TOPIC, "language": LANGUAGE, "mode": MODE, "start": monday, "end": friday}
    means.do("request-mission", registrar, **mission, administration_id=host, **asked)
    terms = sha256(f"Terms of reference of the mission of {monday}".encode()).hexdigest()
    means.do("approve-mission", manager, **mission, terms_hash=terms, funder=funder or "World Bank")
    means.do("request-release", manager, **mission, person_id=lead)
    means.reach(monday - timedelta(days=21))
    letter = _value("evidence", f"Letter of {monday - timedelta(days=23)}")
    means.do("decide-release", registrar, **mission, person_id=lead, granted=True, evidence=letter)
    why = _value("reason", "Has advised an administration of the region before.")
    means.do("assign-advisor", manager, **mission, person_id=lead, mission_role="lead", reason=why)
    means.reach(monday)
    means.do("start-mission", lead, **mission, started_on=monday)
    means.reach(friday + timedelta(days=3))
    means.do("complete-mission", manager, **mission, ended_on=friday, mode=MODE)
    report = _value("report", f"Report of the mission of {monday}")
    means.do("file-mission-report", lead, **mission, report=report, recommendations=5)
    means.reach(friday + timedelta(days=14))
    contact = min(means.ledger.read().administration(host).contacts)
    ratings = [_value("audit_efficiency", 4), _value("risk_identification", 5)]
    means.do("record-beneficiary-feedback", registrar, **mission, contact_id=contact, ratings=ratings)
    adopted = {"topic": TOPIC, "recommended": 5, "adopted": 2}
    means.do("record-mission-results", manager, **mission, results=[adopted])


def _holder(means: Means, certification_id: str) -> str:
    return means.ledger.read().candidacy(certification_id).nominated.person_id


def _appoint(means: Means, code: str, given_name: str, administration_id: str) -> str:
    """Somebody of an administration that nominated nobody concerned hears appeals."""
    registrar, person = means.officers[Role.REGISTRAR], {"person_id": new_id()}
    details = [_value("given_name", given_name), _value("family_name", "Exemple")]
    means.do("register-person", registrar, **person, details=details)
    since = {"administration_id": administration_id, "since": date(2012, 1, 1)}
    means.do("record-employment", registrar, **person, **since)
    means.do("grant-role", means.officers[Role.DIRECTOR], **person, role=Role.APPEAL_PANEL)
    means.enrol(code, person["person_id"])
    return person["person_id"]
