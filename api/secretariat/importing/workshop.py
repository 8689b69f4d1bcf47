"""One workshop as its files describe it, checked as a whole: every fault is found before any is reported."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import TypeVar

import msgspec

from api.secretariat.importing.members import members
from api.secretariat.importing.reading import Fault, Row, Table, WrongWorkshop, read_table
from ledger.domain.form import BOUNDS, FIRST_DAY, LAST_DAY, TEXT_FORMS, TextForm
from ledger.domain.record import Role
from ledger.words import Words

T = TypeVar("T")

FILES: dict[str, tuple[str, ...]] = {
    "session": (
        "session", "title_en", "title_fr", "start", "end", "place", "language", "fund", "seats", "cut_score",
        "level_min", "level_max", "validity_months", "min_assessors_per_cell",
    ),
    "plan": ("activity", "assessed_competency"),
    "officers": ("officer", "name", "home_administration_iso2", "role"),
    "candidates": (
        "candidate", "given_name", "family_name", "administration_iso2", "email", "languages", "years_of_pca",
    ),
    "selection": ("candidate", "criterion", "finding", "panel"),
    "withdrawals": ("candidate", "date", "reason"),
    "scores": ("candidate", "activity", "competency", "assessor", "level"),
}  # fmt: skip
# Where a file names what a rule refuses: the columns that identify it, and the cell to correct.
CELLS: dict[str, tuple[tuple[str, ...], str]] = {
    "session": ((), "session"),
    "plan": ((), "activity"),
    "officers": (("officer",), "officer"),
    "candidates": (("candidate",), "candidate"),
    "selection": (("candidate",), "panel"),
    "withdrawals": (("candidate",), "date"),
    "scores": (("candidate", "activity", "assessor"), "assessor"),
}
CRITERIA = ("pca-experience", "technical-knowledge", "communication-skills")
COMPETENCIES = ("theoretical-knowledge", "practical-skills", "communication", "advisory-capacity")
FINDINGS = {"met": True, "not-met": False}
OFFICER_ROLES = (Role.ASSESSOR, Role.FACILITATOR, Role.SELECTION_PANEL, Role.DECISION_AUTHORITY, Role.REGISTRAR)


class WorkshopOfficer(msgspec.Struct, frozen=True):
    code: str
    name: str
    administration: str
    role: Role


class Candidate(msgspec.Struct, frozen=True):
    code: str
    given_name: str
    family_name: str
    administration: str
    email: str
    languages: tuple[str, ...]
    years_of_pca: int


class Workshop(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of the files. Scores: (candidate, activity, assessor) -> competency -> level."""

    session_id: str
    title_en: str
    title_fr: str
    start: date
    end: date
    place: str
    language: str
    fund: str
    seats: int
    cut: int
    level_min: int
    level_max: int
    validity_months: int
    assessors_per_cell: int
    plan: dict[str, tuple[str, ...]]
    officers: tuple[WorkshopOfficer, ...]
    candidates: tuple[Candidate, ...]
    findings: dict[str, dict[str, bool]]
    panels: dict[str, tuple[str, ...]]
    withdrawals: dict[str, tuple[date, str]]
    scores: dict[tuple[str, str, str], dict[str, int]]
    cells: dict[tuple[str, ...], str]
    files: dict[str, str]

    def where(self, file: str, *codes: str) -> str:
        """Return the first cell in which a file names a subject by its codes, such as ``scores.csv!D14``."""
        name = next(name for name in self.files.values() if Path(name).stem == file)
        return f"{name}!{self.cells[file, *codes]}"

    def of_role(self, role: Role) -> list[str]:
        """Return the codes of the officers in a role, in the order of the file."""
        return [officer.code for officer in self.officers if officer.role is role]


def read_workshop(folder: Path, registered: Collection[str] = ()) -> Workshop:
    """Read and check a folder. Raises ``WrongWorkshop`` with every fault.

    ``registered`` are the administrations in the ledger; they need not be in this program's list of Members.
    """
    return _Reading(folder, registered).workshop()


class _Reading:
    def __init__(self, folder: Path, registered: Collection[str]) -> None:
        self._administrations = {*members(), *registered}
        self.faults: list[Fault] = []
        self.tables = {name: read_table(folder, name, columns, self.faults) for name, columns in FILES.items()}

    def workshop(self) -> Workshop:
        sessions = self._rows("session")
        if len(sessions) != 1:
            self._fault("session.csv", "expected exactly one workshop", "un seul atelier est attendu")
            raise WrongWorkshop(self.faults)
        row = sessions[0]
        level_min, level_max = (self._number(row, c, *BOUNDS["level"]) for c in ("level_min", "level_max"))
        plan = self._plan()
        officers = tuple(self._officer(r) for r in self._rows("officers"))
        candidates = tuple(self._candidate(r) for r in self._rows("candidates"))
        self._unique("officers", "officer")
        self._unique("candidates", "candidate")
        codes = {candidate.code for candidate in candidates}
        findings, panels = self._findings(codes, officers)
        workshop = Workshop(
            session_id=self._matching(row, "session", TEXT_FORMS["session_id"]),
            title_en=self._text(row, "title_en"),
            title_fr=self._text(row, "title_fr"),
            start=self._day(row, "start"),
            end=self._day(row, "end"),
            place=self._text(row, "place"),
            language=self._matching(row, "language", TEXT_FORMS["language"]),
            fund=self._text(row, "fund"),
            seats=self._number(row, "seats", *BOUNDS["seats"]),
            cut=self._number(row, "cut_score", level_min, level_max),
            level_min=level_min,
            level_max=level_max,
            validity_months=self._number(row, "validity_months", *BOUNDS["validity_months"]),
            assessors_per_cell=self._number(row, "min_assessors_per_cell", *BOUNDS["assessors_per_cell"]),
            plan=plan,
            officers=officers,
            candidates=candidates,
            findings=findings,
            panels=panels,
            withdrawals=self._withdrawals(codes),
            scores=self._scores(codes, officers, plan, level_min, level_max),
            cells=self._cells(),
            files={table.digest: table.file for table in self.tables.values()},
        )
        if workshop.end < workshop.start:
            self._fault(
                row.cell("end"),
                f"expected a date not before {workshop.start}",
                f"date attendue : pas avant le {workshop.start}",
            )
        if self.faults:
            raise WrongWorkshop(self.faults)
        return workshop

    def _cells(self) -> dict[tuple[str, ...], str]:
        return {
            (file, *(row[name] for name in named_by)): row.address(column)
            for file, (named_by, column) in CELLS.items()
            for row in reversed(self._rows(file))  # the first row that names it is kept
        }

    def _rows(self, name: str) -> tuple[Row, ...]:
        table: Table = self.tables[name]
        return table.rows

    def _fault(self, where: str, en: str, fr: str) -> None:
        self.faults.append(Fault(where, Words(en, fr)))

    def _expected(self, row: Row, column: str, en: str, fr: str) -> None:
        self._fault(
            row.cell(column), f"expected {en}, found {row[column]!r}", f"attendu : {fr} ; trouvé : {row[column]!r}"
        )

    def _text(self, row: Row, column: str) -> str:
        if not row[column]:
            self._expected(row, column, "a value", "une valeur")
        return row[column]

    def _matching(self, row: Row, column: str, form: TextForm) -> str:
        if not form.fits(row[column]):
            self._expected(row, column, *form.expected)
        return row[column]

    def _parsed(self, row: Row, column: str, parse: Callable[[str], T], default: T, en: str, fr: str) -> T:
        try:
            return parse(row[column])
        except (ValueError, KeyError):
            self._expected(row, column, en, fr)
            return default

    def _number(self, row: Row, column: str, least: int, most: int) -> int:
        def parse(text: str) -> int:
            if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
                raise ValueError
            return int(text)

        return self._parsed(
            row, column, parse, least, f"a whole number from {least} to {most}", f"un entier de {least} à {most}"
        )

    def _day(self, row: Row, column: str) -> date:
        def parse(text: str) -> date:
            day = date.fromisoformat(text)
            if not FIRST_DAY <= day <= LAST_DAY:
                raise ValueError
            return day

        return self._parsed(
            row,
            column,
            parse,
            FIRST_DAY,
            f"a day (YYYY-MM-DD) from {FIRST_DAY} to {LAST_DAY}",
            f"un jour (AAAA-MM-JJ) du {FIRST_DAY} au {LAST_DAY}",
        )

    def _one_of(self, row: Row, column: str, allowed: dict[str, T], default: T) -> T:
        names = ", ".join(allowed)
        return self._parsed(row, column, allowed.__getitem__, default, f"one of {names}", f"une valeur parmi {names}")

    def _country(self, row: Row, column: str) -> str:
        if row[column] not in self._administrations:
            self._expected(
                row,
                column,
                "the ISO 3166-1 alpha-2 code of a Member",
                "le code ISO 3166-1 alpha-2 d’une administration membre",
            )
        return row[column]

    def _unique(self, name: str, column: str) -> None:
        seen: set[str] = set()
        for row in self._rows(name):
            if row[column] in seen:
                self._expected(row, column, "each code once", "chaque code une seule fois")
            seen.add(row[column])

    def _plan(self) -> dict[str, tuple[str, ...]]:
        plan: dict[str, tuple[str, ...]] = {}
        for row in self._rows("plan"):
            activity = self._matching(row, "activity", TEXT_FORMS["id"])
            competency = row["assessed_competency"]
            if competency and competency not in COMPETENCIES:
                self._expected(row, "assessed_competency", f"one of {', '.join(COMPETENCIES)}", ", ".join(COMPETENCIES))
            plan[activity] = (*plan.get(activity, ()), *([competency] if competency else []))
        return plan

    def _officer(self, row: Row) -> WorkshopOfficer:
        roles = {str(role): role for role in OFFICER_ROLES}
        return WorkshopOfficer(
            self._text(row, "officer"),
            self._text(row, "name"),
            self._country(row, "home_administration_iso2"),
            self._one_of(row, "role", roles, Role.REGISTRAR),
        )

    def _candidate(self, row: Row) -> Candidate:
        return Candidate(
            self._text(row, "candidate"),
            self._text(row, "given_name"),
            self._text(row, "family_name"),
            self._country(row, "administration_iso2"),
            self._text(row, "email"),
            tuple(filter(None, row["languages"].split(";"))),
            self._number(row, "years_of_pca", 0, 80),
        )

    def _known(self, row: Row, column: str, known: set[str]) -> str:
        if row[column] not in known:
            self._expected(row, column, "a code defined in this workshop", "un code défini dans cet atelier")
        return row[column]

    def _findings(
        self, codes: set[str], officers: tuple[WorkshopOfficer, ...]
    ) -> tuple[dict[str, dict[str, bool]], dict[str, tuple[str, ...]]]:
        findings: dict[str, dict[str, bool]] = {}
        panels: dict[str, tuple[str, ...]] = {}
        panellists = {officer.code for officer in officers if officer.role is Role.SELECTION_PANEL}
        for row in self._rows("selection"):
            candidate = self._known(row, "candidate", codes)
            criterion = self._one_of(row, "criterion", {c: c for c in CRITERIA}, "")
            if criterion in findings.get(candidate, {}):
                self._expected(
                    row, "criterion", "each criterion once per candidate", "chaque critère une fois par candidat"
                )
            findings.setdefault(candidate, {})[criterion] = self._one_of(row, "finding", FINDINGS, False)
            panel = tuple(row["panel"].split(";"))
            if len(set(panel)) != 2 or not set(panel) <= panellists or panels.get(candidate, panel) != panel:
                self._expected(
                    row,
                    "panel",
                    "two members of the selection panel, the same for all criteria of a candidate",
                    "deux membres du jury de sélection, les mêmes pour tous les critères d’un candidat",
                )
            panels[candidate] = panel
        for candidate in sorted(codes):
            for criterion in CRITERIA:
                if criterion not in findings.get(candidate, {}):
                    where = f"{self.tables['selection'].file}!{candidate}"
                    self._fault(where, f"no finding on {criterion}", f"aucun constat sur {criterion}")
        return findings, panels

    def _withdrawals(self, codes: set[str]) -> dict[str, tuple[date, str]]:
        return {
            self._known(row, "candidate", codes): (self._day(row, "date"), self._text(row, "reason"))
            for row in self._rows("withdrawals")
        }

    def _scores(
        self,
        codes: set[str],
        officers: tuple[WorkshopOfficer, ...],
        plan: dict[str, tuple[str, ...]],
        level_min: int,
        level_max: int,
    ) -> dict[tuple[str, str, str], dict[str, int]]:
        scores: dict[tuple[str, str, str], dict[str, int]] = {}
        assessors = {officer.code for officer in officers if officer.role is Role.ASSESSOR}
        for row in self._rows("scores"):
            candidate = self._known(row, "candidate", codes)
            assessor = self._known(row, "assessor", assessors)
            activity, competency = row["activity"], row["competency"]
            if competency not in plan.get(activity, ()):
                self._expected(
                    row,
                    "competency",
                    "a competency assessed in this activity",
                    "une compétence évaluée dans cette activité",
                )
            sheet = scores.setdefault((candidate, activity, assessor), {})
            if competency in sheet:
                self._expected(row, "assessor", "each assessor once per cell", "chaque évaluateur une fois par case")
            sheet[competency] = self._number(row, "level", level_min, level_max)
        return scores
