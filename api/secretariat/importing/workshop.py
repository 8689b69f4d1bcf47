"""One workshop as its files describe it, checked as a whole: every fault is found before any is reported."""

import csv
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from api.secretariat.importing.fields import CODE, Fields, listed
from api.secretariat.importing.reading import (
    KINDS,
    Faults,
    Files,
    Notice,
    Row,
    WrongWorkshop,
    files_in,
    read_table,
    shown,
    table_of,
    workbooks_of,
)
from ledger.domain.form import BOUNDS, SEALED_FORMS, TEXT_FORMS
from ledger.domain.record import Role
from ledger.visible import HIDDEN
from projections.credentials.forms.typesetting import undisplayable

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
BESIDE = ("answers",)  # a table that the import reads beside those of the workshop
LISTS = "lists"  # a sheet of the template: the codes to choose from
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
MAX_NOT_READ = 10  # names of files; of more only the number is told


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
    notices: tuple[Notice, ...]

    def where(self, file: str, *codes: str) -> str:
        """Return the first cell in which a file names a subject by its codes, such as ``scores.csv!D14``."""
        return f"{self.file(file)}!{self.cells[file, *codes]}"

    def file(self, table: str) -> str:
        """Return the name of the file that holds a table, such as ``scores.csv``."""
        return next(name for name in self.files.values() if table_of(name) == table)

    def of_role(self, role: Role) -> list[str]:
        """Return the codes of the officers in a role, in the order of the file."""
        return [officer.code for officer in self.officers if officer.role is role]


def read_workshop(source: Path | Files, registered: Collection[str] = ()) -> Workshop:
    """Read and check a folder, or files in memory. Raises ``WrongWorkshop`` with every fault.

    ``registered`` are the administrations in the ledger; they need not be in this program's list of Members.
    """
    return _Reading(source, registered).workshop()


class _Reading:
    """Reads the tables, and notes every fault. What relates two tables is checked where both are whole."""

    def __init__(self, source: Path | Files, registered: Collection[str]) -> None:
        self._administrations = {*members(), *registered}
        self._faults = Faults()
        self._fields = Fields(self._faults)
        try:
            files = files_in(source) if isinstance(source, Path) else source
        except OSError:
            self._faults.add(
                str(source), "expected a folder of CSV or XLSX files", "dossier de fichiers CSV ou XLSX attendu"
            )
            raise WrongWorkshop(self._faults) from None
        sheets = (*FILES, LISTS)
        self._tables = {name: read_table(files, name, columns, self._faults, sheets) for name, columns in FILES.items()}
        self._note_not_read(sorted(set(files).difference(workbooks_of(files))))

    def workshop(self) -> Workshop:
        session = self._session()
        plan = self._plan()
        officers = tuple(map(self._officer, self._rows("officers")))
        candidates = tuple(map(self._candidate, self._rows("candidates")))
        self._unique()
        self._require_displayable()
        self._require_officers(officers, session.get("assessors_per_cell", 1))
        codes = {candidate.code for candidate in candidates}
        findings, panels = self._findings(codes, {o.code for o in officers if o.role is Role.SELECTION_PANEL})
        withdrawals = self._withdrawals(codes)
        refused = {code for code, found in findings.items() if not all(found.values())}
        assessors = {officer.code for officer in officers if officer.role is Role.ASSESSOR}
        levels = session.get("level_min", BOUNDS["level"][0]), session.get("level_max", BOUNDS["level"][1])
        scores = self._scores(codes, assessors, plan, levels)
        if self._are_whole("candidates", "selection", "withdrawals"):
            self._require_attending(refused, withdrawals)
        if self._faults:
            self._note_unchecked()
            raise WrongWorkshop(self._faults)
        return Workshop(
            **session,
            plan=plan,
            officers=officers,
            candidates=candidates,
            findings=findings,
            panels=panels,
            withdrawals=withdrawals,
            scores=scores,
            cells=self._cells(),
            files={table.digest: table.file for table in self._tables.values()},
            notices=self._faults.notices,
        )

    def _require_displayable(self) -> None:
        """Require names of candidates whose documents can be made."""
        cells = [(row, column) for row in self._rows("candidates") for column in ("given_name", "family_name")]
        unknown = undisplayable(HIDDEN.sub("", "".join(row[column] for row, column in cells)))
        for row, column in cells:
            en, fr = "a name in letters that documents can show", "un nom en lettres que les documents peuvent afficher"
            self._fields.require(unknown.isdisjoint(row[column]), row, column, en, fr)

    def _note_not_read(self, names: list[str]) -> None:
        """Note the files of the folder that are no table: perhaps one has a name with a mistake."""
        tables = {f"{table}{kind}" for table in (*FILES, *BESIDE) for kind in KINDS}
        others = [name for name in names if not name.startswith((".", "~")) and name.casefold() not in tables]
        for name in others[:MAX_NOT_READ]:
            self._faults.note(shown(name)[1:-1], "this file is not read", "ce fichier n’est pas lu")
        more = len(others) - MAX_NOT_READ
        if more > 0:
            self._faults.note("*", f"{more} more files are not read", f"{more} autres fichiers ne sont pas lus")

    def _note_unchecked(self) -> None:
        """Note the tables that are not whole: what depends on them is not checked, so more errors may follow."""
        broken = ", ".join(table.file for table in self._tables.values() if not table.whole)
        if broken:
            self._faults.note(
                broken,
                "what depends on these tables is checked once they are corrected",
                "ce qui dépend de ces tableaux sera contrôlé après leur correction",
            )

    def _cells(self) -> dict[tuple[str, ...], str]:
        return {
            (file, *(row[name] for name in named_by)): row.address(column)
            for file, (named_by, column) in CELLS.items()
            for row in reversed(self._rows(file))  # the first row that names it is kept
        }

    def _rows(self, name: str) -> tuple[Row, ...]:
        return self._tables[name].rows

    def _are_whole(self, *names: str) -> bool:
        return all(self._tables[name].whole for name in names)

    def _session(self) -> dict[str, Any]:
        """Return the fields of the workshop itself, without its levels if there is a fault in them."""
        if not self._are_whole("session"):
            return {}
        rows = self._rows("session")
        if len(rows) != 1:
            file = self._tables["session"].file
            self._faults.add(file, "expected exactly one workshop", "un seul atelier est attendu")
            return {}
        (row,), fields = rows, self._fields
        level_min = fields.number(row, "level_min", *BOUNDS["level"])
        level_max = fields.number(row, "level_max", level_min + 1, BOUNDS["level"][1])
        are_right = (str(level_min), str(level_max)) == (row["level_min"], row["level_max"])
        levels = {"level_min": level_min, "level_max": level_max} if are_right else {}
        texts = {"session_id": "session", "funder": "fund"}
        session: dict[str, Any] = levels | {
            "start": fields.day(row, "start"),
            "end": fields.day(row, "end"),
            "seats": fields.number(row, "seats", *BOUNDS["seats"]),
            "cut": fields.number(row, "cut_score", level_min, level_max),
            "validity_months": fields.number(row, "validity_months", *BOUNDS["validity_months"]),
            "assessors_per_cell": fields.number(row, "min_assessors_per_cell", *BOUNDS["assessors_per_cell"]),
        }
        for field in ("session_id", "title_en", "title_fr", "place", "language", "funder"):
            session[field] = fields.matching(row, texts.get(field, field), TEXT_FORMS[field])
        en, fr = f"a day from {session['start']} on", f"un jour à partir du {session['start']}"
        fields.require(session["start"] <= session["end"], row, "end", en, fr)
        return session

    def _known(self, row: Row, column: str, table: str, known: Collection[str]) -> str:
        """Return a code, which another table must define, so far as that is whole."""
        en, fr = "a code defined in this workshop", "un code défini dans cet atelier"
        return self._fields.require(row[column] in known or not self._are_whole(table), row, column, en, fr)

    def _unique(self) -> None:
        """Require each code once, in both tables that define codes: they name people for the whole workshop."""
        seen: set[str] = set()
        for table, column in (("officers", "officer"), ("candidates", "candidate")):
            for row in self._rows(table):
                en, fr = "each code once, for one person", "chaque code une seule fois, pour une personne"
                seen.add(self._fields.require(row[column] not in seen, row, column, en, fr))

    def _plan(self) -> dict[str, tuple[str, ...]]:
        plan: dict[str, tuple[str, ...]] = {}
        pairs: set[tuple[str, str]] = set()
        names = ", ".join(COMPETENCIES)
        for row in self._rows("plan"):
            activity, column = self._fields.matching(row, "activity", TEXT_FORMS["id"]), "assessed_competency"
            competency = row[column]
            self._fields.require(competency in ("", *COMPETENCIES), row, column, f"one of {names}", names)
            en, fr = "each pair once: the pair is named twice", "chaque paire une fois : la paire est nommée deux fois"
            self._fields.require((activity, competency) not in pairs, row, column, en, fr)
            pairs.add((activity, competency))
            so_far = plan.get(activity)
            en = "either competencies or one empty value for each activity"
            fr = "soit des compétences, soit une seule valeur vide, pour chaque activité"
            self._fields.require(so_far is None or bool(so_far) == bool(competency), row, column, en, fr)
            plan[activity] = (*(so_far or ()), *([competency] if competency else []))
        assessed = {competency for _, competency in pairs}
        for competency in COMPETENCIES if self._are_whole("plan") else ():
            if competency not in assessed:
                en, fr = f"no activity assesses {competency}", f"aucune activité n’évalue {competency}"
                self._faults.add(self._tables["plan"].file, en, fr, "assessed")
        return plan

    def _country(self, row: Row, column: str) -> str:
        en = "the ISO 3166-1 alpha-2 code of a Member"
        fr = "le code ISO 3166-1 alpha-2 d’une administration membre"
        return self._fields.require(row[column] in self._administrations, row, column, en, fr)

    def _officer(self, row: Row) -> WorkshopOfficer:
        return WorkshopOfficer(
            self._fields.matching(row, "officer", CODE),
            self._fields.name(row, "name"),
            self._country(row, "home_administration_iso2"),
            OFFICER_ROLES.get(self._fields.one_of(row, "role", OFFICER_ROLES), Role.REGISTRAR),
        )

    def _require_officers(self, officers: Sequence[WorkshopOfficer], assessors: int) -> None:
        """Require as many officers as the decisions of every workshop need."""
        table = self._tables["officers"]
        for role, least in (
            (Role.SELECTION_PANEL, 2),
            (Role.ASSESSOR, assessors),
            (Role.DECISION_AUTHORITY, 2),
        ):
            number = sum(officer.role is role for officer in officers)
            if table.whole and number < least:
                en = f"expected {least} or more officers with the role {role}, found {number}"
                fr = f"{least} responsables ou plus sont attendus avec la fonction {role} ; trouvé : {number}"
                self._faults.add(table.file, en, fr, "officers")

    def _candidate(self, row: Row) -> Candidate:
        if not row["given_name"]:
            self._faults.note(
                row.cell("given_name"),
                "no given name: this person is recorded under one name",
                "prénom absent : cette personne est enregistrée sous un seul nom",
            )
        return Candidate(
            self._fields.matching(row, "candidate", CODE),
            self._fields.name(row, "given_name") if row["given_name"] else "",
            self._fields.name(row, "family_name"),
            self._country(row, "administration_iso2"),
            self._fields.matching(row, "email", SEALED_FORMS["email"]),
            self._fields.languages(row, "languages"),
            self._fields.number(row, "years_of_pca", 0, 80),
        )

    def _findings(
        self, codes: set[str], panellists: set[str]
    ) -> tuple[dict[str, dict[str, bool]], dict[str, tuple[str, ...]]]:
        findings: dict[str, dict[str, bool]] = {}
        panels: dict[str, tuple[str, ...]] = {}
        for row in self._rows("selection"):
            candidate = self._known(row, "candidate", "candidates", codes)
            self._fields.one_of(row, "criterion", CRITERIA)
            of_candidate, criterion = findings.setdefault(candidate, {}), row["criterion"]
            en, fr = "each criterion once per candidate", "chaque critère une fois par candidat"
            self._fields.require(criterion not in of_candidate, row, "criterion", en, fr)
            of_candidate[criterion] = FINDINGS.get(self._fields.one_of(row, "finding", FINDINGS), True)
            panel = listed(row["panel"])
            are_known = set(panel) <= panellists or not self._are_whole("officers")
            self._fields.require(
                len(panel) == len(set(panel)) == 2 and are_known and set(panels.get(candidate, panel)) == set(panel),
                row,
                "panel",
                "two members of the selection panel, the same for all criteria of a candidate",
                "deux membres du jury de sélection, les mêmes pour tous les critères d’un candidat",
            )
            panels.setdefault(candidate, panel)
        if self._are_whole("selection", "candidates"):
            for row in self._rows("candidates"):
                found = findings.get(row["candidate"], {})
                missing = ", ".join(criterion for criterion in CRITERIA if criterion not in found)
                if missing:
                    file = self._tables["selection"].file
                    en, fr = f"no finding on {missing} in {file}", f"aucun constat sur {missing} dans {file}"
                    self._faults.add(row.cell("candidate"), en, fr, "finding")
        return findings, panels

    def _withdrawals(self, codes: set[str]) -> dict[str, tuple[date, str]]:
        withdrawals: dict[str, tuple[date, str]] = {}
        for row in self._rows("withdrawals"):
            candidate = self._known(row, "candidate", "candidates", codes)
            en, fr = "each candidate once", "chaque candidat une seule fois"
            self._fields.require(candidate not in withdrawals, row, "candidate", en, fr)
            withdrawals[candidate] = self._fields.day(row, "date"), self._fields.text(row, "reason")
        return withdrawals

    def _scores(
        self, codes: set[str], assessors: set[str], plan: dict[str, tuple[str, ...]], levels: tuple[int, int]
    ) -> dict[tuple[str, str, str], dict[str, int]]:
        scores: dict[tuple[str, str, str], dict[str, int]] = {}
        for row in self._rows("scores"):
            candidate = self._known(row, "candidate", "candidates", codes)
            assessor = self._known(row, "assessor", "officers", assessors)
            activity, competency = row["activity"], row["competency"]
            is_planned = competency in plan.get(activity, ()) or not self._are_whole("plan")
            en, fr = "a competency assessed in this activity", "une compétence évaluée dans cette activité"
            self._fields.require(is_planned, row, "competency", en, fr)
            sheet = scores.setdefault((candidate, activity, assessor), {})
            en, fr = "each assessor once per cell", "chaque évaluateur une fois par case"
            self._fields.require(competency not in sheet, row, "assessor", en, fr)
            sheet[competency] = self._fields.number(row, "level", *levels)
        return scores

    def _require_attending(self, refused: set[str], withdrawals: Collection[str]) -> None:
        """Require that only candidates who were selected withdraw, and that only those who did not are scored."""
        for name in ("withdrawals", "scores"):
            for row in self._rows(name):
                en, fr = "a candidate who was selected", "une candidature retenue"
                self._fields.require(row["candidate"] not in refused, row, "candidate", en, fr)
                if name == "scores":
                    en, fr = "a candidate who did not withdraw", "une candidature qui n’a pas été retirée"
                    self._fields.require(row["candidate"] not in withdrawals, row, "candidate", en, fr)
