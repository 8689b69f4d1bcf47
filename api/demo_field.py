"""A small workshop of the demonstration under a scheme with a field phase: one pre-accreditation lapses.

Of two candidates one meets every competency and is pre-accredited. No mission follows within the months that the
scheme allows, and nobody signs that: the lapse follows from the clock.
"""

from datetime import date
from typing import Any

from api.demo_life import Means
from api.secretariat.importing.proposing import TERMS
from api.secretariat.importing.workshop import COMPETENCIES, CRITERIA, members
from api.secretariat.proposals import new_id
from ledger.domain.record import Role

SCHEME = {"scheme_id": "toa-pca-en"}
TITLES = {
    "title_en": "PCA Technical and Operational Advisor (Anglophone)",
    "title_fr": "Conseiller technique et opérationnel en contrôle a posteriori (anglophone)",
}
VERSION, FIELD_PHASE_MONTHS = "1.0.0", 12
SESSION = {"session_id": "TOA-PCA-EN-2023"}
DRAFTED, NOMINATED, SELECTED = date(2023, 1, 16), date(2023, 3, 13), date(2023, 4, 17)
START, END, DECIDED = date(2023, 6, 12), date(2023, 6, 16), date(2023, 6, 19)
PLAN = {
    "case-study": ("theoretical-knowledge", "practical-skills"),
    "simulation": ("communication", "advisory-capacity"),
}
CUT, RUBRIC = 3, range(1, 6)
CANDIDATES = (("Grace", "Exemple-Yankee", "GH", 4), ("Kevin", "Exemple-Zulu", "MU", 2))  # with the level of each


def _named(identifier: str) -> dict[str, str]:
    name_en, name_fr = TERMS[identifier]
    return {"id": identifier, "name_en": name_en, "name_fr": name_fr}


def let_a_pre_accreditation_lapse(means: Means, deciders: tuple[str, ...]) -> None:
    """From the scheme to the decisions; the assessor, the facilitator and the panel have held their roles before."""
    do, reach, registrar = means.do, means.reach, means.officers[Role.REGISTRAR]
    manager, holders = means.officers[Role.PROGRAMME_MANAGER], means.ledger.holders
    assessor, facilitator = holders(Role.ASSESSOR)[0], holders(Role.FACILITATOR)[0]
    reach(DRAFTED)
    _put_into_force(means, manager)
    workshop = {
        "title_en": "PCA Technical and Operational Advisor certification workshop",
        "title_fr": "Atelier de certification des conseillers techniques et opérationnels en contrôle a posteriori",
        "place": "Accra",
        "language": "en",
        "funder": "Japan Customs Cooperation Fund",
    }
    do("plan-session", manager, **SCHEME, **SESSION, scheme_version=VERSION, start=START, end=END, **workshop)
    do("assign-facilitator", manager, **SESSION, person_id=facilitator)
    do("assign-assessor", manager, **SESSION, person_id=assessor)
    reach(NOMINATED)
    levels = {_nominate(means, *about): level for *about, level in CANDIDATES}
    reach(SELECTED)
    findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    for candidacy in levels:
        panel = holders(Role.SELECTION_PANEL)[:2]
        do("decide-eligibility", *panel, candidacy_id=candidacy, findings=findings)
    reach(END)
    sheets = []
    for candidacy, level in levels.items():
        for activity, competencies in PLAN.items():
            sheet = {"candidacy_id": candidacy, "sheet_id": new_id()}
            given = {"name": "levels", "value": dict.fromkeys(competencies, level)}
            do("submit-score-sheet", assessor, **sheet, activity=activity, commitment=given)
            sheets.append(sheet)
    do("close-session", manager, **SESSION)
    for sheet in sheets:
        do("reveal-score-sheet", registrar, **sheet)
    for candidacy in levels:
        do("compute-outcome", registrar, candidacy_id=candidacy)
    do("compute-ranking", registrar, **SESSION)
    reach(DECIDED)
    for candidacy in levels:
        do("decide-certification", *deciders, candidacy_id=candidacy, effective_from=END)
    met = means.ledger.read().candidacy(next(iter(levels)))
    do("give-listing-consent", registrar, person_id=met.nominated.person_id)


def _put_into_force(means: Means, manager: str) -> None:
    director = means.officers[Role.DIRECTOR]
    means.do("establish-scheme", director, **SCHEME, **TITLES, domain="PCA")
    draft: dict[str, Any] = {
        "criteria": [_named(criterion) for criterion in CRITERIA],
        "competencies": [{**_named(competency), "cut": CUT} for competency in COMPETENCIES],
        "activities": [{**_named(activity), "competencies": of} for activity, of in PLAN.items()],
        "levels": [{"level": n, "anchor_en": f"Level {n}", "anchor_fr": f"Niveau {n}"} for n in RUBRIC],
        "decision_rule": "mean-of-levels/v1",
        "assessors_per_cell": 1,
        "seats": 2,
        "validity_months": 36,
        "renewal_window_months": 6,
        "separation_months": 24,
        "field_phase_months": FIELD_PHASE_MONTHS,
        "recognises": True,
    }
    means.do("draft-scheme-version", manager, **SCHEME, version=VERSION, **draft)
    means.do("approve-scheme-version", director, manager, **SCHEME, version=VERSION, effective_from=START)


def _nominate(means: Means, given_name: str, family_name: str, administration_id: str) -> str:
    registrar, of = means.officers[Role.REGISTRAR], {"administration_id": administration_id}
    if not means.ledger.read().administration(administration_id).version:
        means.do("register-administration", registrar, **of, **members()[administration_id])
    person, candidacy = {"person_id": new_id()}, {"candidacy_id": new_id()}
    names = {"given_name": given_name, "family_name": family_name}
    means.do("register-person", registrar, **person, details=[{"name": n, "value": v} for n, v in names.items()])
    stated = {"years_of_pca": 9, "languages": ["en"]}
    details = [{"name": n, "value": v} for n, v in stated.items()]
    means.do("nominate-candidate", registrar, **candidacy, **person, **SESSION, **of, details=details)
    return candidacy["candidacy_id"]
