"""Workshops: planned and staffed, their candidates nominated, selected, scored, ranked and decided on."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import msgspec

from api.secretariat.importing.workshop import COMPETENCIES, CRITERIA
from api.simulating.names import REGIONS
from api.simulating.people import People, Somebody
from api.simulating.recording import Recorder, value
from ledger.disclosures import Disclosure
from ledger.domain.record import Role

SCHEME = "toa-pca"
PLAN: dict[str, tuple[str, ...]] = {
    "lecture": (),
    "case-study": ("theoretical-knowledge", "practical-skills"),
    "simulation": ("practical-skills", "advisory-capacity"),
    "group-discussion": ("communication", "advisory-capacity"),
    "presentation": ("theoretical-knowledge", "communication"),
}
ACTIVITIES = {name: competencies for name, competencies in PLAN.items() if competencies}
DAYS = 5  # from Monday to Friday, or whatever days they are
LEVELS = range(1, 6)
CUT, SEATS, VALID_FOR = 3, 8, 36
AGAIN = 0.25  # of nominees were nominated before
TWICE_REGISTERED = 0.05  # of those are taken for somebody new
NOT_ELIGIBLE, WITHDRAWN, SUPERSEDED = 0.12, 0.03, 0.004
WITH_LETTER = 0.3  # of nominations hold the administration's letter
APART = 2  # levels of two assessors that differ by so much are settled by a moderator
PLACES = ("Abidjan", "Brussels", "Dakar", "Kuala Lumpur", "Lima", "Nairobi", "Paris", "Pretoria", "Rabat", "Tokyo")
FUNDERS = ("Customs Co-operation Fund of Japan", "SECO-WCO Global Trade Facilitation Programme", "Own resources")
LETTER = "The administration nominates this officer, who has led audits of importers since they joined the service."
RATIONALE = "Both assessors explained their level; the recording of the exercise supports this one."


class Candidate(msgspec.Struct):
    """One person's way through one workshop; ``duplicate_of`` is who they turn out to be."""

    candidacy_id: str
    somebody: Somebody
    is_eligible: bool = True
    is_withdrawn: bool = False
    duplicate_of: Somebody | None = None

    @property
    def attends(self) -> bool:
        return self.is_eligible and not self.is_withdrawn


class Sheet(msgspec.Struct):
    """A score sheet that was handed in, with what is sealed in it."""

    candidacy_id: str
    activity: str
    sheet_id: str
    levels: dict[str, int]
    sealed: tuple[Disclosure, ...]


class Workshop(msgspec.Struct):
    """A workshop with its staff; the candidates come when they are nominated."""

    session_id: str
    region: str
    start: date
    facilitators: list[str]
    assessors: list[str]
    moderator: str
    panel: list[str]
    deciders: list[str]
    candidates: list[Candidate] = []

    @property
    def end(self) -> date:
        return self.start + timedelta(days=DAYS - 1)

    @property
    def attending(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if candidate.attends]


class Workshops:
    """Holds workshops, a step at a time for all that run together."""

    def __init__(self, people: People, recorder: Recorder) -> None:
        self.people, self.recorder, self.random = people, recorder, people.random
        self.held = 0
        self.again: list[Somebody] = []  # who may be nominated once more
        self._version = ""

    def establish(self) -> None:
        """Establish the scheme."""
        titles = {
            "title_en": "PCA Technical and Operational Advisor",
            "title_fr": "Conseiller en contrôle a posteriori",
        }
        director = self.people.one(Role.DIRECTOR)
        self.recorder.do("establish-scheme", director, scheme_id=SCHEME, domain="Post-clearance audit", **titles)

    def approve(self, version: str, seats: int) -> None:
        """Draft a version of the scheme and put it into force today."""
        manager, director = self.people.one(Role.PROGRAMME_MANAGER), self.people.one(Role.DIRECTOR)
        draft = {
            "criteria": [_named(criterion) for criterion in CRITERIA],
            "competencies": [{**_named(competency), "cut": CUT} for competency in COMPETENCIES],
            "activities": [{**_named(activity), "competencies": of} for activity, of in PLAN.items()],
            "levels": [{"level": n, "anchor_en": f"Level {n}", "anchor_fr": f"Niveau {n}"} for n in LEVELS],
            "decision_rule": "mean-of-levels/v1",
            "assessors_per_cell": 2,
            "seats": seats,
            "validity_months": VALID_FOR,
            "renewal_window_months": 6,
            "separation_months": 24,
        }
        self.recorder.do("draft-scheme-version", manager, scheme_id=SCHEME, version=version, **draft)
        approval = {"scheme_id": SCHEME, "version": version, "effective_from": self.recorder.today}
        self.recorder.do("approve-scheme-version", director, manager, **approval)
        self._version = version

    def plan(self, start: date, count: int) -> list[Workshop]:
        """Plan and staff workshops of one week, each with trainers and assessors of its own."""
        facilitators = self.people.some(Role.FACILITATOR, count)
        assessors = self.people.some(Role.ASSESSOR, 2 * count)
        return [self._plan(start, facilitators[n : n + 1], assessors[2 * n : 2 * n + 2]) for n in range(count)]

    def _plan(self, start: date, facilitators: list[str], assessors: list[str]) -> Workshop:
        self.held += 1
        region = self.random.choice([*REGIONS])
        language = self.random.choice(REGIONS[region].languages.split())
        some, manager = self.people.some, self.people.one(Role.PROGRAMME_MANAGER)
        workshop = Workshop(
            f"TOA-PCA-{language.upper()}-{start.year}-{self.held:03}",
            region,
            start,
            facilitators,
            assessors,
            some(Role.MODERATOR, 1)[0],
            some(Role.SELECTION_PANEL, 2),
            some(Role.DECISION_AUTHORITY, 2),
        )
        self.recorder.do(
            "plan-session",
            manager,
            session_id=workshop.session_id,
            scheme_id=SCHEME,
            scheme_version=self._version,
            title_en=f"PCA advisor certification workshop no. {self.held}",
            title_fr=f"Atelier de certification de conseillers PCA n° {self.held}",
            start=workshop.start,
            end=workshop.end,
            place=self.random.choice(PLACES),
            language=language,
            funder=self.random.choice(FUNDERS),
        )
        assigned = [*(("assign-facilitator", f) for f in facilitators), *(("assign-assessor", a) for a in assessors)]
        for name, person in assigned:
            self.recorder.do(name, manager, session_id=workshop.session_id, person_id=person)
        return workshop

    def nominate(self, workshop: Workshop, count: int) -> None:
        """Nominate candidates of the region; some come again, and a few of those are taken for somebody new."""
        registrar = self.people.one(Role.REGISTRAR)
        for _ in range(count):
            candidate = self._candidate(workshop.region)
            workshop.candidates.append(candidate)
            details = [value("years_of_pca", self.random.randrange(2, 25)), value("languages", ["fr", "en"])]
            if self.random.random() < WITH_LETTER:
                details.append(value("letter", LETTER))
            self.recorder.do(
                "nominate-candidate",
                registrar,
                candidacy_id=candidate.candidacy_id,
                person_id=candidate.somebody.person_id,
                session_id=workshop.session_id,
                administration_id=candidate.somebody.administration_id,
                details=details,
            )

    def _candidate(self, region: str) -> Candidate:
        candidacy = self.people.new_id()
        if self.again and self.random.random() < AGAIN:
            place = self.random.randrange(len(self.again))
            self.again[place], self.again[-1] = self.again[-1], self.again[place]
            known = self.again.pop()
            if self.random.random() >= TWICE_REGISTERED:
                return Candidate(candidacy, known)
            twin = msgspec.structs.replace(known, person_id=self.people.new_id(), is_listed=False, shows_results=False)
            return Candidate(candidacy, self.people.register_as(twin), duplicate_of=known)
        return Candidate(candidacy, self.people.register(region))

    def select(self, workshop: Workshop) -> None:
        """Decide who is eligible. Some withdraw. Who does not attend may be nominated again."""
        for candidate in workshop.candidates:
            candidate.is_eligible = self.random.random() >= NOT_ELIGIBLE
            missing = None if candidate.is_eligible else self.random.choice(CRITERIA)
            findings = [{"criterion": criterion, "met": criterion != missing} for criterion in CRITERIA]
            of = {"candidacy_id": candidate.candidacy_id}
            self.recorder.do("decide-eligibility", *workshop.panel, findings=findings, **of)
            if candidate.is_eligible and self.random.random() < WITHDRAWN:
                candidate.is_withdrawn = True
                said = {"initiator": "candidate", "effective_from": self.recorder.today, "reason_code": "other-duties"}
                self.recorder.do("withdraw-candidacy", self.people.one(Role.REGISTRAR), **said, **of)

    def assess(self, workshop: Workshop) -> list[Sheet]:
        """Hand in every sheet, and return those that count."""
        sheets = []
        for candidate, (activity, competencies), assessor in product(
            workshop.attending, ACTIVITIES.items(), workshop.assessors
        ):
            sheet, levels = self.people.new_id(), self._levels(candidate, competencies)
            of, commitment = {"candidacy_id": candidate.candidacy_id}, value("levels", levels)
            said: dict[str, Any] = {"sheet_id": sheet, "activity": activity, "commitment": commitment}
            sealed = self.recorder.do("submit-score-sheet", assessor, **said, **of)
            if self.random.random() < SUPERSEDED:
                old, sheet = sheet, self.people.new_id()
                levels = self._levels(candidate, competencies)
                said = {"sheet_id": sheet, "commitment": value("levels", levels), "reason_code": "transcription-error"}
                signers = assessor, workshop.moderator
                sealed = self.recorder.do("supersede-score-sheet", *signers, old_sheet_id=old, **said, **of)
            sheets.append(Sheet(candidate.candidacy_id, activity, sheet, levels, sealed))
        return sheets

    def _levels(self, candidate: Candidate, competencies: tuple[str, ...]) -> dict[str, int]:
        drawn = (round(self.random.gauss(candidate.somebody.ability, 0.6)) for _ in competencies)
        return {c: min(max(level, LEVELS[0]), LEVELS[-1]) for c, level in zip(competencies, drawn, strict=True)}

    def conclude(self, workshop: Workshop, sheets: list[Sheet]) -> None:
        """Close the workshop, reveal every sheet, settle what is far apart, compute the outcomes, and rank."""
        registrar, session = self.people.one(Role.REGISTRAR), {"session_id": workshop.session_id}
        self.recorder.do("close-session", self.people.one(Role.PROGRAMME_MANAGER), **session)
        cells: dict[tuple[str, str, str], list[int]] = {}
        for sheet in sheets:
            of = {"candidacy_id": sheet.candidacy_id, "sheet_id": sheet.sheet_id}
            self.recorder.stage(sheet.sealed)
            self.recorder.do("reveal-score-sheet", registrar, **of)
            for competency, level in sheet.levels.items():
                cells.setdefault((sheet.candidacy_id, sheet.activity, competency), []).append(level)
        for (candidacy, activity, competency), (one, other) in cells.items():
            if abs(one - other) >= APART:
                cell = {"candidacy_id": candidacy, "activity": activity, "competency": competency}
                settled = {"level": (one + other) // 2, "rationale": value("rationale", RATIONALE)}
                self.recorder.do("hold-moderation", workshop.moderator, **cell, **settled)
        for candidate in workshop.attending:
            self.recorder.do("compute-outcome", registrar, candidacy_id=candidate.candidacy_id)
        self.recorder.do("compute-ranking", registrar, **session)

    def decide(self, workshop: Workshop) -> list[Candidate]:
        """Decide on each candidate, as they were ranked; return those who are certified."""
        ranked = self.recorder.ledger.read().session(workshop.session_id).selected or ()
        for candidate in workshop.attending:
            of = {"candidacy_id": candidate.candidacy_id}
            self.recorder.do("decide-certification", *workshop.deciders, effective_from=workshop.end, **of)
        return [candidate for candidate in workshop.attending if candidate.candidacy_id in ranked]


def _named(identifier: str) -> dict[str, str]:
    name = identifier.replace("-", " ").capitalize()
    return {"id": identifier, "name_en": name, "name_fr": name}
