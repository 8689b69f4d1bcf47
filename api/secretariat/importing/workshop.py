"""One workshop as its files describe it, checked as a whole: every fault is found before any is reported."""

import csv
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from api.secretariat.importing.reading import Faults, Row, WrongWorkshop, read_table
from ledger.domain.form import BOUNDS, FIRST_DAY, LAST_DAY, TEXT_FORMS
from ledger.domain.record import Role

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
_ROLES = (Role.ASSESSOR, Role.FACILITATOR, Role.SELECTION_PANEL, Role.DECISION_AUTHORITY, Role.REGISTRAR)
OFFICER_ROLES = {str(role): role for role in _ROLES}


@cache
def members() -> dict[str, dict[str, Any]]:
    """Return the administrations that an import can register: by ISO 3166-1 alpha-2 code, the fields of the fact."""
    text = files("api").joinpath("demo_data/members.csv").read_text("utf-8")
    return {row.pop("iso2"): row for row in csv.DictReader(text.splitlines())}


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
    funder: str
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
        return f"{self.file(file)}!{self.cells[file, *codes]}"

    def file(self, table: str) -> str:
        """Return the name of the file that holds a table, such as ``scores.csv``."""
        return next(name for name in self.files.values() if Path(name).stem == table)

    def of_role(self, role: Role) -> list[str]:
        """Return the codes of the officers in a role, in the order of the file."""
        return [officer.code for officer in self.officers if officer.role is role]


def read_workshop(folder: Path, registered: Collection[str] = ()) -> Workshop:
    """Read and check a folder. Raises ``WrongWorkshop`` with every fault.

    ``registered`` are the administrations in the ledger; they need not be in this program's list of Members.
    """
    return _Reading(folder, registered).workshop()


class _Reading:
    """Reads the tables, and notes every fault."""

    def __init__(self, folder: Path, registered: Collection[str]) -> None:
        self._administrations = {*members(), *registered}
        self._faults = Faults()
        self._tables = {name: read_table(folder, name, columns, self._faults) for name, columns in FILES.items()}

    def workshop(self) -> Workshop:
        sessions = self._rows("session")
        if len(sessions) != 1:
            self._faults.add("session.csv", "expected exactly one workshop", "un seul atelier est attendu")
            raise WrongWorkshop(self._faults)
        row = sessions[0]
        levels = level_min, level_max = [self._number(row, c, *BOUNDS["level"]) for c in ("level_min", "level_max")]
        plan = self._plan()
        officers = tuple(map(self._officer, self._rows("officers")))
        candidates = tuple(map(self._candidate, self._rows("candidates")))
        self._unique("officers", "officer")
        self._unique("candidates", "candidate")
        codes = {candidate.code for candidate in candidates}
        findings, panels = self._findings(codes, {o.code for o in officers if o.role is Role.SELECTION_PANEL})
        workshop = Workshop(
            session_id=self._matching(row, "session", "session_id"),
            title_en=self._text(row, "title_en"),
            title_fr=self._text(row, "title_fr"),
            start=self._day(row, "start"),
            end=self._day(row, "end"),
            place=self._text(row, "place"),
            language=self._matching(row, "language", "language"),
            funder=self._text(row, "fund"),
            seats=self._number(row, "seats", *BOUNDS["seats"]),
            cut=self._number(row, "cut_score", *levels),
            level_min=level_min,
            level_max=level_max,
            validity_months=self._number(row, "validity_months", *BOUNDS["validity_months"]),
            assessors_per_cell=self._number(row, "min_assessors_per_cell", *BOUNDS["assessors_per_cell"]),
            plan=plan,
            officers=officers,
            candidates=candidates,
            findings=findings,
            panels=panels,
            withdrawals={
                self._known(r, "candidate", codes): (self._day(r, "date"), self._text(r, "reason"))
                for r in self._rows("withdrawals")
            },
            scores=self._scores(codes, {o.code for o in officers if o.role is Role.ASSESSOR}, plan, levels),
            cells=self._cells(),
            files={table.digest: table.file for table in self._tables.values()},
        )
        if workshop.end < workshop.start:
            en, fr = f"expected a date not before {workshop.start}", f"date attendue : pas avant le {workshop.start}"
            self._faults.add(row.cell("end"), en, fr)
        if self._faults:
            raise WrongWorkshop(self._faults)
        return workshop

    def _cells(self) -> dict[tuple[str, ...], str]:
        return {
            (file, *(row[name] for name in named_by)): row.address(column)
            for file, (named_by, column) in CELLS.items()
            for row in reversed(self._rows(file))  # the first row that names it is kept
        }

    def _rows(self, name: str) -> tuple[Row, ...]:
        return self._tables[name].rows

    def _require(self, is_right: bool, row: Row, column: str, en: str, fr: str) -> str:
        """Return a value, and note a fault unless it is right."""
        value = row[column]
        if not is_right:
            self._faults.add(
                row.cell(column), f"expected {en}, found {value!r}", f"attendu : {fr} ; trouvé : {value!r}"
            )
        return value

    def _text(self, row: Row, column: str) -> str:
        return self._require(bool(row[column]), row, column, "a value", "une valeur")

    def _matching(self, row: Row, column: str, form: str) -> str:
        return self._require(TEXT_FORMS[form].fits(row[column]), row, column, *TEXT_FORMS[form].expected)

    def _number(self, row: Row, column: str, least: int, most: int) -> int:
        text = row[column]
        fits = text.isascii() and text.isdigit() and least <= int(text) <= most
        en, fr = f"a whole number from {least} to {most}", f"un entier de {least} à {most}"
        self._require(fits, row, column, en, fr)
        return int(text) if fits else least

    def _day(self, row: Row, column: str) -> date:
        with suppress(ValueError):
            day = date.fromisoformat(row[column])
            if FIRST_DAY <= day <= LAST_DAY:
                return day
        en = f"a day (YYYY-MM-DD) from {FIRST_DAY} to {LAST_DAY}"
        self._require(False, row, column, en, f"un jour (AAAA-MM-JJ) du {FIRST_DAY} au {LAST_DAY}")
        return FIRST_DAY

    def _one_of(self, row: Row, column: str, allowed: Collection[str]) -> str:
        names = ", ".join(allowed)
        return self._require(row[column] in allowed, row, column, f"one of {names}", f"une valeur parmi {names}")

    def _country(self, row: Row, column: str) -> str:
        en = "the ISO 3166-1 alpha-2 code of a Member"
        fr = "le code ISO 3166-1 alpha-2 d’une administration membre"
        return self._require(row[column] in self._administrations, row, column, en, fr)

    def _known(self, row: Row, column: str, known: set[str]) -> str:
        en, fr = "a code defined in this workshop", "un code défini dans cet atelier"
        return self._require(row[column] in known, row, column, en, fr)

    def _unique(self, name: str, column: str) -> None:
        seen: set[str] = set()
        for row in self._rows(name):
            seen.add(
                self._require(row[column] not in seen, row, column, "each code once", "chaque code une seule fois")
            )

    def _plan(self) -> dict[str, tuple[str, ...]]:
        plan: dict[str, tuple[str, ...]] = {}
        names = ", ".join(COMPETENCIES)
        for row in self._rows("plan"):
            activity, column = self._matching(row, "activity", "id"), "assessed_competency"
            competency = self._require(row[column] in ("", *COMPETENCIES), row, column, f"one of {names}", names)
            plan[activity] = (*plan.get(activity, ()), *([competency] if competency else []))
        return plan

    def _officer(self, row: Row) -> WorkshopOfficer:
        return WorkshopOfficer(
            self._text(row, "officer"),
            self._text(row, "name"),
            self._country(row, "home_administration_iso2"),
            OFFICER_ROLES.get(self._one_of(row, "role", OFFICER_ROLES), Role.REGISTRAR),
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

    def _findings(
        self, codes: set[str], panellists: set[str]
    ) -> tuple[dict[str, dict[str, bool]], dict[str, tuple[str, ...]]]:
        findings: dict[str, dict[str, bool]] = {}
        panels: dict[str, tuple[str, ...]] = {}
        for row in self._rows("selection"):
            candidate = self._known(row, "candidate", codes)
            self._one_of(row, "criterion", CRITERIA)
            of_candidate, criterion = findings.setdefault(candidate, {}), row["criterion"]
            en, fr = "each criterion once per candidate", "chaque critère une fois par candidat"
            self._require(criterion not in of_candidate, row, "criterion", en, fr)
            of_candidate[criterion] = FINDINGS.get(self._one_of(row, "finding", FINDINGS), False)
            panel = tuple(row["panel"].split(";"))
            self._require(
                len(set(panel)) == 2 and set(panel) <= panellists and panels.get(candidate, panel) == panel,
                row,
                "panel",
                "two members of the selection panel, the same for all criteria of a candidate",
                "deux membres du jury de sélection, les mêmes pour tous les critères d’un candidat",
            )
            panels[candidate] = panel
        for candidate in sorted(codes):
            for criterion in CRITERIA:
                if criterion not in findings.get(candidate, {}):
                    where = f"{self._tables['selection'].file}!{candidate}"
                    self._faults.add(where, f"no finding on {criterion}", f"aucun constat sur {criterion}")
        return findings, panels

    def _scores(
        self, codes: set[str], assessors: set[str], plan: dict[str, tuple[str, ...]], levels: Sequence[int]
    ) -> dict[tuple[str, str, str], dict[str, int]]:
        scores: dict[tuple[str, str, str], dict[str, int]] = {}
        for row in self._rows("scores"):
            candidate = self._known(row, "candidate", codes)
            assessor = self._known(row, "assessor", assessors)
            activity, competency = row["activity"], row["competency"]
            en, fr = "a competency assessed in this activity", "une compétence évaluée dans cette activité"
            self._require(competency in plan.get(activity, ()), row, "competency", en, fr)
            sheet = scores.setdefault((candidate, activity, assessor), {})
            en, fr = "each assessor once per cell", "chaque évaluateur une fois par case"
            self._require(competency not in sheet, row, "assessor", en, fr)
            sheet[competency] = self._number(row, "level", *levels)
        return scores
